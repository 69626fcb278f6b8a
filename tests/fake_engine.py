"""An engine without TensorFlow that answers jobs as a test tells it, for tests of the worker and the controller."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
from change_samples import make_found
from evaluation_samples import make_digits, make_report, make_set
from guarantee_samples import make_guarantee
from inspections import make_inspection, make_maps
from round_samples import make_finished
from round_samples import make_report as make_round_report
from saves import make_save
from strong_samples import make_attacked
from transfer_samples import make_transfer

from fooler_gui.core import jobs
from fooler_gui.core.classifier_info import ClassifierInfo, LayerFacts
from fooler_gui.core.dataset_info import DatasetInfo
from fooler_gui.core.errors import LabError
from fooler_gui.core.evaluation_report import EvaluationSettings, made_sets
from fooler_gui.core.inspection import Inspection, Opinions
from fooler_gui.core.messages import (
    Classified,
    ClassifierReady,
    DatasetReady,
    DigitsEvaluated,
    EvaluationFinished,
    Fooledness,
    FurtherReady,
    GuaranteeMade,
    HonestyChecked,
    Message,
    NoClassifier,
    OtherNetsReady,
    ReferencesChosen,
    RetrainingFinished,
    RoundsOpened,
    RunFinished,
    SetEvaluated,
    TestImages,
    TrainingFinished,
    TrainingProgress,
    TransferMeasured,
    Working,
    WorstImages,
)
from fooler_gui.core.reference_settings import ReferenceCount
from fooler_gui.core.rounds_spec import default_rounds
from fooler_gui.core.run_control import Next, RunControl
from fooler_gui.core.run_events import SettingsApplied
from fooler_gui.core.slot_actions import SlotAction

REFERENCES = ReferenceCount(2_000, 5_000)
"""Those of every run."""

LIMIT = 20_000
"""Milliseconds after which something that should have happened is taken for missing."""

_ROUND_SECONDS = 0.01
"""Long enough that a test can act while rounds go on."""

Answer = Callable[[jobs.Job, RunControl], Iterator[Message]]


DATASET = DatasetInfo(
    name="tiny",
    path="",
    sha256="ab" * 32,
    image_shape=(4, 4, 1),
    class_names=("0", "1", "2"),
    train=(2, 2, 2),
    test=(1, 1, 1),
)


EXAMPLES = np.zeros((3, 4, 4, 1), np.uint8)


def info(name: str) -> ClassifierInfo:
    """Returns the description of a classifier called `name`."""
    return ClassifierInfo(
        name=name,
        path=f"{name}.keras",
        sha256=name.encode().hex().ljust(64, "0"),
        topology="conv 2 · dense 5",
        input_shape=(4, 4, 1),
        class_names=("0", "1", "2"),
        recorded_layers=("inputs", "conv0", "fc"),
        parameters=99,
        test_accuracy=0.5,
        layers=(
            LayerFacts("inputs", "InputLayer", (4, 4, 1), 0),
            LayerFacts("filters", "Conv2D", (4, 4, 2), 20),
            LayerFacts("conv0", "MaxPooling2D", (2, 2, 2), 0),
            LayerFacts("flatten", "Flatten", (8,), 0),
            LayerFacts("fc", "Dense", (5,), 45),
            LayerFacts("softmax", "Dense", (3,), 18),
        ),
    )


def inspect(label: int, slot: int, step: int, layer: str = "", *, resting: bool = False) -> Inspection:
    """Returns a closer look at an image of the classifiers that `info` describes."""
    return make_inspection(
        label,
        slot,
        step,
        (4, 4, 1),
        probabilities=(0.1, 0.8, 0.1),
        layers=("inputs", "conv0", "fc"),
        net_sees=1,
        neighbour_labels=(0, 1, 1, 2, 1),
        fooled=(1, 0) if resting else (),
        images=2,
        maps=make_maps(layer) if layer else None,
    )


class FakeEngine:
    """Answers each job with what `answer` yields, and remembers the jobs and the thread it was asked on."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.jobs: list[jobs.Job] = []
        self.threads: set[int] = set()

    def perform(self, job: jobs.Job, control: RunControl) -> Iterator[Message]:
        """Yields the messages that answer `job`."""
        self.jobs.append(job)
        self.threads.add(threading.get_ident())
        yield from self.answer(job, control)


class FakeLab:
    """Answers every kind of job as the real lab would, at once or until it is stopped.

    Attributes:
        failure: Raised in place of an answer while it is not None.
        actions: The slot actions that reached a descent.
        found: The probability of every slot of every save.
        looks: (label, slot) of every image of a resting run that was looked at closer.
        judged: (label, slot) of every image that second opinions were given on.
        loses: Whether the classifier in use does not fit the next dataset.
    """

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.actions: list[SlotAction] = []
        self.found = 0.5
        self.looks: list[tuple[int, int]] = []
        self.judged: list[tuple[int, int]] = []
        self.loses = False
        self._present = "first"
        self._former: str | None = None

    def answer(self, job: jobs.Job, control: RunControl) -> Iterator[Message]:
        """Yields what the lab would; see the class."""
        if self.failure is not None:
            raise self.failure
        match job:
            case jobs.OpenClassifier(path=path):
                yield DatasetReady(dataset=DATASET, examples=EXAMPLES)
                yield self._use(path.removesuffix(".keras"))
            case jobs.OpenDataset(path=path):
                yield DatasetReady(dataset=dataclasses.replace(DATASET, name=path, path=path), examples=EXAMPLES)
                yield NoClassifier(sentence=f"{path} has other images.") if self.loses else self._ready()
            case jobs.GetDataset(name=name, path=path):
                yield Working(sentence=f"Getting {name}", fraction=0.5)
                yield DatasetReady(dataset=dataclasses.replace(DATASET, name=name, path=path), examples=EXAMPLES)
                yield self._ready()
            case jobs.OpenFurther(further=further):
                yield FurtherReady(further=tuple(dataclasses.replace(each, sha256="cd" * 32) for each in further))
            case jobs.SaveClassifier() | jobs.DiscardCandidate():
                yield self._ready()
            case jobs.RestoreFormer():
                assert self._former is not None
                yield self._use(self._former)
            case jobs.KeepCandidate():
                yield self._use("candidate")
            case jobs.Train(settings=settings):
                yield from self._progress(settings.steps, control)
                yield TrainingFinished(
                    steps=settings.steps, seconds=1.0, images_per_second=9.0, test_accuracy=0.75, stopped=False
                )
                yield self._use("trained")
            case jobs.Backwork(spec=spec):
                yield ReferencesChosen(count=REFERENCES)
                yield Working(sentence="Recording", fraction=0.0)
                yield from self._descent(spec.labels, spec.slots, control)
            case jobs.Retrain(settings=settings, images=images):
                yield from self._progress(settings.steps, control)
                fooledness = Fooledness(
                    test_accuracy=0.9, found_mean_confidence=0.5, noise_mean_confidence=0.4, fresh_fooled_share=0.3
                )
                yield RetrainingFinished(
                    before=fooledness,
                    after=fooledness,
                    found_images=len(images),
                    steps=settings.steps,
                    seconds=1.0,
                    stopped=control.stop_requested,
                    candidate=info("candidate"),
                )
            case jobs.PerformRounds(spec=spec):
                yield from self._rounds(spec.settings.rounds, control)
            case jobs.OpenRounds(folder=folder):
                spec = default_rounds("first.keras", ("inputs", "conv0", "fc"), rounds=2, noise=7)
                yield RoundsOpened(spec=spec, folder=folder)
                for number in range(2):
                    yield make_finished(number)
            case jobs.CheckHonesty():
                yield Working(sentence="Checking", fraction=0.5)
                yield HonestyChecked(name=self._present, checks=make_round_report(1).checks)
            case jobs.AttackStrongly(settings=settings):
                for step in range(settings.steps):
                    yield Working(sentence="Attacking", fraction=step / settings.steps)
                    if control.next() is Next.STOP:
                        break
                yield make_attacked(self._present, settings=settings, stopped=control.stop_requested)
            case jobs.Inspect(save=save, label=label, slot=slot, layer=layer):
                self.looks.append((label, slot))
                yield inspect(label, slot, save.step, layer, resting=True)
            case jobs.GiveOpinions(save=save, label=label, slot=slot):
                self.judged.append((label, slot))
                opinions = inspect(label, slot, save.step).opinions
                yield Opinions(label=label, slot=slot, step=save.step, opinions=opinions)
            case jobs.Evaluate(settings=settings):
                yield from self._evaluate(settings, control)
            case jobs.LeastChange():
                for step in range(0, job.settings.steps + 1, 100):
                    yield Working(sentence="Looking for the least change", fraction=step / job.settings.steps)
                    stopped = control.next() is Next.STOP
                    yield make_found(
                        job.settings, start=job.start, label=job.label, steps=step, stopped=stopped, name=self._present
                    )
                    if stopped:
                        return
            case jobs.Guarantee(settings=settings):
                for part in range(3):
                    time.sleep(_ROUND_SECONDS)
                    yield Working(sentence="Fitting the density of the training images", fraction=part / 3)
                    if control.next() is Next.STOP:
                        return
                yield GuaranteeMade(report=make_guarantee(settings), classifier=info("guaranteed"))
            case jobs.Classify(images=images):
                yield Classified(probabilities=np.tile(np.float32([0.1, 0.8, 0.1]), (len(images), 1)))
            case jobs.ShowTestImages(label=label):
                images = np.full((2, 4, 4, 1), 100 + label, np.uint8)
                yield TestImages(label=label, places=np.array([label, label + 10]), images=images)
            case jobs.OpenOtherNets(nets=nets):
                yield OtherNetsReady(nets=tuple(info(wanted.path.removesuffix(".keras")) for wanted in nets))
                missing = [wanted.path for wanted in nets if "missing" in wanted.path]
                if missing:
                    raise LabError(f"There is no file {missing[0]}.")
            case jobs.MeasureTransfer():
                yield Working(sentence="Asking about three", fraction=0.0)
                yield TransferMeasured(report=make_transfer())
            case jobs.FindWorstImages(count=count):
                yield WorstImages(
                    labels=(0,),
                    classes=1,
                    images=np.zeros((1, count, 4, 4, 1), np.float32),
                    probabilities=np.zeros((1, count)),
                    tops=np.zeros((1, count), np.int64),
                )

    def _evaluate(self, settings: EvaluationSettings, control: RunControl) -> Iterator[Message]:
        yield Working(sentence="Evaluating the test images", fraction=0.0)
        digits, sets = make_digits(), []
        yield DigitsEvaluated(figures=digits, example=np.zeros((4, 4, 1), np.float32))
        for name in made_sets():
            time.sleep(_ROUND_SECONDS)
            if control.next() is Next.STOP:
                break
            sets.append(make_set(name))
            yield SetEvaluated(figures=sets[-1], example=np.ones((4, 4, 1), np.float32))
        stopped = len(sets) < len(made_sets())
        report = make_report(
            classifier=self._present, test=digits, sets=tuple(sets), settings=settings, opinions=(), stopped=stopped
        )
        yield EvaluationFinished(report=report)

    def _rounds(self, rounds: int, control: RunControl) -> Iterator[Message]:
        for number in range(rounds + 1):
            time.sleep(_ROUND_SECONDS)
            yield Working(sentence="Driving images", fraction=0.5)
            if control.next() is Next.STOP:
                return
            yield from self._progress(2 if number else 0, control)
            if control.next() is Next.STOP:
                return
            yield make_finished(number)

    def _ready(self) -> ClassifierReady:
        former = None if self._former is None else info(self._former)
        return ClassifierReady(classifier=info(self._present), former=former)

    def _use(self, name: str) -> ClassifierReady:
        if name != self._present:
            self._present, self._former = name, self._present
        return self._ready()

    def _progress(self, steps: int, control: RunControl) -> Iterator[Message]:
        for step in range(1, steps + 1):
            if control.next() is Next.STOP:
                return
            yield TrainingProgress(
                step=step, steps=steps, loss=1 / step, validation_accuracy=None, images_per_second=9.0, seconds_left=1.0
            )

    def _descent(self, labels: tuple[int, ...], slots: int, control: RunControl) -> Iterator[Message]:
        step, live = 0, control.live()
        events: tuple[SettingsApplied, ...] = ()
        stopped_by = ""
        while not stopped_by:
            save = make_save(
                labels,
                slots,
                (4, 4, 1),
                step,
                probabilities=self.found,
                layers=("inputs", "conv0", "fc"),
                revision=live.revision,
            )
            yield dataclasses.replace(save, events=events)
            events = ()
            if step >= live.descent.max_steps and not live.descent.keep_refining:
                stopped_by = "max_steps"
                break
            match control.next():
                case Next.STOP:
                    stopped_by = "stopped"
                case Next.SLOT_ACTIONS:
                    self.actions += control.take_slot_actions()
                case Next.LOOK:
                    assert control.inspected is not None
                    yield inspect(control.inspected.label, control.inspected.slot, step, control.inspected.layer)
                case Next.STEP:
                    step += 1
                    if control.live().revision != live.revision:
                        live = control.live()
                        events = (
                            SettingsApplied(
                                step=step,
                                revision=live.revision,
                                coefficients=live.coefficients,
                                descent=live.descent,
                            ),
                        )
        yield RunFinished(stopped_by=(stopped_by,) * len(labels), steps=step, seconds=0.5)
