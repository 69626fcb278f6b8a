"""What a sweep's folder holds at a moment, for those who only look at it, also while other processes work on it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fooler_gui.core.errors import reason_of
from fooler_gui.core.formats import format_count
from fooler_gui.core.toml_file import MAXIMUM_BYTES
from fooler_gui.records.run_folder import holds_run
from fooler_gui.sweeps.cell_table import STATES, CellTable
from fooler_gui.sweeps.results import RESULTS_FILE, Results
from fooler_gui.sweeps.sweep_folder import SWEEP_FILE, is_worked_on
from fooler_gui.sweeps.sweep_spec import SweepError, SweepSpec, read_sweep

Stamp = tuple[tuple[int, int], ...]
"""Tells one version of the results from another."""

_LOG = "-wal"
_MARK = re.compile(rb"^(\xef\xbb\xbf)?[ \t]*(job[ \t]*=|\[[ \t]*(vary|draw)[ \t]*\])", re.MULTILINE)
"""What only a sweep's file has a line of; also a wrong one, so that it is told what is wrong with the sweep."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SweepState:
    """What a sweep's folder holds.

    Attributes:
        folder: The folder.
        spec: The sweep.
        cells: Its cells.
        is_worked_on: Whether a process works on it.
        stamp: See `Stamp`.
    """

    folder: Path
    spec: SweepSpec
    cells: CellTable
    is_worked_on: bool
    stamp: Stamp

    def run(self, place: int) -> Path | None:
        """Returns the folder of the run that the cell at `place` recorded; None if there is none within the folder."""
        name = self.cells.row(place)["run"]
        try:
            path = (self.folder / str(name)).resolve()
            is_within = bool(name) and path.is_relative_to(self.folder.resolve())
            return path if is_within and holds_run(path) else None
        except (OSError, ValueError):  # what a stranger wrote may be no path at all
            return None


def holds_sweep(path: Path) -> bool:
    """Returns whether the folder `path` is that of a sweep that was begun."""
    return (path / SWEEP_FILE).is_file() and (path / RESULTS_FILE).is_file()


def is_sweep(path: Path) -> bool:
    """Returns whether a sweep is meant by `path`, right or wrong: its folder, a file in it, or a plan of any name."""
    if path.is_dir():
        return (path / SWEEP_FILE).is_file()
    if path.name == RESULTS_FILE:
        return holds_sweep(path.parent)
    return path.name == SWEEP_FILE or (path.suffix.lower() == ".toml" and path.is_file() and _has_mark(path))


def _has_mark(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return _MARK.search(file.read(MAXIMUM_BYTES)) is not None
    except OSError:
        return False


def read_state(folder: Path, known: SweepState | None = None) -> SweepState:
    """Returns what the sweep in `folder` has come to.

    Args:
        folder: The sweep's folder, see `holds_sweep`.
        known: What it held before; its cells are taken over if the results have not changed since.

    Raises:
        LabError: It holds no sweep, or the results are damaged.
    """
    file = folder / RESULTS_FILE
    stamp = _stamp(file)
    if known is not None and known.stamp == stamp:
        spec, cells = known.spec, known.cells
    else:
        spec = read_sweep(folder / SWEEP_FILE)
        cells = _table(file, spec)
    return SweepState(folder=folder, spec=spec, cells=cells, is_worked_on=is_worked_on(folder), stamp=stamp)


def _table(file: Path, spec: SweepSpec) -> CellTable:
    try:
        results = Results(file)
        try:
            names, cells = results.table()
            lacking = next((name for name in spec.varied if name not in names), "")
            if lacking:
                raise _of_another(file, f"they lack the column {lacking}")
            return CellTable(names, _cells(file, names, cells, len(spec)), spec.varied)
        finally:
            results.close()
    except sqlite3.Error as error:
        raise SweepError(f"The results in {file.parent} cannot be read: {reason_of(error)}.") from error


def _cells(file: Path, names: Sequence[str], found: Iterable[tuple[Any, ...]], count: int) -> list[tuple[Any, ...]]:
    """Returns those `found` if they are `count` cells; a file of a stranger may be made so that it never ends."""
    place, state = names.index("place"), names.index("state")
    cells: list[tuple[Any, ...]] = []
    for cell in found:
        if len(cells) == count or cell[place] != len(cells) or cell[state] not in STATES:
            raise _of_another(file, f"row {len(cells) + 1:,} is none of its {format_count(count, 'cell')}")
        cells.append(cell)
    if len(cells) < count:
        raise _of_another(file, f"they have {len(cells):,} of {format_count(count, 'cell')}")
    return cells


def _of_another(file: Path, what: str) -> SweepError:
    return SweepError(f"The results in {file.parent} must be those of its {SWEEP_FILE}; {what}.")


def _stamp(file: Path) -> Stamp:
    """Returns the times and sizes of the results and of what was written to them last."""
    stamps = []
    for path in (file, file.with_name(file.name + _LOG)):
        try:
            status = path.stat()
        except OSError:
            continue
        stamps.append((status.st_mtime_ns, status.st_size))
    return tuple(stamps)
