from __future__ import annotations

import dataclasses

import pytest
from fake_engine import info
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from round_samples import make_finished, make_report
from strong_samples import make_attacked

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import HonestyChecked, TrainingProgress, Working, WorkTimed
from fooler_gui.core.rounds_presets import NGUYEN, ROUNDS_PRESETS, UNIFORM_LABELS
from fooler_gui.core.rounds_spec import DEFAULT_STARTS, RoundsSettings, default_rounds
from fooler_gui.core.work_time import rounds_work
from fooler_gui.exports.figures import caption_rows, draw_figure
from fooler_gui.features.rounds.rounds import EXPORTS, RoundsPage
from fooler_gui.features.rounds.rounds_table import RoundsTable
from fooler_gui.records.speeds import Speeds
from fooler_gui.widgets.preset_box import PresetBox

SPEC = default_rounds("first.keras", ("inputs", "fc"), rounds=3)


@pytest.fixture
def page(qtbot: QtBot) -> RoundsPage:
    page = RoundsPage()
    qtbot.addWidget(page)
    page.resize(1100, 760)
    page.set_settings(SPEC.settings)
    page.set_state(LabState.READY)
    page.show()
    return page


def button(page: RoundsPage, name: str) -> QPushButton:
    found = page.findChild(QPushButton, name)
    assert found is not None
    return found


def table(page: RoundsPage) -> RoundsTable:
    return page.findChild(RoundsTable, "rounds_table")


def cells(page: RoundsPage) -> list[list[str]]:
    return table(page).cells()


def made(page: RoundsPage, rounds: int) -> None:
    page.start(SPEC)
    for number in range(rounds + 1):
        page.add_rounds([make_finished(number)])


def progress_text(page: RoundsPage) -> str:
    return page.findChild(QLabel, "rounds_progress_text").text()


def test_start_tells_settings_and_starts(page: RoundsPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.start_requested) as started:
        button(page, "start_rounds").click()
    assert started.args == [SPEC.settings, DEFAULT_STARTS]


def test_starts_are_chosen_and_none_is_told_in_the_tooltip(page: RoundsPage) -> None:
    boxes = {kind: page.findChild(QCheckBox, f"rounds_start_{kind}") for kind in (*DEFAULT_STARTS, "black")}
    boxes["black"].setChecked(True)
    assert set(page.starts()) == {*DEFAULT_STARTS, "black"}
    for box in boxes.values():
        box.setChecked(False)
    assert not button(page, "start_rounds").isEnabled()
    assert "Choose at least one kind of start" in button(page, "start_rounds").toolTip()


def preset_box(page: RoundsPage) -> PresetBox:
    box = page.findChild(PresetBox, "rounds_preset")
    assert box is not None
    return box


def test_a_preset_sets_settings_and_starts_and_is_named_as_long_as_they_stay(page: RoundsPage) -> None:
    box = preset_box(page)
    assert box.currentData() == UNIFORM_LABELS  # the number of rounds is not its own
    page.set_settings(dataclasses.replace(page.settings(), rng_seed=7, control=True))
    box.setCurrentIndex(box.findData(NGUYEN))
    preset = ROUNDS_PRESETS[NGUYEN]
    assert page.settings() == dataclasses.replace(preset.settings, rng_seed=7, control=True)
    assert page.starts() == preset.starts
    assert box.currentData() == NGUYEN
    page.findChild(QCheckBox, "rounds_start_black").setChecked(True)
    assert box.currentText() == "own"
    box.setCurrentIndex(box.findData(UNIFORM_LABELS))
    assert (page.starts(), page.settings().policy) == (DEFAULT_STARTS, "uniform")


def test_opened_rounds_tell_the_preset_they_were_made_with(page: RoundsPage) -> None:
    preset = ROUNDS_PRESETS[NGUYEN]
    settings = dataclasses.replace(preset.settings, rounds=3)
    page.open(dataclasses.replace(SPEC, settings=settings, starts=preset.starts))
    assert preset_box(page).currentData() == NGUYEN


def test_while_rounds_are_made_they_can_be_paused_and_stopped(page: RoundsPage, qtbot: QtBot) -> None:
    for name in ("pause_rounds", "stop_rounds"):
        assert not button(page, name).isEnabled()
        assert "No rounds are running" in button(page, name).toolTip()
    page.start(SPEC)
    page.set_state(LabState.ROUNDS)
    assert not button(page, "start_rounds").isEnabled()
    with qtbot.waitSignal(page.pause_requested):
        button(page, "pause_rounds").click()
    page.set_state(LabState.ROUNDS_PAUSED)
    assert button(page, "pause_rounds").text() == "Resume"
    with qtbot.waitSignal(page.resume_requested):
        button(page, "pause_rounds").click()
    with qtbot.waitSignal(page.stop_requested):
        button(page, "stop_rounds").click()


def test_progress_says_which_round_and_what(page: RoundsPage) -> None:
    page.start(SPEC)
    page.set_state(LabState.ROUNDS)
    page.set_latest(Working(sentence="Driving fresh images", fraction=0.5))
    assert progress_text(page) == "Before the first round\nDriving fresh images"
    page.add_rounds([make_finished(0)])
    page.set_latest(
        TrainingProgress(step=20, steps=50, loss=1.0, validation_accuracy=None, images_per_second=9.0, seconds_left=1.0)
    )
    assert progress_text(page) == "Round 1 of 3\nTraining: step 20 of 50"
    page.set_state(LabState.READY)
    assert progress_text(page) == "Ended after 0 of 3 rounds. Finished rounds are kept."


def test_how_long_rounds_take_is_told_once_each_part_was_timed(page: RoundsPage) -> None:
    classifier = dataclasses.replace(info("first"), operations=1_000)
    time, speeds = page.findChild(QLabel, "rounds_time"), Speeds()
    page.set_speeds(speeds, classifier)
    assert time.text() == "Start rounds: not timed on this machine yet."
    for part, images, times in rounds_work(SPEC.settings, 3, with_penalties=False):
        speeds.note(WorkTimed(part=part, operations=1_000, images=images, times=round(times), seconds=200.0))
    page.set_speeds(speeds, classifier)
    assert time.text() == "Start rounds: about 10 min on this machine."
    page.findChild(QCheckBox, "rounds_penalties").click()
    assert time.text() == "Start rounds: not timed on this machine yet."


def test_the_end_of_all_rounds_is_told(page: RoundsPage) -> None:
    page.start(SPEC)
    page.set_state(LabState.ROUNDS)
    for number in range(4):
        page.add_rounds([make_finished(number)])
    page.set_state(LabState.READY)
    assert progress_text(page) == "All 3 rounds are finished."


def test_each_round_is_a_line_and_the_newest_is_selected(page: RoundsPage) -> None:
    made(page, 2)
    rows = cells(page)
    assert [row[0] for row in rows] == ["before", "1", "2"]
    assert rows[1][1] == "99.01 %"
    assert rows[1][2] == "200 of 400"
    assert rows[0][2] == "–"
    assert rows[2][5] == "–"
    assert rows[2][6] == "✓ none found"
    assert table(page).selected_number() == 2


def test_a_control_stands_beside_the_accuracy_and_masking_is_told(page: RoundsPage) -> None:
    page.start(SPEC)
    page.add_rounds([make_finished(0, control=True)])
    page.add_rounds([make_finished(1, control=True, suspicious=True)])
    assert cells(page)[1][1] == "99.01 % · control 98.50 %"
    assert cells(page)[1][6] == "⚠ suspected"


def test_what_is_certified_is_told_of_a_classifier_with_a_guarantee(page: RoundsPage) -> None:
    page.start(SPEC)
    page.add_rounds([make_finished(0)])
    finished = make_finished(1)
    page.add_rounds([dataclasses.replace(finished, report=dataclasses.replace(finished.report, certified=0.554))])
    assert [row[5] for row in cells(page)] == ["–", "55 %"]


def test_the_selected_round_s_classifier_is_put_in_use(page: RoundsPage, qtbot: QtBot) -> None:
    assert "There are no rounds yet" in button(page, "use_round").toolTip()
    made(page, 2)
    table(page).selectRow(1)
    with qtbot.waitSignal(page.use_requested) as used:
        button(page, "use_round").click()
    assert used.args == ["round-01.keras"]


def test_rounds_go_on_only_with_the_same_settings_and_more_rounds(page: RoundsPage, qtbot: QtBot) -> None:
    go_on = button(page, "go_on_rounds")
    assert "There are no rounds yet" in go_on.toolTip()
    made(page, 1)
    assert go_on.isEnabled()
    page.set_settings(dataclasses.replace(SPEC.settings, noise=7))
    assert "differ from those of the rounds on screen" in go_on.toolTip()
    page.set_settings(SPEC.settings)
    made(page, 3)
    assert "increase their number to make more" in go_on.toolTip()
    more = dataclasses.replace(SPEC.settings, rounds=5)
    page.set_settings(more)
    with qtbot.waitSignal(page.continue_requested) as gone_on:
        go_on.click()
    assert gone_on.args == [more, DEFAULT_STARTS]


def test_settings_survive_being_shown(page: RoundsPage) -> None:
    settings = RoundsSettings(rounds=7, policy="none-class", control=True, learning_rate=1e-4, digits=100)
    page.set_settings(settings)
    assert page.settings() == settings


def test_the_images_of_the_selected_round_are_shown(page: RoundsPage) -> None:
    words = page.findChild(QLabel, "round_gallery_words")
    assert words.text() == "No round yet."
    made(page, 2)
    assert words.text().startswith("Some of the images that round 2 drove")
    picture = page.gallery().picture()
    assert picture is not None
    table(page).selectRow(1)
    assert "round 1" in words.text()
    assert page.gallery().picture().tobytes() != picture.tobytes()
    table(page).selectRow(0)
    assert "Select a later round" in words.text()
    assert page.gallery().picture() is None


def test_images_of_a_round_are_named_by_their_classes(page: RoundsPage) -> None:
    finished = make_finished(1)
    page.gallery().set_round(finished)
    captions = caption_rows(finished.probabilities)
    expected = draw_figure(finished.images, finished.label_names, captions, 2)
    assert page.gallery().picture().tobytes() == expected.tobytes()


def test_exports_are_asked_for_by_name_once_there_are_rounds(page: RoundsPage, qtbot: QtBot) -> None:
    export = page.findChild(QToolButton, "export_rounds")
    assert not export.isEnabled()
    made(page, 1)
    assert export.isEnabled()
    asked = []
    page.export_requested.connect(asked.append)
    for action in export.menu().actions():
        action.trigger()
    assert asked == list(EXPORTS)


def test_the_classifier_in_use_can_be_checked_at_any_time(page: RoundsPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.check_requested):
        button(page, "check_honesty").click()
    page.show_checks(HonestyChecked(name="mine", checks=make_report(1).checks))
    assert page.findChild(QLabel, "honesty_heading").text() == "mine · No masking found in 1 check."
    page.set_state(LabState.ROUNDS)
    assert not button(page, "check_honesty").isEnabled()


def test_the_strongest_attack_stands_among_the_checks(page: RoundsPage) -> None:
    page.show_checks(HonestyChecked(name="mine", checks=make_report(1).checks), make_attacked("mine"))
    assert page.findChild(QLabel, "honesty_heading").text() == "mine · No masking found in 2 checks."
    assert page.findChild(QWidget, "honesty_strongest_attack") is not None
    page.show_checks(None, make_attacked("other"))
    assert page.findChild(QLabel, "honesty_heading").text() == "other · No masking found in 1 check."


def test_the_time_left_is_told_from_the_rounds_so_far(page: RoundsPage) -> None:
    page.start(SPEC)
    page.set_state(LabState.ROUNDS)
    page.add_rounds([make_finished(0)])
    page.add_rounds([make_finished(1)])
    page.set_latest(Working(sentence="Driving", fraction=0.5))
    assert progress_text(page) == "Round 2 of 3 · 24 s left\nDriving"


def test_without_a_dataset_rounds_are_neither_started_nor_opened_nor_checked(page: RoundsPage) -> None:
    page.set_state(LabState.READY, lacks_dataset=True)
    for name in ("start_rounds", "go_on_rounds", "open_rounds", "check_honesty"):
        assert not button(page, name).isEnabled()
        assert "needs a dataset" in button(page, name).toolTip()
