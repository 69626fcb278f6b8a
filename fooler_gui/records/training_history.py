"""``history.sqlite`` of a training: its course, point by point, and the found images it is trained on."""

from __future__ import annotations

import contextlib
import json
import math
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import FloatArray, frozen
from fooler_gui.records.history_file import (
    HISTORY_FILE,
    HistoryError,
    HistoryForm,
    in_time,
    open_history,
    read_rows,
    reading,
)
from fooler_gui.records.row_writer import RowWriter, insertion

TRAINING_FORM = HistoryForm(
    of="a training",
    version=1,
    tables={
        "points": "step INTEGER PRIMARY KEY, seconds REAL NOT NULL, loss REAL NOT NULL, validation_accuracy REAL",
        "images": "number INTEGER PRIMARY KEY, image BLOB NOT NULL",
    },
    rows="points",
    longest_row=2**28,
)
_MOST_IMAGE_BYTES = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPoint:
    """A training at one point of its course.

    Attributes:
        step: Steps done.
        seconds: Since it started, pauses included.
        loss: Mean cross-entropy per image since the previous point, in nats.
        validation_accuracy: Share of the validation images classified correctly, 0 to 1; None if not measured.
    """

    step: int
    seconds: float
    loss: float
    validation_accuracy: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainingHistory:
    """The recorded course of a training.

    Attributes:
        points: In order.
        images: (N, H, W, C) float32, the found images it is trained on; N may be 0.
    """

    points: tuple[TrainingPoint, ...]
    images: FloatArray


def training_history_writer(path: Path, images: FloatArray) -> RowWriter[TrainingPoint]:
    """Returns a writer of a training's points to a new history.

    Args:
        path: The new file; an existing one is replaced.
        images: (N, H, W, C) float32, the found images it is trained on; N may be 0.

    Raises:
        OSError: The file cannot be created; so does `sqlite3.Error`.
    """

    def fill(connection: sqlite3.Connection) -> None:
        rows = ((number, image.astype("<f4").tobytes()) for number, image in enumerate(images))
        connection.executemany(insertion("images", 2), rows)

    return RowWriter(path, TRAINING_FORM, {"image_shape": json.dumps(images.shape[1:])}, fill)


def read_training_history(folder: Path) -> TrainingHistory:
    """Returns the history of the training in `folder`, also while it is in progress.

    Raises:
        LabError: There is no intact history of a training.
    """
    path = folder / HISTORY_FILE
    points = read_rows(path, TRAINING_FORM, TrainingPoint)
    with contextlib.closing(open_history(path, TRAINING_FORM)) as connection, reading(path):
        return TrainingHistory(points=points, images=_images(connection, path))


def _images(connection: sqlite3.Connection, path: Path) -> FloatArray:
    with in_time(connection):
        row = connection.execute("SELECT value FROM meta WHERE name = 'image_shape'").fetchone()
        ((count,),) = connection.execute("SELECT count(*) FROM images").fetchall()
    shape: list[int] = []
    with contextlib.suppress(TypeError, ValueError, RecursionError):
        shape = json.loads(row[0])
    fits = type(shape) is list and len(shape) == 3 and all(type(side) is int and 0 < side <= 4_096 for side in shape)
    if not fits or count * 4 * math.prod(shape) > _MOST_IMAGE_BYTES:
        raise HistoryError(f"{path} must have the shape of its images, of 1 GiB at most; it does not.")
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
