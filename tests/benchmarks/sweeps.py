"""Sweeps of short runs: two workers beside one, a Dask cluster beside the pool, what a cell takes beyond its run."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.row import Quantity, Row, Target, judged, not_installed
from benchmarks.sweep_parts import KeptCluster, KeptPool, SweepInParts, local_cluster
from benchmarks.timing import Timing, interleaved
from fooler_gui.cli.cell import perform_cell
from fooler_gui.cli.option_files import NAMING
from fooler_gui.core.processors import processors

_NAME = "sweeps"
_PARTS, _CELLS_OF_A_PART = 4, 50
_CELLS = _PARTS * _CELLS_OF_A_PART
_SPEC = 'job = "backwork"\nlabel = 3\n'
_TRAINING = (sys.executable, "-m", "fooler_gui", "train", "--preset", "quick", "--steps", "1000", "--out")
_FASTER = Target.at_least(1.8)
_AS_GOOD = Target.at_most(1.15)
_LITTLE = Target(words="≤ 20 ms", most=20.0)
_TWO, _ONE, _HALF = "2 workers", "1 worker, all processors", "1 worker, half the processors"


def measure_workers() -> list[Row]:
    """Returns the rows of two workers against one, started already and not, and of what a cell takes besides."""
    with tempfile.TemporaryDirectory() as name:
        return _rows_of_workers(Path(name), _SPEC, "")


def measure_quick_net() -> list[Row]:
    """Returns the same rows for a net of the preset *quick*, whose references are half as large."""
    with tempfile.TemporaryDirectory() as name:
        net = Path(name, "quick.keras")
        subprocess.run([*_TRAINING, str(net)], stdout=subprocess.DEVNULL, check=True)
        return _rows_of_workers(Path(name), f"classifier = {json.dumps(str(net))}\n{_SPEC}", ", quick net")


def _rows_of_workers(folder: Path, spec: str, net: str) -> list[Row]:
    with _pools() as pools:
        sweeps = {kind: SweepInParts(folder / kind, _cells(spec, 0, _CELLS), pool) for kind, pool in pools.items()}
        began = {
            kind: SweepInParts(folder / f"start of {kind}", _cells(spec, _CELLS, 2), pool).work(2)
            for kind, pool in pools.items()
        }
        timings = interleaved({kind: partial(sweep.work, _CELLS_OF_A_PART) for kind, sweep in sweeps.items()}, _PARTS)
        besides = sum(timings[_ONE].samples) - sweeps[_ONE].own_seconds()
    return [*(_faster(other, timings, began, net) for other in (_ONE, _HALF)), _overhead(1000 * besides / _CELLS, net)]


def measure_cluster() -> list[Row]:
    """Returns the row of the two workers of a Dask cluster on this machine against those of the pool."""
    about: dict[str, Any] = {
        "name": _NAME,
        "work": f"{_CELLS} cells, {_TWO} of a Dask cluster",
        "comparison": "the pool",
    }
    with (
        tempfile.TemporaryDirectory() as name,
        local_cluster(2, Path(name, "workers")) as address,
        ExitStack() as stack,
    ):
        if address is None:
            return [not_installed("distributed", _AS_GOOD, **about)]
        executors: dict[str, KeptPool | KeptCluster] = {
            "cluster": KeptCluster(perform_cell, address, NAMING),
            "pool": KeptPool(perform_cell, 2),
        }
        for executor in executors.values():
            stack.callback(executor.end)
        began = {
            kind: SweepInParts(Path(name, f"start of {kind}"), _cells(_SPEC, _CELLS, 2), executor).work(2)
            for kind, executor in executors.items()
        }
        sweeps = {
            kind: SweepInParts(Path(name, kind), _cells(_SPEC, 0, _CELLS), executor)
            for kind, executor in executors.items()
        }
        timings = interleaved({kind: partial(sweep.work, _CELLS_OF_A_PART) for kind, sweep in sweeps.items()}, _PARTS)
    ours, theirs = (sum(timings[kind].samples) for kind in ("cluster", "pool"))
    return [
        judged(
            _AS_GOOD,
            ours / theirs,
            ours=Quantity(ours, "s"),
            theirs=Quantity(theirs, "s"),
            note=f"Workers that have done a cell already, {_CELLS_OF_A_PART} cells by turns; their first cells take "
            f"{began['cluster']:.1f} s and {began['pool']:.1f} s. What is recorded comes back through Dask.",
            samples={kind: timing.to_dict() for kind, timing in timings.items()},
            **about,
        )
    ]


def _cells(spec: str, first: int, count: int) -> str:
    return f"{spec}[vary]\nrng_seed = {{from = {first}, to = {first + count - 1}}}\n"


@contextmanager
def _pools() -> Iterator[dict[str, KeptPool]]:
    """Yields pools of two workers, of one, and of one with as many processors as each of the two has."""
    with patch("fooler_gui.sweeps.pool.processors", return_value=max(1, processors() // 2)):
        half = KeptPool(perform_cell, 1)
    pools = {_TWO: KeptPool(perform_cell, 2), _ONE: KeptPool(perform_cell, 1), _HALF: half}
    with ExitStack() as stack:
        for pool in pools.values():
            stack.callback(pool.end)
        yield pools


def _faster(other: str, timings: Mapping[str, Timing], began: Mapping[str, float], net: str) -> Row:
    ours, theirs = (sum(timings[kind].samples) for kind in (_TWO, other))
    with_starts = (theirs + began[other]) / (ours + began[_TWO])
    return judged(
        _FASTER,
        theirs / ours,
        name=_NAME,
        work=f"{_CELLS} cells of backwork, label 3{net}, {_TWO}",
        comparison=other,
        ours=Quantity(ours, "s"),
        theirs=Quantity(theirs, "s"),
        note=f"Workers that have done a cell already, {_CELLS_OF_A_PART} cells by turns. With their starts and two "
        f"more cells, which take {began[_TWO]:.1f} s and {began[other]:.1f} s, the ratio is {with_starts:.2f}.",
        samples={kind: timings[kind].to_dict() for kind in (_TWO, other)},
    )


def _overhead(milliseconds: float, net: str) -> Row:
    return Row(
        name=_NAME,
        work=f"a cell beyond its run{net}",
        ours=Quantity(milliseconds, "ms"),
        target=_LITTLE.words,
        met=_LITTLE.is_met_by(milliseconds),
        note=f"The mean of {_CELLS} cells with {_ONE}: handed over, and noted in the results.",
    )
