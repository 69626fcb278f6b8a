"""Records a training and saves its classifier regularly, so that a crash loses little."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Generator
from pathlib import Path

import numpy as np

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.messages import RecordingGoesOn, RecordingStalled, TrainingProgress
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.write_check import check_folder
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import bytes_of, check_writable, save_classifier
from fooler_gui.records.recorder import NotRecorded
from fooler_gui.records.recording import until_written
from fooler_gui.records.training_history import TrainingPoint
from fooler_gui.records.training_record import TrainingRecord, holds_training, training_folder, training_recorder

CHECKPOINT_SECONDS = 5.0
_WAITS = "The training"

RecordedProgress = TrainingProgress | RecordingStalled | RecordingGoesOn


def recorded_training(
    training: Generator[TrainingProgress, None, int],
    classifier: Classifier,
    path: Path,
    record: TrainingRecord,
    control: RunControl,
    images: FloatArray | None = None,
) -> Generator[RecordedProgress, None, int]:
    """Yields the messages of `training` and records it; every 5 seconds the classifier is saved to `path`.

    If that fails, the training waits until it works again or is stopped.

    Args:
        training: Returns the number of steps done.
        classifier: The classifier that is trained.
        path: Its ``.keras`` file; the training is recorded beside it.
        record: The training's record at its start.
        control: The training's control.
        images: (N, H, W, C) float32, the found images it is trained on, or None.

    Raises:
        LabError: The file is already being trained, or can never be written.
    """
    check_training_file(path, bytes_of(classifier))
    found = np.empty((0, *classifier.input_shape), np.float32) if images is None else images
    recorder = training_recorder(path, record, found)

    def write_checkpoint(steps: int, *, ended: bool) -> None:
        save_classifier(classifier, path, None)
        recorder.note(checkpoint=steps, classifier_sha256=sha256_of(path), ended=ended)
        recorder.flush()

    begun = written = time.monotonic()
    try:
        while True:
            try:
                progress = next(training)
            except StopIteration as end:
                steps: int = end.value
                break
            recorder.add(_point(progress, time.monotonic() - begun))
            yield progress
            yield from until_written(recorder.flush, _WAITS, control, first=not recorder.has_begun)
            if time.monotonic() - written >= CHECKPOINT_SECONDS:
                at = progress.step
                yield from until_written(lambda: write_checkpoint(at, ended=False), _WAITS, control)  # noqa: B023
                written = time.monotonic()
        if steps:
            yield from until_written(lambda: write_checkpoint(steps, ended=True), _WAITS, control)
    finally:
        training.close()
        with contextlib.suppress(NotRecorded):  # the stall was already reported
            recorder.close()
    return steps


def check_training_file(path: Path, size: int = 0) -> None:
    """Checks that a classifier can be written to the file `path`, and its training recorded beside it.

    Args:
        path: The classifier's file.
        size: Its expected size in bytes, if known.

    Raises:
        LabError: It cannot.
    """
    check_writable(path, size)
    check_folder(training_folder(path))


def save_trained(classifier: Classifier, path: Path, test_accuracy: float, dataset_sha256: str) -> None:
    """Writes a trained classifier with its test accuracy to the file `path`.

    Raises:
        LabError: The file or its record cannot be written.
    """
    save_classifier(classifier, path, test_accuracy, dataset_sha256)
    if holds_training(training_folder(path)):  # one stopped before its first step has no record
        TrainingRecord.change(training_folder(path), classifier_sha256=sha256_of(path))


def _point(progress: TrainingProgress, seconds: float) -> TrainingPoint:
    return TrainingPoint(
        step=progress.step,
        seconds=seconds,
        loss=float(progress.loss),
        validation_accuracy=progress.validation_accuracy,
    )
