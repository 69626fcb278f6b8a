"""Reads recorded runs back for tests."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import numpy as np

from fooler_gui.core.messages import RunFinished
from fooler_gui.core.save import Save
from fooler_gui.records.history_file import HISTORY_FILE
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.recorder import NotRecorded, Recorder

_ARRAYS = ("images", "probabilities", "distances", "leads", "done", "reinitialisations")


def saves_of(folder: Path) -> list[Save]:
    """Returns every save of the run in `folder`."""
    reader = HistoryReader(folder)
    saves = [reader.save(number) for number in reader.index().numbers.tolist()]
    reader.close()
    return saves


def change_a_pixel(folder: Path, step: int) -> None:
    """Changes the last bit of the first pixel in the save of `step` of the run in `folder`."""
    with contextlib.closing(sqlite3.connect(folder / HISTORY_FILE)) as connection, connection:
        ((number, record),) = connection.execute(
            "SELECT number, record FROM saves JOIN records USING (number) WHERE step = ?", (step,)
        )
        changed = bytes([record[0] ^ 1]) + record[1:]  # the images stand first in it, in little-endian numbers
        connection.execute("UPDATE records SET record = ? WHERE number = ?", (changed, number))


def recorded(folder: Path) -> dict[str, np.ndarray]:
    """Returns the saves of the run in `folder` as arrays with an axis of saves in front, and their steps."""
    saves = saves_of(folder)
    arrays = {name: np.stack([getattr(save, name) for save in saves]) for name in _ARRAYS}
    return arrays | {"steps": np.array([save.step for save in saves])}


def closed(recorder: Recorder[Save], finished: RunFinished | None = None) -> str:
    """Ends the recording of a run; returns why its end could not be written, or ""."""
    if finished is not None:
        recorder.note(result=finished)
    try:
        recorder.close()
    except NotRecorded as error:
        return str(error)
    return ""
