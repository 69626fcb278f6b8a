"""The engine as one object: takes jobs and yields messages, for the window and the command line.

Every method runs on the one thread that owns TensorFlow.
"""

from __future__ import annotations

import dataclasses
import gc
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fooler_gui.core import jobs
from fooler_gui.core.dataset_info import DatasetSettings, DatasetUse
from fooler_gui.core.downloads import DOWNLOADS
from fooler_gui.core.errors import LabError
from fooler_gui.core.formats import format_share
from fooler_gui.core.image_kinds import KINDS
from fooler_gui.core.label_sample import MOST_LABELS, sample_words
from fooler_gui.core.messages import (
    STOPPED_BY_USER,
    ClassifierDescribed,
    ClassifierInfo,
    ClassifierReady,
    DatasetReady,
    FloatArray,
    HonestyChecked,
    Inspection,
    LayerTimed,
    Message,
    NoClassifier,
    Remark,
    RetrainingFinished,
    RunFinished,
    TrainingFinished,
    Working,
    frozen,
)
from fooler_gui.core.path_text import path_of
from fooler_gui.core.reference_settings import DEFAULT_REFERENCES, ReferenceCount, ReferenceSettings
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import (
    CostCoefficients,
    MethodSettings,
    RetrainingSettings,
    SettingError,
    TrainingSettings,
    article_coefficients,
)
from fooler_gui.core.terms import TERMS
from fooler_gui.core.topology_size import size_of
from fooler_gui.core.write_check import check_folder
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.loading import load_dataset
from fooler_gui.data.starts import slot_rng, start_images
from fooler_gui.engine.cost import term_check
from fooler_gui.engine.cost.cost_function import Batch, CostFunction, Evaluation
from fooler_gui.engine.cost.layer_distances import layer_distances, with_distances
from fooler_gui.engine.cost.layer_times import milliseconds_of_layers
from fooler_gui.engine.cost.reference_sample import ReferencePlan, planned
from fooler_gui.engine.cost.references import RecordingStopped, ReferenceSearch
from fooler_gui.engine.descent.descent import descend
from fooler_gui.engine.descent.fresh_attack import Judge, judge_of
from fooler_gui.engine.descent.label_batch import LabelBatch
from fooler_gui.engine.downloads import get_dataset
from fooler_gui.engine.evaluation.classifier_evaluation import evaluate_classifier
from fooler_gui.engine.evaluation.inspector import Inspector
from fooler_gui.engine.evaluation.pixel_neighbours import PixelNeighbours
from fooler_gui.engine.evaluation.worst_images import find_worst_images, measure_fooledness
from fooler_gui.engine.in_use import InUse
from fooler_gui.engine.machine import machine
from fooler_gui.engine.mending.honesty import honesty_checks
from fooler_gui.engine.mending.retraining import retrain
from fooler_gui.engine.mending.rounds import open_rounds, perform_rounds
from fooler_gui.engine.mending.training import Trainer, examples_of, target_of_nothing
from fooler_gui.engine.mending.training_memory import check_memory
from fooler_gui.engine.mending.training_recording import check_training_file, recorded_training, save_trained
from fooler_gui.engine.nets.building import build_classifier
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import describe, describe_unsaved, save_classifier
from fooler_gui.engine.nets.description import layers_of, recordable_of, recorded_of
from fooler_gui.engine.nets.trained_layers import check_trainable, frozen_remark
from fooler_gui.engine.opening import measured_accuracy, opened
from fooler_gui.records.recording import recorded
from fooler_gui.records.rounds_folder import RoundsFolder
from fooler_gui.records.run_folder import new_record, run_recorder
from fooler_gui.records.training_record import TrainingRecord, new_training

_VALIDATION_SHARE = 6
"""At most one of so many training images is kept for validation."""
_EXAMPLES = 20
"""At most so many classes are shown by an image."""


class Lab:
    """Holds the dataset and the classifier in use.

    Args:
        dataset_path: The file or folder of the dataset.
        second_opinion: The ``.keras`` file of an independent classifier of this dataset that never saw a found image,
            for second opinions on its images; None for none.
        largest_side: The longest side of the dataset's images, in pixels; see `DatasetSettings`.
        cache: The folder for datasets that do not fit into memory; None for a temporary one.

    Raises:
        ArrayFileError: The dataset cannot be used.
    """

    def __init__(
        self,
        dataset_path: Path,
        second_opinion: Path | None = None,
        *,
        largest_side: int = DatasetSettings.default("largest_side"),
        cache: Path | None = None,
    ) -> None:
        self._first_path, self._cache = dataset_path, cache
        self._opened_dataset = self._read_dataset(dataset_path, largest_side)
        self._told_dataset: Dataset | None = None
        self._neighbours_of: tuple[Dataset, PixelNeighbours] | None = None
        self._second_opinion = second_opinion
        self._second_sha256 = self._opened_dataset.sha256 if second_opinion is not None else ""
        self._second: Classifier | None = None
        self._present: InUse | None = None
        self._former: InUse | None = None
        self._candidate: InUse | None = None
        TERMS.leave_out_unusable(term_check.problem_of)
        self._left_out = (*TERMS.left_out(), *KINDS.left_out())

    @property
    def dataset(self) -> Dataset:
        """The dataset in use; without images where the classifier in use does not fit the one that was opened."""
        return self._opened_dataset if self._present is None else self._present.dataset

    def perform(self, job: jobs.Job, control: RunControl) -> Iterator[Message]:
        """Yields the messages of `job`; `control` stops, pauses and adjusts it.

        Raises:
            LabError: The job cannot be done or finished; the lab stays usable.
        """
        sentences, self._left_out = self._left_out, ()
        for sentence in sentences:
            yield Remark(sentence=sentence)
        match job:
            case jobs.OpenClassifier():
                entering, remark = opened(path_of(job.path), job, self._opened_dataset)
                self._put_in_use(entering)
                if remark:
                    yield Remark(sentence=remark)
                yield from self._ready()
            case jobs.OpenDataset():
                yield from self._open_dataset(job)
            case jobs.GetDataset():
                yield from self._get_dataset(job, control)
            case jobs.DescribeLayers():
                yield recordable_of(self._require_present().classifier, len(self.dataset.train_images))
            case jobs.MeasureLayers(names=names):
                yield from self._measure_layers(names, control)
            case jobs.SaveClassifier(path=path):
                self._save_present(path_of(path))
                yield from self._ready()
            case jobs.RestoreFormer():
                if self._former is None:
                    raise LabError("There is no former classifier to go back to.")
                self._put_in_use(self._former)
                yield from self._ready()
            case jobs.Train():
                yield from self._train(job, control)
            case jobs.Prepare():
                self._prepare(job, control)
            case jobs.Backwork():
                yield from self._backwork(job, control)
            case jobs.Retrain():
                yield from self._retrain(job, control)
            case jobs.PerformRounds():
                yield from self._rounds(job, control)
            case jobs.OpenRounds(folder=folder):
                self._require_images("Opening rounds")
                yield from open_rounds(RoundsFolder(path_of(folder)), self.dataset)
            case jobs.CheckHonesty():
                yield from self._check_honesty(job, control)
            case jobs.Inspect():
                yield self._inspect(job)
            case jobs.Evaluate():
                yield from self._evaluate(job, control)
            case jobs.KeepCandidate():
                if self._candidate is not None:
                    self._put_in_use(self._candidate)
                    self._candidate = None
                yield from self._ready()
            case jobs.DiscardCandidate():
                self._candidate = None
                yield from self._ready()
            case jobs.FindWorstImages(count=count):
                self._require_images("The figure of the worst training images")
                yield from find_worst_images(self._require_present().classifier, self.dataset, count, control)

    @property
    def classifier_info(self) -> ClassifierInfo:
        """The description of the classifier in use.

        Raises:
            LabError: There is none.
        """
        return self._require_present().info

    def layer_distances(self) -> tuple[float, ...]:
        """Returns the mean squared distance between training images of a class in each recorded layer.

        Raises:
            LabError: There is no classifier.
        """
        present = self._require_present()
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
        present = self._require_present()
        self._check_labels((label,))
        if references is None:
            plan = self._plan(present, (label,), method, reference_settings)
            cost, recorded = present.cost(method), present.references(plan.samples[label], method)
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
        self._check_labels((label,))
        return self._plan(self._require_present(), (label,), method, settings).total

    def _plan(
        self, present: InUse, labels: Sequence[int], method: MethodSettings, settings: ReferenceSettings
    ) -> ReferencePlan:
        return planned(present.dataset, labels, settings, present.cost(method).bytes_a_reference)

    def described(self, wanted: jobs.OpenClassifier, *, timed: bool = False) -> ClassifierDescribed:
        """Returns the description of a classifier's file, which need not be of the dataset's images and classes.

        Args:
            wanted: The file, and how it is read.
            timed: Whether the milliseconds of each recorded layer are measured, which takes seconds a layer. They stay
                unknown if the dataset is of other images or classes.

        Raises:
            LabError: The file cannot be used.
        """
        if wanted.dataset is DatasetUse.IF_IT_FITS:
            by_itself = dataclasses.replace(wanted, dataset=DatasetUse.NONE)
            in_any_range = dataclasses.replace(by_itself, input_range="")
            own, given = opened(path_of(wanted.path), in_any_range, self.dataset)[0].dataset, self.dataset
            if (own.input_shape, len(own.class_names)) != (given.input_shape, len(given.class_names)):
                return _described(opened(path_of(wanted.path), by_itself, self.dataset)[0], {})
        present = opened(path_of(wanted.path), wanted, self.dataset)[0]
        is_timed = timed and present.dataset.has_images
        return _described(present, dict(self._layer_times(present.classifier)) if is_timed else {})

    def _read_dataset(self, path: Path, largest_side: int) -> Dataset:
        return load_dataset(path, largest=largest_side, cache=self._cache)

    def _open_dataset(self, job: jobs.OpenDataset) -> Iterator[Message]:
        path = path_of(job.path) if job.path else self._first_path
        yield Working(sentence=f"Reading {path.name}")
        dataset = self._read_dataset(path, job.largest_side)
        if job.sha256 not in ("", dataset.sha256):
            raise LabError(
                f"{path.name} is another dataset: its SHA-256 begins with {dataset.sha256[:12]}, wanted is "
                f"{job.sha256[:12]}."
            )
        yield Working(sentence="Trying the classifier on it")
        entering, sentence = self._classifier_for(dataset, job.classifier)
        if self._present is not None:
            self._present.forget_computed()
        self._opened_dataset, self._present = dataset, entering and _with_distances(entering)
        self._former = self._candidate = self._second = None
        gc.collect()
        if entering is not None:
            yield from self._ready()
        else:
            yield from self._tell_dataset()
            yield NoClassifier(sentence=sentence)

    def _classifier_for(self, dataset: Dataset, wanted: jobs.OpenClassifier | None) -> tuple[InUse | None, str]:
        """Returns the `wanted` classifier for `dataset`, or else that in use if it reads it; or None and why not.

        Raises:
            LabError: The wanted classifier cannot be used, or that in use has no file.
        """
        if wanted is not None:
            return opened(path_of(wanted.path), wanted, dataset)[0], ""
        if self._present is None:
            return None, ""
        info = self._present.info
        if not info.path:
            raise LabError("The classifier in use has no file yet, and would be lost; save it first.")
        same = jobs.OpenClassifier(
            path=info.path,
            input_range=info.asked_range,
            output=info.asked_output,
            recorded_layers=info.asked_layers,
        )
        try:
            entering = opened(path_of(info.path), same, dataset)[0]
        except LabError as error:
            return None, str(error)
        if not entering.info.doubt:
            return entering, ""
        right = format_share(entering.info.test_accuracy or 0.0)
        return None, f"{info.name} gets {right} of the test images of {dataset.name} right, as by guessing."

    def _get_dataset(self, job: jobs.GetDataset, control: RunControl) -> Iterator[Message]:
        if (yield from get_dataset(DOWNLOADS[job.name], path_of(job.path), control)):
            yield from self._open_dataset(jobs.OpenDataset(path=job.path))

    def _layer_times(self, classifier: Classifier) -> Iterator[tuple[str, float]]:
        """Yields the milliseconds of each recorded layer, with the training images of the first label as references."""
        return milliseconds_of_layers(classifier, self.dataset.training_images_of(0))

    def _measure_layers(self, names: tuple[str, ...], control: RunControl) -> Iterator[Message]:
        present = self._require_present()
        self._require_images("Measuring layers")
        present.forget_computed()
        classifier = Classifier(present.classifier.network, present.classifier.class_names, names)
        times = self._layer_times(classifier)
        for index, name in enumerate(classifier.recorded_layers):
            yield Working(sentence=f"Measuring {name}", fraction=index / len(classifier.recorded_layers))
            if control.stop_requested:
                return
            _, milliseconds = next(times)
            yield LayerTimed(name=name, milliseconds=milliseconds)

    def _train(self, job: jobs.Train, control: RunControl) -> Iterator[Message]:
        path = path_of(job.path)
        self._require_images("Training")
        check_training_file(path)
        yield Working(sentence="Preparing the training")
        before = self._present
        if before is not None:
            before.forget_computed()
        if not job.go_on:
            size = size_of(job.topology, self.dataset.input_shape, len(self.dataset.class_names))
            yield from check_memory(size, job.settings.batch_size)
        classifier, trainer = self._to_be_trained(job)
        yield from frozen_remark(classifier)
        settings = job.settings
        kept = self._validation_count(settings.validation_images)
        if kept < settings.validation_images:
            yield Remark(
                sentence=f"Of the {len(self.dataset.train_images):,} training images {kept:,}, a sixth, are kept for "
                f"validation in place of {settings.validation_images:,}."
            )
        began = time.perf_counter()
        training = trainer.train(
            examples_of(
                self.dataset,
                kept,
                extra_target=target_of_nothing(len(classifier.class_names), classifier.none_class),
            ),
            self._validation(settings.validation_images),
            control,
            steps=settings.steps,
            batch_size=settings.batch_size,
            learning_rate=settings.learning_rate,
            rng_seed=settings.rng_seed,
        )
        former = before.info.sha256 if job.go_on and before is not None else ""
        record = self._record("training", classifier, settings, former)
        steps = yield from recorded_training(training, classifier, path, record, control)
        seconds = time.perf_counter() - began
        if steps == 0:
            self._present = before
            return
        yield Working(sentence="Measuring the test accuracy")
        accuracy = measured_accuracy(classifier, self.dataset)
        trained, problem = self._kept(classifier, path, accuracy, trainer)
        self._put_in_use(trained)
        yield TrainingFinished(
            steps=steps,
            seconds=seconds,
            test_accuracy=accuracy,
            stopped=steps < settings.steps,
            images_per_second=steps * settings.batch_size / seconds,
        )
        yield from self._ready()
        if problem is not None:
            raise problem

    def _to_be_trained(self, job: jobs.Train) -> tuple[Classifier, Trainer]:
        if not job.go_on:
            classifier = build_classifier(
                job.topology,
                self.dataset.input_shape,
                self.dataset.class_names,
                job.settings.rng_seed,
                job.settings.initialisation,
            )
            return classifier, Trainer(classifier)
        present = self._require_present()
        trainer = present.trainer or Trainer(present.classifier)
        # A copy stays in use and becomes the former classifier, while the weights themselves are trained.
        self._present = InUse(present.classifier.copy(), present.info, present.dataset)
        return present.classifier, trainer

    def _record(
        self, kind: str, classifier: Classifier, settings: TrainingSettings | RetrainingSettings, former_sha256: str
    ) -> TrainingRecord:
        return new_training(
            kind,
            classifier.description,
            settings.to_dict(),
            settings.steps,
            former_sha256,
            machine(),
            self.dataset.info,
        )

    def _kept(
        self, classifier: Classifier, path: Path, accuracy: float, trainer: Trainer | None = None
    ) -> tuple[InUse, LabError | None]:
        """Writes a trained classifier; if it cannot be written, it is still returned, with the error."""
        try:
            save_trained(classifier, path, accuracy, self.dataset.sha256)
        except LabError as error:
            return InUse(classifier, describe_unsaved(classifier, accuracy), self.dataset, trainer), error
        return InUse(classifier, describe(classifier, path, accuracy), self.dataset, trainer), None

    def _prepare(self, job: jobs.Prepare, control: RunControl) -> None:
        present = self._require_present()
        self._check_labels(job.labels)
        coefficients = article_coefficients(present.classifier.recorded_layers)
        blank = np.zeros((1, *present.classifier.input_shape), np.float32)
        plan = self._plan(present, job.labels, job.method, job.references)
        prepared = [plan.samples[label] for label in job.labels[: job.most]]
        if not present.has_references(prepared):
            present.keep_references(prepared)
        for label, sample in zip(job.labels, prepared, strict=False):
            if control.stop_requested:
                return
            references = present.references(sample, job.method)
            present.cost(job.method).evaluate(blank, label, references, coefficients)
        if not control.stop_requested:
            self._inspector(present).warm_up()

    def _backwork(self, job: jobs.Backwork, control: RunControl) -> Iterator[Message]:
        spec = job.spec
        if job.folder:
            check_folder(path_of(job.folder))
        if self._present is None or self._present.info.path != spec.classifier:
            self._put_in_use(self._opened(spec.classifier))
        present = self._require_present()
        self._check_labels(spec.labels)
        self._check_coefficients(spec.coefficients)
        rngs = {label: slot_rng(spec.rng_seed, label) for label in spec.labels}
        starts = self._starts(job, rngs)
        plan = self._plan(present, spec.labels, spec.method, spec.references)
        if plan.sentence:
            yield Remark(sentence=plan.sentence)
        present.keep_references(plan.samples.values())
        batches = []
        try:
            for index, label in enumerate(spec.labels):
                name = present.classifier.class_names[label]
                yield Working(
                    sentence=f"Recording the activations of the training images of {name}",
                    fraction=index / len(spec.labels),
                )
                references = present.references(plan.samples[label], spec.method, control)
                cost = present.cost(spec.method)
                batches.append(LabelBatch(label, starts[label], references, cost, spec.method, rngs[label]))
        except RecordingStopped:
            yield RunFinished(stopped_by=(STOPPED_BY_USER,) * len(spec.labels), steps=0, seconds=0.0)
            return
        inspector = self._inspector(present)

        def look(batch: LabelBatch, evaluation: Evaluation, slot: int, step: int) -> Inspection:
            return inspector.look(batch.to_evaluate, evaluation.costs, slot, step)

        run = descend(batches, control, look)
        if job.folder:
            record = new_record(spec, present.info, machine(), self.dataset.info, plan.total)
            recorder = run_recorder(path_of(job.folder), record, spec.descent.save_bytes)
            yield (yield from recorded(run, recorder, control))
        else:
            yield (yield from run)

    def _starts(self, job: jobs.Backwork, rngs: Mapping[int, np.random.Generator]) -> dict[int, FloatArray]:
        spec, given = job.spec, job.starts
        if given is None:
            return {label: start_images(spec, label, self.dataset, rng) for label, rng in rngs.items()}
        expected = (len(spec.labels), spec.slots, *self.dataset.input_shape)
        if given.shape != expected:
            raise SettingError(f"The images to start from must have the shape {expected}; received {given.shape}.")
        return dict(zip(spec.labels, given, strict=True))

    def _inspect(self, job: jobs.Inspect) -> Inspection:
        present, save = self._require_present(), job.save
        self._check_labels((job.label,))
        images = save.images[save.labels.index(job.label)]
        coefficients = job.coefficients
        if tuple(coefficients.layer_cost_coeffs) != present.classifier.recorded_layers:
            coefficients = article_coefficients(present.classifier.recorded_layers)
        plan = self._plan(present, save.labels, job.method, job.references)
        references = present.references(plan.samples[job.label], job.method)
        batch = Batch(images, job.label, ReferenceSearch(references), images)
        costs = present.cost(job.method).evaluate_together([batch], coefficients)[0].costs
        recorded = save.costs[save.labels.index(job.label)]
        inspector = self._inspector(present)
        # A save of a classifier with other layers is inspected with its costs in the present one.
        inspection = inspector.look(batch, recorded if recorded.layers == costs.layers else costs, job.slot, save.step)
        return dataclasses.replace(inspection, fooled=inspector.fooled(save))

    def _inspector(self, present: InUse) -> Inspector:
        if present.inspector is None:
            neighbours = self._neighbours if present.dataset.has_images else None
            present.inspector = Inspector(present.classifier, neighbours, self._second_classifier())
        return present.inspector

    @property
    def _neighbours(self) -> PixelNeighbours:
        if self._neighbours_of is None or self._neighbours_of[0] is not self.dataset:
            self._neighbours_of = self.dataset, PixelNeighbours(self.dataset)
        return self._neighbours_of[1]

    def _second_classifier(self) -> Classifier | None:
        if self._second_opinion is None or self.dataset.sha256 != self._second_sha256:
            return None
        if self._second is None:
            self._second = self._opened(str(self._second_opinion)).classifier
        return self._second

    def _evaluate(self, job: jobs.Evaluate, control: RunControl) -> Iterator[Message]:
        present = self._require_present()
        self._require_images("An evaluation")
        present.forget_computed()
        yield from evaluate_classifier(
            present.classifier, present.info, self._second_classifier(), self._neighbours, self.dataset, job, control
        )

    def _retrain(self, job: jobs.Retrain, control: RunControl) -> Iterator[Message]:
        path = path_of(job.path)
        check_training_file(path)
        present = self._require_present()
        self._require_images("Retraining")
        if len(job.images) == 0:
            raise SettingError("Retraining needs at least one found image; received none.")
        check_trainable(present.classifier)
        yield from frozen_remark(present.classifier)
        present.forget_computed()
        rng_seed = job.settings.rng_seed
        yield from self._remark_of_sample("Fresh noise is")
        before = yield from measure_fooledness(present.classifier, self.dataset, job.images, rng_seed, control)
        if before is None:
            return
        began = time.perf_counter()
        classifier = present.classifier.copy()
        kept = self._validation_count(TrainingSettings().validation_images)
        training = retrain(classifier, self.dataset, job.images, job.settings, kept, control)
        settings = job.settings
        former = "" if settings.from_start else present.info.sha256
        record = self._record("retraining", classifier, settings, former)
        steps = yield from recorded_training(training, classifier, path, record, control, job.images)
        seconds = time.perf_counter() - began
        # The stop that ended the training must not stop measuring its result.
        after = yield from measure_fooledness(classifier, self.dataset, job.images, rng_seed, RunControl())
        assert after is not None
        self._candidate, problem = self._kept(classifier, path, after.test_accuracy)
        yield RetrainingFinished(
            before=before,
            after=after,
            found_images=len(job.images),
            steps=steps,
            seconds=seconds,
            stopped=steps < job.settings.steps,
            candidate=self._candidate.info,
        )
        if problem is not None:
            raise problem

    def _rounds(self, job: jobs.PerformRounds, control: RunControl) -> Iterator[Message]:
        self._require_images("A round of retraining")
        present = self._present
        if present is not None:
            present.forget_computed()
        path = job.spec.classifier
        first = present if present is not None and present.info.path == path else self._opened(path)
        check_trainable(first.classifier)
        yield from frozen_remark(first.classifier)
        judge: Judge = self._neighbours.agrees
        if job.second_opinion:
            judge = judge_of(self._opened(job.second_opinion).classifier)
        folder = RoundsFolder(path_of(job.folder))
        yield from perform_rounds(first.classifier, first.info, judge, self.dataset, job.spec, folder, control)

    def _check_honesty(self, job: jobs.CheckHonesty, control: RunControl) -> Iterator[Message]:
        present = self._require_present()
        former = self._opened(job.former).classifier if job.former else None
        yield from self._remark_of_sample("Images are")
        checks = yield from honesty_checks(present.classifier, former, self.dataset, job.rng_seed, 0, control)
        if checks is not None:
            yield HonestyChecked(name=present.info.name, checks=checks)

    def _remark_of_sample(self, subject: str) -> Iterator[Remark]:
        classes = len(self.dataset.class_names)
        words = sample_words(min(MOST_LABELS, classes), classes)
        if words:
            yield Remark(sentence=f"{subject} driven towards {words}.")

    def _opened(self, path: str) -> InUse:
        return opened(path_of(path), jobs.OpenClassifier(path=path), self.dataset)[0]

    def _validation_count(self, wanted: int) -> int:
        """Returns how many training images are kept for validation: those wanted, but no more than a sixth."""
        return min(wanted, len(self.dataset.train_images) // _VALIDATION_SHARE)

    def _validation(self, wanted: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.unsignedinteger]]:
        count = self._validation_count(wanted)
        return self.dataset.train_images[:count], self.dataset.train_labels[:count]

    def _put_in_use(self, entering: InUse) -> None:
        if self._present is not None:
            self._present.forget_computed()
            self._former = self._present
        self._present = _with_distances(entering)
        gc.collect()  # networks and compiled functions form reference cycles

    def _save_present(self, path: Path) -> None:
        present = self._require_present()
        save_classifier(present.classifier, path, present.info.test_accuracy, self.dataset.sha256)
        present.info = describe(present.classifier, path, present.info.test_accuracy)
        _with_distances(present)

    def _ready(self) -> Iterator[Message]:
        yield from self._tell_dataset()
        former = self._former.info if self._former is not None else None
        yield ClassifierReady(classifier=self.classifier_info, former=former)

    def _tell_dataset(self) -> Iterator[Message]:
        """Yields the dataset in use, if it is another one than last time."""
        if self._told_dataset is not self.dataset:
            self._told_dataset = self.dataset
            yield DatasetReady(dataset=self.dataset.info, examples=frozen(self.dataset.examples(_EXAMPLES)))

    def _require_images(self, what: str) -> None:
        if not self.dataset.has_images:
            raise LabError(f"{what} needs a dataset, and none is in use; open one, in a terminal with --data.")

    def _require_present(self) -> InUse:
        if self._present is None:
            raise LabError("There is no classifier yet; open one or train one.")
        return self._present

    def _check_labels(self, labels: tuple[int, ...]) -> None:
        count = len(self.dataset.class_names)
        for label in labels:
            if not 0 <= label < count:
                raise SettingError(f"A label must be from 0 to {count - 1}; received {label}.")

    def _check_coefficients(self, coefficients: CostCoefficients) -> None:
        recorded = self._require_present().classifier.recorded_layers
        given = tuple(coefficients.layer_cost_coeffs)
        if set(given) != set(recorded):
            raise SettingError(
                f"layer_cost_coeffs must name the recorded layers {', '.join(recorded)}; received "
                f"{', '.join(given) or 'none'}."
            )


def _with_distances(entering: InUse) -> InUse:
    """Returns `entering`, with its layer distances where the article's coefficients do not fit it."""
    entering.info = with_distances(entering.info, entering.classifier, entering.dataset)
    return entering


def _described(opened: InUse, milliseconds: Mapping[str, float]) -> ClassifierDescribed:
    return ClassifierDescribed(
        classifier=opened.info,
        layers=layers_of(opened.classifier),
        recorded=recorded_of(opened.classifier, len(opened.dataset.train_images), milliseconds),
    )
