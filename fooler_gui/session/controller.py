"""What the user can ask of the lab: each request becomes a job for the engine, or changes the one in progress."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Slot

from fooler_gui.core import jobs
from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.dataset_info import DatasetUse
from fooler_gui.core.errors import LabError
from fooler_gui.core.evaluation_report import EvaluationSettings
from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.guarantee import GuaranteeSettings
from fooler_gui.core.inspection import Inspected
from fooler_gui.core.lab_state import LabState, why_not_now
from fooler_gui.core.least_change import LeastChangeSettings
from fooler_gui.core.path_text import path_of, text_of
from fooler_gui.core.published import MNIST_SHA256
from fooler_gui.core.rounds_spec import RoundsSpec
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_setup import RunSetup
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import RetrainingSettings, TrainingSettings
from fooler_gui.core.slot_actions import SlotAction
from fooler_gui.core.strong_attack import StrongAttackSettings
from fooler_gui.core.topology import Topology
from fooler_gui.core.transfer import ImageSource
from fooler_gui.records.run_reader import Repetition
from fooler_gui.resources import second_opinion, user_folder
from fooler_gui.session.engine_queue import EngineQueue
from fooler_gui.session.engine_thread import Engine, EngineThread
from fooler_gui.session.inspecting import Inspecting
from fooler_gui.session.model import SessionModel
from fooler_gui.session.new_files import NewFiles
from fooler_gui.session.questions import Questions
from fooler_gui.session.receiver import Receiver
from fooler_gui.session.run_view import RunView
from fooler_gui.session.second_opinions import SecondOpinions
from fooler_gui.session.work_views import EvaluationView, RetrainingView, RoundsView, TrainingView


class Controller(QObject):
    """Carries out the user's requests; results appear in the model. Main thread only.

    Args:
        model: The session's model.
        make_engine: Makes the engine; called on its own thread.
        new_files: Names the files and folders of new results.
        parent: Owner.

    Attributes:
        model: See above.
        questions: Asks the engine what changes nothing.
    """

    def __init__(
        self,
        model: SessionModel,
        make_engine: Callable[[], Engine],
        new_files: NewFiles,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        thread = EngineThread(make_engine, self)
        self.model = model
        self._new_files = new_files
        self._opening: jobs.OpenClassifier | None = None
        self._queue = EngineQueue(thread, model)
        self._inspecting = Inspecting(self._queue, model)
        self._opinions = SecondOpinions(self._queue, model)
        self.questions = Questions(self._queue, self)
        self._receiver = Receiver(self._queue, model, self._inspecting, self._opinions, self.questions, new_files)
        model.setup_changed.connect(self._change_run)
        thread.messages_changed.connect(self._receive)

    def open_classifier(self, path: str) -> None:
        """Loads a classifier from a file; the first call also starts the engine.

        One that does not fit the dataset in use is used without it.
        """
        self.open(jobs.OpenClassifier(path=path, dataset=DatasetUse.IF_IT_FITS))

    def open(self, job: jobs.OpenDataset | jobs.OpenClassifier) -> bool:
        """Puts a dataset or a classifier in use; returns whether that was allowed."""
        self._opening = job if isinstance(job, jobs.OpenClassifier) else job.classifier
        given = self._give(job, LabState.WORKING)
        if given and isinstance(job, jobs.OpenClassifier) and self.model.state is not LabState.STARTING:
            self.model.tell(f"Opening {path_of(job.path).name} …")
        return given

    def open_with_output(self, output: str) -> None:
        """Opens the classifier that was asked for last, with this one of its outputs."""
        if self._opening is not None:
            self.open(dataclasses.replace(self._opening, output=output))

    def add_further(self, path: str) -> None:
        """Adds the classifier of a file to those that the next run's images are driven to fool, if it fits."""
        model, reason = self.model, why_not_now(self.model.state)
        if reason or model.classifier is None:
            model.refuse(reason)
            return
        further = (*model.setup.further, FurtherClassifier(classifier=path))
        try:
            model.setup.spec(model.classifier.path, further=further)
        except LabError as error:
            model.refuse(str(error))
            return
        if self._give(jobs.OpenFurther(further=further), LabState.WORKING):
            model.tell(f"Opening {path_of(path).name} …")

    def get_dataset(self, name: str) -> None:
        """Downloads the dataset called `name` in `core.downloads` into the user's folder, and puts it in use."""
        path = self._new(lambda: text_of(user_folder("datasets") / f"{name}.npz"))
        if path:
            self._give(jobs.GetDataset(name=name, path=path), LabState.WORKING)

    def leave_dataset(self) -> None:
        """Uses the classifier without a dataset."""
        self._reopen(dataset=DatasetUse.NONE)

    def describe_layers(self) -> None:
        """Finds out which layers the classifier in use can record."""
        self._give(jobs.DescribeLayers(), LabState.WORKING)

    def measure_layers(self, names: tuple[str, ...]) -> None:
        """Measures how much longer a step takes for each of these layers."""
        self._give(jobs.MeasureLayers(names=names), LabState.WORKING)

    def record_layers(self, names: tuple[str, ...] | None) -> None:
        """Opens the classifier in use anew, to record these layers beside the inputs; None for those proposed."""
        self._reopen(recorded_layers=names)

    def set_input_range(self, input_range: str) -> None:
        """Opens the classifier in use anew, for pixels in this range, a key of `INPUT_RANGES`; "" for the proposed."""
        self._reopen(input_range=input_range)

    def _reopen(self, **changes: Any) -> None:
        """Opens the classifier in use again as it was but for `changes`, fields of `OpenClassifier`."""
        info, dataset = self.model.classifier, self.model.dataset
        if info is not None and dataset is not None:
            as_it_was = jobs.OpenClassifier(
                path=info.path,
                dataset=DatasetUse.IF_IT_FITS if dataset.has_images else DatasetUse.NONE,
                input_range=info.asked_range,
                output=info.asked_output,
                recorded_layers=info.asked_layers,
            )
            self.open(dataclasses.replace(as_it_was, **changes))

    def save_classifier(self, path: str) -> None:
        """Writes the classifier in use to a file."""
        self._give(jobs.SaveClassifier(path=path), LabState.WORKING, done=f"Wrote {path}.")

    def use_former_classifier(self) -> None:
        """Puts the former classifier back in use."""
        self._give(jobs.RestoreFormer(), LabState.WORKING)

    def train(self, topology: Topology, settings: TrainingSettings) -> None:
        """Trains a fresh classifier, puts it in use and saves it in the user's folder."""
        self._train(topology, settings, go_on=False)

    def continue_training(self, settings: TrainingSettings) -> None:
        """Trains the classifier in use further."""
        self._train(Topology(), settings, go_on=True)

    def _train(self, topology: Topology, settings: TrainingSettings, *, go_on: bool) -> None:
        if self._queue.allows(jobs.Train, LabState.TRAINING):
            path = self._new(lambda: self._new_files.new_classifier("trained"))
            if path:
                self.model.training = TrainingView()
                job = jobs.Train(topology=topology, settings=settings, path=path, go_on=go_on)
                self._give(job, LabState.TRAINING)
                self.model.training_changed.emit()

    def prepare(self, setup: RunSetup) -> None:
        """Lets the idle engine precompute what a run of `setup` needs first; the next job interrupts it."""
        # One label only in memory: the references of all labels take gigabytes that a run may never need.
        job = jobs.Prepare(labels=setup.labels, method=setup.method, references=setup.references, most=1)
        self._queue.prepare(job)

    def run(self, spec: RunSpec, *, single_step: bool = False, starts: FloatArray | None = None) -> None:
        """Starts the run that `spec` describes, at the speed set in the set-up.

        Args:
            spec: The run.
            single_step: Whether to pause after one step.
            starts: (L, B, H, W, C) images to start from, in place of those that `spec` makes.
        """
        pace = self.model.setup.pace
        control = RunControl.for_descent(spec.coefficients, spec.descent, paused=single_step, pace=pace)
        if single_step:
            control.single_step()
        self._begin(spec, starts, control, LabState.PAUSED if single_step else LabState.BACKWORKING)

    def repeat(self, spec: RunSpec, repetition: Repetition) -> None:
        """Repeats a recorded run, with the same interventions at the same steps.

        Args:
            spec: The run's specification, with the classifier's path on this machine.
            repetition: The recorded interventions.
        """
        repetition.control.set_pace(self.model.setup.pace)
        self._begin(spec, repetition.starts, repetition.control, LabState.BACKWORKING)

    def _begin(self, spec: RunSpec, starts: FloatArray | None, control: RunControl, state: LabState) -> None:
        if self._queue.allows(jobs.Backwork, state) and (classifier := self.model.classifier) is not None:
            folder = self._new(self._new_files.new_run)
            if not folder:
                return
            self._inspecting.begin_in(control)
            self._give(jobs.Backwork(spec=spec, folder=folder, starts=starts), state, control)
            self._receiver.await_run(RunView(spec, classifier, folder))

    def show_run(self, run: RunView) -> None:
        """Shows a recorded run."""
        if self.model.state is LabState.READY:
            self.model.show_run(run)
            self._inspecting.inspect_when_idle()

    def pause(self) -> None:
        """Pauses the run, or the rounds, before the next step."""
        if self._queue.pause():
            self._receiver.tell_pause()

    def resume(self) -> None:
        """Resumes the run, or the rounds."""
        self._queue.resume()

    def single_step(self) -> None:
        """Makes one more step of the run, then pauses it."""
        if self._queue.single_step():
            self._receiver.tell_pause()

    def stop(self) -> None:
        """Stops whatever the engine is doing and keeps the result so far."""
        self._queue.control.stop()

    def act_on_slot(self, action: SlotAction) -> None:
        """Acts on a slot of the running run."""
        if self.model.run_is_active:
            self._queue.control.act_on_slot(action)

    def inspect(self, label: int, slot: int, layer: str = "") -> None:
        """Inspects a slot from now on, at once and as it changes during a run; see `Inspected`."""
        self._inspecting.inspect(Inspected(label, slot, layer))

    def end_inspection(self) -> None:
        """Stops inspecting."""
        self._inspecting.end()

    def retrain(self, settings: RetrainingSettings, which: str) -> None:
        """Retrains on the found images that `which` of `session.found_images` names.

        The new classifier can then be kept or discarded.
        """
        allowed = self._queue.allows(jobs.Retrain, LabState.RETRAINING)
        if allowed and (classifier := self.model.classifier) is not None:
            path = self._new(lambda: self._new_files.new_classifier("retrained"))
            if path:
                self.model.retraining = RetrainingView(before=classifier)
                job = jobs.Retrain(settings=settings, images=self.model.found.found(which)[0], path=path)
                self._give(job, LabState.RETRAINING)
                self.model.retraining_changed.emit()

    def keep_candidate(self) -> None:
        """Puts the retrained classifier in use."""
        self._decide(jobs.KeepCandidate(), "Putting the new classifier in use …")

    def discard_candidate(self) -> None:
        """Drops the retrained classifier."""
        done = "Discarded the new classifier; the one before it stays in use."
        self._decide(jobs.DiscardCandidate(), "Discarding the new classifier …", done)

    def _decide(self, job: jobs.Job, doing: str, done: str = "") -> None:
        if self._give(job, LabState.WORKING, done=done):
            self.model.tell(doing)
            if self.model.retraining is not None:
                self.model.retraining.awaits_decision = False
                self.model.retraining_changed.emit()

    def perform_rounds(self, spec: RoundsSpec) -> None:
        """Makes rounds of backwork and retraining and saves them in a new folder of the user's."""
        if self._queue.allows(jobs.PerformRounds, LabState.ROUNDS):
            folder = self._new(self._new_files.new_rounds)
            if folder:
                self._perform_rounds(spec, folder)

    def continue_rounds(self, spec: RoundsSpec) -> None:
        """Continues the rounds made or opened last from where they ended."""
        if self.model.rounds is not None:
            self._perform_rounds(spec, self.model.rounds.folder)

    def _perform_rounds(self, spec: RoundsSpec, folder: str) -> None:
        dataset = self.model.dataset
        judged = dataset is not None and dataset.sha256 == MNIST_SHA256
        job = jobs.PerformRounds(spec=spec, folder=folder, second_opinion=str(second_opinion()) if judged else "")
        if self._give(job, LabState.ROUNDS):
            self.model.rounds = RoundsView(spec=spec, folder=folder)
            self.model.rounds_changed.emit()

    def open_rounds(self, folder: str) -> None:
        """Shows recorded rounds, which can then be continued."""
        self._give(jobs.OpenRounds(folder=folder), LabState.WORKING)

    def check_honesty(self) -> None:
        """Attacks the classifier in use in ways that expose one that merely hides its gradients."""
        former = self.model.former
        self._give(jobs.CheckHonesty(former="" if former is None else former.path), LabState.WORKING)

    def attack_strongly(self, settings: StrongAttackSettings, starts: tuple[str, ...]) -> None:
        """Drives the confidence of the classifier in use up by every attack there is.

        Args:
            settings: How long each attack searches, and from how many images.
            starts: What images start from; empty for the usual ones.
        """
        self._give(jobs.AttackStrongly(settings=settings, starts=starts), LabState.ATTACKING)

    def evaluate(self, settings: EvaluationSettings, which: str, files: tuple[tuple[str, str], ...]) -> None:
        """Evaluates the classifier in use.

        Args:
            settings: How many images, and the seed.
            which: Which found images, as `session.found_images` names them.
            files: (name, path) of further sets.
        """
        found, labels = self.model.found.found(which)
        job = jobs.Evaluate(settings=settings, found=found, found_labels=labels, files=files)
        if self._give(job, LabState.EVALUATING):
            self.model.evaluation = EvaluationView(settings=settings)
            self.model.evaluation_changed.emit()

    def open_other_nets(self, paths: Sequence[str]) -> bool:
        """Has exactly the classifiers in these files open beside the one in use; returns whether that was allowed."""
        nets = tuple(jobs.OpenClassifier(path=path) for path in paths)
        return self._give(jobs.OpenOtherNets(nets=nets), LabState.WORKING)

    def measure_transfer(self, sources: Sequence[ImageSource]) -> bool:
        """Asks the classifier in use and all others that are open about images; returns whether that was allowed."""
        return self._give(jobs.MeasureTransfer(sources=tuple(sources)), LabState.WORKING)

    def find_least_change(self, settings: LeastChangeSettings, start: str, label: int) -> None:
        """Looks for images that the classifier in use calls `label`, as near to those of `start` as possible."""
        self._give(jobs.LeastChange(settings=settings, start=start, label=label), LabState.LEAST_CHANGE)

    def make_guarantee(self, settings: GuaranteeSettings) -> None:
        """Makes a copy of the classifier in use with a guarantee, in the user's folder."""
        if self._queue.allows(jobs.Guarantee, LabState.GUARANTEE):
            path = self._new(lambda: self._new_files.new_classifier("guaranteed"))
            if path:
                self._give(jobs.Guarantee(settings=settings, path=path), LabState.GUARANTEE)

    def find_worst_images(self, count: int) -> None:
        """Finds, for each class, the training images in which the classifier has least confidence."""
        if self._give(jobs.FindWorstImages(count=count), LabState.WORKING):
            self.model.worst_images = None

    def close(self, milliseconds: int) -> bool:
        """Stops everything for good; returns whether the engine's thread ended within `milliseconds`."""
        ended = self._queue.close(milliseconds)
        self.model.close()
        if ended:
            self._new_files.give_back()
        return ended

    def _new(self, name: Callable[[], str]) -> str:
        """Returns the name of a new result; reports the problem and returns "" if nothing can be written."""
        try:
            return name()
        except LabError as error:
            self.model.refuse(str(error))
            return ""

    def _give(self, job: jobs.Job, state: LabState, control: RunControl | None = None, done: str = "") -> bool:
        if not self._queue.give(job, state, control):
            return False
        self._receiver.await_outcome(done)
        self._inspecting.withdraw()
        self._opinions.withdraw()
        return True

    @Slot(object)
    def _change_run(self, names: frozenset[str]) -> None:
        """Applies changes of the set-up to the running run from its next step."""
        if not self.model.run_is_active:
            return
        control, setup = self._queue.control, self.model.setup
        if "pace" in names:
            control.set_pace(setup.pace)
        before = control.live().revision
        after = control.change(
            coefficients=setup.coefficients if "coefficients" in names else None,
            descent=setup.descent if "descent" in names else None,
        )
        if after > before:
            self.model.awaits_change = True
            self.model.run_changed.emit()

    @Slot()
    def _receive(self) -> None:
        self._receiver.take()
