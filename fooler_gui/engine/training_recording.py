"""A training that writes its classifier now and then, so that a crash loses little, and notes how it goes."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import Timeout

from fooler_gui.core.messages import RecordingGoesOn, RecordingStalled, TrainingProgress
from fooler_gui.core.run_control import RunControl
from fooler_gui.engine.classifier import Classifier
from fooler_gui.engine.classifier_file import ClassifierFileError, save_classifier
from fooler_gui.records.training_record import TrainingPoint, TrainingRecord, training_lock, write_training

CHECKPOINT_SECONDS = 20.0
_RETRY_SECONDS = 1.0
_PATIENCE_SECONDS = 0.1

Told = Generator[TrainingProgress | RecordingStalled | RecordingGoesOn, None, int]


def recorded_training(
    training: Generator[TrainingProgress, None, int],
    classifier: Classifier,
    path: Path,
    kind: str,
    settings: Mapping[str, Any],
    control: RunControl,
) -> Told:
    """Yields what `training` tells; every 20 seconds the classifier as it then is takes the place of the file `path`.

    Where that fails, the training waits until it works again, or until it is stopped.

    Args:
        training: Returns how many steps were done.
        classifier: That is trained.
        path: Its ``.keras`` file.
        kind: "training" or "retraining".
        settings: How it is trained, with ``steps``.
        control: Of the training.
    """
    record = TrainingRecord(
        kind=kind,
        begun=datetime.now().astimezone().isoformat(timespec="seconds"),
        topology=classifier.description,
        settings=settings,
        steps=int(settings["steps"]),
    )
    with _locked(path):
        written = time.monotonic()
        while True:
            try:
                progress = next(training)
            except StopIteration as end:
                steps: int = end.value
                break
            point = TrainingPoint(
                step=progress.step, loss=float(progress.loss), validation_accuracy=progress.validation_accuracy
            )
            record = record.with_point(point)
            yield progress
            if time.monotonic() - written >= CHECKPOINT_SECONDS:
                record = dataclasses.replace(record, checkpoint=progress.step)
                yield from _write(classifier, path, record, control)
                written = time.monotonic()
        if steps:
            ended = dataclasses.replace(record, checkpoint=steps, ended=True)
            yield from _write(classifier, path, ended, control)
    return steps


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Tells others that the classifier file `path` is being trained; where no lock can be had, nobody is told."""
    lock = training_lock(path)
    with contextlib.suppress(OSError, Timeout):
        lock.acquire()
    try:
        yield
    finally:
        if lock.is_locked:
            lock.release()
            Path(lock.lock_file).unlink(missing_ok=True)


def _write(
    classifier: Classifier, path: Path, record: TrainingRecord, control: RunControl
) -> Generator[RecordingStalled | RecordingGoesOn, None, None]:
    trouble = _trouble(classifier, path, record)
    if not trouble:
        return
    yield RecordingStalled(
        sentence=f"{trouble} The training waits until it can be written; nothing is lost until then."
    )
    tried = time.monotonic()
    while trouble:
        if control.stop_requested:
            return
        time.sleep(_PATIENCE_SECONDS)
        if time.monotonic() - tried >= _RETRY_SECONDS:
            trouble, tried = _trouble(classifier, path, record), time.monotonic()
    yield RecordingGoesOn()


def _trouble(classifier: Classifier, path: Path, record: TrainingRecord) -> str:
    try:
        save_classifier(classifier, path, None)
        write_training(path, record)
    except ClassifierFileError as error:
        return str(error)
    except OSError as error:
        return f"{path} cannot be written: {error.strerror or error}."
    return ""
