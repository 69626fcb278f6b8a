"""``history.sqlite`` of a training: how it went, point by point, and the found images that it is trained on."""

from __future__ import annotations

import contextlib
import json
import math
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fooler_gui.core.messages import FloatArray, frozen
from fooler_gui.records.history_file import (
    HISTORY_FILE,
    META,
    HistoryError,
    HistoryForm,
    close_written,
    create_history,
    in_time,
    is_file_at,
    open_history,
    reading,
    written_together,
)

TRAINING_FORM = HistoryForm(
    of="a training",
    version=1,
    tables=(
        META,
        "CREATE TABLE points (step INTEGER PRIMARY KEY, seconds REAL NOT NULL, loss REAL NOT NULL, "
        "validation_accuracy REAL)",
        "CREATE TABLE images (number INTEGER PRIMARY KEY, image BLOB NOT NULL)",
    ),
    longest_row=2**28,
)
_MOST_POINTS = 1_000_000
_MOST_IMAGE_BYTES = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPoint:
    """How a training stood.

    Attributes:
        step: Steps done.
        seconds: Since it began, pauses included.
        loss: Mean cross-entropy of an image since the point before, in nats.
        validation_accuracy: Share of the validation images right, 0 to 1; None where not measured.
    """

    step: int
    seconds: float
    loss: float
    validation_accuracy: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainingHistory:
    """What was recorded of a training.

    Attributes:
        points: In their order.
        images: (N, H, W, C) float32, the found images that it is trained on; N may be 0.
    """

    points: tuple[TrainingPoint, ...]
    images: FloatArray


class TrainingHistoryWriter:
    """Writes a new history. Used by one thread at a time.

    Args:
        path: Of the new file; one that is there is replaced.
        images: (N, H, W, C) float32, the found images that the classifier is trained on; N may be 0.

    Raises:
        OSError: As is `sqlite3.Error`: the file cannot be made.
    """

    def __init__(self, path: Path, images: FloatArray) -> None:
        self._connection = create_history(path, TRAINING_FORM, {"image_shape": json.dumps(images.shape[1:])})
        self._path, self._file = path, path.stat()
        try:
            rows = [(number, image.astype("<f4").tobytes()) for number, image in enumerate(images)]
            self._insert("INSERT INTO images VALUES (?, ?)", rows)
        except BaseException:
            self._connection.close()
            raise

    def is_at(self, path: Path) -> bool:
        """Tells whether the file is still there at `path`, and not another one in its place."""
        return is_file_at(path, self._file)

    def write(self, points: list[TrainingPoint]) -> None:
        """Writes `points`; all of them or, where it raises, none.

        Raises:
            OSError: As is `sqlite3.Error`: the disk is full, or the file can no longer be written.
        """
        rows = [(point.step, point.seconds, point.loss, point.validation_accuracy) for point in points]
        self._insert("INSERT INTO points VALUES (?, ?, ?, ?)", rows)

    def close(self) -> None:
        """Ends the writing; the file then stands alone.

        Raises:
            sqlite3.Error: What is in the write-ahead log cannot be moved into the file; it is kept beside it.
        """
        close_written(self._connection)

    def _insert(
        self, question: str, rows: list[tuple[int, bytes]] | list[tuple[int, float, float, float | None]]
    ) -> None:
        with written_together(self._connection, self._path):
            self._connection.executemany(question, rows)


def read_training_history(folder: Path) -> TrainingHistory:
    """Returns what the history in `folder` tells of a training, also while it goes on.

    Raises:
        LabError: There is no intact history of a training.
    """
    path = folder / HISTORY_FILE
    with contextlib.closing(open_history(path, TRAINING_FORM)) as connection, reading(path):
        with in_time(connection):
            rows = connection.execute("SELECT * FROM points ORDER BY step LIMIT ?", (_MOST_POINTS,)).fetchall()
        return TrainingHistory(points=tuple(_point(path, *row) for row in rows), images=_images(connection, path))


def _point(path: Path, step: object, seconds: object, loss: object, accuracy: object) -> TrainingPoint:
    if (
        isinstance(step, int)
        and isinstance(seconds, float)
        and isinstance(loss, float)
        and (accuracy is None or isinstance(accuracy, float))
    ):
        return TrainingPoint(step=step, seconds=seconds, loss=loss, validation_accuracy=accuracy)
    raise HistoryError(f"{path} must tell step, seconds and loss of every point; it does not.")


def _images(connection: sqlite3.Connection, path: Path) -> FloatArray:
    with in_time(connection):
        told = connection.execute("SELECT value FROM meta WHERE name = 'image_shape'").fetchone()
        ((count,),) = connection.execute("SELECT count(*) FROM images").fetchall()
    shape: list[int] = []
    with contextlib.suppress(TypeError, ValueError, RecursionError):
        shape = json.loads(told[0])
    fits = type(shape) is list and len(shape) == 3 and all(type(side) is int and 0 < side <= 4_096 for side in shape)
    if not fits or count * 4 * math.prod(shape) > _MOST_IMAGE_BYTES:
        raise HistoryError(f"{path} must tell the shape of its images, of 1 GiB at most; it does not.")
    images = np.empty((count, *shape), np.float32)
    with in_time(connection):
        rows = connection.execute("SELECT image FROM images ORDER BY number LIMIT ?", (count,))
        for place, (image,) in enumerate(rows):
            if not isinstance(image, bytes) or len(image) != images[place].nbytes:
                raise HistoryError(f"{path} must hold its images as float32 of their shape; it does not.")
            images[place] = _decoded(image, shape)
    if not np.isfinite(images).all():
        raise HistoryError(f"{path} must hold finite images; it does not.")
    return frozen(images)


def _decoded(image: bytes, shape: list[int]) -> npt.NDArray[np.float32]:
    return np.frombuffer(image, "<f4").reshape(shape)
