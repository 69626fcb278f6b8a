from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_engine import DATASET, EXAMPLES, LIMIT, REFERENCES, FakeEngine, FakeLab, info
from pytestqt.qtbot import QtBot

from fooler_gui.core import jobs
from fooler_gui.core.dataset_info import DatasetUse
from fooler_gui.core.errors import ChoiceNeeded, LabError
from fooler_gui.core.evaluation_report import EvaluationSettings
from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.guarantee import GuaranteeSettings
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.least_change import LeastChangeSettings
from fooler_gui.core.messages import (
    ClassifierReady,
    EngineLoaded,
    JobEnded,
    LayersDescribed,
    LayerTimed,
    Message,
    Remark,
    RoundFinished,
    RunFinished,
    Working,
)
from fooler_gui.core.published import MNIST_SHA256
from fooler_gui.core.rounds_spec import RoundsSpec, default_rounds
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import Save
from fooler_gui.core.sentences import SAME_IMAGES
from fooler_gui.core.settings import (
    CostCoefficients,
    DescentSettings,
    RetrainingSettings,
    TrainingSettings,
    article_coefficients,
)
from fooler_gui.core.slot_actions import PinSlot
from fooler_gui.core.strong_attack import StrongAttackSettings
from fooler_gui.core.topology import Topology
from fooler_gui.core.transfer import RunImages
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import NewItems, SessionModel
from fooler_gui.session.new_files import NewFiles
from fooler_gui.session.outbox import Envelope

LAYERS = ("inputs", "conv0", "fc")
FAST = 500.0
"""Saves a second: enough for a test, few enough to be handled one by one."""


class Bench:
    """A controller with everything that its model emitted, and the engine behind it."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.lab = FakeLab()
        self.engine = FakeEngine(self.lab.answer)
        self.paths: list[str] = []
        self.folders = 0
        self.model = SessionModel()
        self.controller = Controller(
            self.model,
            lambda: self.engine,
            NewFiles(self._free_path, self._free_folder, lambda: Path(f"run-{len(self.engine.jobs)}")),
        )
        self.said: list[tuple[str, Any]] = []
        self._new_items = {name: NewItems() for name in ("training", "marks", "rounds", "sets")}
        self._known: dict[str, Any] = {}
        self._listen()

    def _free_path(self, kind: str) -> Path:
        self.paths.append(kind)
        return Path(f"{kind}-{len(self.paths)}.keras")

    def _free_folder(self) -> Path:
        self.folders += 1
        return Path(f"rounds-{self.folders}")

    def _say(self, name: str, value: Any) -> None:
        self.said.append((name, value))

    def _say_once(self, name: str, value: Any) -> None:
        """Says `value` where it is there and not the one that was said last under `name`."""
        if value is not None and value is not self._known.get(name):
            self._say(name, value)
        self._known[name] = value

    def _say_news(self, name: str, owner: Any, items: str) -> None:
        if owner is not None:
            self._new_items[items].is_new(owner)
            news = self._new_items[items].of(getattr(owner, {"training": "progress"}.get(items, items)))
            if news:
                self._say(name, news)

    def _listen(self) -> None:
        model, say = self.model, self._say
        model.state_changed.connect(lambda state: say("state_changed", state))
        model.status_changed.connect(lambda sentence: say("status_changed", sentence))
        model.working_changed.connect(lambda: say("working", model.working))
        model.problem_changed.connect(lambda: model.problem[0] and say("failed", model.problem))
        model.classifier_changed.connect(lambda: say("classifier_changed", (model.classifier, model.former)))
        model.saves_changed.connect(lambda saves: say("saves_arrived", saves))
        model.found_changed.connect(
            lambda: say("found_counts_changed", (model.found.count("run"), model.found.count("all")))
        )
        model.inspection_changed.connect(lambda: say("inspected", model.inspection))
        model.opinions_changed.connect(lambda: say("opinions", model.opinions))
        model.honesty_changed.connect(lambda: say("honesty_checked", model.checked))
        model.worst_images_changed.connect(lambda: say("worst_images_found", model.worst_images))
        model.run_changed.connect(self._on_run_changed)
        model.saves_changed.connect(self._on_run_changed)
        model.training_changed.connect(self._on_training_changed)
        model.retraining_changed.connect(self._on_retraining_changed)
        model.rounds_changed.connect(self._on_rounds_changed)
        model.evaluation_changed.connect(self._on_evaluation_changed)

    def _on_run_changed(self) -> None:
        self._say_once("run_started", self.model.starting)
        if self.model.run is not None:
            self._say_news("marks", self.model.run, "marks")
            self._say_once("run_finished", self.model.run.finished)

    def _on_training_changed(self) -> None:
        assert self.model.training is not None
        self._say_news("training_progressed", self.model.training, "training")
        self._say_once("training_finished", self.model.training.finished)

    def _on_retraining_changed(self) -> None:
        retraining = self.model.retraining
        assert retraining is not None
        self._say_once("retraining_finished", retraining.finished)
        if retraining.awaits_decision is not self._known.get("candidate", False):
            self._known["candidate"] = retraining.awaits_decision
            self._say("candidate_changed", retraining.awaits_decision)

    def _on_rounds_changed(self) -> None:
        assert self.model.rounds is not None
        self._say_once("rounds_started", self.model.rounds.spec)
        self._say_news("rounds_finished", self.model.rounds, "rounds")

    def _on_evaluation_changed(self) -> None:
        evaluation = self.model.evaluation
        assert evaluation is not None
        self._say_once("evaluation_started", evaluation.settings)
        self._say_once("digits_evaluated", evaluation.digits)
        self._say_news("sets_evaluated", evaluation, "sets")
        self._say_once("evaluation_finished", evaluation.report)

    def heard(self, name: str) -> list[Any]:
        """Everything said under `name` so far."""
        return [value for said, value in self.said if said == name]

    @property
    def asked(self) -> list[jobs.Job]:
        """The jobs that the engine was given so far, but for what it was asked about resting images."""
        return [job for job in self.engine.jobs if not isinstance(job, jobs.Inspect | jobs.GiveOpinions)]

    @property
    def changes(self) -> list[tuple[int, str]]:
        """What was changed of the run on screen, and the first step made with it."""
        return [mark for marks in self.heard("marks") for mark in marks]

    def found(self, which: str) -> np.ndarray:
        return self.model.found.found(which)[0]

    @property
    def state(self) -> LabState:
        return self.model.state

    @property
    def saves(self) -> list[Save]:
        return [save for saves in self.heard("saves_arrived") for save in saves]

    def until(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=LIMIT)

    def until_idle(self) -> None:
        self.until(lambda: not self.state.busy)

    def opened(self) -> Bench:
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
        self.model.change_setup(pace=pace)
        self.controller.run(spec, single_step=single_step)
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
        queue = self.controller._queue
        queue._thread._outbox.put(Envelope(run_id=queue._number, message=message))
        self.controller._receive()


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    bench = Bench(qtbot)
    yield bench
    assert bench.controller.close(LIMIT)


def test_the_lab_is_starting_until_the_first_classifier_is_there(bench: Bench) -> None:
    assert bench.state is LabState.STARTING
    assert bench.model.classifier is None
    bench.controller.open_classifier("first.keras")
    assert bench.state is LabState.STARTING
    bench.until_idle()
    assert bench.heard("state_changed") == [LabState.READY]
    assert bench.heard("classifier_changed") == [(info("first"), None)]
    assert bench.model.classifier == info("first")
    assert bench.heard("working")[0].sentence == "Loading TensorFlow"
    assert bench.heard("status_changed")[0] == "Loading TensorFlow …"
    assert bench.heard("status_changed")[-1].startswith("The classifier first is ready")


def test_without_a_classifier_the_lab_is_untrained_and_can_be_trained(bench: Bench) -> None:
    bench.lab.failure = LabError("The file is gone.")
    bench.controller.open_classifier("first.keras")
    bench.until_idle()
    assert bench.state is LabState.UNTRAINED
    assert bench.heard("failed") == [("The file is gone.", "")]
    bench.lab.failure = None
    bench.controller.train(Topology(), TrainingSettings(steps=3))
    assert bench.state is LabState.TRAINING
    bench.until_idle()
    assert bench.state is LabState.READY


def test_a_run_that_must_give_the_same_images_says_so(bench: Bench) -> None:
    bench.opened().run_to_its_end()
    assert SAME_IMAGES not in bench.model.status
    bench.run_to_its_end()
    assert bench.model.status.endswith(SAME_IMAGES)
    bench.run(max_steps=4)
    bench.until_idle()
    assert SAME_IMAGES not in bench.model.status


def test_nothing_else_is_begun_while_the_lab_is_starting(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        bench.run()
        bench.controller.train(Topology(), TrainingSettings())
        bench.controller.open_classifier("first.keras")
        bench.run()
        bench.controller.open_classifier("second.keras")
    assert len(caplog.records) == 4
    bench.until_idle()
    assert bench.state is LabState.READY
    assert bench.model.classifier == info("first")
    assert len(bench.asked) == 1


def test_training_tells_its_progress_and_brings_a_classifier_into_use(bench: Bench) -> None:
    bench.opened()
    bench.controller.train(Topology(), TrainingSettings(steps=5))
    bench.until_idle()
    assert bench.heard("state_changed") == [LabState.TRAINING, LabState.READY]
    reports = [report for reports in bench.heard("training_progressed") for report in reports]
    assert [report.step for report in reports] == [1, 2, 3, 4, 5]
    (finished,) = bench.heard("training_finished")
    assert finished.test_accuracy == 0.75
    assert bench.heard("classifier_changed") == [(info("trained"), info("first"))]
    job = bench.asked[-1]
    assert isinstance(job, jobs.Train)
    assert (job.path, job.go_on) == ("trained-1.keras", False)


def test_progress_comes_before_the_end_that_it_led_to(bench: Bench) -> None:
    bench.opened()
    bench.controller.train(Topology(), TrainingSettings(steps=3))
    bench.until_idle()
    names = [name for name, _ in bench.said]
    last_progress = max(index for index, name in enumerate(names) if name == "training_progressed")
    assert last_progress < names.index("training_finished") < names.index("classifier_changed")


def test_a_training_is_continued_from_the_classifier_in_use(bench: Bench) -> None:
    bench.opened().controller.continue_training(TrainingSettings(steps=2))
    bench.until_idle()
    job = bench.asked[-1]
    assert isinstance(job, jobs.Train)
    assert job.go_on


def test_a_training_that_is_stopped_ends(bench: Bench) -> None:
    bench.opened().controller.train(Topology(), TrainingSettings(steps=10_000_000))
    bench.until(lambda: len(bench.heard("training_progressed")) > 0)
    bench.controller.stop()
    bench.until_idle()
    assert bench.state is LabState.READY


def test_a_run_goes_from_its_start_over_its_saves_to_its_end(bench: Bench) -> None:
    spec = bench.opened().run(max_steps=4)
    assert bench.state is LabState.BACKWORKING
    bench.until_idle()
    assert bench.heard("run_started") == [spec]
    assert [save.step for save in bench.saves] == [0, 1, 2, 3, 4]
    assert bench.model.newest is bench.saves[-1]
    assert bench.model.run is not None
    assert bench.model.run.references == REFERENCES
    (finished,) = bench.heard("run_finished")
    assert finished == RunFinished(stopped_by=("max_steps",), steps=4, seconds=0.5)
    assert bench.heard("state_changed") == [LabState.BACKWORKING, LabState.READY]
    names = [name for name, _ in bench.said]
    assert names.index("run_started") < names.index("saves_arrived") < names.index("run_finished")
    assert bench.heard("status_changed")[-1].startswith("Stopped after 4 steps")


def test_a_run_is_paused_and_resumed(bench: Bench) -> None:
    bench.opened().run_endlessly()
    bench.controller.pause()
    assert bench.state is LabState.PAUSED
    bench.controller.pause()
    bench.controller.resume()
    assert bench.state is LabState.BACKWORKING
    seen = len(bench.saves)
    bench.until(lambda: len(bench.saves) > seen)
    bench.controller.stop()
    bench.until_idle()
    expected = [LabState.BACKWORKING, LabState.PAUSED, LabState.BACKWORKING, LabState.READY]
    assert bench.heard("state_changed") == expected
    assert bench.heard("run_finished")[0].stopped_by == ("stopped",)


def test_a_run_begun_with_a_single_step_waits_after_it(bench: Bench) -> None:
    bench.opened().run(single_step=True)
    assert bench.state is LabState.PAUSED
    bench.until(lambda: [save.step for save in bench.saves] == [0, 1])
    bench.controller.single_step()
    bench.until(lambda: [save.step for save in bench.saves] == [0, 1, 2])
    assert bench.state is LabState.PAUSED
    bench.controller.stop()
    bench.until_idle()
    assert bench.heard("run_finished")[0].steps == 2


def test_a_single_step_pauses_a_run_that_goes_on(bench: Bench) -> None:
    bench.opened().run_endlessly()
    bench.controller.single_step()
    assert bench.state is LabState.PAUSED
    bench.controller.stop()
    bench.until_idle()


def test_a_paused_run_can_be_stopped(bench: Bench) -> None:
    bench.opened().run_endlessly()
    bench.controller.pause()
    bench.controller.stop()
    bench.until_idle()
    assert bench.state is LabState.READY


def stronger(fc: float) -> CostCoefficients:
    article = article_coefficients(LAYERS)
    return dataclasses.replace(article, layer_cost_coeffs=dict(article.layer_cost_coeffs) | {"fc": fc})


def test_changed_coefficients_are_told_once_with_the_step_they_applied_at(bench: Bench) -> None:
    bench.opened().run(single_step=True)
    bench.until(lambda: len(bench.saves) == 2)
    bench.model.change_setup(coefficients=stronger(1.0))
    assert bench.changes == []
    bench.controller.single_step()
    bench.until(lambda: len(bench.saves) == 3)
    assert bench.changes == [(2, "fc 1")]
    bench.controller.single_step()
    bench.until(lambda: len(bench.saves) == 4)
    assert bench.changes == [(2, "fc 1")]
    assert [save.applied for save in bench.saves] == [(), (), ((1, 2),), ()]
    bench.controller.stop()
    bench.until_idle()


def test_coefficients_that_change_nothing_are_no_change(bench: Bench) -> None:
    bench.opened().run(single_step=True)
    bench.model.change_setup(coefficients=article_coefficients(LAYERS))
    bench.controller.single_step()
    bench.until(lambda: len(bench.saves) == 3)
    assert bench.changes == []
    assert bench.saves[-1].revision == 0
    bench.controller.stop()
    bench.until_idle()


def test_every_change_is_told_with_its_own_step(bench: Bench) -> None:
    bench.opened().run(single_step=True)
    bench.until(lambda: len(bench.saves) == 2)
    bench.model.change_setup(descent=DescentSettings(learning_rate=0.5))
    bench.controller.single_step()
    bench.until(lambda: len(bench.saves) == 3)
    assert bench.changes == [(2, "learning rate 0.5")]
    bench.model.change_setup(coefficients=stronger(0.5))
    bench.controller.single_step()
    bench.until(lambda: len(bench.saves) == 4)
    assert bench.changes == [(2, "learning rate 0.5"), (3, "fc 0.5")]
    bench.controller.stop()
    bench.until_idle()


def test_a_change_before_any_run_is_no_ones_business(bench: Bench) -> None:
    bench.opened()
    bench.model.change_setup(coefficients=stronger(1.0))
    bench.model.change_setup(descent=DescentSettings(max_steps=1))
    bench.model.change_setup(pace=3.0)
    bench.controller.act_on_slot(PinSlot(label=1, slot=0, pinned=True))
    bench.controller.pause()
    bench.controller.resume()
    bench.controller.single_step()
    assert bench.said == []
    bench.run_to_its_end()
    assert bench.changes == []


def test_changed_settings_reach_a_run_that_goes_on(bench: Bench) -> None:
    bench.opened().run_endlessly()
    bench.model.change_setup(descent=DescentSettings(max_steps=1))
    bench.until_idle()
    assert bench.heard("run_finished")[0].stopped_by == ("max_steps",)


def test_slot_actions_reach_a_run_in_pause(bench: Bench) -> None:
    bench.opened().run(single_step=True)
    action = PinSlot(label=1, slot=0, pinned=True)
    bench.controller.act_on_slot(action)
    bench.until(lambda: bench.lab.actions == [action])
    bench.controller.stop()
    bench.until_idle()


def test_found_images_are_counted_for_the_run_and_for_all_runs(bench: Bench) -> None:
    bench.opened().run_to_its_end(found=0.9995)
    assert bench.heard("found_counts_changed")[-1] == (2, 2)
    first = bench.found("run")
    np.testing.assert_array_equal(first, bench.saves[-1].images[0])
    bench.said.clear()
    bench.run_to_its_end(found=0.5)
    assert bench.heard("found_counts_changed")[0] == (0, 2)
    assert bench.heard("found_counts_changed")[-1] == (0, 2)
    assert bench.found("run").shape[0] == 0
    np.testing.assert_array_equal(bench.found("all"), first)
    bench.run_to_its_end(found=0.9999)
    assert bench.heard("found_counts_changed")[-1] == (2, 4)
    assert len(bench.found("all")) == 4


def test_before_any_run_nothing_is_found(bench: Bench) -> None:
    bench.opened()
    assert len(bench.found("run")) == len(bench.found("all")) == 0


def test_retraining_gets_the_found_images_and_its_candidate_is_kept(bench: Bench) -> None:
    bench.opened().run_to_its_end(found=0.9995)
    bench.said.clear()
    bench.controller.retrain(RetrainingSettings(steps=3), "run")
    assert bench.state is LabState.RETRAINING
    bench.until_idle()
    job = bench.asked[-1]
    assert isinstance(job, jobs.Retrain)
    assert job.path == "retrained-1.keras"
    np.testing.assert_array_equal(job.images, bench.found("run"))
    (finished,) = bench.heard("retraining_finished")
    assert finished.found_images == 2
    assert bench.heard("candidate_changed") == [True]
    bench.controller.keep_candidate()
    bench.until_idle()
    assert bench.heard("candidate_changed") == [True, False]
    assert bench.model.classifier == info("candidate")


def test_a_candidate_is_discarded_and_the_classifier_stays(bench: Bench) -> None:
    bench.opened().controller.retrain(RetrainingSettings(steps=1), "all")
    bench.until_idle()
    bench.controller.discard_candidate()
    bench.until_idle()
    assert bench.heard("candidate_changed") == [True, False]
    assert bench.model.classifier == info("first")


def test_a_candidate_still_waits_when_keeping_it_was_refused(bench: Bench) -> None:
    bench.opened().run_endlessly()
    bench.controller.keep_candidate()
    bench.controller.discard_candidate()
    assert bench.heard("candidate_changed") == []
    bench.controller.stop()
    bench.until_idle()


def test_classifiers_are_saved_and_the_former_one_is_used_again(bench: Bench) -> None:
    bench.opened().controller.open_classifier("second.keras")
    bench.until_idle()
    bench.controller.save_classifier("copy.keras")
    bench.until_idle()
    bench.controller.use_former_classifier()
    bench.until_idle()
    assert bench.heard("classifier_changed") == [
        (info("second"), info("first")),
        (info("second"), info("first")),
        (info("first"), info("second")),
    ]
    assert bench.heard("state_changed") == [LabState.WORKING, LabState.READY] * 3


def test_worst_images_are_passed_on(bench: Bench) -> None:
    bench.opened().controller.find_worst_images(4)
    bench.until_idle()
    (worst,) = bench.heard("worst_images_found")
    assert worst.images.shape == (1, 4, 4, 4, 1)


def test_nothing_else_is_begun_while_the_engine_is_busy(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.opened().run_endlessly()
    orders = len(bench.asked)
    with caplog.at_level(logging.WARNING):
        bench.run()
        bench.controller.train(Topology(), TrainingSettings())
        bench.controller.continue_training(TrainingSettings())
        bench.controller.retrain(RetrainingSettings(), "run")
        bench.controller.open_classifier("x.keras")
        bench.controller.save_classifier("x.keras")
        bench.controller.use_former_classifier()
        bench.controller.find_worst_images(1)
    assert len(caplog.records) == 8
    assert bench.state is LabState.BACKWORKING
    assert len(bench.heard("run_started")) == 1
    bench.controller.stop()
    bench.until_idle()
    assert len(bench.asked) == orders
    assert len(bench.heard("run_finished")) == 1


@pytest.mark.parametrize(
    ("failure", "sentence", "has_details"),
    [(LabError("The file is gone."), "The file is gone.", False), (RuntimeError("torn"), "Something went wrong", True)],
)
def test_a_failure_is_told_and_the_lab_is_ready_again(
    failure: Exception, sentence: str, has_details: bool, bench: Bench
) -> None:
    bench.opened()
    bench.lab.failure = failure
    for begin in (
        bench.run,
        lambda: bench.controller.train(Topology(), TrainingSettings()),
        lambda: bench.controller.retrain(RetrainingSettings(), "run"),
        lambda: bench.controller.open_classifier("x.keras"),
    ):
        bench.said.clear()
        begin()
        bench.until_idle()
        assert bench.state is LabState.READY
        ((shown, details),) = bench.heard("failed")
        assert shown.startswith(sentence)
        assert ("Traceback" in details) is has_details
        assert bench.heard("status_changed")[-1] == shown
    bench.lab.failure = None
    bench.run_to_its_end()
    assert bench.heard("run_finished")


def test_saves_that_came_before_a_failure_are_kept(bench: Bench) -> None:
    bench.opened().run_to_its_end(found=0.9995)
    kept = bench.model.newest
    bench.lab.failure = RuntimeError("torn")
    bench.controller.retrain(RetrainingSettings(), "run")
    bench.until_idle()
    assert bench.model.newest is kept
    assert len(bench.found("run")) == 2


def test_a_run_that_fails_before_its_first_save_takes_nothing_away(bench: Bench) -> None:
    bench.opened().run_to_its_end(found=0.9995)
    kept, run = bench.model.newest, bench.model.run
    bench.lab.failure = LabError("There is no file start.npz.")
    bench.run()
    assert bench.model.starting is not None
    bench.until_idle()
    assert bench.model.starting is None
    assert (bench.model.newest, bench.model.run) == (kept, run)
    assert bench.heard("found_counts_changed")[-1] == (2, 2)
    bench.lab.failure = None
    bench.run_to_its_end(found=0.9995)
    assert bench.model.newest is not kept
    assert bench.heard("found_counts_changed")[-1] == (2, 4)


def test_a_run_that_is_opened_once_more_is_counted_once(bench: Bench) -> None:
    bench.opened().run_to_its_end(found=0.9995)
    first = bench.model.run
    assert first is not None
    bench.run_to_its_end(found=0.9995)
    assert bench.heard("found_counts_changed")[-1] == (2, 4)
    for _ in range(2):
        bench.controller.show_run(first)
        assert bench.heard("found_counts_changed")[-1] == (2, 4)
        assert len(bench.found("all")) == 4


def test_work_that_was_stopped_before_it_led_to_anything_is_told(bench: Bench) -> None:
    bench.opened()
    bench.engine.answer = _stopped_early
    bench.controller.find_worst_images(8)
    bench.until_idle()
    assert bench.heard("status_changed") == ["Looking …", "Stopped before there was a result; nothing was changed."]


def _stopped_early(_job: jobs.Job, _control: RunControl) -> Iterator[Message]:
    yield Working(sentence="Looking")


def test_what_was_done_to_files_and_candidates_is_told(bench: Bench) -> None:
    bench.opened().controller.save_classifier("copy.keras")
    bench.until_idle()
    assert bench.heard("status_changed")[-1] == "Wrote copy.keras."
    bench.controller.retrain(RetrainingSettings(steps=1), "all")
    bench.until_idle()
    bench.controller.discard_candidate()
    bench.until_idle()
    assert bench.heard("status_changed")[-2:] == [
        "Discarding the new classifier …",
        "Discarded the new classifier; the one before it stays in use.",
    ]
    bench.controller.retrain(RetrainingSettings(steps=1), "all")
    bench.until_idle()
    assert bench.heard("status_changed")[-1] == "Retrained. Keep the new classifier or discard it."
    bench.controller.keep_candidate()
    assert bench.heard("status_changed")[-1] == "Putting the new classifier in use …"
    bench.until_idle()
    assert bench.heard("status_changed")[-1].startswith("The classifier candidate is ready")
    bench.controller.open_classifier("second.keras")
    bench.until_idle()
    assert bench.heard("status_changed")[-1].startswith("The classifier second is ready")


def test_a_pause_is_told(bench: Bench) -> None:
    bench.opened().run_endlessly()
    bench.controller.pause()
    assert bench.heard("status_changed")[-1].startswith("Paused · Step ")
    bench.controller.resume()
    seen = len(bench.saves)
    bench.until(lambda: len(bench.saves) > seen)
    assert bench.heard("status_changed")[-1].startswith("Step ")
    bench.controller.stop()
    bench.until_idle()


def test_what_speaks_against_a_classifier_is_said_when_it_is_opened(bench: Bench) -> None:
    doubtful = dataclasses.replace(info("doubtful"), doubt="The classifier gets 10.0 % of the test images right.")
    bench.opened().run_endlessly()
    bench.put(ClassifierReady(classifier=doubtful))
    assert bench.heard("status_changed")[-1] == doubtful.doubt
    bench.controller.stop()
    bench.until_idle()


def test_remarks_on_the_work_that_goes_on_are_passed_on(bench: Bench) -> None:
    bench.opened().run_endlessly()
    bench.put(Remark(sentence="Frozen layers stay as they are."))
    assert bench.heard("failed") == [("Frozen layers stay as they are.", "")]
    bench.controller.stop()
    bench.until_idle()


def test_what_the_engine_computes_on_is_known_once_it_is_loaded(bench: Bench) -> None:
    assert bench.model.machine == {}
    bench.opened().run_endlessly()
    bench.put(EngineLoaded(machine={"device": "NVIDIA H100", "search": "graph"}))
    assert bench.model.machine == {"device": "NVIDIA H100", "search": "graph"}
    bench.controller.stop()
    bench.until_idle()


def test_messages_of_another_order_are_dropped(bench: Bench) -> None:
    bench.opened().run_endlessly()
    bench.controller.pause()
    bench.until(lambda: bench.heard("state_changed")[-1] is LabState.PAUSED)
    stale: list[Message] = [
        ClassifierReady(classifier=info("stale")),
        Working(sentence="stale"),
        RunFinished(stopped_by=("stale",), steps=0, seconds=0.0),
        JobEnded(),
    ]
    outbox = bench.controller._queue._thread._outbox
    bench.said.clear()
    for message in stale:
        for run_id in (0, bench.controller._queue._number - 1, bench.controller._queue._number + 1):
            outbox.put(Envelope(run_id=run_id, message=message))
    bench.controller._receive()
    assert {name for name, _ in bench.said} <= {
        "saves_arrived",
        "status_changed",
        "found_counts_changed",
        "run_started",
    }
    assert bench.state is LabState.PAUSED
    assert bench.model.classifier == info("first")
    bench.controller.stop()
    bench.until_idle()


def test_closing_in_the_midst_of_a_run_ends_the_thread_and_says_no_more(bench: Bench) -> None:
    bench.opened().run_endlessly()
    assert bench.controller.close(LIMIT)
    assert bench.state is LabState.CLOSING
    said = len(bench.said)
    bench.controller._receive()
    assert len(bench.said) == said
    assert bench.heard("state_changed")[-1] is LabState.CLOSING


def test_closing_in_pause_or_in_training_ends_the_thread(qtbot: QtBot) -> None:
    paused = Bench(qtbot).opened()
    paused.run(single_step=True)
    assert paused.controller.close(LIMIT)
    training = Bench(qtbot).opened()
    training.controller.train(Topology(), TrainingSettings(steps=10_000_000))
    assert training.controller.close(LIMIT)


def test_closing_before_anything_began_and_twice_is_no_difficulty(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    assert bench.controller.close(LIMIT)
    assert bench.controller.close(LIMIT)
    assert bench.heard("state_changed") == [LabState.CLOSING]


def test_nothing_is_begun_once_the_lab_closes(qtbot: QtBot) -> None:
    for bench in (Bench(qtbot), Bench(qtbot).opened()):
        assert bench.controller.close(LIMIT)
        bench.controller.open_classifier("x.keras")
        bench.run()
        assert bench.state is LabState.CLOSING


def test_a_thread_that_does_not_end_in_time_is_told(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    patient = RunControl(paused=True)

    def stubborn(job: jobs.Job, control: RunControl) -> Iterator[Message]:
        yield Working(sentence="deaf to what steers it")
        patient.next()

    bench.engine.answer = stubborn
    bench.controller.open_classifier("first.keras")
    bench.until(lambda: len(bench.heard("working")) == 2)
    assert not bench.controller.close(0)
    patient.stop()
    assert bench.controller.close(LIMIT)


def rounds_heard(bench: Bench) -> list[RoundFinished]:
    return [finished for together in bench.heard("rounds_finished") for finished in together]


def rounds_of(rounds: int) -> RoundsSpec:
    return default_rounds("first.keras", LAYERS, rounds=rounds)


def test_rounds_are_made_in_a_new_folder_and_each_is_told(bench: Bench) -> None:
    bench.opened().controller.perform_rounds(rounds_of(2))
    assert bench.state is LabState.ROUNDS
    bench.until_idle()
    assert bench.heard("rounds_started") == [rounds_of(2)]
    assert [finished.report.number for finished in rounds_heard(bench)] == [0, 1, 2]
    job = bench.asked[-1]
    assert isinstance(job, jobs.PerformRounds)
    assert (job.spec, job.folder) == (rounds_of(2), "rounds-1")
    assert job.second_opinion == ""
    assert "Round 2" in bench.heard("status_changed")[-1]
    assert bench.state is LabState.READY


def test_rounds_on_mnist_alone_ask_the_independent_net(bench: Bench) -> None:
    bench.opened()
    bench.model.set_dataset(dataclasses.replace(DATASET, sha256=MNIST_SHA256), EXAMPLES)
    bench.controller.perform_rounds(rounds_of(1))
    bench.until_idle()
    job = bench.asked[-1]
    assert isinstance(job, jobs.PerformRounds)
    assert job.second_opinion.endswith("second-opinion.keras")


def test_another_dataset_is_shown_with_its_examples_and_keeps_a_classifier_that_fits(bench: Bench) -> None:
    bench.opened()
    assert bench.model.dataset == DATASET
    assert bench.controller.open(jobs.OpenDataset(path="pets"))
    assert bench.state is LabState.WORKING
    bench.until_idle()
    assert bench.model.dataset is not None
    assert (bench.model.dataset.name, len(bench.model.examples)) == ("pets", 3)
    assert (bench.state, bench.model.classifier) == (LabState.READY, info("first"))


def test_a_classifier_that_does_not_fit_another_dataset_is_no_longer_in_use_and_that_is_said(bench: Bench) -> None:
    bench.opened()
    bench.lab.loses = True
    bench.controller.open(jobs.OpenDataset(path="pets"))
    bench.until_idle()
    assert (bench.state, bench.model.classifier, bench.model.former) == (LabState.UNTRAINED, None, None)
    assert bench.model.problem[0] == "pets has other images. Train a classifier for this dataset, or open one."
    assert bench.model.status == "No classifier is in use."


def test_a_downloaded_dataset_is_kept_in_the_data_folder(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fooler_gui.session.controller.user_folder", lambda name: tmp_path / name)
    bench.opened().controller.get_dataset("cifar-10")
    bench.until_idle()
    wanted = str(tmp_path / "datasets" / "cifar-10.npz")
    assert bench.asked[-1] == jobs.GetDataset(name="cifar-10", path=wanted)
    assert bench.model.dataset is not None
    assert bench.model.dataset.path == wanted


def test_the_dataset_can_be_left_by_opening_the_classifier_without_it(bench: Bench) -> None:
    bench.opened().controller.leave_dataset()
    bench.until_idle()
    assert bench.asked[-1] == jobs.OpenClassifier(path="first.keras", dataset=DatasetUse.NONE)


def test_chosen_layers_are_recorded_by_opening_the_classifier_anew(bench: Bench) -> None:
    bench.opened().controller.record_layers(("fc",))
    bench.until_idle()
    assert bench.asked[-1] == jobs.OpenClassifier(
        path="first.keras", dataset=DatasetUse.IF_IT_FITS, recorded_layers=("fc",)
    )


def test_layers_are_described_and_measured_and_their_times_kept(bench: Bench) -> None:
    described = LayersDescribed(layers=(), recorded=(), proposed=("inputs",))
    bench.opened()
    bench.engine.answer = lambda _job, _control: iter([described])
    bench.controller.describe_layers()
    bench.until_idle()
    assert bench.model.layers == described
    bench.engine.answer = lambda _job, _control: iter([LayerTimed(name="fc", milliseconds=2.25)])
    bench.controller.measure_layers(("fc",))
    bench.until_idle()
    assert bench.asked[-2:] == [jobs.DescribeLayers(), jobs.MeasureLayers(names=("fc",))]
    assert bench.model.layer_times == {"fc": 2.25}
    assert bench.model.status == "The costs of fc add 2.2 ms to a step."


def test_a_classifier_that_is_opened_is_named_before_the_engine_begins(bench: Bench) -> None:
    bench.opened().controller.open_classifier("second.keras")
    assert bench.model.status == "Opening second.keras …"
    bench.until_idle()
    assert bench.model.status.startswith("The classifier second is ready")


def test_further_classifiers_are_opened_and_join_the_next_run(bench: Bench) -> None:
    bench.opened().controller.add_further("second.keras")
    bench.until_idle()
    assert bench.asked[-1] == jobs.OpenFurther(further=(FurtherClassifier(classifier="second.keras"),))
    assert bench.model.setup.further == (FurtherClassifier(classifier="second.keras", sha256="cd" * 32),)
    assert bench.model.status == "The next run's images are driven to fool 2 classifiers."
    bench.controller.add_further("third.keras")
    bench.until_idle()
    assert [each.classifier for each in bench.model.setup.further] == ["second.keras", "third.keras"]
    assert bench.model.setup.spec("first.keras").classifiers == ("first.keras", "second.keras", "third.keras")


def test_a_classifier_that_takes_part_already_or_does_not_fit_is_refused(bench: Bench) -> None:
    bench.opened().controller.add_further("first.keras")
    assert bench.heard("failed")[-1][0] == (
        "An ensemble must not name a classifier twice; received first.keras more than once."
    )
    assert not any(isinstance(job, jobs.OpenFurther) for job in bench.asked)
    bench.lab.failure = LabError("second must take images of 4 × 4 × 1, as first does; it takes 8 × 8 × 1.")
    bench.controller.add_further("second.keras")
    bench.until_idle()
    assert bench.heard("failed")[-1][0].startswith("second must take images of 4 × 4 × 1")
    assert bench.model.setup.further == ()


def test_while_a_run_goes_on_no_classifier_joins_it(bench: Bench) -> None:
    bench.opened().run_endlessly()
    bench.controller.add_further("second.keras")
    assert bench.heard("failed")
    assert bench.model.setup.further == ()
    bench.controller.stop()
    bench.until_idle()


def test_a_classifier_is_opened_anew_for_other_pixels(bench: Bench) -> None:
    bench.opened().controller.set_input_range("-1..1")
    bench.until_idle()
    wanted = jobs.OpenClassifier(path="first.keras", dataset=DatasetUse.IF_IT_FITS, input_range="-1..1")
    assert bench.asked[-1] == wanted


def test_of_several_outputs_one_is_asked_for_and_the_classifier_opened_with_it(bench: Bench) -> None:
    bench.opened()
    asked = []
    bench.model.output_requested.connect(asked.append)

    class Several(ChoiceNeeded):
        choices = ("digit", "parity")

    bench.lab.failure = Several("two.keras has 2 outputs.")
    bench.controller.open_classifier("two.keras")
    bench.until_idle()
    assert (asked, bench.model.problem[0]) == ([("digit", "parity")], "two.keras has 2 outputs.")
    bench.lab.failure = None
    bench.controller.open_with_output("parity")
    bench.until_idle()
    assert bench.asked[-1] == jobs.OpenClassifier(path="two.keras", dataset=DatasetUse.IF_IT_FITS, output="parity")


def test_rounds_go_on_in_the_same_folder(bench: Bench) -> None:
    bench.opened().controller.perform_rounds(rounds_of(1))
    bench.until_idle()
    bench.controller.continue_rounds(rounds_of(2))
    bench.until_idle()
    assert [job.folder for job in bench.asked[-2:]] == ["rounds-1", "rounds-1"]
    bench.controller.perform_rounds(rounds_of(1))
    bench.until_idle()
    assert bench.asked[-1].folder == "rounds-2"


def test_rounds_are_paused_resumed_and_stopped(bench: Bench) -> None:
    bench.opened().controller.perform_rounds(rounds_of(1_000))
    bench.controller.pause()
    assert bench.state is LabState.ROUNDS_PAUSED
    assert "Paused" in bench.heard("status_changed")[-1]
    bench.controller.resume()
    assert bench.state is LabState.ROUNDS
    bench.until(lambda: len(rounds_heard(bench)) > 1)
    bench.controller.pause()
    bench.controller.stop()
    bench.until_idle()
    assert bench.state is LabState.READY
    assert len(rounds_heard(bench)) < 1_001


def test_the_classifier_in_use_is_checked_against_the_former_one(bench: Bench) -> None:
    bench.opened().controller.check_honesty()
    bench.until_idle()
    assert bench.asked[-1] == jobs.CheckHonesty(former="")
    (checked,) = bench.heard("honesty_checked")
    assert checked.name == "first"
    assert bench.heard("status_changed")[-1] == "first: no masking found in 1 honesty checks."
    bench.controller.open_classifier("second.keras")
    bench.until_idle()
    bench.controller.check_honesty()
    bench.until_idle()
    assert bench.asked[-1] == jobs.CheckHonesty(former="first.keras")


def test_a_slot_is_looked_at_while_the_run_goes_on_and_once_more_when_it_rests(bench: Bench) -> None:
    bench.opened()
    bench.run_endlessly()
    bench.controller.inspect(1, 0)
    bench.until(lambda: bool(bench.heard("inspected")))
    going = bench.heard("inspected")[0]
    assert (going.label, going.slot, going.fooled) == (1, 0, ())
    assert bench.lab.looks == []
    bench.controller.stop()
    bench.until_idle()
    bench.until(lambda: bool(bench.heard("inspected")[-1].fooled))
    assert bench.lab.looks == [(1, 0)]
    assert bench.heard("inspected")[-1].step == bench.saves[-1].step


def test_a_slot_that_was_chosen_before_is_looked_at_in_the_next_run(bench: Bench) -> None:
    bench.opened().run_to_its_end()
    bench.controller.inspect(1, 1)
    bench.until(lambda: bench.lab.looks == [(1, 1)])
    bench.run_endlessly()
    bench.until(lambda: any(look.slot == 1 and not look.fooled for look in bench.heard("inspected")))


def test_of_many_wishes_at_rest_the_newest_is_fulfilled_last(bench: Bench) -> None:
    bench.opened().run_to_its_end()
    for slot in (0, 1, 0, 1):
        bench.controller.inspect(1, slot)
    bench.until(lambda: bool(bench.heard("inspected")) and bench.heard("inspected")[-1].slot == 1)
    assert bench.lab.looks == [(1, 0), (1, 1)]
    assert bench.state is LabState.READY


def test_what_is_asked_at_rest_interrupts_what_is_prepared_which_goes_on_afterwards(bench: Bench) -> None:
    bench.opened().run_to_its_end()
    begun, stopped = threading.Event(), []
    perform = bench.engine.perform

    def performed(job: jobs.Job, control: RunControl) -> Iterator[Message]:
        if isinstance(job, jobs.Prepare) and not begun.is_set():
            begun.set()
            control.pause()
            control.next()
            stopped.append(control.stop_requested)
        yield from perform(job, control)

    bench.engine.perform = performed  # type: ignore[method-assign]
    bench.controller.prepare(bench.model.setup)
    assert begun.wait(LIMIT / 1000)
    before = len(bench.engine.jobs)
    bench.controller.inspect(1, 0)
    bench.until(lambda: len(bench.engine.jobs) == before + 3)
    assert stopped == [True]
    assert [type(job) for job in bench.engine.jobs[before:]] == [jobs.Prepare, jobs.Inspect, jobs.Prepare]


@pytest.mark.parametrize("inspected", [(0, 0), (1, 2), (1, -1)])
def test_a_slot_that_the_resting_run_does_not_have_is_not_looked_at(bench: Bench, inspected: tuple[int, int]) -> None:
    bench.opened().run_to_its_end()
    bench.controller.inspect(*inspected)
    bench.controller.inspect(1, 1)
    bench.until(lambda: bool(bench.heard("inspected")) and bench.heard("inspected")[-1].slot == 1)
    assert bench.lab.looks == [(1, 1)]


def test_after_an_inspection_was_ended_neither_a_run_nor_its_images_at_rest_are_looked_at(bench: Bench) -> None:
    bench.opened().run_to_its_end()
    bench.controller.inspect(1, 1)
    bench.until(lambda: bench.lab.looks == [(1, 1)])
    bench.controller.end_inspection()
    bench.until(lambda: bench.lab.judged == [(1, 0)])
    bench.said.clear()
    bench.run_to_its_end()
    bench.until(lambda: bench.lab.judged == [(1, 0), (1, 0)])
    assert bench.heard("inspected") == []


def test_at_rest_second_opinions_are_given_on_the_selected_image_or_else_the_first_one(bench: Bench) -> None:
    bench.opened().run_to_its_end()
    bench.until(lambda: [given.slot for given in bench.heard("opinions")] == [0])
    bench.model.select((1, 1))
    bench.until(lambda: [given.slot for given in bench.heard("opinions")] == [0, 1])
    assert bench.heard("opinions")[-1].is_on(bench.saves[-1], (1, 1))
    assert bench.lab.looks == []


def test_second_opinions_that_are_known_are_not_asked_for_again(bench: Bench) -> None:
    bench.opened().run_to_its_end()
    bench.until(lambda: len(bench.heard("opinions")) == 1)
    bench.controller.check_honesty()
    bench.until_idle()
    bench.model.select((1, 1))
    bench.until(lambda: len(bench.heard("opinions")) == 2)
    assert bench.lab.judged == [(1, 0), (1, 1)]


def test_second_opinions_that_cannot_be_given_are_no_error_as_nobody_asked_for_them(bench: Bench) -> None:
    bench.opened().run_to_its_end()
    bench.until(lambda: len(bench.heard("opinions")) == 1)
    bench.said.clear()
    bench.lab.failure = LabError("The other net is gone.")
    bench.model.select((1, 1))
    bench.until(lambda: bench.heard("opinions") == [None])
    assert bench.heard("failed") == []
    bench.lab.failure = None
    bench.model.select((1, 0))
    bench.until(lambda: bench.heard("opinions")[-1] is not None)


def test_while_a_run_goes_on_no_second_opinions_are_asked_for(bench: Bench) -> None:
    bench.opened()
    bench.run_endlessly()
    bench.model.select((1, 1))
    bench.controller.stop()
    bench.until_idle()
    bench.until(lambda: len(bench.heard("opinions")) == 1)
    assert bench.lab.judged == [(1, 1)]


def test_a_look_at_rest_that_fails_is_told_and_leaves_the_lab_ready(bench: Bench) -> None:
    bench.opened().run_to_its_end()
    bench.said.clear()
    bench.lab.failure = LabError("It cannot be looked at.")
    bench.controller.inspect(1, 0)
    bench.until(lambda: bench.heard("failed") == [("It cannot be looked at.", "")])
    assert bench.state is LabState.READY
    bench.lab.failure = None
    bench.controller.inspect(1, 1)
    bench.until(lambda: bool(bench.heard("inspected")))


def test_an_evaluation_is_told_part_by_part(bench: Bench) -> None:
    bench.opened().run_to_its_end(found=0.9999)
    bench.controller.evaluate(EvaluationSettings(images=20), "run", (("mine", "mine.gz"),))
    assert bench.state is LabState.EVALUATING
    bench.until_idle()
    job = bench.asked[-1]
    assert (job.settings.images, job.files) == (20, (("mine", "mine.gz"),))
    np.testing.assert_array_equal(job.found, bench.found("run"))
    assert job.found_labels.tolist() == [1, 1]
    (report,) = bench.heard("evaluation_finished")
    assert bench.heard("evaluation_started") == [EvaluationSettings(images=20)]
    assert bench.heard("digits_evaluated") == [report.test]
    assert tuple(figures for sets in bench.heard("sets_evaluated") for figures in sets) == report.sets
    assert "Evaluated: first classifies" in bench.heard("status_changed")[-1]


def test_a_search_for_the_least_change_is_told_as_it_goes(bench: Bench) -> None:
    bench.opened()
    bench.controller.find_least_change(LeastChangeSettings(steps=200), "digits:2", 1)
    assert bench.state is LabState.LEAST_CHANGE
    bench.until_idle()
    job = bench.asked[-1]
    assert (job.settings.steps, job.start, job.label) == (200, "digits:2", 1)
    found = bench.controller.model.least_change
    assert found is not None
    assert (found.report.steps, found.report.is_over) == (200, True)
    assert "1 of 2 images became" in bench.heard("status_changed")[-1]


def test_a_guarantee_is_made_in_a_new_file_and_told(bench: Bench) -> None:
    bench.opened()
    bench.controller.make_guarantee(GuaranteeSettings(components=20))
    assert bench.state is LabState.GUARANTEE
    bench.until_idle()
    assert bench.asked[-1].settings == GuaranteeSettings(components=20)
    made = bench.controller.model.guarantee
    assert made is not None
    assert made.report.settings.components == 20
    assert "Made guaranteed with a guarantee" in bench.heard("status_changed")[-1]


def test_a_stopped_guarantee_leaves_nothing(bench: Bench) -> None:
    bench.opened()
    bench.controller.make_guarantee(GuaranteeSettings())
    bench.controller.stop()
    bench.until_idle()
    assert bench.controller.model.guarantee is None
    assert "nothing was changed" in bench.heard("status_changed")[-1]


def test_the_strongest_attack_is_told_and_can_be_stopped(bench: Bench) -> None:
    bench.opened()
    bench.controller.attack_strongly(StrongAttackSettings(steps=3), ("sparse",))
    assert bench.state is LabState.ATTACKING
    bench.until_idle()
    assert bench.asked[-1] == jobs.AttackStrongly(settings=StrongAttackSettings(steps=3), starts=("sparse",))
    attacked = bench.controller.model.attacked
    assert attacked is not None
    assert (attacked.report.classifier, attacked.report.stopped) == ("first", False)
    assert bench.heard("status_changed")[-1].startswith("first: the strongest attack drove 30.0 % of uniform")
    bench.controller.attack_strongly(StrongAttackSettings(steps=100_000), ())
    bench.controller.stop()
    bench.until_idle()
    assert bench.controller.model.attacked.report.stopped


def test_found_images_of_all_runs_keep_their_labels_and_none_are_none(bench: Bench) -> None:
    bench.opened().run_to_its_end(found=0.9999)
    bench.run_to_its_end(found=0.9999)
    for which, count in (("all", 4), ("run", 2), ("none", 0)):
        bench.controller.evaluate(EvaluationSettings(), which, ())
        bench.until_idle()
        job = bench.asked[-1]
        assert len(job.found) == len(job.found_labels) == count


def test_a_stopped_evaluation_keeps_what_it_has(bench: Bench) -> None:
    bench.opened()
    bench.controller.evaluate(EvaluationSettings(), "none", ())
    bench.until(lambda: len(bench.heard("sets_evaluated")) > 0)
    bench.controller.stop()
    bench.until_idle()
    (report,) = bench.heard("evaluation_finished")
    assert report.stopped
    assert len(report.sets) < 8
    assert bench.heard("status_changed")[-1].startswith("Stopped; evaluated so far")


def test_other_nets_are_opened_asked_and_judge_the_image_on_screen_anew(bench: Bench) -> None:
    bench.opened().run_to_its_end()
    bench.until(lambda: len(bench.heard("opinions")) == 1)
    assert bench.controller.open_other_nets(["second.keras", "third.keras"])
    bench.until(lambda: [net.name for net in bench.model.other_nets] == ["second", "third"])
    bench.until(lambda: len(bench.heard("opinions")) == 2)
    assert bench.lab.judged == [(1, 0), (1, 0)]
    bench.until_idle()
    assert bench.controller.measure_transfer([RunImages(folder="three")])
    bench.until(lambda: bench.model.transfer is not None)
    bench.until_idle()
    assert bench.heard("status_changed")[-1] == "Asked 2 nets about 5 images."


def test_a_net_that_cannot_be_opened_is_told_beside_those_that_are(bench: Bench) -> None:
    bench.opened()
    bench.controller.open_other_nets(["second.keras", "missing.keras"])
    bench.until_idle()
    assert [net.name for net in bench.model.other_nets][:1] == ["second"]
    assert bench.heard("failed") == [("There is no file missing.keras.", "")]


def test_no_nets_are_opened_or_asked_while_a_run_goes_on(bench: Bench) -> None:
    bench.opened()
    bench.run_endlessly()
    assert not bench.controller.open_other_nets(["second.keras"])
    assert not bench.controller.measure_transfer([RunImages(folder="three")])
    bench.controller.stop()
    bench.until_idle()
