"""The form of a run's ``history.sqlite``."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fooler_gui.records.history_file import (
    META,
    HistoryError,
    HistoryForm,
    create_history,
    in_time,
    open_history,
    reading,
    write_history,
)
from fooler_gui.records.save_codec import MOST_BYTES, RunShape

_MOST_LABELS, _MOST_LAYERS, _MOST_SIDE = 1_000, 100, 4_096

RUN_FORM = HistoryForm(
    of="a run",
    version=1,
    tables=(
        META,
        "CREATE TABLE saves (number INTEGER PRIMARY KEY, step INTEGER NOT NULL, seconds REAL NOT NULL, "
        "revision INTEGER NOT NULL, kept INTEGER NOT NULL, lowest REAL NOT NULL, mean REAL NOT NULL, "
        "restarts INTEGER NOT NULL)",
        "CREATE TABLE records (number INTEGER PRIMARY KEY, record BLOB NOT NULL)",
        "CREATE TABLE events (number INTEGER PRIMARY KEY, step INTEGER NOT NULL, kind TEXT NOT NULL, "
        "data TEXT NOT NULL, image BLOB)",
    ),
    longest_row=MOST_BYTES + 2**10,
)


def write_run_history(path: Path, shape: RunShape, fill: Callable[[sqlite3.Connection], object]) -> None:
    """Writes a new history to `path`, whole or not at all; see `write_history`.

    Raises:
        OSError: As is `sqlite3.Error`: it cannot be written.
    """
    write_history(path, RUN_FORM, _meta(shape), fill)


def create_run_history(path: Path, shape: RunShape) -> sqlite3.Connection:
    """Returns a connection to a new history at `path`, for the thread that writes it and any that closes it.

    Raises:
        OSError: As is `sqlite3.Error`: it cannot be made.
    """
    return create_history(path, RUN_FORM, _meta(shape))


def open_run_history(path: Path) -> tuple[sqlite3.Connection, RunShape]:
    """Returns a connection that can only read the history at `path`, and the shape of its run.

    Raises:
        HistoryError: There is none, or it is no intact history of this form.
    """
    connection = open_history(path, RUN_FORM)
    try:
        return connection, _shape_of(connection, path)
    except BaseException:
        connection.close()
        raise


def _shape_of(connection: sqlite3.Connection, path: Path) -> RunShape:
    with reading(path), in_time(connection):
        row = connection.execute("SELECT value FROM meta WHERE name = 'shape'").fetchone()
    shape = None
    with contextlib.suppress(TypeError, ValueError, KeyError, RecursionError):
        shape = _shape_from_dict(json.loads(row[0]))
    if shape is None:
        raise HistoryError(f"{path} must tell labels, slots, image shape and layers of its run; it does not.")
    return shape


def _meta(shape: RunShape) -> dict[str, str]:
    return {"shape": json.dumps(_shape_to_dict(shape))}


def _shape_to_dict(shape: RunShape) -> dict[str, Any]:
    return {
        "labels": list(shape.labels),
        "slots": shape.slots,
        "image_shape": list(shape.image_shape),
        "layers": list(shape.layers),
    }


def _shape_from_dict(data: dict[str, Any]) -> RunShape | None:
    labels, slots, image_shape, layers = (data[name] for name in ("labels", "slots", "image_shape", "layers"))
    numbers = [*labels, slots, *image_shape]
    fits = (
        type(labels) is type(image_shape) is type(layers) is list
        and all(type(number) is int and number >= 0 for number in numbers)
        and all(type(name) is str for name in layers)
        and 1 <= len(set(labels)) == len(labels) <= _MOST_LABELS
        and 1 <= slots <= _MOST_LABELS * _MOST_SIDE
        and len(image_shape) == 3
        and all(1 <= side <= _MOST_SIDE for side in image_shape)
        and len(layers) <= _MOST_LAYERS
    )
    height, width, channels = image_shape
    return (
        RunShape(labels=tuple(labels), slots=slots, image_shape=(height, width, channels), layers=tuple(layers))
        if fits
        else None
    )
