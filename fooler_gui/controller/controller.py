"""The lab's conductor: turns what a person asks for into orders to the engine, and the engine's answers into signals.

Lives on the window's thread; knows neither widgets nor the engine.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from fooler_gui.core import jobs
from fooler_gui.core.evaluation_report import EvaluationSettings
from fooler_gui.core.lab_state import LabState, may_follow
from fooler_gui.core.messages import (
    ClassifierInfo,
    ClassifierReady,
    DigitsEvaluated,
    EvaluationFinished,
    FloatArray,
    HonestyChecked,
    Inspection,
    IntArray,
    JobEnded,
    JobFailed,
    Message,
    RecordingGoesOn,
    RecordingStalled,
    RetrainingFinished,
    RoundFinished,
    RoundsOpened,
    RunFinished,
    Save,
    SavesThinned,
    SetEvaluated,
    TrainingFinished,
    TrainingProgress,
    Working,
    WorstImages,
)
from fooler_gui.core.rounds_spec import RoundsSpec
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.sentences import (
    accuracy_sentence,
    change_sentence,
    evaluation_sentence,
    finished_sentence,
    honesty_sentence,
    round_sentence,
    run_sentence,
    training_sentence,
)
from fooler_gui.core.settings import (
    CostCoefficients,
    DescentSettings,
    MethodSettings,
    RetrainingSettings,
    TrainingSettings,
)
from fooler_gui.core.slot_actions import SlotAction
from fooler_gui.core.topology import Topology
from fooler_gui.records.run_reader import Repetition
from fooler_gui.resources import second_opinion
from fooler_gui.worker.engine_worker import Engine, EngineThread, Order
from fooler_gui.worker.latest_job import LatestJob

_log = logging.getLogger(__name__)
_PAUSES = {LabState.BACKWORKING: LabState.PAUSED, LabState.ROUNDS: LabState.ROUNDS_PAUSED}
"""What can be paused, and what it is while it waits."""

_NOTHING_FOUND = np.empty((0, 0, 0, 0), np.float32), np.empty(0, np.int64)

_PREPARATION, _INSPECTION = 0, -1
"""The numbers of orders that are given beside the lab's work; those of others begin at 1."""


class Controller(QObject):
    """Holds the lab's state and passes between window and engine.

    Args:
        make_engine: Makes the engine, on its own thread.
        free_classifier_path: Returns a path, not in use yet, for a classifier of the given kind ("trained",
            "retrained") to be kept at without asking.
        free_rounds_folder: Returns a folder, not in use yet, for rounds to be kept in without asking.
        free_run_folder: Returns a folder, not in use yet, for a run to record itself in without asking.
        parent: Owner.

    Signals:
        state_changed: (LabState) The lab is in another state.
        status_changed: (str) A sentence on what is happening.
        classifier_changed: (ClassifierInfo, ClassifierInfo or None) The one in use and the former one.
        working: (Working) Something that takes a while goes on.
        training_progressed: (list of TrainingProgress) Of a training or a retraining; the state tells which.
        training_finished: (TrainingFinished)
        run_started: (RunSpec)
        saves_arrived: (list of Save) Every save since the last time, the oldest first.
        recording_stalled: (str) Why the run cannot be recorded at present; it waits until it can.
        recording_went_on: It can be again, and the run goes on.
        saves_thinned: (str) The run has more saves than are kept of it, and what that means.
        run_finished: (RunFinished)
        change_applied: (int, str) The first step made with changed coefficients, and what changed.
        retraining_finished: (RetrainingFinished)
        rounds_started: (RoundsSpec)
        rounds_opened: (RoundsSpec) Of an earlier day; its rounds follow.
        rounds_finished: (list of RoundFinished) Every round since the last time; number 0 is before the first one.
        honesty_checked: (HonestyChecked)
        inspected: (Inspection) Of the slot that was asked for, or of one asked for before.
        evaluation_started: (EvaluationSettings)
        digits_evaluated: (DigitFigures)
        set_evaluated: (SetFigures)
        evaluation_finished: (EvaluationReport)
        found_counts_changed: (int, int) Found images of this run, and of all runs of this sitting.
        candidate_changed: (bool) Whether a retrained classifier waits to be kept or discarded.
        worst_images_found: (WorstImages)
        failed: (str, str) A sentence on what went wrong, and details.
    """

    state_changed = Signal(object)
    status_changed = Signal(str)
    classifier_changed = Signal(object, object)
    working = Signal(object)
    training_progressed = Signal(object)
    training_finished = Signal(object)
    run_started = Signal(object)
    saves_arrived = Signal(object)
    recording_stalled = Signal(str)
    recording_went_on = Signal()
    saves_thinned = Signal(str)
    run_finished = Signal(object)
    change_applied = Signal(int, str)
    retraining_finished = Signal(object)
    rounds_started = Signal(object)
    rounds_opened = Signal(object)
    rounds_finished = Signal(object)
    honesty_checked = Signal(object)
    inspected = Signal(object)
    evaluation_started = Signal(object)
    digits_evaluated = Signal(object)
    set_evaluated = Signal(object)
    evaluation_finished = Signal(object)
    found_counts_changed = Signal(int, int)
    candidate_changed = Signal(bool)
    worst_images_found = Signal(object)
    failed = Signal(str, str)

    def __init__(
        self,
        make_engine: Callable[[], Engine],
        free_classifier_path: Callable[[str], Path],
        free_rounds_folder: Callable[[], Path],
        free_run_folder: Callable[[], Path],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._free_classifier_path = free_classifier_path
        self._free_rounds_folder = free_rounds_folder
        self._free_run_folder = free_run_folder
        self._run_folder = ""
        self._rounds_folder = ""
        self._state = LabState.STARTING
        self._run_id = 0
        self._control = RunControl()
        self._preparation = RunControl()
        self._classifier: ClassifierInfo | None = None
        self._former: ClassifierInfo | None = None
        self._coefficients: CostCoefficients | None = None
        self._descent = DescentSettings()
        self._method = MethodSettings()
        self._pending_changes: dict[int, str] = {}
        self._save: Save | None = None
        self._awaits_first_save = False
        self._outcome_is_told = True
        self._done_sentence = ""
        self._earlier_found: list[tuple[FloatArray, IntArray]] = []
        self._inspected: tuple[int, int] | None = None
        self._looked_back: Save | None = None
        self._looks = LatestJob(lambda job: self._hand_over(_INSPECTION, job, RunControl()))
        self._thread = EngineThread(make_engine, self)
        self._thread.messages_ready.connect(self._take_messages)

    @property
    def state(self) -> LabState:
        """What the lab is doing."""
        return self._state

    @property
    def classifier(self) -> ClassifierInfo | None:
        """The classifier in use, once there is one."""
        return self._classifier

    @property
    def run_folder(self) -> str:
        """Where the latest run records itself; "" before the first one."""
        return self._run_folder

    @property
    def save(self) -> Save | None:
        """The latest save of the present run, and until there is one, of the run before."""
        return self._save

    def open_classifier(self, path: str) -> None:
        """Loads the classifier of a file; the first call also starts the engine."""
        self._order(jobs.OpenClassifier(path=path), LabState.WORKING)

    def save_classifier(self, path: str) -> None:
        """Writes the classifier in use to a file."""
        self._order(jobs.SaveClassifier(path=path), LabState.WORKING, done=f"Wrote {path}.")

    def use_former_classifier(self) -> None:
        """Puts the former classifier back in use."""
        self._order(jobs.RestoreFormer(), LabState.WORKING)

    def train(self, topology: Topology, settings: TrainingSettings) -> None:
        """Trains a fresh classifier, which is then in use and kept in the user's folder."""
        path = str(self._free_classifier_path("trained"))
        self._order(jobs.Train(topology=topology, settings=settings, path=path), LabState.TRAINING)

    def continue_training(self, settings: TrainingSettings) -> None:
        """Trains the classifier in use further."""
        path = str(self._free_classifier_path("trained"))
        self._order(jobs.Train(topology=Topology(), settings=settings, path=path, go_on=True), LabState.TRAINING)

    def prepare(self, labels: tuple[int, ...], method: MethodSettings) -> None:
        """Lets the idle engine compute ahead what a run would need first; the next order ends this."""
        if self._state is LabState.READY:
            self._preparation.stop()
            self._preparation = RunControl()
            self._hand_over(_PREPARATION, jobs.Prepare(labels=labels, method=method), self._preparation)

    def run(
        self, spec: RunSpec, pace: float | None, *, single_step: bool = False, starts: FloatArray | None = None
    ) -> None:
        """Starts the descent that `spec` describes.

        Args:
            spec: The run.
            pace: Most saves a second, or None.
            single_step: Whether to pause after one step.
            starts: (L, B, H, W, C) images to start from, in place of those that `spec` makes.
        """
        control = RunControl.for_descent(spec.coefficients, spec.descent, paused=single_step, pace=pace)
        if single_step:
            control.single_step()
        self._begin(spec, starts, control, LabState.PAUSED if single_step else LabState.BACKWORKING)

    def repeat(self, spec: RunSpec, repetition: Repetition, pace: float | None) -> None:
        """Starts a recorded run anew, with what was done to it at the same steps.

        Args:
            spec: That of the run, with the classifier's path on this machine.
            repetition: What repeats it.
            pace: Most saves a second, or None.
        """
        repetition.control.set_pace(pace)
        self._begin(spec, repetition.starts, repetition.control, LabState.BACKWORKING)

    def _begin(self, spec: RunSpec, starts: FloatArray | None, control: RunControl, state: LabState) -> None:
        folder = str(self._free_run_folder())
        if self._inspected is not None:
            control.inspect(*self._inspected)
        if self._order(jobs.Backwork(spec=spec, folder=folder, starts=starts), state, control):
            self._method, self._run_folder, self._looked_back = spec.method, folder, None
            self._awaits_first_save = True
            self._coefficients, self._descent = spec.coefficients, spec.descent
            self._pending_changes.clear()
            self.run_started.emit(spec)

    def pause(self) -> None:
        """Lets the descent, or the rounds, wait before the next step."""
        if self._state in _PAUSES:
            self._control.pause()
            self._go_to(_PAUSES[self._state])
            if self._state is LabState.PAUSED:
                self._tell_progress()
            else:
                self.status_changed.emit("Paused · the round waits.")

    def resume(self) -> None:
        """Lets the descent, or the rounds, go on."""
        for going, paused in _PAUSES.items():
            if self._state is paused:
                self._control.resume()
                self._go_to(going)
                return

    def single_step(self) -> None:
        """Pauses the descent and lets it make one more step."""
        if self._state in (LabState.BACKWORKING, LabState.PAUSED):
            self._control.single_step()
            if self._state is LabState.BACKWORKING:
                self._go_to(LabState.PAUSED)
                self._tell_progress()

    def stop(self) -> None:
        """Ends whatever the engine is doing, and keeps what it has."""
        self._control.stop()

    def change_coefficients(self, coefficients: CostCoefficients) -> None:
        """Lets a descent that goes on use `coefficients` from its next step on."""
        if self._descent_goes_on() and self._coefficients is not None:
            changes = self._coefficients.changes_to(coefficients)
            self._coefficients = coefficients
            if changes:
                self._pending_changes[self._control.change(coefficients=coefficients)] = change_sentence(changes)

    def change_descent(self, settings: DescentSettings) -> None:
        """Lets a descent that goes on use `settings` from its next step on."""
        if self._descent_goes_on():
            self._descent = settings
            self._control.change(descent=settings)

    def set_pace(self, pace: float | None) -> None:
        """Sets the most saves a second of a descent that goes on; None is as many as come."""
        if self._descent_goes_on():
            self._control.set_pace(pace)

    def act_on_slot(self, action: SlotAction) -> None:
        """Does something to a slot of a descent that goes on."""
        if self._descent_goes_on():
            self._control.act_on_slot(action)

    def inspect(self, label: int, slot: int) -> None:
        """Looks closer at a slot from now on: at once, and as it changes while a descent goes on."""
        self._inspected = label, slot
        if self._descent_goes_on():
            self._control.inspect(label, slot)
        else:
            self._look_at_rest()

    def look_back(self, save: Save | None) -> None:
        """Lets closer looks at rest be at `save`, an earlier one of the run; None is the latest again."""
        self._looked_back = save
        self._look_at_rest()

    def show_run(self, spec: RunSpec, save: Save, folder: str) -> None:
        """Takes the recorded run in `folder`, whose last save is given, for the latest one."""
        if self._state is LabState.READY:
            self._keep_found()
            self._save, self._looked_back, self._run_folder = save, None, folder
            self._coefficients, self._descent, self._method = spec.coefficients, spec.descent, spec.method
            self._tell_found_counts()
            self._look_at_rest()

    def end_inspection(self) -> None:
        """Looks closer at nothing any more."""
        self._inspected = None
        self._control.end_inspection()
        self._looks.withdraw()

    def found_images(self, which: str) -> FloatArray:
        """Returns the (N, H, W, C) found images of this "run" or of all runs of this "sitting"; N may be 0."""
        return self._found(which)[0]

    def _found(self, which: str) -> tuple[FloatArray, IntArray]:
        present = [] if self._save is None else [(self._save.found_images(), self._save.found_labels())]
        parts = present if which == "run" else [*self._earlier_found, *present]
        parts = [part for part in parts if len(part[0])]
        if not parts:
            return _NOTHING_FOUND
        images, labels = zip(*parts, strict=True)
        return np.concatenate(images), np.concatenate(labels)

    def retrain(self, settings: RetrainingSettings, which: str) -> None:
        """Retrains on the found images of this "run" or of the "sitting"; the result waits to be kept or discarded."""
        path = str(self._free_classifier_path("retrained"))
        job = jobs.Retrain(settings=settings, images=self.found_images(which), path=path)
        self._order(job, LabState.RETRAINING)

    def perform_rounds(self, spec: RoundsSpec) -> None:
        """Makes rounds of backwork and retraining, which are kept in a new folder of the user's."""
        self._rounds_folder = str(self._free_rounds_folder())
        self.go_on_with_rounds(spec)

    def go_on_with_rounds(self, spec: RoundsSpec) -> None:
        """Goes on with the rounds that were made last, where they ended."""
        job = jobs.PerformRounds(spec=spec, folder=self._rounds_folder, second_opinion=str(second_opinion()))
        if self._order(job, LabState.ROUNDS):
            self.rounds_started.emit(spec)

    def open_rounds(self, folder: str) -> None:
        """Shows rounds of an earlier day, which can then be gone on with."""
        self._order(jobs.OpenRounds(folder=folder), LabState.WORKING)

    def check_honesty(self) -> None:
        """Attacks the classifier in use as one that only hides its gradients would not stand."""
        former = "" if self._former is None else self._former.path
        self._order(jobs.CheckHonesty(former=former), LabState.WORKING)

    def evaluate(self, settings: EvaluationSettings, which: str, files: tuple[tuple[str, str], ...]) -> None:
        """Evaluates the classifier in use.

        Args:
            settings: How many images, and the seed.
            which: Found images of this "run", of all runs of this "sitting", or "none".
            files: (name, path) of further sets.
        """
        found, labels = self._found(which) if which != "none" else _NOTHING_FOUND
        job = jobs.Evaluate(settings=settings, found=found, found_labels=labels, files=files)
        if self._order(job, LabState.EVALUATING):
            self.evaluation_started.emit(settings)

    def keep_candidate(self) -> None:
        """Puts the retrained classifier in use."""
        if self._order(jobs.KeepCandidate(), LabState.WORKING):
            self.candidate_changed.emit(False)

    def discard_candidate(self) -> None:
        """Drops the retrained classifier."""
        done = "Discarded the new classifier; the one before it stays in use."
        if self._order(jobs.DiscardCandidate(), LabState.WORKING, done=done):
            self.candidate_changed.emit(False)

    def find_worst_images(self, count: int) -> None:
        """Finds for each class the training images that the classifier is least sure of."""
        self._order(jobs.FindWorstImages(count=count), LabState.WORKING)

    def close(self, milliseconds: int) -> bool:
        """Stops everything for good; tells whether the engine's thread ended within `milliseconds`."""
        if self._state is not LabState.CLOSING:
            self._go_to(LabState.CLOSING)
        self._preparation.stop()
        self._control.stop()
        return self._thread.quit(milliseconds)

    def _order(self, job: jobs.Job, state: LabState, control: RunControl | None = None, done: str = "") -> bool:
        is_first = self._state is LabState.STARTING and self._run_id == 0 and state is LabState.WORKING
        if not is_first and not may_follow(self._state, state):
            _log.warning("%s was asked for while the lab is %s", type(job).__name__, self._state.value)
            return False
        self._run_id += 1
        self._preparation.stop()
        self._control = control or RunControl()
        self._outcome_is_told, self._done_sentence = False, done
        if self._state is not LabState.STARTING:
            self._go_to(state)
        self._looks.withdraw()
        self._hand_over(self._run_id, job, self._control)
        return True

    def _hand_over(self, run_id: int, job: jobs.Job, control: RunControl) -> None:
        self._thread.order(Order(run_id=run_id, job=job, control=control))

    def _go_to(self, state: LabState) -> None:
        if not may_follow(self._state, state):
            raise RuntimeError(f"The lab cannot go from {self._state.value} to {state.value}.")
        self._state = state
        self.state_changed.emit(state)

    @Slot()
    def _take_messages(self) -> None:
        saves: list[Save] = []
        progress: list[TrainingProgress] = []
        rounds: list[RoundFinished] = []
        for envelope in self._thread.take_messages():
            if self._state is LabState.CLOSING:
                continue
            if envelope.run_id == _INSPECTION:
                self._handle_look(envelope.message)
                continue
            if envelope.run_id != self._run_id:
                continue
            match envelope.message:
                case Save() as save:
                    saves.append(save)
                case TrainingProgress() as report:
                    progress.append(report)
                case RoundFinished() as finished:
                    rounds.append(finished)
                case message:
                    self._flush(saves, progress, rounds)
                    self._handle(message)
        self._flush(saves, progress, rounds)

    def _flush(self, saves: list[Save], progress: list[TrainingProgress], rounds: list[RoundFinished]) -> None:
        if saves:
            self._handle_saves(list(saves))
            saves.clear()
        if progress:
            self.training_progressed.emit(list(progress))
            self.status_changed.emit(training_sentence(progress[-1]))
            progress.clear()
        if rounds:
            self.rounds_finished.emit(list(rounds))
            self._tell_outcome(round_sentence(rounds[-1].report))
            rounds.clear()

    def _handle_saves(self, saves: Sequence[Save]) -> None:
        is_first = self._awaits_first_save
        if is_first:
            self._awaits_first_save = False
            self._keep_found()
        self._save = saves[-1]
        self.saves_arrived.emit(saves)
        if is_first:
            self._tell_found_counts()
        for applied_revision, step in (applied for save in saves for applied in save.applied):
            for revision in [revision for revision in self._pending_changes if revision <= applied_revision]:
                self.change_applied.emit(step, self._pending_changes.pop(revision))
        self._tell_progress()

    def _handle(self, message: Message) -> None:
        match message:
            case Working():
                self.working.emit(message)
                self.status_changed.emit(f"{message.sentence} …")
            case ClassifierReady(classifier=classifier, former=former):
                self._classifier, self._former = classifier, former
                self.classifier_changed.emit(classifier, former)
                ready = accuracy_sentence(classifier.name, classifier.test_accuracy)
                self._tell_outcome(self._done_sentence or ready)
            case TrainingFinished():
                self.training_finished.emit(message)
            case RecordingStalled(sentence=sentence):
                self.recording_stalled.emit(sentence)
                self.status_changed.emit(sentence)
            case SavesThinned():
                self.saves_thinned.emit(message.sentence)
            case RecordingGoesOn():
                self.recording_went_on.emit()
                self._tell_progress()
            case RunFinished():
                self.run_finished.emit(message)
                self._tell_found_counts()
                self._tell_outcome(finished_sentence(message, None if self._awaits_first_save else self._save))
            case RetrainingFinished():
                self.candidate_changed.emit(True)
                self.retraining_finished.emit(message)
                self._tell_outcome("Retrained. Keep the new classifier or discard it.")
            case RoundsOpened(spec=spec, folder=folder):
                self._rounds_folder = folder
                self.rounds_opened.emit(spec)
            case HonestyChecked():
                self.honesty_checked.emit(message)
                self._tell_outcome(honesty_sentence(message))
            case Inspection():
                self.inspected.emit(message)
            case DigitsEvaluated(figures=digits):
                self.digits_evaluated.emit(digits)
            case SetEvaluated(figures=figures):
                self.set_evaluated.emit(figures)
            case EvaluationFinished(report=report):
                self.evaluation_finished.emit(report)
                self._tell_outcome(evaluation_sentence(report))
            case WorstImages():
                self._outcome_is_told = True
                self.worst_images_found.emit(message)
            case JobFailed(sentence=sentence, details=details):
                self.failed.emit(sentence, details)
                self._tell_outcome(sentence)
            case JobEnded():
                if not self._outcome_is_told:
                    self._tell_outcome("Stopped before there was a result; nothing was changed.")
                self._pending_changes.clear()
                self._tell_found_counts()
                self._go_to(LabState.UNTRAINED if self._classifier is None else LabState.READY)
                self._look_at_rest()

    def _look_at_rest(self) -> None:
        """Asks the idle engine for a closer look at the inspected slot of the last run, if it has it."""
        save, inspected = self._looked_back or self._save, self._inspected
        if self._state is not LabState.READY or save is None or inspected is None or self._coefficients is None:
            return
        label, slot = inspected
        if label in save.labels and 0 <= slot < save.images.shape[1]:
            self._looks.ask(
                jobs.Inspect(save=save, label=label, slot=slot, method=self._method, coefficients=self._coefficients)
            )

    def _handle_look(self, message: Message) -> None:
        match message:
            case Inspection() if not self._descent_goes_on():
                self.inspected.emit(message)
            case JobFailed(sentence=sentence, details=details):
                self.failed.emit(sentence, details)
            case JobEnded():
                self._looks.ended()

    def _tell_progress(self) -> None:
        save = self._save
        if save is None or self._awaits_first_save:
            return
        rate = save.step / save.seconds if save.seconds > 0 else 0.0
        paused = "Paused · " if self._state is LabState.PAUSED else ""
        self.status_changed.emit(paused + run_sentence(save, self._descent, rate))

    def _tell_outcome(self, sentence: str) -> None:
        self._outcome_is_told = True
        self.status_changed.emit(sentence)

    def _descent_goes_on(self) -> bool:
        return self._state in (LabState.BACKWORKING, LabState.PAUSED)

    def _keep_found(self) -> None:
        images, labels = self._found("run")
        if len(images):
            self._earlier_found.append((images, labels))

    def _tell_found_counts(self) -> None:
        self.found_counts_changed.emit(len(self.found_images("run")), len(self.found_images("sitting")))
