"""The lab's conductor: turns what a person asks for into orders to the engine.

Lives on the window's thread; knows neither widgets nor the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from fooler_gui.core import jobs
from fooler_gui.core.errors import LabError
from fooler_gui.core.evaluation_report import EvaluationSettings
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import ClassifierInfo, FloatArray, Save
from fooler_gui.core.rounds_spec import RoundsSpec
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
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
from fooler_gui.session.answers import Answers
from fooler_gui.session.closer_looks import CloserLooks
from fooler_gui.session.engine_worker import Engine, EngineThread
from fooler_gui.session.orders import Orders
from fooler_gui.session.places import Places
from fooler_gui.session.signals import LabSignals
from fooler_gui.session.sitting import Sitting


class Controller(LabSignals):
    """Takes the window's wishes; what comes of them is told by its signals, see `LabSignals`.

    Args:
        make_engine: Makes the engine, on its own thread.
        free_classifier_path: See `Places`, as for the other two.
        free_rounds_folder: See there.
        free_run_folder: See there.
        parent: Owner.
    """

    def __init__(
        self,
        make_engine: Callable[[], Engine],
        free_classifier_path: Callable[[str], Path],
        free_rounds_folder: Callable[[], Path],
        free_run_folder: Callable[[], Path],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        thread = EngineThread(make_engine, self)
        self._places = Places(free_classifier_path, free_rounds_folder, free_run_folder)
        self._orders = Orders(thread, self)
        self._sitting = Sitting()
        self._looks = CloserLooks(self._orders, self._sitting, self)
        self._answers = Answers(self, self._orders, self._sitting, self._looks, self._places)
        thread.messages_ready.connect(self._take_answers)

    @property
    def state(self) -> LabState:
        """What the lab is doing."""
        return self._orders.state

    @property
    def classifier(self) -> ClassifierInfo | None:
        """The classifier in use, once there is one."""
        return self._answers.classifier

    @property
    def run_folder(self) -> str:
        """Where the latest run records itself; "" before the first one."""
        return self._places.run

    @property
    def save(self) -> Save | None:
        """The latest save of the present run, and until there is one, of the run before."""
        return self._sitting.save

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
        self._train(topology, settings, go_on=False)

    def continue_training(self, settings: TrainingSettings) -> None:
        """Trains the classifier in use further."""
        self._train(Topology(), settings, go_on=True)

    def _train(self, topology: Topology, settings: TrainingSettings, *, go_on: bool) -> None:
        if self._orders.allows(jobs.Train, LabState.TRAINING):
            path = self._place(lambda: self._places.new_classifier("trained"))
            if path:
                job = jobs.Train(topology=topology, settings=settings, path=path, go_on=go_on)
                self._order(job, LabState.TRAINING)

    def prepare(self, labels: tuple[int, ...], method: MethodSettings) -> None:
        """Lets the idle engine compute ahead what a run would need first; the next order ends this."""
        self._orders.prepare(jobs.Prepare(labels=labels, method=method))

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
        if self._orders.allows(jobs.Backwork, state):
            folder = self._place(self._places.new_run)
            if not folder:
                return
            self._looks.begin_in(control)
            self._order(jobs.Backwork(spec=spec, folder=folder, starts=starts), state, control)
            self._places.begin_run(folder)
            self._sitting.begin(spec, folder)
            self._looks.look_back(None)
            self.run_started.emit(spec)

    def show_run(self, spec: RunSpec, save: Save, folder: str) -> None:
        """Takes the recorded run in `folder`, whose last save is given, for the latest one."""
        if self.state is LabState.READY:
            self._places.run = folder
            self._sitting.show(spec, save, folder)
            self._answers.tell_found_counts()
            self._looks.look_back(None)

    def pause(self) -> None:
        """Lets the descent, or the rounds, wait before the next step."""
        if self._orders.pause():
            self._answers.tell_pause()

    def resume(self) -> None:
        """Lets the descent, or the rounds, go on."""
        self._orders.resume()

    def single_step(self) -> None:
        """Pauses the descent and lets it make one more step."""
        if self._orders.single_step():
            self._answers.tell_pause()

    def stop(self) -> None:
        """Ends whatever the engine is doing, and keeps what it has."""
        self._orders.control.stop()

    def change_coefficients(self, coefficients: CostCoefficients) -> None:
        """Lets a descent that goes on use `coefficients` from its next step on."""
        if self._orders.descent_goes_on:
            self._sitting.change_coefficients(coefficients, self._orders.control)

    def change_descent(self, settings: DescentSettings) -> None:
        """Lets a descent that goes on use `settings` from its next step on."""
        if self._orders.descent_goes_on:
            self._sitting.descent = settings
            self._orders.control.change(descent=settings)

    def set_pace(self, pace: float | None) -> None:
        """Sets the most saves a second of a descent that goes on; None is as many as come."""
        if self._orders.descent_goes_on:
            self._orders.control.set_pace(pace)

    def act_on_slot(self, action: SlotAction) -> None:
        """Does something to a slot of a descent that goes on."""
        if self._orders.descent_goes_on:
            self._orders.control.act_on_slot(action)

    def inspect(self, label: int, slot: int) -> None:
        """Looks closer at a slot from now on: at once, and as it changes while a descent goes on."""
        self._looks.inspect(label, slot)

    def look_back(self, save: Save | None) -> None:
        """Lets closer looks at rest be at `save`, an earlier one of the run; None is the latest again."""
        self._looks.look_back(save)

    def end_inspection(self) -> None:
        """Looks closer at nothing any more."""
        self._looks.end()

    def found_images(self, which: str) -> FloatArray:
        """Returns the (N, H, W, C) found images of this "run" or of all runs of this "sitting"; N may be 0."""
        return self._sitting.found(which)[0]

    def retrain(self, settings: RetrainingSettings, which: str) -> None:
        """Retrains on the found images of this "run" or of the "sitting"; the result waits to be kept or discarded."""
        if self._orders.allows(jobs.Retrain, LabState.RETRAINING):
            path = self._place(lambda: self._places.new_classifier("retrained"))
            if path:
                job = jobs.Retrain(settings=settings, images=self.found_images(which), path=path)
                self._order(job, LabState.RETRAINING)

    def keep_candidate(self) -> None:
        """Puts the retrained classifier in use."""
        if self._order(jobs.KeepCandidate(), LabState.WORKING):
            self.candidate_changed.emit(False)

    def discard_candidate(self) -> None:
        """Drops the retrained classifier."""
        done = "Discarded the new classifier; the one before it stays in use."
        if self._order(jobs.DiscardCandidate(), LabState.WORKING, done=done):
            self.candidate_changed.emit(False)

    def perform_rounds(self, spec: RoundsSpec) -> None:
        """Makes rounds of backwork and retraining, which are kept in a new folder of the user's."""
        if self._orders.allows(jobs.PerformRounds, LabState.ROUNDS):
            folder = self._place(self._places.new_rounds)
            if folder:
                self._places.rounds = folder
                self.go_on_with_rounds(spec)

    def go_on_with_rounds(self, spec: RoundsSpec) -> None:
        """Goes on with the rounds that were made last, where they ended."""
        job = jobs.PerformRounds(spec=spec, folder=self._places.rounds, second_opinion=str(second_opinion()))
        if self._order(job, LabState.ROUNDS):
            self.rounds_started.emit(spec)

    def open_rounds(self, folder: str) -> None:
        """Shows rounds of an earlier day, which can then be gone on with."""
        self._order(jobs.OpenRounds(folder=folder), LabState.WORKING)

    def check_honesty(self) -> None:
        """Attacks the classifier in use as one that only hides its gradients would not stand."""
        former = self._answers.former
        self._order(jobs.CheckHonesty(former="" if former is None else former.path), LabState.WORKING)

    def evaluate(self, settings: EvaluationSettings, which: str, files: tuple[tuple[str, str], ...]) -> None:
        """Evaluates the classifier in use.

        Args:
            settings: How many images, and the seed.
            which: Found images of this "run", of all runs of this "sitting", or "none".
            files: (name, path) of further sets.
        """
        found, labels = self._sitting.found(which)
        job = jobs.Evaluate(settings=settings, found=found, found_labels=labels, files=files)
        if self._order(job, LabState.EVALUATING):
            self.evaluation_started.emit(settings)

    def find_worst_images(self, count: int) -> None:
        """Finds for each class the training images that the classifier is least sure of."""
        self._order(jobs.FindWorstImages(count=count), LabState.WORKING)

    def close(self, milliseconds: int) -> bool:
        """Stops everything for good; tells whether the engine's thread ended within `milliseconds`."""
        ended = self._orders.close(milliseconds)
        if ended:
            self._places.give_back()
        return ended

    def _place(self, new: Callable[[], str]) -> str:
        """Returns the `new` place of what is about to be made; "" where nothing can be written, which is told."""
        try:
            return new()
        except LabError as error:
            self.failed.emit(str(error), "")
            self.status_changed.emit(str(error))
            return ""

    def _order(self, job: jobs.Job, state: LabState, control: RunControl | None = None, done: str = "") -> bool:
        if not self._orders.give(job, state, control):
            return False
        self._answers.await_outcome(done)
        self._looks.make_way()
        return True

    @Slot()
    def _take_answers(self) -> None:
        self._answers.take()
