from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from fake_engine import info, inspect
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot
from saves import LAYERS, make_save

from fooler_gui.core.input_range import BYTES
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import Working
from fooler_gui.core.reference_settings import ReferenceCount
from fooler_gui.core.run_events import SettingsApplied
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import DescentSettings, article_coefficients
from fooler_gui.features.run.batch_grid import BatchGrid
from fooler_gui.features.run.plots import PlotsPanel
from fooler_gui.features.run.stage_binding import GridBinding, PlotsBinding, TimelineBinding
from fooler_gui.session.model import NewItems, SessionModel
from fooler_gui.session.run_view import RunView
from fooler_gui.widgets.pick_button import PickButton
from fooler_gui.widgets.timeline import TimelinePanel

SPEC = RunSpec(classifier="first.keras", labels=(1,), slots=2, coefficients=article_coefficients(LAYERS))


def run_of(*steps: int, name: str = "first") -> RunView:
    run = RunView(SPEC, info(name), f"run of {name}")
    run.add([make_save((1,), 2, (4, 4, 1), step, probabilities=0.5) for step in steps])
    return run


class Stage:
    """Grid, timeline and plots, bound to a model in a given order."""

    def __init__(self, qtbot: QtBot, model: SessionModel, order: tuple[str, ...]) -> None:
        self.parent = QWidget()
        qtbot.addWidget(self.parent)
        self.grid, self.timeline, self.plots = (
            BatchGrid(self.parent),
            TimelinePanel(self.parent),
            PlotsPanel(self.parent),
        )
        self.made_with = QLabel(self.parent)
        bind: dict[str, Callable[[], object]] = {
            "grid": lambda: GridBinding(self.parent, model, self.grid, self.made_with),
            "timeline": lambda: TimelineBinding(self.parent, model, self.timeline),
            "plots": lambda: PlotsBinding(self.parent, model, self.plots),
        }
        for name in order:
            bind[name]()

    def shown(self) -> tuple[int, int | None, bool, int]:
        save = self.grid.save()
        live = self.timeline.findChild(PickButton, "timeline_live")
        return -1 if save is None else save.step, self.timeline.step(), live.isChecked(), len(self.plots._series)


def story(model: SessionModel) -> Iterator[None]:
    """A run that begins, is looked back at, goes on, ends, and makes way for another."""
    model.set_classifier(info("first"), None)
    model.set_state(LabState.READY)
    yield
    model.set_state(LabState.BACKWORKING)
    model.show_run(run_of(0, 1, 2))
    yield
    model.look_at(1)
    yield
    model.add_saves([make_save((1,), 2, (4, 4, 1), 3)])
    yield
    model.look_at(None)
    model.add_saves([make_save((1,), 2, (4, 4, 1), 4)])
    yield
    model.set_state(LabState.READY)
    yield
    model.show_run(run_of(0, 1, 2, 3, 4, 5, 6, name="second"))
    yield


ORDERS = list(itertools.permutations(("grid", "timeline", "plots")))


@pytest.mark.parametrize("order", ORDERS[1:])
def test_the_order_of_connections_does_not_matter(qtbot: QtBot, order: tuple[str, ...]) -> None:
    seen = []
    for names in (ORDERS[0], order):
        model = SessionModel()
        stage = Stage(qtbot, model, names)
        seen.append([stage.shown() for _ in story(model)])
    assert seen[0] == seen[1]
    assert [step for step, *_ in seen[0]] == [-1, 2, 1, 1, 4, 4, 6]
    assert all(grid in (line, -1) for grid, line, *_ in seen[0])


def test_while_a_run_is_prepared_the_grid_says_so_and_then_shows_images_again(qtbot: QtBot) -> None:
    model = SessionModel()
    stage = Stage(qtbot, model, ORDERS[0])
    grid = stage.grid
    model.set_classifier(info("first"), None)
    model.show_run(run_of(0, 1))
    model.starting, model.working = SPEC, Working(sentence="Recording", fraction=0.5)
    model.working_words = "Recording · 8 s left"
    model.working_changed.emit()
    assert grid.message() == "Preparing the run.\nRecording · 8 s left …"
    model.starting = model.working = None  # it was stopped
    model.run_changed.emit()
    assert grid.save() is not None
    assert grid.save().step == 1


def test_views_that_are_made_late_are_filled(qtbot: QtBot) -> None:
    model = SessionModel()
    early = Stage(qtbot, model, ORDERS[0])
    for _ in story(model):
        late = Stage(qtbot, model, ORDERS[0])
        assert late.shown() == early.shown()


def test_changes_of_the_set_up_are_told_by_their_names_and_only_if_there_are_any() -> None:
    model, changed = SessionModel(), []
    model.setup_changed.connect(changed.append)
    model.change_setup(slots=4, rng_seed=model.setup.rng_seed)
    model.change_setup(slots=4)
    model.change_setup(slots=5, labels=(1, 2))
    assert changed == [{"slots"}, {"slots", "labels"}]
    assert (model.setup.slots, model.setup.labels) == (5, (1, 2))


def test_the_set_up_is_asked_for_what_is_still_typed() -> None:
    model = SessionModel()
    model.setup_requested.connect(lambda: model.change_setup(slots=16))
    assert model.setup.slots == 8
    assert model.present_setup().slots == 16


def test_a_problem_stays_until_it_is_dismissed_or_work_begins() -> None:
    model = SessionModel()
    model.refuse("The file is gone.")
    assert (model.problem, model.status) == (("The file is gone.", ""), "The file is gone.")
    model.tell_done("Wrote a.png.")
    assert (model.problem, model.status) == (("", ""), "Wrote a.png.")
    model.set_state(LabState.READY)
    model.report("Torn.", "Traceback")
    model.set_state(LabState.WORKING)
    assert model.problem == ("", "")


def test_a_save_that_cannot_be_read_leaves_what_is_on_screen() -> None:
    model = SessionModel()
    model.show_run(run_of(0, 1, 2))
    model.look_at(1)
    model.look_at(99)
    assert model.run is not None
    assert model.run.cursor == 1
    assert model.shown is not None
    assert model.shown.step == 1
    assert model.status != ""


def test_a_closer_look_of_another_classifier_is_forgotten() -> None:
    model = SessionModel()
    model.set_classifier(info("first"), None)
    model.inspection = object()  # type: ignore[assignment]
    model.set_classifier(info("first"), info("second"))
    assert model.inspection is not None
    model.set_classifier(info("second"), info("first"))
    assert model.inspection is None


def test_a_run_knows_what_was_changed_on_the_way_and_how_it_ended() -> None:
    run = run_of(0, 1)
    stronger = SPEC.coefficients.with_terms(batch=5.0)
    first = SettingsApplied(step=2, revision=1, coefficients=stronger, descent=SPEC.descent)
    second = SettingsApplied(step=3, revision=2, coefficients=stronger, descent=DescentSettings(learning_rate=0.5))
    run.add([replace(make_save((1,), 2, (4, 4, 1), 3), events=(first, second))])
    assert run.marks == [(2, "batch 5"), (3, "learning rate 0.5")]
    assert run.settings.coefficients == stronger
    assert run.settings.descent.learning_rate == 0.5


def test_news_are_what_came_since_and_all_of_another_owner() -> None:
    news, first, second = NewItems(), object(), object()
    assert news.is_new(first)
    assert news.of([1, 2]) == [1, 2]
    assert news.of([1, 2, 3]) == [3]
    assert not news.is_new(first)
    assert news.of([1, 2, 3]) == []
    assert news.is_new(second)
    assert news.of([7]) == [7]


def test_the_selected_slot_is_the_model_s_and_stays_where_a_run_has_it(qtbot: QtBot) -> None:
    model = SessionModel()
    stage = Stage(qtbot, model, ("grid",))
    grid = stage.grid
    model.show_run(run_of(0, 1))
    heard: list[object] = []
    model.selection_changed.connect(lambda: heard.append(model.run.selected))
    model.select((1, 1))
    model.select((1, 1))
    assert grid.selected() == (1, 1)
    model.show_run(run_of(0, name="second"))
    assert (model.run.selected, grid.selected()) == ((1, 1), (1, 1))
    single = RunView(replace(SPEC, slots=1), info("first"), "a single image")
    single.add([make_save((1,), 1, (4, 4, 1), 0, probabilities=0.5)])
    model.show_run(single)
    assert (model.run.selected, grid.selected()) == (None, None)
    model.select((1, 1))
    model.select((2, 0))
    assert heard == [(1, 1)]


def test_an_inspection_is_dropped_with_the_pixels_or_layers_that_it_was_made_with() -> None:
    model, first = SessionModel(), info("first")
    model.set_classifier(first, None)
    model.inspection = inspect(1, 0, 0)
    model.set_classifier(first, info("second"))
    assert model.inspection is not None
    model.layer_times["conv0"] = 2.5
    model.set_classifier(replace(first, input_range=BYTES, asked_range=BYTES), None)
    assert (model.inspection, model.layer_times) == (None, {"conv0": 2.5})
    model.set_classifier(replace(first, asked_output="parity"), None)
    assert model.layer_times == {}


def test_the_plots_tell_how_many_references_the_run_on_screen_has(qtbot: QtBot) -> None:
    model = SessionModel()
    stage = Stage(qtbot, model, ("plots",))
    run = run_of(0, 1)
    run.references = ReferenceCount(20, 48)
    model.show_run(run)
    assert stage.plots.findChild(QLabel, "references_used").text() == "20 of 48 training images are references"
