"""A sweep as its folder tells it, finished or not; the folder may be a stranger's."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.core.toml_file import read_toml
from fooler_gui.records.record import SETTINGS_FILE
from fooler_gui.records.training_record import ENDING
from fooler_gui.sweeps.grouping import Row
from fooler_gui.sweeps.results import BASE_COLUMNS, DONE, RESULTS_FILE, Results
from fooler_gui.sweeps.sweep_folder import RUNS, SWEEP_FILE
from fooler_gui.sweeps.sweep_spec import SweepError, SweepSpec, read_sweep

_TOLD = ("versions", "machine", "classifier", "dataset")
_NOT_TOLD = ("class_names", "path")
"""What says too much: the names of classes, and folders, which are private."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSweep:
    """What a sweep's folder holds.

    Attributes:
        name: The folder's.
        text: The sweep's file.
        spec: The sweep.
        rows: Its cells, in order.
        made_with: What the record of the first done cell says about versions, machine, classifier and dataset, by
            these names; empty if it has no such record.
    """

    name: str
    text: str
    spec: SweepSpec
    rows: tuple[Row, ...]
    made_with: Mapping[str, Mapping[str, str]]


def holds_sweep(folder: Path) -> bool:
    """Returns whether `folder` holds a sweep."""
    return (folder / SWEEP_FILE).is_file()


def read_recorded_sweep(folder: Path) -> RecordedSweep:
    """Returns the sweep in `folder`.

    Raises:
        LabError: It holds none, or something that is none.
        OSError: It cannot be read.
    """
    if not holds_sweep(folder):
        raise SweepError(f"{folder} must be the folder of a sweep; it holds no {SWEEP_FILE}.")
    spec = read_sweep(folder / SWEEP_FILE)
    rows = _rows(folder, spec)
    return RecordedSweep(
        name=folder.resolve().name,
        text=(folder / SWEEP_FILE).read_text(encoding="utf-8-sig"),
        spec=spec,
        rows=rows,
        made_with=_made_with(folder, spec, rows),
    )


def _rows(folder: Path, spec: SweepSpec) -> tuple[Row, ...]:
    try:
        with closing(Results(folder / RESULTS_FILE)) as results:
            rows = tuple(results.rows())
            missing = {*BASE_COLUMNS, *spec.varied} - set(results.columns())
    except sqlite3.Error as error:
        raise SweepError(f"{folder / RESULTS_FILE} cannot be read: {reason_of(error)}.") from error
    if missing or len(rows) != len(spec):
        raise SweepError(f"{RESULTS_FILE} must have the cells of {SWEEP_FILE}; that in {folder} is of another sweep.")
    if any(isinstance(value, bytes) for row in rows for value in row.values()):
        raise SweepError(f"{RESULTS_FILE} must hold numbers and texts; that in {folder} holds something else.")
    return rows


def _made_with(folder: Path, spec: SweepSpec, rows: tuple[Row, ...]) -> dict[str, dict[str, str]]:
    first = next((place for place, row in enumerate(rows) if row["state"] == DONE), None)
    if first is None:
        return {}
    cell = folder / RUNS / spec.cell(first).hash
    for record in (cell, cell.with_name(cell.name + ENDING)):
        try:
            told = read_toml(record / SETTINGS_FILE)
        except LabError:
            continue
        return {name: _texts(told.get(name)) for name in _TOLD}
    return {}


def _texts(table: object) -> dict[str, str]:
    """Returns what is text in a `table` of a record, if it is one."""
    entries = table.items() if isinstance(table, dict) else ()
    return {name: text for name, text in entries if isinstance(text, str) and text and name not in _NOT_TOLD}
