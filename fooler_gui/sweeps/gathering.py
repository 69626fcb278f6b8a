"""Takes over into one sweep what was done in other folders of it, such as the shares of other machines."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fooler_gui.core.errors import reason_of
from fooler_gui.sweeps.archive import packed, unpack
from fooler_gui.sweeps.executor import Outcome
from fooler_gui.sweeps.kept_runs import KeptRuns
from fooler_gui.sweeps.recorded import recorded_files, recorded_names, remove_recorded
from fooler_gui.sweeps.results import DONE, RESULTS_FILE, Results
from fooler_gui.sweeps.sweep_folder import SweepFolder
from fooler_gui.sweeps.sweep_spec import SweepError, is_number


def gather(folder: SweepFolder, other: Path, kept: KeptRuns) -> int:
    """Takes over the cells that are done in `other` and not yet in `folder`, with their runs; returns how many.

    Args:
        folder: The sweep.
        other: A folder of the same sweep.
        kept: Which runs are kept.

    Raises:
        LabError: It is no folder of this sweep, or a run in it cannot be read.
        OSError: A run cannot be written or removed.
    """
    if not (other / RESULTS_FILE).is_file():
        raise SweepError(f"{other} must be the folder of a sweep; it has no {RESULTS_FILE}.")
    try:
        results = Results(other / RESULTS_FILE)
        try:
            rows = list(results.rows())
        finally:
            results.close()
    except sqlite3.Error as error:
        raise SweepError(f"The results in {other} cannot be read: {reason_of(error)}.") from error
    places = folder.results.places()
    if rows and not any(row["hash"] in places for row in rows):
        raise SweepError(f"{other} holds another sweep than {folder.path}; none of its cells is the same.")
    return sum(_take_over(folder, other, row, places, kept) for row in rows if row["state"] == DONE)


def _take_over(
    folder: SweepFolder, other: Path, row: Mapping[str, Any], places: Mapping[str, int], kept: KeptRuns
) -> bool:
    """Takes over a cell unless it is done here, too; returns whether it was taken over."""
    place = places.get(row["hash"])
    if place is None or not folder.results.claim_place(place):
        return False
    try:
        run = folder.run_of(folder.spec.cell(place))
        if run and row["run"]:
            _copy(other / run, folder.path / run)
        figures = {
            name: float(value) for name, value in row.items() if name not in folder.spec.varied and is_number(value)
        }
        seconds, worker = float(row["seconds"]), str(row["worker"])
        folder.finish(place, Outcome(seconds=seconds, worker=worker, figures=figures, error=""), kept)
    except BaseException:
        folder.results.give_back(place)
        raise
    return True


def _copy(there: Path, here: Path) -> None:
    here.parent.mkdir(exist_ok=True)
    remove_recorded(here)
    unpack(packed(recorded_files(there), there.parent), here.parent, recorded_names(here))
