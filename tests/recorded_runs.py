"""Reads recorded runs back for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fooler_gui.core.messages import Save
from fooler_gui.records.history_reader import HistoryReader

_ARRAYS = ("images", "probabilities", "distances", "leads", "done", "restarts")


def saves_of(folder: Path) -> list[Save]:
    """Returns every save of the run in `folder`."""
    reader = HistoryReader(folder)
    saves = [reader.save(number) for number in reader.index().numbers.tolist()]
    reader.close()
    return saves


def recorded(folder: Path) -> dict[str, np.ndarray]:
    """Returns the saves of the run in `folder` as arrays with an axis of saves in front, and their steps."""
    saves = saves_of(folder)
    arrays = {name: np.stack([getattr(save, name) for save in saves]) for name in _ARRAYS}
    return arrays | {"steps": np.array([save.step for save in saves])}
