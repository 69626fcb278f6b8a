"""The engine as one object: takes jobs and yields messages, for the window and the command line.

Every method runs on the one thread that owns TensorFlow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from fooler_gui.core import jobs
from fooler_gui.core.array_store import ArrayStore
from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.dataset_info import DatasetSettings
from fooler_gui.core.downloads import DOWNLOADS
from fooler_gui.core.image_kinds import KINDS
from fooler_gui.core.messages import ClassifierDescribed, EngineLoaded, FurtherReady, Message, Remark
from fooler_gui.core.path_text import path_of
from fooler_gui.core.reference_settings import DEFAULT_REFERENCES, ReferenceCount, ReferenceSettings
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import CostCoefficients, MethodSettings
from fooler_gui.core.terms import TERMS
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.loading import load_dataset
from fooler_gui.engine.contents import LabContents
from fooler_gui.engine.cost import term_check
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.evaluation import Evaluation
from fooler_gui.engine.cost.layer_distances import layer_distances
from fooler_gui.engine.cost.layer_times import milliseconds_of_layers
from fooler_gui.engine.downloads import get_dataset
from fooler_gui.engine.jobs.backworking import backwork, inspect, open_further, prepare
from fooler_gui.engine.jobs.datasets import open_dataset
from fooler_gui.engine.jobs.guarantee import certify, make_guarantee
from fooler_gui.engine.jobs.layers import measure_layers
from fooler_gui.engine.jobs.least_change import find_least_change
from fooler_gui.engine.jobs.measuring import check_honesty, evaluate_present, find_worst
from fooler_gui.engine.jobs.rounds import open_rounds, perform_rounds
from fooler_gui.engine.jobs.showing import classify, give_opinions, show_test_images
from fooler_gui.engine.jobs.strong_attack import attack_strongly
from fooler_gui.engine.jobs.training import retrain_classifier, train_classifier
from fooler_gui.engine.jobs.transfer import measure_transfer, open_other_nets
from fooler_gui.engine.machine import machine
from fooler_gui.engine.nets.description import layers_of, recordable_of, recorded_of
from fooler_gui.engine.opening import opened, opened_as_it_is


class Lab:
    """Does jobs with a dataset and a classifier.

    Args:
        dataset_path: The file or folder of the dataset.
        second_opinion: The ``.keras`` file of an independent classifier of this dataset that never saw a found image,
            for second opinions on its images; None for none.
        largest_side: The longest side of the dataset's images, in pixels; see `DatasetSettings`.
        cache: The folder for datasets that do not fit into memory; None for a temporary one.
        references: The folder where references are kept, so that they need not be recorded again; None for nowhere.

    Attributes:
        contents: The dataset and the classifiers that it holds.

    Raises:
        LabError: The dataset cannot be used, or ``FOOLER_SEARCH`` names no way to search.
    """

    def __init__(
        self,
        dataset_path: Path,
        second_opinion: Path | None = None,
        *,
        largest_side: int = DatasetSettings.default("largest_side"),
        cache: Path | None = None,
        references: Path | None = None,
    ) -> None:
        self._first_path, self._cache = dataset_path, cache
        dataset = load_dataset(dataset_path, largest=largest_side, cache=cache)
        self.contents = LabContents(dataset, second_opinion, None if references is None else ArrayStore(references))
        TERMS.leave_out_unusable(term_check.problem_of)
        left_out = [Remark(sentence=sentence) for sentence in (*TERMS.left_out(), *KINDS.left_out())]
        self._first: list[Message] = [EngineLoaded(machine=machine()), *left_out]

    @property
    def dataset(self) -> Dataset:
        """The dataset in use; see `LabContents.dataset`."""
        return self.contents.dataset

    def perform(self, job: jobs.Job, control: RunControl) -> Iterator[Message]:
        """Yields the messages of `job`; `control` stops, pauses and adjusts it.

        Raises:
            LabError: The job cannot be done or finished; the lab stays usable.
        """
        first, self._first = self._first, []
        yield from first
        contents = self.contents
        match job:
            case jobs.OpenClassifier():
                entering, remark = opened(path_of(job.path), job, contents.opened_dataset)
                contents.put_in_use(entering)
                if remark:
                    yield Remark(sentence=remark)
                yield from contents.tell()
            case jobs.OpenFurther(further=further):
                _, ready = yield from open_further(contents, further)
                yield FurtherReady(further=ready)
            case jobs.OpenDataset(path=path):
                yield from open_dataset(contents, job, path_of(path) if path else self._first_path, self._cache)
            case jobs.GetDataset(name=name, path=path):
                if (yield from get_dataset(DOWNLOADS[name], path_of(path), control)):
                    yield from open_dataset(contents, jobs.OpenDataset(path=path), path_of(path), self._cache)
            case jobs.DescribeLayers():
                yield recordable_of(contents.require_present().classifier, len(self.dataset.train_images))
            case jobs.MeasureLayers():
                yield from measure_layers(contents, job, control)
            case jobs.SaveClassifier(path=path):
                contents.save_present(path_of(path))
                yield from contents.tell()
            case jobs.RestoreFormer():
                contents.restore_former()
                yield from contents.tell()
            case jobs.Train():
                yield from train_classifier(contents, job, control)
            case jobs.Prepare():
                prepare(contents, job, control)
            case jobs.Backwork():
                yield from backwork(contents, job, control)
            case jobs.Retrain():
                yield from retrain_classifier(contents, job, control)
            case jobs.PerformRounds():
                yield from perform_rounds(contents, job, control)
            case jobs.OpenRounds():
                yield from open_rounds(contents, job)
            case jobs.CheckHonesty():
                yield from check_honesty(contents, job, control)
            case jobs.AttackStrongly():
                yield from attack_strongly(contents, job, control)
            case jobs.Inspect():
                yield from inspect(contents, job, control)
            case jobs.GiveOpinions():
                yield give_opinions(contents, job)
            case jobs.Evaluate():
                yield from evaluate_present(contents, job, control)
            case jobs.LeastChange():
                yield from find_least_change(contents, job, control)
            case jobs.Guarantee():
                yield from make_guarantee(contents, job, control)
            case jobs.Certify():
                yield from certify(contents, job, control)
            case jobs.Classify():
                yield classify(contents, job)
            case jobs.ShowTestImages():
                yield show_test_images(contents, job)
            case jobs.OpenOtherNets():
                yield from open_other_nets(contents, job)
            case jobs.MeasureTransfer():
                yield from measure_transfer(contents, job, control)
            case jobs.KeepCandidate():
                contents.keep_candidate()
                yield from contents.tell()
            case jobs.DiscardCandidate():
                contents.candidate = None
                yield from contents.tell()
            case jobs.FindWorstImages():
                yield from find_worst(contents, job, control)

    @property
    def classifier_info(self) -> ClassifierInfo:
        """The description of the classifier in use.

        Raises:
            LabError: There is none.
        """
        return self.contents.require_present().info

    def layer_distances(self) -> tuple[float, ...]:
        """Returns the mean squared distance between training images of a class in each recorded layer.

        Raises:
            LabError: There is no classifier.
        """
        present = self.contents.require_present()
        return present.info.layer_distances or layer_distances(present.classifier, self.dataset)

    def evaluate(
        self,
        label: int,
        images: FloatArray,
        references: FloatArray | None,
        method: MethodSettings,
        coefficients: CostCoefficients,
        starts: FloatArray | None = None,
        reference_settings: ReferenceSettings = DEFAULT_REFERENCES,
    ) -> Evaluation:
        """Returns the cost of `images` as a batch for `label`, without changing them.

        Args:
            label: The class.
            images: (B, H, W, C) float32 in [0, 1], B ≥ 1.
            references: (N, H, W, C) float32 in [0, 1] instead of the label's training images, or None.
            method: The article's way or the 2016 program's.
            coefficients: The factors.
            starts: (B, H, W, C) float32, their starts; None for the images themselves.
            reference_settings: Which of the label's training images are references; see `reference_count`.

        Raises:
            LabError: There is no classifier, or it has no such label, or there is too little memory for references.
        """
        present = self.contents.require_present()
        self.contents.check_labels((label,))
        if references is None:
            plan = present.plan((label,), method, reference_settings)
            cost, recorded = present.cost(method), self.contents.references(plan.samples[label], method)
        else:
            cost = present.cost(method) if self.dataset.has_images else CostFunction(present.classifier, method)
            recorded = cost.record(references)
        return cost.evaluate(images, label, recorded, coefficients, starts)

    def reference_count(
        self, label: int, method: MethodSettings, settings: ReferenceSettings = DEFAULT_REFERENCES
    ) -> ReferenceCount:
        """Returns how many of the training images of `label` are references in `evaluate`.

        Raises:
            LabError: There is no classifier, or it has no such label, or there is too little memory for references.
        """
        self.contents.check_labels((label,))
        return self.contents.require_present().plan((label,), method, settings).total

    def described(self, wanted: jobs.OpenClassifier, *, timed: bool = False) -> ClassifierDescribed:
        """Returns the description of a classifier's file, which need not be of the dataset's images and classes.

        Args:
            wanted: The file, and how it is read; what it says of the dataset does not matter.
            timed: Whether the milliseconds of each recorded layer are measured, which takes seconds a layer. They stay
                unknown if the dataset is of other images or classes.

        Raises:
            LabError: The file cannot be used.
        """
        described = opened_as_it_is(path_of(wanted.path), wanted, self.dataset)
        classifier, images = described.classifier, described.dataset.train_images
        times: Iterable[tuple[str, float]] = ()
        if timed and described.dataset.has_images:
            times = milliseconds_of_layers(classifier, described.dataset.training_images_of(0))
        return ClassifierDescribed(
            classifier=described.info,
            layers=layers_of(classifier),
            recorded=recorded_of(classifier, len(images), dict(times)),
        )
