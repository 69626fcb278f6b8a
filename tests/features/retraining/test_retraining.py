from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QProgressBar, QPushButton, QRadioButton, QSpinBox, QWidget

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import Fooledness, RetrainingFinished, TrainingProgress, Working, WorkTimed
from fooler_gui.core.settings import RetrainingSettings
from fooler_gui.features.retraining.retraining import RetrainingPanel
from fooler_gui.records.speeds import Speeds
from fooler_gui.widgets.panel_layout import VerticalScrollArea

CANDIDATE = ClassifierInfo(
    name="retrained",
    path="retrained.keras",
    sha256="",
    topology="conv 32",
    input_shape=(28, 28, 1),
    class_names=tuple("0123456789"),
    recorded_layers=("inputs", "conv0"),
    parameters=10,
    test_accuracy=0.99,
)
BEFORE = Fooledness(
    test_accuracy=0.992, found_mean_confidence=0.9991, noise_mean_confidence=0.312, fresh_fooled_share=0.4
)
AFTER = Fooledness(
    test_accuracy=0.9909, found_mean_confidence=0.1042, noise_mean_confidence=0.3121, fresh_fooled_share=0.8
)


@pytest.fixture
def panel(qtbot):
    made = RetrainingPanel()
    qtbot.addWidget(made)
    made.set_state(LabState.READY)
    made.set_found_counts(80, 240)
    made.show()
    return made


def finished(*, stopped: bool = False) -> RetrainingFinished:
    return RetrainingFinished(
        before=BEFORE, after=AFTER, found_images=80, steps=2000, seconds=72, stopped=stopped, candidate=CANDIDATE
    )


def button(panel: QWidget, name: str) -> QPushButton:
    return panel.findChild(QPushButton, name)


def click(qtbot, panel, name):
    qtbot.mouseClick(button(panel, name), Qt.MouseButton.LeftButton)


def text(panel: QWidget, name: str) -> str:
    return panel.findChild(QLabel, name).text()


def test_without_found_images_it_says_what_to_do_next(panel):
    panel.set_found_counts(0, 0)
    assert panel.findChild(QLabel, "nothing_found").isVisible()
    assert text(panel, "nothing_found") == "No found images yet. Run the descent first."
    assert not button(panel, "retrain_button").isEnabled()
    assert "No found images yet" in button(panel, "retrain_button").toolTip()


def test_counts_are_told_beside_the_choice(panel):
    assert panel.findChild(QRadioButton, "found_this_run").text() == "This run (80)"
    assert panel.findChild(QRadioButton, "found_all_runs").text() == "All runs since the start (240)"
    assert not panel.findChild(QLabel, "nothing_found").isVisible()


def test_retrain_asks_with_the_newest_runs_images_by_default(qtbot, panel):
    with qtbot.waitSignal(panel.retrain_requested, timeout=1000) as asked:
        click(qtbot, panel, "retrain_button")
    assert asked.args == [RetrainingSettings(), "run"]


def test_retrain_asks_with_what_was_chosen(qtbot, panel):
    panel.findChild(QRadioButton, "found_all_runs").click()
    panel.findChild(QSpinBox, "retraining_noise").setValue(800)
    panel.findChild(QSpinBox, "retraining_blanks").setValue(700)
    panel.findChild(QSpinBox, "retraining_steps").setValue(50)
    panel.findChild(QSpinBox, "retraining_rng_seed").setValue(3)
    panel.findChild(QCheckBox, "retraining_from_start").setChecked(True)
    panel.findChild(QCheckBox, "retraining_guarantee").setChecked(True)
    with qtbot.waitSignal(panel.retrain_requested, timeout=1000) as asked:
        click(qtbot, panel, "retrain_button")
    settings = RetrainingSettings(noise=800, blanks=700, steps=50, rng_seed=3, from_start=True, guarantee=True)
    assert asked.args == [settings, "all"]


def test_an_empty_run_beside_others_that_found_images_points_to_them(panel):
    panel.set_found_counts(0, 240)
    assert not button(panel, "retrain_button").isEnabled()
    assert "choose all runs since the start" in button(panel, "retrain_button").toolTip()
    panel.findChild(QRadioButton, "found_all_runs").click()
    assert button(panel, "retrain_button").isEnabled()


def test_settings_set_from_outside_are_shown_without_an_echo(qtbot, panel):
    settings = RetrainingSettings(steps=9, noise=8, blanks=7, from_start=True, rng_seed=6)
    with qtbot.assertNotEmitted(panel.retrain_requested):
        panel.set_settings(settings)
    assert panel.settings() == settings
    assert panel.findChild(QSpinBox, "retraining_blanks").value() == 7
    assert panel.findChild(QCheckBox, "retraining_from_start").isChecked()


@pytest.mark.parametrize("state", [state for state in LabState if state is not LabState.READY])
def test_retrain_keep_and_discard_wait_for_the_engine_and_say_so(panel, state):
    usual = button(panel, "retrain_button").toolTip()
    panel.set_candidate_waiting(True)
    panel.set_state(state)
    for name in ("retrain_button", "keep_button", "discard_button"):
        assert not button(panel, name).isEnabled()
    assert button(panel, "retrain_button").toolTip() != usual
    assert button(panel, "stop_retraining_button").isEnabled() is (state is LabState.RETRAINING)


def test_stop_asks(qtbot, panel):
    panel.set_state(LabState.RETRAINING)
    with qtbot.waitSignal(panel.stop_requested, timeout=1000):
        click(qtbot, panel, "stop_retraining_button")


def test_what_goes_on_is_told_with_its_fraction(panel):
    panel.start_retraining()
    panel.set_latest(Working(sentence="Looking for fresh fooling images.", fraction=0.5))
    bar = panel.findChild(QProgressBar, "retraining_progress")
    assert bar.value() / bar.maximum() == 0.5
    assert text(panel, "retraining_progress_text") == "Looking for fresh fooling images."
    progress = TrainingProgress(
        step=500, steps=2000, loss=0.1, validation_accuracy=None, images_per_second=900.0, seconds_left=30.0
    )
    panel.set_latest(progress)
    assert bar.value() / bar.maximum() == 0.25
    assert text(panel, "retraining_progress_text") == "Step 500 of 2,000\n900 images/s · 30 s left"


def test_before_and_after_stand_side_by_side_with_what_the_change_means(panel):
    panel.start_retraining()
    assert not panel.findChild(QLabel, "test_accuracy_before").isVisible()
    panel.set_finished(finished(), "article")
    assert panel.findChild(QLabel, "test_accuracy_before").isVisible()
    shown = {
        name: [text(panel, f"{name}_{when}") for when in ("before", "after", "change")]
        for name in ("test_accuracy", "found_mean_confidence", "noise_mean_confidence", "fresh_fooled_share")
    }
    assert shown == {
        "test_accuracy": ["99.2 %", "99.1 %", "↓ worse"],
        "found_mean_confidence": ["99.9 %", "10.4 %", "↓ better"],
        "noise_mean_confidence": ["31.2 %", "31.2 %", "= same"],
        "fresh_fooled_share": ["40.0 %", "80.0 %", "↑ worse"],
    }
    assert not panel.findChild(QLabel, "found_certified_after").isVisible()
    assert "without them" in panel.findChild(QLabel, "control_note").toolTip()


@pytest.mark.parametrize(("before", "change"), [(None, ["–", "8.21", ""]), (5.0, ["5.00", "8.21", "↑ better"])])
def test_the_certified_radius_is_told_of_a_classifier_with_a_guarantee(panel, before, change):
    after = dataclasses.replace(finished().after, found_certified=8.213)
    told = dataclasses.replace(
        finished(), before=dataclasses.replace(finished().before, found_certified=before), after=after
    )
    panel.set_finished(told, "article")
    assert panel.findChild(QLabel, "found_certified_after").isVisible()
    assert [text(panel, f"found_certified_{when}") for when in ("before", "after", "change")] == change


@pytest.mark.parametrize(
    ("stopped", "sentence"), [(False, "Retrained 2,000 steps in 1:12."), (True, "Stopped after 2,000 steps, 1:12.")]
)
def test_the_end_is_told_in_a_sentence(panel, stopped, sentence):
    panel.start_retraining()
    panel.set_state(LabState.RETRAINING)
    panel.set_finished(finished(stopped=stopped), "article")
    panel.set_state(LabState.READY)
    assert text(panel, "retraining_progress_text") == f"{sentence}\nFound images added: 80."


def test_a_retraining_that_failed_is_not_shown_as_running(panel):
    panel.start_retraining()
    panel.set_state(LabState.RETRAINING)
    panel.set_state(LabState.READY)
    assert text(panel, "retraining_progress_text") == "The retraining ended early."


def test_a_candidate_is_kept_or_discarded_before_the_next_retraining(qtbot, panel):
    panel.set_finished(finished(), "article")
    assert not button(panel, "keep_button").isEnabled()
    panel.set_candidate_waiting(True)
    assert "First keep or discard" in button(panel, "retrain_button").toolTip()
    with qtbot.waitSignal(panel.keep_requested, timeout=1000):
        click(qtbot, panel, "keep_button")
    with qtbot.waitSignal(panel.discard_requested, timeout=1000):
        click(qtbot, panel, "discard_button")
    panel.set_candidate_waiting(False)
    assert button(panel, "retrain_button").isEnabled()
    assert not button(panel, "discard_button").isEnabled()


def test_how_long_a_retraining_takes_is_told_once_one_was_timed(panel):
    classifier = dataclasses.replace(CANDIDATE, operations=1_000)
    panel.set_settings(RetrainingSettings(steps=100, batch_size=50))
    speeds = Speeds()
    speeds.note(WorkTimed(part="training", operations=1_000, images=50, times=100, seconds=100.0))
    speeds.note(WorkTimed(part="validating", operations=1_000, images=5_000, times=10, seconds=2.0))
    panel.set_speeds(speeds, classifier, 60_000)
    assert text(panel, "retraining_time") == "Retrain: not timed on this machine yet."
    speeds.note(WorkTimed(part="comparing", operations=1_000, images=1, times=10, seconds=10.0))
    panel.set_speeds(speeds, classifier, 60_000)
    assert text(panel, "retraining_time") == "Retrain: about 2 min on this machine."
    panel.set_settings(RetrainingSettings(steps=50, batch_size=50))
    assert text(panel, "retraining_time") == "Retrain: about 70 s on this machine."


def test_a_retraining_on_a_small_dataset_is_judged_by_the_images_it_was_validated_on(panel):
    panel.set_settings(RetrainingSettings(steps=60, batch_size=50))
    speeds = Speeds()
    # A sixth of 1,200 training images, not the usual 5,000.
    speeds.note(WorkTimed(part="validating", operations=1_000, images=200, times=6, seconds=12.0))
    speeds.note(WorkTimed(part="training", operations=1_000, images=50, times=50, seconds=20.0))
    speeds.note(WorkTimed(part="comparing", operations=1_000, images=1, times=10, seconds=10.0))
    panel.set_speeds(speeds, dataclasses.replace(CANDIDATE, operations=1_000), 1_200)
    assert text(panel, "retraining_time") == "Retrain: about 60 s on this machine."
    panel.set_speeds(speeds, dataclasses.replace(CANDIDATE, operations=1_000), 60_000)
    assert text(panel, "retraining_time") == "Retrain: not timed on this machine yet."


def test_further_settings_are_hidden_until_wanted(panel):
    seed = panel.findChild(QSpinBox, "retraining_rng_seed")
    assert not panel.settings_visible()
    assert not seed.isVisible()
    panel.set_settings_visible(True)
    assert panel.settings_visible()
    assert seed.isVisible()


def test_the_panel_fits_300_pixels_beside_a_scroll_bar(qtbot):
    panel = RetrainingPanel()
    panel.set_finished(finished(), "article")
    panel.set_settings_visible(True)
    area = VerticalScrollArea(panel)
    qtbot.addWidget(area)
    area.resize(300, 200)
    area.show()
    assert panel.width() <= area.viewport().width()
    assert area.minimumWidth() <= 300


def test_without_a_dataset_nothing_is_retrained_but_a_candidate_can_be_decided_on(panel):
    panel.set_candidate_waiting(True)
    panel.set_state(LabState.READY, lacks_dataset=True)
    assert "needs a dataset" in button(panel, "retrain_button").toolTip()
    assert not button(panel, "retrain_button").isEnabled()
    assert button(panel, "keep_button").isEnabled()
