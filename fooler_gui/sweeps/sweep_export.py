"""Exports a sweep to a file; its ending selects the format. The one list of formats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fooler_gui.core.files import written_whole
from fooler_gui.exports.export_error import ExportError
from fooler_gui.sweeps.cell_files import why_no_parquet, write_csv, write_json, write_parquet
from fooler_gui.sweeps.report.page import write_report
from fooler_gui.sweeps.results import RESULTS_FILE
from fooler_gui.sweeps.sweep_folder import SWEEP_FILE
from fooler_gui.sweeps.sweep_spec import SweepError
from fooler_gui.sweeps.sweep_state import SweepState, holds_sweep, read_state


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepFormat:
    """An export format.

    Attributes:
        ending: The file's ending in lower case.
        title: What it holds, in sentence case.
        write: Takes the sweep and the path.
        why_not: Returns why it cannot be written here, and what to do; "" if it can.
    """

    ending: str
    title: str
    write: Callable[[SweepState, Path], None]
    why_not: Callable[[], str] = lambda: ""


_ALL = (
    SweepFormat(ending=".html", title="Report with plots", write=write_report),
    SweepFormat(ending=".csv", title="Cells as table", write=write_csv),
    SweepFormat(ending=".parquet", title="Cells as Parquet", write=write_parquet, why_not=why_no_parquet),
    SweepFormat(ending=".json", title="Settings, cells and statistics as JSON", write=write_json),
)

EXPORT_FORMATS = {entry.ending: entry for entry in _ALL}
"""By ending, in the order they are offered."""


def export_sweep(folder: Path, to: Path, overwrite: bool = False) -> None:
    """Writes the sweep in `folder`, finished or not, to the file `to`, whole or not at all.

    Args:
        folder: The sweep's folder.
        to: The file; its ending selects the format, see `EXPORT_FORMATS`.
        overwrite: Whether it may replace a file.

    Raises:
        LabError: The ending is unknown, the file exists, or the folder holds no intact sweep.
        OSError: The file cannot be written; nothing is left behind.
    """
    wanted = EXPORT_FORMATS.get(to.suffix.lower())
    if wanted is None:
        raise ExportError(f"A sweep is exported to a file ending in {', '.join(EXPORT_FORMATS)}; received {to.name}.")
    if to.exists() and not overwrite:
        raise ExportError(f"{to} exists already; give another name.")
    state = _read(folder)
    with written_whole(to) as unfinished:
        wanted.write(state, unfinished)


def _read(folder: Path) -> SweepState:
    if not holds_sweep(folder):
        raise SweepError(f"{folder} must be the folder of a sweep; it does not hold {SWEEP_FILE} and {RESULTS_FILE}.")
    state = read_state(folder)
    if any(isinstance(value, bytes) for row in state.cells.rows for value in row.values()):
        raise SweepError(f"{RESULTS_FILE} must hold numbers and texts; that in {folder} holds something else.")
    return state
