from dataclasses import replace

import numpy as np
import pytest
from fake_engine import info
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from saves import LAYERS, make_save

from fooler_gui.core.event_words import Mark
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.run_events import SettingsApplied
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import DescentSettings, article_coefficients
from fooler_gui.features.runs.comparison import LEFT, RIGHT, ComparisonPage
from fooler_gui.session.run_series import GrowingTable
from fooler_gui.session.run_view import RunView
from fooler_gui.widgets.grid_stage import GridStage
from fooler_gui.widgets.record_table import RecordTable
from fooler_gui.widgets.timeline import TimelinePanel
from fooler_gui.widgets.timeline_track import TimelineTrack

NAMES = tuple("0123456789")
SPEC = RunSpec(classifier="/a/article.keras", labels=(3,), slots=2, coefficients=article_coefficients(LAYERS))
OTHER = replace(
    SPEC,
    rng_seed=7,
    descent=DescentSettings(max_steps=200),
    coefficients=SPEC.coefficients.with_terms(batch=5.0),
)


@pytest.fixture
def page(qtbot):
    page = ComparisonPage()
    qtbot.addWidget(page)
    page.resize(1000, 700)
    with qtbot.waitExposed(page):
        page.show()
    return page


@pytest.fixture
def wanted(page):
    wanted = []
    page.save_requested.connect(lambda side, place: wanted.append((side, place)))
    return wanted


def put(page, side, steps, *, spec=SPEC, title="A run", reinitialised=None, changes=()):
    run = RunView(spec, replace(info("article"), class_names=NAMES), "a run")
    rows = np.stack([list(steps), np.zeros(len(steps)) if reinitialised is None else reinitialised], axis=1)
    run.saves._index = GrowingTable.of(rows.astype(np.int64))
    run.marks = [Mark(steps[place], words) for place, words in changes]
    page.set_run(side, title, run)


def put_both(page):
    """Puts a run of the steps 0 to 10 on the left, and one of 0, 4, …, 20 on the right."""
    put(page, LEFT, range(11))
    put(page, RIGHT, range(0, 21, 4), spec=OTHER)


def text(page, name) -> str:
    return page.findChild(QLabel, name).text()


def timeline(page) -> TimelinePanel:
    return page.findChild(TimelinePanel, "timeline_panel")


def go_to(qtbot, page, step):
    """Moves the handle to a step of the timeline, as a person does."""
    line = page.findChild(TimelineTrack, "timeline_track")
    place = next(place for place in range(line.maximum() + 1) if line.words_at(place).startswith(f"Step {step} "))
    with qtbot.waitSignal(timeline(page).place_changed, timeout=2000):
        line.setValue(place)


def table_rows(page):
    return [tuple(cells) for cells in page.findChild(RecordTable, "differences_table").cells()]


def test_without_runs_it_says_what_is_missing(page, wanted):
    page.clear(LEFT, "Choose two runs and press Compare.")
    assert page.findChild(GridStage, "left_stage").message() == "Choose two runs and press Compare."
    assert page.findChild(GridStage, "right_stage").message() == "No run here yet."
    assert text(page, "no_differences") == "No runs yet."
    button = page.findChild(QPushButton, "open_left")
    assert not button.isEnabled()
    assert "no run on this side" in button.toolTip()
    assert timeline(page).place() == -1
    put(page, LEFT, range(11))
    assert text(page, "no_differences") == "There is only one run so far."
    assert wanted == [(LEFT, 10)]


def test_runs_are_asked_for_their_saves_at_the_step_of_the_timeline(page, wanted, qtbot):
    put_both(page)
    assert wanted == [(LEFT, 10), (RIGHT, 2)]
    wanted.clear()
    go_to(qtbot, page, 3)
    assert wanted == [(LEFT, 3), (RIGHT, 0)]
    wanted.clear()
    go_to(qtbot, page, 2)
    assert wanted == [(LEFT, 2)]


def test_the_shorter_run_rests_at_its_last_save(page, wanted, qtbot):
    put_both(page)
    page.show_save(LEFT, make_save(step=10, slots=2, probabilities=[0.25, 0.75]))
    assert text(page, "left_words") == "Step 10 · lowest .2500 · mean .5000"
    wanted.clear()
    go_to(qtbot, page, 20)
    assert wanted == [(RIGHT, 5)]
    assert text(page, "left_words") == "Step 10 (last save) · lowest .2500 · mean .5000"
    page.show_save(RIGHT, make_save(step=20, slots=2, probabilities=[0.5, 1.0]))
    assert text(page, "right_words") == "Step 20 · lowest .5000 · mean .7500"
    go_to(qtbot, page, 10)
    assert text(page, "left_words") == "Step 10 · lowest .2500 · mean .5000"


def test_differing_settings_are_shown_in_a_table_and_by_a_sign(page):
    put_both(page)
    assert table_rows(page) == [
        ("Random seed", "0", "7"),
        ("At most", "60 steps", "200 steps"),
        ("Coefficient of batch", "0.5", "5"),
    ]
    for name, seed, batch in (("left", "0", "0.5"), ("right", "7", "5")):
        label = page.findChild(QLabel, f"{name}_settings")
        assert f"<b>≠&nbsp;seed&nbsp;{seed}</b>" in label.text()
        assert f"<b>≠&nbsp;batch&nbsp;{batch}</b>" in label.text()
        assert label.text().count("≠") == 2
        assert label.accessibleName().startswith(f"seed {seed} (differs), misclassification 10, reference 0.5, batch")


def test_runs_of_the_same_settings_have_no_table(page):
    put(page, LEFT, range(3))
    put(page, RIGHT, range(3))
    assert text(page, "no_differences") == "Both runs were made with the same settings."
    assert not page.findChild(RecordTable, "differences_table").isVisible()
    assert "≠" not in text(page, "left_settings")
    page.clear(RIGHT)
    assert text(page, "no_differences") == "There is only one run so far."


def test_marks_of_both_runs_are_on_one_line_and_say_whose_they_are(page):
    put(page, LEFT, [0, 2, 4], reinitialised=[0, 1, 0], changes=[(2, "fc 0.1")])
    put(page, RIGHT, [0, 1, 2, 3, 4], reinitialised=[0, 0, 2, 0, 0], changes=[(3, "batch 5")])
    line = page.findChild(TimelineTrack, "timeline_track")
    assert [line.text_at(line.x_of(place)).split("\n") for place in range(5)] == [
        ["Step 0 of 4"],
        ["Step 1 of 4"],
        ["Step 2 of 4", "Step 2: 3 slots reinitialised"],
        ["Step 3 of 4", "Step 3: Right: batch 5"],
        ["Step 4 of 4", "Step 4: Left: fc 0.1"],
    ]


def test_another_run_on_a_side_is_asked_for_at_the_same_step(page, wanted, qtbot):
    put_both(page)
    go_to(qtbot, page, 8)
    wanted.clear()
    put(page, LEFT, range(0, 100, 5))
    assert timeline(page).step() == 8
    assert wanted == [(LEFT, 1)]
    assert page.findChild(GridStage, "left_stage").message() == "Reading the images."
    assert text(page, "left_words") == ""


def test_a_run_that_begins_later_rests_at_its_first_save(page, wanted, qtbot):
    put(page, LEFT, range(11))
    put(page, RIGHT, [6, 8])
    wanted.clear()
    go_to(qtbot, page, 0)
    assert wanted == [(LEFT, 0), (RIGHT, 0)]


def test_a_run_without_saves_says_so(page, wanted):
    put(page, LEFT, [])
    assert page.findChild(GridStage, "left_stage").message() == "This run has no saves."
    assert timeline(page).place() == -1
    put(page, RIGHT, range(3))
    assert wanted == [(RIGHT, 2)]


def test_a_save_of_a_side_that_was_cleared_is_not_shown(page):
    put_both(page)
    page.clear(LEFT)
    page.show_save(LEFT, make_save(step=10, slots=2))
    assert page.findChild(GridStage, "left_stage").save() is None


def test_a_run_is_opened_from_its_side(page, qtbot):
    put_both(page)
    for side, name in ((LEFT, "open_left"), (RIGHT, "open_right")):
        with qtbot.waitSignal(page.open_requested, timeout=2000) as asked:
            qtbot.mouseClick(page.findChild(QPushButton, name), Qt.MouseButton.LeftButton)
        assert asked.args == [side]


def test_while_the_lab_is_busy_no_run_can_be_opened(page):
    page.set_state(LabState.TRAINING)
    put(page, LEFT, range(3))
    buttons = [page.findChild(QPushButton, name) for name in ("open_left", "open_right")]
    assert not any(button.isEnabled() for button in buttons)
    assert "Wait until the training ends" in buttons[LEFT].toolTip()
    page.set_state(LabState.READY)
    assert [button.isEnabled() for button in buttons] == [True, False]


def test_both_stages_line_up_however_long_the_names_are(page):
    put(page, LEFT, range(3), title="A long name " * 12)
    put(page, RIGHT, range(3), title="<b>short")
    left, right = page.findChild(GridStage, "left_stage"), page.findChild(GridStage, "right_stage")
    assert text(page, "right_title") == "<b>short"
    assert page.findChild(QLabel, "right_title").textFormat() is Qt.TextFormat.PlainText
    page.resize(640, 600)
    page.grab()
    assert left.geometry().top() == right.geometry().top()
    assert left.height() == right.height()
    assert abs(left.width() - right.width()) <= 1


def test_two_runs_of_100_000_saves_are_put_on_one_line(page, wanted):
    put(page, LEFT, np.arange(100_000))
    put(page, RIGHT, np.arange(0, 200_000, 2))
    assert wanted == [(LEFT, 99_999), (RIGHT, 49_999)]
    assert page.findChild(TimelineTrack, "timeline_track").maximum() == 149_999


def test_what_was_changed_during_the_run_is_shown_with_its_step_and_the_heading_has_the_values_at_the_end(page):
    run = RunView(SPEC, replace(info("article"), class_names=NAMES), "a run")
    run.add([make_save(step=step, slots=2) for step in range(4)])
    stronger = SPEC.coefficients.with_terms(batch=7.9)
    change = SettingsApplied(step=4, revision=1, coefficients=stronger, descent=DescentSettings(learning_rate=0.5))
    run.add([replace(make_save(step=4, slots=2), events=(change,))])
    page.set_run(LEFT, "changed", run)
    put(page, RIGHT, range(5))
    assert table_rows(page) == [("Changed during the run", "step 4: batch 7.9, learning rate 0.5", "nothing")]
    label = page.findChild(QLabel, "left_settings")
    assert "<b>≠&nbsp;batch&nbsp;7.9</b>" in label.text()
    assert "learning&nbsp;rate&nbsp;0.5" in label.text()


def test_at_the_end_each_side_shows_its_own_last_save(page, wanted, qtbot):
    put(page, LEFT, [0, 1, 2])
    put(page, RIGHT, [0, 2, 4, 6])
    wanted.clear()
    page.show_end()
    assert timeline(page).step() == 6
    assert wanted == [(RIGHT, 3)]
