"""A recorded training as numbers: a row for each recorded point."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np

from fooler_gui.core.csv_text import csv_text
from fooler_gui.core.files import written_whole
from fooler_gui.exports.export_error import ExportError
from fooler_gui.exports.exported import Exported
from fooler_gui.records.training_history import TrainingHistory, TrainingPoint, read_training_history
from fooler_gui.records.training_record import TrainingRecord

ENDINGS = (".csv", ".json", ".npz")
FORMAT = 1
_COLUMNS = tuple(entry.name for entry in dataclasses.fields(TrainingPoint))


def export_training(folder: Path, path: Path) -> Exported:
    """Writes the training in `folder`, finished or not, to `path`, whole or not at all.

    The ending selects a table (``.csv``: step, seconds, loss, validation accuracy), one object (``.json``: ``about`` as
    in ``run.toml``, ``points``) or arrays (``.npz``: the points' numbers by name, nan where not measured; ``images``
    (N, H, W, C) float32, the found images it was trained on; ``about`` as JSON).

    Raises:
        LabError: The ending is unknown, or the folder holds no intact training.
        OSError: The file cannot be written; nothing is left behind.
    """
    record, history = TrainingRecord.read(folder), read_training_history(folder)
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise ExportError(f"A training is exported to a file ending in {', '.join(ENDINGS)}; received {path.name}.")
    with written_whole(path) as unfinished:
        match ending:
            case ".csv":
                rows = [[name.replace("_", " ") for name in _COLUMNS], *map(dataclasses.astuple, history.points)]
                unfinished.write_text(csv_text(rows), encoding="utf-8")
            case ".json":
                points = [dataclasses.asdict(point) for point in history.points]
                data = {"format": FORMAT, "about": _about(record), "points": points}
                unfinished.write_text(json.dumps(data, indent=1), encoding="utf-8")
            case _:
                with unfinished.open("wb") as file:
                    np.savez(file, allow_pickle=False, **_arrays(record, history))
    return Exported(saves=len(history.points), of=len(history.points))


def _about(record: TrainingRecord) -> dict[str, Any]:
    about = dataclasses.asdict(record)
    return about | {"sha256": about.pop("classifier_sha256")}


def _arrays(record: TrainingRecord, history: TrainingHistory) -> dict[str, np.ndarray]:
    columns = {
        name: np.array([getattr(point, name) for point in history.points], np.int64 if name == "step" else np.float64)
        for name in _COLUMNS
    }
    return columns | {"images": history.images, "about": np.array(json.dumps(_about(record)))}
