from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_engine import LIMIT, FakeEngine, FakeLab, info
from pytestqt.qtbot import QtBot

from fooler_gui.core import jobs
from fooler_gui.core.errors import LabError
from fooler_gui.core.evaluation_report import EvaluationSettings
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import (
    ClassifierReady,
    JobEnded,
    Message,
    Remark,
    RoundFinished,
    RunFinished,
    Save,
    Working,
)
from fooler_gui.core.rounds_spec import RoundsSpec, default_rounds
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import (
    CostCoefficients,
    DescentSettings,
    RetrainingSettings,
    TrainingSettings,
    article_coefficients,
)
from fooler_gui.core.slot_actions import PinSlot
from fooler_gui.core.topology import Topology
from fooler_gui.session.controller import Controller
from fooler_gui.session.outbox import Envelope

SIGNALS = (
    "state_changed", "status_changed", "classifier_changed", "working", "training_progressed", "training_finished",
    "run_started", "saves_arrived", "run_finished", "change_applied", "retraining_finished", "found_counts_changed",
    "rounds_started", "rounds_finished", "honesty_checked", "inspected", "evaluation_started", "digits_evaluated",
    "set_evaluated", "evaluation_finished", "candidate_changed", "worst_images_found", "failed",
    "remarked",
)  # fmt: skip
LAYERS = ("inputs", "conv0", "fc")
FAST = 500.0
"""Saves a second: enough for a test, few enough to be handled one by one."""


class Desk:
    """A controller with everything that it said, and the engine behind it."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.lab = FakeLab()
        self.engine = FakeEngine(self.lab.answer)
        self.paths: list[str] = []
        self.folders = 0
        self.controller = Controller(
            lambda: self.engine, self._free_path, self._free_folder, lambda: Path(f"run-{len(self.engine.jobs)}")
        )
        self.said: list[tuple[str, Any]] = []
        for name in SIGNALS:
            getattr(self.controller, name).connect(self._recorder(name))

    def _free_path(self, kind: str) -> Path:
        self.paths.append(kind)
        return Path(f"{kind}-{len(self.paths)}.keras")

    def _free_folder(self) -> Path:
        self.folders += 1
        return Path(f"rounds-{self.folders}")

    def _recorder(self, name: str) -> Callable[..., None]:
        return lambda *values: self.said.append((name, values[0] if len(values) == 1 else values))

    def heard(self, name: str) -> list[Any]:
        """Every value of the signal `name` so far."""
        return [value for said, value in self.said if said == name]

    @property
    def state(self) -> LabState:
        return self.controller.state

    @property
    def saves(self) -> list[Save]:
        return [save for saves in self.heard("saves_arrived") for save in saves]

    def until(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=LIMIT)

    def until_idle(self) -> None:
        self.until(lambda: not self.state.busy)

    def opened(self) -> Desk:
        """Opens the first classifier and forgets what was said about it."""
        self.controller.open_classifier("first.keras")
        self.until_idle()
        assert self.state is LabState.READY
        self.said.clear()
        return self

    @staticmethod
    def run_spec(**settings: Any) -> RunSpec:
        return RunSpec(
            classifier="first.keras",
            labels=(1,),
            slots=2,
            descent=DescentSettings(**settings),
            coefficients=article_coefficients(LAYERS),
        )

    def run(self, *, pace: float | None = None, single_step: bool = False, **settings: Any) -> RunSpec:
        spec = self.run_spec(**settings)
        self.controller.run(spec, pace, single_step=single_step)
        return spec

    def run_endlessly(self) -> None:
        """Starts a run that goes on until it is stopped, and waits for its first save."""
        self.run(pace=FAST, keep_refining=True)
        self.until(lambda: len(self.saves) > 0)

    def run_to_its_end(self, found: float = 0.5) -> None:
        self.lab.found = found
        self.run(max_steps=3)
        self.until_idle()

    def put(self, message: Message) -> None:
        """Has `message` come from the present order."""
        self.controller.pause()
        self.until(lambda: self.heard("state_changed")[-1] is LabState.PAUSED)
        orders = self.controller._orders
        orders._thread._outbox.put(Envelope(run_id=orders._number, message=message))
        self.controller._take_answers()


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(qtbot)
    yield desk
    assert desk.controller.close(LIMIT)


def test_the_lab_is_starting_until_the_first_classifier_is_there(desk: Desk) -> None:
    assert desk.state is LabState.STARTING
    assert desk.controller.classifier is None
    desk.controller.open_classifier("first.keras")
    assert desk.state is LabState.STARTING
    desk.until_idle()
    assert desk.heard("state_changed") == [LabState.READY]
    assert desk.heard("classifier_changed") == [(info("first"), None)]
    assert desk.controller.classifier == info("first")
    assert desk.heard("working")[0].sentence == "Loading TensorFlow"
    assert desk.heard("status_changed")[0] == "Loading TensorFlow …"
    assert desk.heard("status_changed")[-1].startswith("The classifier first is ready")


def test_without_a_classifier_the_lab_is_untrained_and_can_be_trained(desk: Desk) -> None:
    desk.lab.failure = LabError("The file is gone.")
    desk.controller.open_classifier("first.keras")
    desk.until_idle()
    assert desk.state is LabState.UNTRAINED
    assert desk.heard("failed") == [("The file is gone.", "")]
    desk.lab.failure = None
    desk.controller.train(Topology(), TrainingSettings(steps=3))
    assert desk.state is LabState.TRAINING
    desk.until_idle()
    assert desk.state is LabState.READY


def test_nothing_else_is_begun_while_the_lab_is_starting(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        desk.run()
        desk.controller.train(Topology(), TrainingSettings())
        desk.controller.open_classifier("first.keras")
        desk.run()
        desk.controller.open_classifier("second.keras")
    assert len(caplog.records) == 4
    desk.until_idle()
    assert desk.state is LabState.READY
    assert desk.controller.classifier == info("first")
    assert len(desk.engine.jobs) == 1


def test_training_tells_its_progress_and_brings_a_classifier_into_use(desk: Desk) -> None:
    desk.opened()
    desk.controller.train(Topology(), TrainingSettings(steps=5))
    desk.until_idle()
    assert desk.heard("state_changed") == [LabState.TRAINING, LabState.READY]
    reports = [report for reports in desk.heard("training_progressed") for report in reports]
    assert [report.step for report in reports] == [1, 2, 3, 4, 5]
    (finished,) = desk.heard("training_finished")
    assert finished.test_accuracy == 0.75
    assert desk.heard("classifier_changed") == [(info("trained"), info("first"))]
    job = desk.engine.jobs[-1]
    assert isinstance(job, jobs.Train)
    assert (job.path, job.go_on) == ("trained-1.keras", False)


def test_progress_comes_before_the_end_that_it_led_to(desk: Desk) -> None:
    desk.opened()
    desk.controller.train(Topology(), TrainingSettings(steps=3))
    desk.until_idle()
    names = [name for name, _ in desk.said]
    last_progress = max(index for index, name in enumerate(names) if name == "training_progressed")
    assert last_progress < names.index("training_finished") < names.index("classifier_changed")


def test_a_training_is_continued_from_the_classifier_in_use(desk: Desk) -> None:
    desk.opened().controller.continue_training(TrainingSettings(steps=2))
    desk.until_idle()
    job = desk.engine.jobs[-1]
    assert isinstance(job, jobs.Train)
    assert job.go_on


def test_a_training_that_is_stopped_ends(desk: Desk) -> None:
    desk.opened().controller.train(Topology(), TrainingSettings(steps=10_000_000))
    desk.until(lambda: len(desk.heard("training_progressed")) > 0)
    desk.controller.stop()
    desk.until_idle()
    assert desk.state is LabState.READY


def test_a_run_goes_from_its_start_over_its_saves_to_its_end(desk: Desk) -> None:
    spec = desk.opened().run(max_steps=4)
    assert desk.state is LabState.BACKWORKING
    desk.until_idle()
    assert desk.heard("run_started") == [spec]
    assert [save.step for save in desk.saves] == [0, 1, 2, 3, 4]
    assert desk.controller.save is desk.saves[-1]
    (finished,) = desk.heard("run_finished")
    assert finished == RunFinished(stopped_by=("max_steps",), steps=4, seconds=0.5)
    assert desk.heard("state_changed") == [LabState.BACKWORKING, LabState.READY]
    names = [name for name, _ in desk.said]
    assert names.index("run_started") < names.index("saves_arrived") < names.index("run_finished")
    assert desk.heard("status_changed")[-1].startswith("Stopped after 4 steps")


def test_a_run_is_paused_and_resumed(desk: Desk) -> None:
    desk.opened().run_endlessly()
    desk.controller.pause()
    assert desk.state is LabState.PAUSED
    desk.controller.pause()
    desk.controller.resume()
    assert desk.state is LabState.BACKWORKING
    seen = len(desk.saves)
    desk.until(lambda: len(desk.saves) > seen)
    desk.controller.stop()
    desk.until_idle()
    expected = [LabState.BACKWORKING, LabState.PAUSED, LabState.BACKWORKING, LabState.READY]
    assert desk.heard("state_changed") == expected
    assert desk.heard("run_finished")[0].stopped_by == ("stopped",)


def test_a_run_begun_with_a_single_step_waits_after_it(desk: Desk) -> None:
    desk.opened().run(single_step=True)
    assert desk.state is LabState.PAUSED
    desk.until(lambda: [save.step for save in desk.saves] == [0, 1])
    desk.controller.single_step()
    desk.until(lambda: [save.step for save in desk.saves] == [0, 1, 2])
    assert desk.state is LabState.PAUSED
    desk.controller.stop()
    desk.until_idle()
    assert desk.heard("run_finished")[0].steps == 2


def test_a_single_step_pauses_a_run_that_goes_on(desk: Desk) -> None:
    desk.opened().run_endlessly()
    desk.controller.single_step()
    assert desk.state is LabState.PAUSED
    desk.controller.stop()
    desk.until_idle()


def test_a_paused_run_can_be_stopped(desk: Desk) -> None:
    desk.opened().run_endlessly()
    desk.controller.pause()
    desk.controller.stop()
    desk.until_idle()
    assert desk.state is LabState.READY


def stronger(fc: float) -> CostCoefficients:
    article = article_coefficients(LAYERS)
    return dataclasses.replace(article, layer_cost_coeffs=dict(article.layer_cost_coeffs) | {"fc": fc})


def test_changed_coefficients_are_told_once_with_the_step_they_applied_at(desk: Desk) -> None:
    desk.opened().run(single_step=True)
    desk.until(lambda: len(desk.saves) == 2)
    desk.controller.change_coefficients(stronger(1.0))
    assert desk.heard("change_applied") == []
    desk.controller.single_step()
    desk.until(lambda: len(desk.saves) == 3)
    assert desk.heard("change_applied") == [(2, "fc 1")]
    desk.controller.single_step()
    desk.until(lambda: len(desk.saves) == 4)
    assert desk.heard("change_applied") == [(2, "fc 1")]
    assert [save.applied for save in desk.saves] == [(), (), ((1, 2),), ()]
    desk.controller.stop()
    desk.until_idle()


def test_coefficients_that_change_nothing_are_no_change(desk: Desk) -> None:
    desk.opened().run(single_step=True)
    desk.controller.change_coefficients(article_coefficients(LAYERS))
    desk.controller.single_step()
    desk.until(lambda: len(desk.saves) == 3)
    assert desk.heard("change_applied") == []
    assert desk.saves[-1].revision == 0
    desk.controller.stop()
    desk.until_idle()


def test_a_change_after_other_settings_changed_is_told_with_its_own_step(desk: Desk) -> None:
    desk.opened().run(single_step=True)
    desk.controller.change_descent(DescentSettings(learning_rate=0.5))
    desk.controller.single_step()
    desk.until(lambda: len(desk.saves) == 3)
    assert desk.heard("change_applied") == []
    desk.controller.change_coefficients(stronger(0.5))
    desk.controller.single_step()
    desk.until(lambda: len(desk.saves) == 4)
    assert desk.heard("change_applied") == [(3, "fc 0.5")]
    desk.controller.stop()
    desk.until_idle()


def test_a_change_before_any_run_is_no_ones_business(desk: Desk) -> None:
    desk.opened()
    desk.controller.change_coefficients(stronger(1.0))
    desk.controller.change_descent(DescentSettings(max_steps=1))
    desk.controller.set_pace(3.0)
    desk.controller.act_on_slot(PinSlot(label=1, slot=0, pinned=True))
    desk.controller.pause()
    desk.controller.resume()
    desk.controller.single_step()
    assert desk.said == []
    desk.run_to_its_end()
    assert desk.heard("change_applied") == []


def test_changed_settings_reach_a_run_that_goes_on(desk: Desk) -> None:
    desk.opened().run_endlessly()
    desk.controller.change_descent(DescentSettings(max_steps=1))
    desk.until_idle()
    assert desk.heard("run_finished")[0].stopped_by == ("max_steps",)


def test_slot_actions_reach_a_run_in_pause(desk: Desk) -> None:
    desk.opened().run(single_step=True)
    action = PinSlot(label=1, slot=0, pinned=True)
    desk.controller.act_on_slot(action)
    desk.until(lambda: desk.lab.actions == [action])
    desk.controller.stop()
    desk.until_idle()


def test_found_images_are_counted_for_the_run_and_for_the_sitting(desk: Desk) -> None:
    desk.opened().run_to_its_end(found=0.9995)
    assert desk.heard("found_counts_changed")[-1] == (2, 2)
    first = desk.controller.found_images("run")
    np.testing.assert_array_equal(first, desk.saves[-1].images[0])
    desk.said.clear()
    desk.run_to_its_end(found=0.5)
    assert desk.heard("found_counts_changed")[0] == (0, 2)
    assert desk.heard("found_counts_changed")[-1] == (0, 2)
    assert desk.controller.found_images("run").shape[0] == 0
    np.testing.assert_array_equal(desk.controller.found_images("sitting"), first)
    desk.run_to_its_end(found=0.9999)
    assert desk.heard("found_counts_changed")[-1] == (2, 4)
    assert len(desk.controller.found_images("sitting")) == 4


def test_before_any_run_nothing_is_found(desk: Desk) -> None:
    desk.opened()
    assert len(desk.controller.found_images("run")) == len(desk.controller.found_images("sitting")) == 0


def test_retraining_gets_the_found_images_and_its_candidate_is_kept(desk: Desk) -> None:
    desk.opened().run_to_its_end(found=0.9995)
    desk.said.clear()
    desk.controller.retrain(RetrainingSettings(steps=3), "run")
    assert desk.state is LabState.RETRAINING
    desk.until_idle()
    job = desk.engine.jobs[-1]
    assert isinstance(job, jobs.Retrain)
    assert job.path == "retrained-1.keras"
    np.testing.assert_array_equal(job.images, desk.controller.found_images("run"))
    (finished,) = desk.heard("retraining_finished")
    assert finished.found_images == 2
    assert desk.heard("candidate_changed") == [True]
    desk.controller.keep_candidate()
    desk.until_idle()
    assert desk.heard("candidate_changed") == [True, False]
    assert desk.controller.classifier == info("candidate")


def test_a_candidate_is_discarded_and_the_classifier_stays(desk: Desk) -> None:
    desk.opened().controller.retrain(RetrainingSettings(steps=1), "sitting")
    desk.until_idle()
    desk.controller.discard_candidate()
    desk.until_idle()
    assert desk.heard("candidate_changed") == [True, False]
    assert desk.controller.classifier == info("first")


def test_a_candidate_still_waits_when_keeping_it_was_refused(desk: Desk) -> None:
    desk.opened().run_endlessly()
    desk.controller.keep_candidate()
    desk.controller.discard_candidate()
    assert desk.heard("candidate_changed") == []
    desk.controller.stop()
    desk.until_idle()


def test_classifiers_are_saved_and_the_former_one_is_used_again(desk: Desk) -> None:
    desk.opened().controller.open_classifier("second.keras")
    desk.until_idle()
    desk.controller.save_classifier("copy.keras")
    desk.until_idle()
    desk.controller.use_former_classifier()
    desk.until_idle()
    assert desk.heard("classifier_changed") == [
        (info("second"), info("first")),
        (info("second"), info("first")),
        (info("first"), info("second")),
    ]
    assert desk.heard("state_changed") == [LabState.WORKING, LabState.READY] * 3


def test_worst_images_are_passed_on(desk: Desk) -> None:
    desk.opened().controller.find_worst_images(4)
    desk.until_idle()
    (worst,) = desk.heard("worst_images_found")
    assert worst.images.shape == (1, 4, 4, 4, 1)


def test_nothing_else_is_begun_while_the_engine_is_busy(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.opened().run_endlessly()
    orders = len(desk.engine.jobs)
    with caplog.at_level(logging.WARNING):
        desk.run()
        desk.controller.train(Topology(), TrainingSettings())
        desk.controller.continue_training(TrainingSettings())
        desk.controller.retrain(RetrainingSettings(), "run")
        desk.controller.open_classifier("x.keras")
        desk.controller.save_classifier("x.keras")
        desk.controller.use_former_classifier()
        desk.controller.find_worst_images(1)
    assert len(caplog.records) == 8
    assert desk.state is LabState.BACKWORKING
    assert len(desk.heard("run_started")) == 1
    desk.controller.stop()
    desk.until_idle()
    assert len(desk.engine.jobs) == orders
    assert len(desk.heard("run_finished")) == 1


@pytest.mark.parametrize(
    ("failure", "sentence", "has_details"),
    [(LabError("The file is gone."), "The file is gone.", False), (RuntimeError("torn"), "Something went wrong", True)],
)
def test_a_failure_is_told_and_the_lab_is_ready_again(
    failure: Exception, sentence: str, has_details: bool, desk: Desk
) -> None:
    desk.opened()
    desk.lab.failure = failure
    for begin in (
        desk.run,
        lambda: desk.controller.train(Topology(), TrainingSettings()),
        lambda: desk.controller.retrain(RetrainingSettings(), "run"),
        lambda: desk.controller.open_classifier("x.keras"),
    ):
        desk.said.clear()
        begin()
        desk.until_idle()
        assert desk.state is LabState.READY
        ((told, details),) = desk.heard("failed")
        assert told.startswith(sentence)
        assert ("Traceback" in details) is has_details
        assert desk.heard("status_changed")[-1] == told
    desk.lab.failure = None
    desk.run_to_its_end()
    assert desk.heard("run_finished")


def test_saves_that_came_before_a_failure_are_kept(desk: Desk) -> None:
    desk.opened().run_to_its_end(found=0.9995)
    kept = desk.controller.save
    desk.lab.failure = RuntimeError("torn")
    desk.controller.retrain(RetrainingSettings(), "run")
    desk.until_idle()
    assert desk.controller.save is kept
    assert len(desk.controller.found_images("run")) == 2


def test_a_run_that_fails_before_its_first_save_takes_nothing_away(desk: Desk) -> None:
    desk.opened().run_to_its_end(found=0.9995)
    kept, folder = desk.controller.save, desk.controller.run_folder
    desk.lab.failure = LabError("There is no file start.npz.")
    desk.run()
    assert desk.controller.run_folder != folder
    desk.until_idle()
    assert (desk.controller.save, desk.controller.run_folder) == (kept, folder)
    assert desk.heard("found_counts_changed")[-1] == (2, 2)
    desk.lab.failure = None
    desk.run_to_its_end(found=0.9995)
    assert desk.controller.save is not kept
    assert desk.heard("found_counts_changed")[-1] == (2, 4)


def test_a_run_that_is_opened_once_more_is_counted_once(desk: Desk) -> None:
    desk.opened().run_to_its_end(found=0.9995)
    first, save, spec = desk.controller.run_folder, desk.controller.save, desk.run_spec()
    desk.run_to_its_end(found=0.9995)
    assert desk.heard("found_counts_changed")[-1] == (2, 4)
    for _ in range(2):
        desk.controller.show_run(spec, save, first)
        assert desk.heard("found_counts_changed")[-1] == (2, 4)
        assert len(desk.controller.found_images("sitting")) == 4


def test_work_that_was_stopped_before_it_led_to_anything_is_told(desk: Desk) -> None:
    desk.opened()
    desk.engine.answer = _stopped_early
    desk.controller.find_worst_images(8)
    desk.until_idle()
    assert desk.heard("status_changed") == ["Looking …", "Stopped before there was a result; nothing was changed."]


def _stopped_early(_job: jobs.Job, _control: RunControl) -> Iterator[Message]:
    yield Working(sentence="Looking")


def test_what_was_done_to_files_and_candidates_is_told(desk: Desk) -> None:
    desk.opened().controller.save_classifier("copy.keras")
    desk.until_idle()
    assert desk.heard("status_changed")[-1] == "Wrote copy.keras."
    desk.controller.retrain(RetrainingSettings(steps=1), "sitting")
    desk.until_idle()
    desk.controller.discard_candidate()
    desk.until_idle()
    assert desk.heard("status_changed")[-1].startswith("Discarded the new classifier")
    desk.controller.open_classifier("second.keras")
    desk.until_idle()
    assert desk.heard("status_changed")[-1].startswith("The classifier second is ready")


def test_a_pause_is_told(desk: Desk) -> None:
    desk.opened().run_endlessly()
    desk.controller.pause()
    assert desk.heard("status_changed")[-1].startswith("Paused · Step ")
    desk.controller.resume()
    seen = len(desk.saves)
    desk.until(lambda: len(desk.saves) > seen)
    assert desk.heard("status_changed")[-1].startswith("Step ")
    desk.controller.stop()
    desk.until_idle()


def test_what_speaks_against_a_classifier_is_said_when_it_is_opened(desk: Desk) -> None:
    doubtful = dataclasses.replace(info("doubtful"), doubt="The classifier reads 10.0 % of the test images right.")
    desk.opened().run_endlessly()
    desk.put(ClassifierReady(classifier=doubtful))
    assert desk.heard("status_changed")[-1] == doubtful.doubt
    desk.controller.stop()
    desk.until_idle()


def test_remarks_on_the_work_that_goes_on_are_passed_on(desk: Desk) -> None:
    desk.opened().run_endlessly()
    desk.put(Remark(sentence="Frozen layers stay as they are."))
    assert desk.heard("remarked") == ["Frozen layers stay as they are."]
    desk.controller.stop()
    desk.until_idle()


def test_messages_of_another_order_are_dropped(desk: Desk) -> None:
    desk.opened().run_endlessly()
    desk.controller.pause()
    desk.until(lambda: desk.heard("state_changed")[-1] is LabState.PAUSED)
    stale: list[Message] = [
        ClassifierReady(classifier=info("stale")),
        Working(sentence="stale"),
        RunFinished(stopped_by=("stale",), steps=0, seconds=0.0),
        JobEnded(),
    ]
    outbox = desk.controller._orders._thread._outbox
    desk.said.clear()
    for message in stale:
        for run_id in (0, desk.controller._orders._number - 1, desk.controller._orders._number + 1):
            outbox.put(Envelope(run_id=run_id, message=message))
    desk.controller._take_answers()
    assert {name for name, _ in desk.said} <= {"saves_arrived", "status_changed", "found_counts_changed"}
    assert desk.state is LabState.PAUSED
    assert desk.controller.classifier == info("first")
    desk.controller.stop()
    desk.until_idle()


def test_closing_in_the_midst_of_a_run_ends_the_thread_and_says_no_more(desk: Desk) -> None:
    desk.opened().run_endlessly()
    assert desk.controller.close(LIMIT)
    assert desk.state is LabState.CLOSING
    said = len(desk.said)
    desk.controller._take_answers()
    assert len(desk.said) == said
    assert desk.heard("state_changed")[-1] is LabState.CLOSING


def test_closing_in_pause_or_in_training_ends_the_thread(qtbot: QtBot) -> None:
    paused = Desk(qtbot).opened()
    paused.run(single_step=True)
    assert paused.controller.close(LIMIT)
    training = Desk(qtbot).opened()
    training.controller.train(Topology(), TrainingSettings(steps=10_000_000))
    assert training.controller.close(LIMIT)


def test_closing_before_anything_began_and_twice_is_no_difficulty(qtbot: QtBot) -> None:
    desk = Desk(qtbot)
    assert desk.controller.close(LIMIT)
    assert desk.controller.close(LIMIT)
    assert desk.heard("state_changed") == [LabState.CLOSING]


def test_nothing_is_begun_once_the_lab_closes(qtbot: QtBot) -> None:
    for desk in (Desk(qtbot), Desk(qtbot).opened()):
        assert desk.controller.close(LIMIT)
        desk.controller.open_classifier("x.keras")
        desk.run()
        assert desk.state is LabState.CLOSING


def test_a_thread_that_does_not_end_in_time_is_told(qtbot: QtBot) -> None:
    desk = Desk(qtbot)
    patient = RunControl(paused=True)

    def stubborn(job: jobs.Job, control: RunControl) -> Iterator[Message]:
        yield Working(sentence="deaf to its own reins")
        patient.next()

    desk.engine.answer = stubborn
    desk.controller.open_classifier("first.keras")
    desk.until(lambda: len(desk.heard("working")) == 2)
    assert not desk.controller.close(0)
    patient.stop()
    assert desk.controller.close(LIMIT)


def rounds_heard(desk: Desk) -> list[RoundFinished]:
    return [finished for together in desk.heard("rounds_finished") for finished in together]


def rounds_of(rounds: int) -> RoundsSpec:
    return default_rounds("first.keras", LAYERS, rounds=rounds)


def test_rounds_are_made_in_a_new_folder_and_each_is_told(desk: Desk) -> None:
    desk.opened().controller.perform_rounds(rounds_of(2))
    assert desk.state is LabState.ROUNDS
    desk.until_idle()
    assert desk.heard("rounds_started") == [rounds_of(2)]
    assert [finished.report.number for finished in rounds_heard(desk)] == [0, 1, 2]
    job = desk.engine.jobs[-1]
    assert isinstance(job, jobs.PerformRounds)
    assert (job.spec, job.folder) == (rounds_of(2), "rounds-1")
    assert job.second_opinion.endswith("second-opinion.keras")
    assert "Round 2" in desk.heard("status_changed")[-1]
    assert desk.state is LabState.READY


def test_rounds_go_on_in_the_same_folder(desk: Desk) -> None:
    desk.opened().controller.perform_rounds(rounds_of(1))
    desk.until_idle()
    desk.controller.go_on_with_rounds(rounds_of(2))
    desk.until_idle()
    assert [job.folder for job in desk.engine.jobs[-2:]] == ["rounds-1", "rounds-1"]
    desk.controller.perform_rounds(rounds_of(1))
    desk.until_idle()
    assert desk.engine.jobs[-1].folder == "rounds-2"


def test_rounds_are_paused_resumed_and_stopped(desk: Desk) -> None:
    desk.opened().controller.perform_rounds(rounds_of(1_000))
    desk.controller.pause()
    assert desk.state is LabState.ROUNDS_PAUSED
    assert "Paused" in desk.heard("status_changed")[-1]
    desk.controller.resume()
    assert desk.state is LabState.ROUNDS
    desk.until(lambda: len(rounds_heard(desk)) > 1)
    desk.controller.pause()
    desk.controller.stop()
    desk.until_idle()
    assert desk.state is LabState.READY
    assert len(rounds_heard(desk)) < 1_001


def test_the_classifier_in_use_is_checked_against_the_former_one(desk: Desk) -> None:
    desk.opened().controller.check_honesty()
    desk.until_idle()
    assert desk.engine.jobs[-1] == jobs.CheckHonesty(former="")
    (checked,) = desk.heard("honesty_checked")
    assert checked.name == "first"
    assert desk.heard("status_changed")[-1] == "first: no masking found in 1 honesty checks."
    desk.controller.open_classifier("second.keras")
    desk.until_idle()
    desk.controller.check_honesty()
    desk.until_idle()
    assert desk.engine.jobs[-1] == jobs.CheckHonesty(former="first.keras")


def test_a_slot_is_looked_at_while_the_run_goes_on_and_once_more_when_it_rests(desk: Desk) -> None:
    desk.opened()
    desk.run_endlessly()
    desk.controller.inspect(1, 0)
    desk.until(lambda: bool(desk.heard("inspected")))
    going = desk.heard("inspected")[0]
    assert (going.label, going.slot, going.fooled) == (1, 0, ())
    assert desk.lab.looks == []
    desk.controller.stop()
    desk.until_idle()
    desk.until(lambda: bool(desk.heard("inspected")[-1].fooled))
    assert desk.lab.looks == [(1, 0)]
    assert desk.heard("inspected")[-1].step == desk.saves[-1].step


def test_a_slot_that_was_chosen_before_is_looked_at_in_the_next_run(desk: Desk) -> None:
    desk.opened().run_to_its_end()
    desk.controller.inspect(1, 1)
    desk.until(lambda: desk.lab.looks == [(1, 1)])
    desk.run_endlessly()
    desk.until(lambda: any(look.slot == 1 and not look.fooled for look in desk.heard("inspected")))


def test_of_many_wishes_at_rest_the_newest_is_fulfilled_last(desk: Desk) -> None:
    desk.opened().run_to_its_end()
    for slot in (0, 1, 0, 1):
        desk.controller.inspect(1, slot)
    desk.until(lambda: len(desk.lab.looks) >= 2)
    assert desk.lab.looks == [(1, 0), (1, 1)]
    desk.until(lambda: len(desk.heard("inspected")) == 2)
    assert desk.heard("inspected")[-1].slot == 1
    assert desk.state is LabState.READY


@pytest.mark.parametrize("inspected", [(0, 0), (1, 2), (1, -1)])
def test_a_slot_that_the_resting_run_does_not_have_is_not_looked_at(desk: Desk, inspected: tuple[int, int]) -> None:
    desk.opened().run_to_its_end()
    desk.controller.inspect(*inspected)
    desk.controller.inspect(1, 0)
    desk.until(lambda: bool(desk.heard("inspected")))
    assert desk.lab.looks == [(1, 0)]


def test_an_inspection_that_was_ended_is_not_taken_up_again(desk: Desk) -> None:
    desk.opened().run_to_its_end()
    desk.controller.inspect(1, 0)
    desk.until(lambda: bool(desk.heard("inspected")))
    desk.controller.end_inspection()
    desk.said.clear()
    desk.run_to_its_end()
    desk.controller.save_classifier("x.keras")
    desk.until_idle()
    assert desk.heard("inspected") == []


def test_a_look_at_rest_that_fails_is_told_and_leaves_the_lab_ready(desk: Desk) -> None:
    desk.opened().run_to_its_end()
    desk.lab.failure = LabError("It cannot be looked at.")
    desk.controller.inspect(1, 0)
    desk.until(lambda: desk.heard("failed") == [("It cannot be looked at.", "")])
    assert desk.state is LabState.READY
    desk.lab.failure = None
    desk.controller.inspect(1, 1)
    desk.until(lambda: bool(desk.heard("inspected")))


def test_an_evaluation_is_told_part_by_part(desk: Desk) -> None:
    desk.opened().run_to_its_end(found=0.9999)
    desk.controller.evaluate(EvaluationSettings(images=20), "run", (("mine", "mine.gz"),))
    assert desk.state is LabState.EVALUATING
    desk.until_idle()
    job = desk.engine.jobs[-1]
    assert (job.settings.images, job.files) == (20, (("mine", "mine.gz"),))
    np.testing.assert_array_equal(job.found, desk.controller.found_images("run"))
    assert job.found_labels.tolist() == [1, 1]
    (report,) = desk.heard("evaluation_finished")
    assert desk.heard("evaluation_started") == [EvaluationSettings(images=20)]
    assert desk.heard("digits_evaluated") == [report.test]
    assert tuple(desk.heard("set_evaluated")) == report.sets
    assert "Evaluated: first reads" in desk.heard("status_changed")[-1]


def test_found_images_of_the_sitting_keep_their_labels_and_none_are_none(desk: Desk) -> None:
    desk.opened().run_to_its_end(found=0.9999)
    desk.run_to_its_end(found=0.9999)
    for which, count in (("sitting", 4), ("run", 2), ("none", 0)):
        desk.controller.evaluate(EvaluationSettings(), which, ())
        desk.until_idle()
        job = desk.engine.jobs[-1]
        assert len(job.found) == len(job.found_labels) == count


def test_a_stopped_evaluation_keeps_what_it_has(desk: Desk) -> None:
    desk.opened()
    desk.controller.evaluate(EvaluationSettings(), "none", ())
    desk.until(lambda: len(desk.heard("set_evaluated")) > 0)
    desk.controller.stop()
    desk.until_idle()
    (report,) = desk.heard("evaluation_finished")
    assert report.stopped
    assert len(report.sets) < 8
    assert desk.heard("status_changed")[-1].startswith("Stopped; evaluated so far")
