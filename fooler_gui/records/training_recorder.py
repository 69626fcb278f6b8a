"""Writes down a training while it goes on; what cannot be written is kept and can be tried again."""

from __future__ import annotations

import contextlib
import dataclasses
import sqlite3
from pathlib import Path

from filelock import Timeout

from fooler_gui.core.files import followed
from fooler_gui.core.messages import FloatArray
from fooler_gui.records.history_file import HISTORY_FILE, HISTORY_FILES
from fooler_gui.records.locks import HeldLock, is_held
from fooler_gui.records.run_folder import LOCK_FILE, SETTINGS_FILE
from fooler_gui.records.training_history import TrainingHistoryWriter, TrainingPoint
from fooler_gui.records.training_record import (
    TrainingRecord,
    TrainingRecordError,
    training_folder,
    write_training,
)


class TrainingRecorder:
    """Writes one training into one folder. Used by one thread.

    Nothing is written before `write` is called first.

    Args:
        classifier: The file of the classifier that is trained.
        record: Of the training as it begins.
        images: (N, H, W, C) float32, the found images that it is trained on; N may be 0.

    Raises:
        TrainingRecordError: The same file is being trained already, here or in another program.
    """

    def __init__(self, classifier: Path, record: TrainingRecord, images: FloatArray) -> None:
        self._folder = training_folder(classifier)
        self._in_use = f"{classifier} is being trained already; give another file, or wait until that has ended."
        if is_held(self._folder / LOCK_FILE):
            raise TrainingRecordError(self._in_use)
        self._record = record
        self._is_noted = False
        self._images = images
        self._points: list[TrainingPoint] = []
        self._written = 0
        self._history: TrainingHistoryWriter | None = None
        self._lock: HeldLock | None = None

    def add(self, point: TrainingPoint) -> None:
        """Takes a point, to be written by the next `write`."""
        self._points.append(point)

    def note_checkpoint(self, steps: int, sha256: str, *, ended: bool) -> None:
        """Notes that the classifier's file holds it as it is after `steps`, to be written by the next `write`.

        Args:
            steps: Steps done.
            sha256: Of the file, in hexadecimal.
            ended: Whether that was the end of the training.
        """
        self._record = dataclasses.replace(self._record, checkpoint=steps, sha256=sha256, ended=ended)
        self._is_noted = False

    def write(self) -> None:
        """Writes all that is not on disk yet. Where the folder was taken away, everything is written once more.

        Raises:
            TrainingRecordError: Another program has begun to train the same file.
            OSError: As is `sqlite3.Error`: the disk is full, or the folder cannot be written.
        """
        path = self._folder / HISTORY_FILE
        if self._history is None or not self._history.is_at(path):
            self._begin(path)
        assert self._history is not None
        if self._written < len(self._points):
            self._history.write(self._points[self._written :])
            self._written = len(self._points)
        if not self._is_noted:
            write_training(self._folder, self._record)
            self._is_noted = True

    def close(self) -> None:
        """Lets the folder go. What `write` has not written is lost."""
        if self._history is not None:
            with contextlib.suppress(sqlite3.Error):  # what cannot be moved into the file is kept beside it
                self._history.close()
        self._unlock()

    def _begin(self, path: Path) -> None:
        if self._history is not None:
            with contextlib.suppress(sqlite3.Error):
                self._history.close()
            self._history = None
        self._unlock()
        followed(self._folder).mkdir(exist_ok=True)
        try:
            self._lock = HeldLock(self._folder / LOCK_FILE)
        except Timeout as error:
            raise TrainingRecordError(self._in_use) from error
        for name in (SETTINGS_FILE, *HISTORY_FILES):
            (self._folder / name).unlink(missing_ok=True)
        self._is_noted, self._written = False, 0
        self._history = TrainingHistoryWriter(path, self._images)

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.let_go(remove=True)
            self._lock = None
