"""What is on screen is of one run, one classifier and one save, whatever happened before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fake_engine import LIMIT
from open_window import OpenWindow
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from run_samples import make_run, make_spec
from saves import make_save

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.run_events import SettingsApplied
from fooler_gui.core.save import STOPPED_BY_STEPS
from fooler_gui.core.settings import DescentSettings
from fooler_gui.features.run.probability_plot import ProbabilityPlot
from fooler_gui.records.history_file import HISTORY_FILE
from fooler_gui.records.history_writer import HistoryWriter
from fooler_gui.records.save_codec import RunShape
from fooler_gui.widgets.timeline_track import TimelineTrack


def recorded(folder: Path, steps: int, **about: object) -> Path:
    saves = tuple(make_save((3,), step=step, probabilities=0.5) for step in range(steps))
    return make_run(folder, saves=saves, stopped_by=STOPPED_BY_STEPS, **about)


def open_run(opened: OpenWindow, qtbot: QtBot, folder: Path) -> None:
    opened.lab.run_list.open_run(str(folder))
    qtbot.waitUntil(lambda: opened.model.run is not None and opened.model.run.folder == str(folder), timeout=LIMIT)


def marks_of(opened: OpenWindow) -> tuple[list[tuple[int, str]], list[str]]:
    """Returns what the plots and what the timeline tell of changes."""
    plot = opened.window.findChild(ProbabilityPlot, "probability_plot")
    line = opened.window.findChild(TimelineTrack, "timeline_track")
    assert plot is not None
    assert line is not None
    tips = [line.text_at(line.x_of(place)).partition("\n")[2] for place in range(line.maximum() + 1)]
    return list(plot.marks()), [text for text in tips if text]


def test_a_longer_run_opened_after_a_shorter_one_shows_its_last_save(
    opened: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened.begin()
    open_run(opened, qtbot, recorded(tmp_path / "short", 4))
    assert opened.window.timeline.step() == opened.window.grid.save().step == 3
    open_run(opened, qtbot, recorded(tmp_path / "long", 12))
    assert opened.window.timeline.step() == opened.window.grid.save().step == 11
    opened.model.look_at(5)
    assert opened.window.timeline.step() == opened.window.grid.save().step == 5
    open_run(opened, qtbot, recorded(tmp_path / "third", 8))
    assert opened.window.timeline.step() == opened.window.grid.save().step == 7


def test_a_run_is_never_shown_under_the_name_of_another_classifier(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin().action("inspector").trigger()
    opened.run_to_its_end()
    made_with, made_for = opened.window.made_with, opened.model.classifier.name
    assert not made_with.isVisible()
    opened.model.select((opened.model.newest.labels[0], 1))
    qtbot.waitUntil(lambda: "Inspected at step" in opened.text("inspector_as_of"), timeout=LIMIT)
    opened.controller.open_classifier("second.keras")
    opened.until(LabState.READY)
    assert made_with.isVisible()
    assert made_with.text() == f"These images and numbers are from {made_for}; second is in use."
    qtbot.waitUntil(lambda: "with second, in use now" in opened.text("inspector_as_of"), timeout=LIMIT)
    qtbot.waitUntil(lambda: f"made for {made_for}: .5000" in opened.text("inspector_numbers"), timeout=LIMIT)
    opened.run_to_its_end()
    assert not made_with.isVisible()
    qtbot.waitUntil(lambda: " · p .5000" in opened.text("inspector_numbers"), timeout=LIMIT)


def test_a_table_of_before_and_after_is_marked_once_neither_is_in_use(opened: OpenWindow) -> None:
    opened.engine_lab.found = 0.9995
    opened.begin().run_to_its_end()
    before = opened.model.classifier.name
    opened.window.retraining.retrain_requested.emit(opened.window.retraining.settings(), "run")
    opened.until(LabState.READY)
    stale = opened.window.findChild(QLabel, "retraining_stale")
    assert stale is not None
    assert stale.text() == ""
    opened.controller.keep_candidate()
    opened.until(LabState.READY)
    assert stale.text() == ""
    opened.controller.open_classifier("third.keras")
    opened.until(LabState.READY)
    assert stale.text() == f"This compares {before} and candidate; third is in use."


def test_a_changed_learning_rate_is_marked_on_timeline_and_plots_live_and_reopened(
    opened: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    opened.begin().action("step").trigger()
    qtbot.waitUntil(lambda: opened.model.newest is not None and opened.model.newest.step == 1, timeout=LIMIT)
    opened.model.change_setup(descent=replace(opened.model.setup.descent, learning_rate=0.02))
    opened.action("step").trigger()
    qtbot.waitUntil(lambda: opened.model.newest.step == 2, timeout=LIMIT)
    assert marks_of(opened) == ([(2, "learning rate 0.02")], ["Step 2: learning rate 0.02"])
    opened.action("stop").trigger()
    opened.until(LabState.READY)

    spec = make_spec()
    changed = SettingsApplied(
        step=2, revision=1, coefficients=spec.coefficients, descent=DescentSettings(learning_rate=0.02)
    )
    saves = [make_save((3,), step=step, probabilities=0.5) for step in range(4)]
    saves[2] = replace(saves[2], events=(changed,))
    folder = make_run(tmp_path / "recorded", spec=spec, saves=tuple(saves), stopped_by=STOPPED_BY_STEPS)
    open_run(opened, qtbot, folder)
    assert marks_of(opened) == ([(2, "learning rate 0.02")], ["Step 2: learning rate 0.02"])


def test_an_opened_run_brings_the_main_window_to_the_front_and_is_the_one_on_screen(
    opened: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    first, second = recorded(tmp_path / "first", 2), recorded(tmp_path / "second", 3)
    opened.begin().action("runs").trigger()
    page = opened.lab.pages["runs"]
    for folder in (first, second):
        opened.lab.run_list.add_folder(str(folder))
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        open_run(opened, qtbot, folder)
        qtbot.waitUntil(opened.window.isActiveWindow)
        assert page._on_screen == str(folder)
    opened.run_to_its_end()
    assert page._on_screen == opened.model.run.folder


def test_the_inspector_follows_what_is_selected_by_anybody(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin().action("inspector").trigger()
    opened.run_to_its_end()
    (label,) = opened.model.newest.labels
    grid = opened.window.grid
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.image_rect(label, 2).center())
    assert opened.model.run.selected == (label, 2)
    qtbot.waitUntil(lambda: "slot 3 of 8" in opened.text("inspector_title"), timeout=LIMIT)


def test_a_page_made_late_is_filled(opened: OpenWindow, qapp: QApplication) -> None:
    opened.begin().action("evaluation").trigger()
    first = opened.lab.pages["evaluation"]
    first.evaluate_requested.emit(first.settings(), "none", ())
    opened.until(LabState.READY)
    again = opened.lab._page_table()["evaluation"].make(opened.window)
    assert again.report() == first.report()


def test_history_of_a_run_that_was_cut_short_is_shown_to_its_last_save(
    opened: OpenWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = make_run(tmp_path / "cut", saves=(make_save((3,)),))
    writer = HistoryWriter(folder / HISTORY_FILE, RunShape.of(make_save((3,))), 2**30)
    writer.write([make_save((3,), step=step, probabilities=0.25) for step in (1, 2)])
    writer.close()
    opened.begin()
    open_run(opened, qtbot, folder)
    assert opened.window.timeline.step() == opened.window.grid.save().step == 2


@pytest.mark.parametrize(
    "name", ["rounds", "runs", "guarantee", "evaluation", "other_nets", "least_change", "sweeps", "figures"]
)
def test_every_page_is_in_the_registry_and_comes_to_the_front(opened: OpenWindow, name: str) -> None:
    opened.begin().action(name).trigger()
    page = opened.lab.pages[name]
    assert page.isVisible()
    assert page.isWindow()
    opened.action(name).trigger()
    assert opened.lab.pages[name] is page


def test_the_coefficients_show_their_shares_of_the_newest_saves_cost(opened: OpenWindow) -> None:
    opened.begin()
    assert opened.text("layer_cost_coeff_fc_share") == ""
    opened.run_to_its_end()
    # Of each layer 0.5 (i + 1) of reference and 0.25 (i + 1) of batch, and 2.5 of misclassification: 7 in total.
    assert [opened.text(f"{name}_share") for name in ("misclassification_coeff", "layer_cost_coeff_fc")] == [
        "36 %", "32 %",
    ]  # fmt: skip
