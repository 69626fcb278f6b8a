"""Trains and retrains classifiers; each is recorded and has a file, unless that cannot be written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from fooler_gui.core.errors import LabError
from fooler_gui.core.jobs import Retrain, Train
from fooler_gui.core.messages import Message, Remark, RetrainingFinished, TrainingFinished, Working
from fooler_gui.core.path_text import path_of
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import RetrainingSettings, SettingError, TrainingSettings
from fooler_gui.core.topology_size import size_of
from fooler_gui.core.work_time import COMPARING, attacked_labels, validation_count
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.contents import LabContents
from fooler_gui.engine.evaluation.worst_images import measure_fooledness
from fooler_gui.engine.guarantee.giving import check_givable, given_guarantee
from fooler_gui.engine.in_use import InUse
from fooler_gui.engine.jobs.measuring import sample_remark
from fooler_gui.engine.machine import machine
from fooler_gui.engine.mending.retraining import retrain
from fooler_gui.engine.mending.training import Trainer, examples_of, target_of_nothing
from fooler_gui.engine.mending.training_memory import check_memory
from fooler_gui.engine.mending.training_recording import check_training_file, recorded_training, save_trained
from fooler_gui.engine.nets.building import build_classifier
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import describe, describe_unsaved
from fooler_gui.engine.nets.trained_layers import check_trainable, frozen_remark
from fooler_gui.engine.opening import measured_accuracy
from fooler_gui.engine.stopwatch import Stopwatch, timed_training
from fooler_gui.records.training_record import TrainingRecord, new_training


def train_classifier(contents: LabContents, job: Train, control: RunControl) -> Iterator[Message]:
    """Trains a classifier and puts it in use; after a stop before the first step all is as it was.

    Raises:
        LabError: The training is refused, or diverged, or the classifier in use cannot be written to its file.
    """
    path = path_of(job.path)
    contents.require_images("Training")
    check_training_file(path)
    yield Working(sentence="Preparing the training")
    before, dataset = contents.present, contents.dataset
    if before is not None:
        before.forget_computed()
    if not job.go_on:
        size = size_of(job.topology, dataset.input_shape, len(dataset.class_names))
        yield from check_memory(size, job.settings.batch_size)
    classifier, trainer = _to_be_trained(contents, job)
    yield from frozen_remark(classifier)
    settings = job.settings
    kept = validation_count(len(dataset.train_images), settings.validation_images)
    if kept < settings.validation_images:
        yield Remark(
            sentence=f"Of the {len(dataset.train_images):,} training images {kept:,}, a sixth, are kept for "
            f"validation in place of {settings.validation_images:,}."
        )
    began = time.perf_counter()
    training = trainer.train(
        examples_of(dataset, kept, extra_target=target_of_nothing(len(classifier.class_names), classifier.none_class)),
        (dataset.train_images[:kept], dataset.train_labels[:kept]),
        control,
        steps=settings.steps,
        batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        rng_seed=settings.rng_seed,
    )
    former = before.info.sha256 if job.go_on and before is not None else ""
    record = _record("training", classifier, settings, former, dataset)
    recorded = recorded_training(training, classifier, path, record, control)
    steps = yield from timed_training(recorded, classifier, settings.batch_size, kept, control)
    seconds = time.perf_counter() - began
    if steps == 0:
        contents.present = before
        return
    yield Working(sentence="Measuring the test accuracy")
    accuracy = measured_accuracy(classifier, dataset)
    trained, problem = _saved(classifier, path, accuracy, dataset, trainer)
    contents.put_in_use(trained)
    yield TrainingFinished(
        steps=steps,
        seconds=seconds,
        test_accuracy=accuracy,
        stopped=steps < settings.steps,
        images_per_second=steps * settings.batch_size / seconds,
    )
    yield from contents.tell()
    if problem is not None:
        raise problem


def retrain_classifier(contents: LabContents, job: Retrain, control: RunControl) -> Iterator[Message]:
    """Retrains the classifier in use; the result is the candidate.

    Raises:
        LabError: The retraining is refused, or diverged, or the candidate cannot be written to its file.
    """
    path = path_of(job.path)
    check_training_file(path)
    present = contents.require_present()
    contents.require_images("Retraining")
    if len(job.images) == 0:
        raise SettingError("Retraining needs at least one found image; received none.")
    contents.check_found(job.images, "Retraining")
    check_trainable(present.classifier)
    yield from frozen_remark(present.classifier)
    present.forget_computed()
    dataset, settings = contents.dataset, job.settings
    if settings.guarantee:
        check_givable(present.classifier, present.info.name, dataset)
    yield from sample_remark("Fresh noise is", dataset)
    watch, labels = Stopwatch(control), attacked_labels(len(dataset.class_names))
    before = yield from measure_fooledness(present.classifier, dataset, job.images, settings.rng_seed, control)
    if before is None:
        return
    yield watch.timed(COMPARING, present.classifier, 1, labels)
    began = time.perf_counter()
    classifier: Classifier | None = present.classifier.copy()
    if settings.guarantee:
        classifier = yield from given_guarantee(present.classifier, dataset, settings.rng_seed, control)
    if classifier is None:
        return
    kept = validation_count(len(dataset.train_images))
    training = retrain(classifier, dataset, job.images, settings, kept, control)
    former = "" if settings.from_start else present.info.sha256
    record = _record("retraining", classifier, settings, former, dataset)
    recorded = recorded_training(training, classifier, path, record, control, job.images)
    steps = yield from timed_training(recorded, classifier, settings.batch_size, kept, control, present.classifier)
    seconds = time.perf_counter() - began
    # The stop that ended the training must not stop measuring its result.
    uninterrupted = RunControl()
    watch = Stopwatch(uninterrupted)
    after = yield from measure_fooledness(classifier, dataset, job.images, settings.rng_seed, uninterrupted)
    assert after is not None
    yield watch.timed(COMPARING, classifier, 1, labels, present.classifier)
    candidate, problem = _saved(classifier, path, after.test_accuracy, dataset)
    contents.candidate = candidate
    yield RetrainingFinished(
        before=before,
        after=after,
        found_images=len(job.images),
        steps=steps,
        seconds=seconds,
        stopped=steps < settings.steps,
        candidate=candidate.info,
    )
    if problem is not None:
        raise problem


def _to_be_trained(contents: LabContents, job: Train) -> tuple[Classifier, Trainer]:
    if not job.go_on:
        classifier = build_classifier(
            job.topology,
            contents.dataset.input_shape,
            contents.dataset.class_names,
            job.settings.rng_seed,
            job.settings.initialisation,
        )
        return classifier, Trainer(classifier)
    present = contents.require_present()
    trainer = present.trainer or Trainer(present.classifier)
    # A copy stays in use and becomes the former classifier, while the weights themselves are trained.
    contents.present = InUse(present.classifier.copy(), present.info, present.dataset)
    return present.classifier, trainer


def _record(
    kind: str,
    classifier: Classifier,
    settings: TrainingSettings | RetrainingSettings,
    former_sha256: str,
    dataset: Dataset,
) -> TrainingRecord:
    description, made = classifier.description, settings.to_dict()
    return new_training(kind, description, made, settings.steps, former_sha256, machine(), dataset.info)


def _saved(
    classifier: Classifier, path: Path, accuracy: float, dataset: Dataset, trainer: Trainer | None = None
) -> tuple[InUse, LabError | None]:
    """Writes a trained classifier; if it cannot be written, it is still returned, with the error."""
    try:
        save_trained(classifier, path, accuracy, dataset.sha256)
    except LabError as error:
        return InUse(classifier, describe_unsaved(classifier, accuracy), dataset, trainer), error
    return InUse(classifier, describe(classifier, path, accuracy), dataset, trainer), None
