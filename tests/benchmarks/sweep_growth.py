"""Sweeps of very many cells: the memory of the process that leads them, and how much one results file bears."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
import tomllib
from pathlib import Path

from benchmarks.resident import present_bytes
from benchmarks.row import NOT_INSTALLED, Quantity, Row, Target
from benchmarks.sweep_parts import KeptCluster, KeptPool, SweepInParts, local_cluster
from benchmarks.tiny_job import FIGURES, tiny
from fooler_gui.cli.option_files import NAMING
from fooler_gui.core.run_control import RunControl
from fooler_gui.sweeps.pool import Pool
from fooler_gui.sweeps.results import Results, create_results
from fooler_gui.sweeps.summary import summarise
from fooler_gui.sweeps.sweep_folder import SweepFolder
from fooler_gui.sweeps.sweep_spec import MOST_CELLS, Share, SweepSpec
from fooler_gui.sweeps.sweeping import perform_sweep

_NAME = "sweep-growth"
_SPEC = 'job = "backwork"\nlabels = [3]\n[vary]\nbatch_cost_coeff = [0.0, 0.5]\nrng_seed = {{from = 1, to = {half}}}\n'
_CELLS, _AT_FIRST = 10_000, 2_000
_FLAT = Target(words="1 ± 5 %", least=0.95, most=1.05)
_LED = 500
_ROWS, _SECONDS, _STARTING_SECONDS = 100_000, 5.0, 10.0
_PROCESSES = (1, 2, 4, 8, 16)


def measure_memory() -> list[Row]:
    """Returns the row of the memory of the process that leads a sweep."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name, "sweep.toml")
        file.write_text(_text(_CELLS), encoding="utf-8")
        with SweepFolder(Path(name, "sweep"), file) as folder:
            began = time.perf_counter()
            sizes = [
                (progress.done, present_bytes()) for progress in perform_sweep(folder, Pool(tiny, 2), RunControl())
            ]
            each = (time.perf_counter() - began) / _CELLS
    at_first, *later = [size for done, size in sizes if done >= _AT_FIRST]
    ratio = max(later, key=lambda size: abs(size - at_first)) / at_first
    return [
        Row(
            name=_NAME,
            work=f"memory of the process that leads {_CELLS:,} cells",
            comparison=f"after {_AT_FIRST:,} cells",
            ours=Quantity(max(later) / 1e6, "MB"),
            theirs=Quantity(at_first / 1e6, "MB"),
            ratio=ratio,
            target=_FLAT.words,
            met=_FLAT.is_met_by(ratio),
            note=f"Looked at {len(later)} times; two workers, a job that does nothing, {1000 * each:.2f} ms a cell.",
        )
    ]


def measure_leading() -> list[Row]:
    """Returns the rows of the processor time that a cell takes of the process that leads, with pool and cluster."""
    with tempfile.TemporaryDirectory() as name:
        pool = KeptPool(tiny, 2)
        rows = [_leading("the pool", Path(name, "pool"), pool)]
        pool.end()
        with local_cluster(2, Path(name, "workers")) as address:
            if address is None:
                return [*rows, Row(name=_NAME, work="a cell led, of a Dask cluster", absent=NOT_INSTALLED)]
            cluster = KeptCluster(tiny, address, NAMING)
            rows.append(_leading("a Dask cluster", Path(name, "cluster"), cluster))
            cluster.end()
    return rows


def measure_results() -> list[Row]:
    """Returns the row of how many cells a second processes claim and finish together in one results file."""
    lines = []
    with tempfile.TemporaryDirectory() as name:
        for processes in _PROCESSES:
            path = Path(name, f"{processes}.sqlite")
            create_results(path, _spec(_ROWS))
            done = _worked(path, processes)
            seconds = [longest for _, longest in done]
            lines.append((processes, sum(count for count, _ in done) / _SECONDS, 1000 * max(seconds)))
    return [
        Row(
            name=_NAME,
            work=f"claims and finishes in one results file of {_ROWS:,} cells",
            ours=Quantity(lines[0][1], "a second"),
            note=f"By so many processes, for {_SECONDS:g} s, with {len(FIGURES)} figures each.",
            table=(("processes", "cells a second", "longest, in ms"), *lines),
        )
    ]


def measure_size() -> list[Row]:
    """Returns the rows of the largest sweep's results file: how long it takes to make and to count, and its size."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name, "results.sqlite")
        began = time.perf_counter()
        create_results(path, _spec(MOST_CELLS))
        made = time.perf_counter() - began
        results = Results(path, "this")
        began = time.perf_counter()
        results.counts()
        counted = time.perf_counter() - began
        empty = path.stat().st_size / MOST_CELLS
        for _ in range(_ROWS):
            _do_one(results, "this")
        results.close()
        done = empty + (path.stat().st_size - empty * MOST_CELLS) / _ROWS
    return [
        Row(
            name=_NAME,
            work=f"a results file of {MOST_CELLS:,} cells",
            ours=Quantity(made, "s"),
            note=f"A cell takes {empty:.0f} bytes in it while it waits and {done:.0f} once it is done, with "
            f"{len(FIGURES)} figures; counting all cells takes {counted:.2f} s.",
        )
    ]


def measure_summary() -> list[Row]:
    """Returns the row of reading all cells of a large sweep and summarising them, as is done when it ends."""
    with tempfile.TemporaryDirectory() as name:
        path, spec = Path(name, "results.sqlite"), _spec(_ROWS)
        create_results(path, spec)
        results = Results(path, "this")
        for _ in range(_ROWS):
            _do_one(results, "this")
        before, began = present_bytes(), time.process_time()
        rows = list(results.rows())
        summarise(rows, spec.varied)
        used, held = time.process_time() - began, present_bytes() - before
        results.close()
    return [
        Row(
            name=_NAME,
            work=f"{_ROWS:,} cells read and summarised",
            ours=Quantity(used, "s"),
            note=f"Processor time; {held / 1e6:.0f} MB of memory more, with {len(FIGURES)} figures each.",
        )
    ]


def _leading(kind: str, folder: Path, executor: KeptPool | KeptCluster) -> Row:
    sweep = SweepInParts(folder, _text(_CELLS), executor)
    sweep.work(_LED)
    began, seconds = time.process_time(), sweep.work(_LED)
    used = time.process_time() - began
    return Row(
        name=_NAME,
        work=f"a cell led, of {kind}",
        ours=Quantity(1000 * used / _LED, "ms"),
        note=f"Processor time of the process that leads, the mean of {_LED} cells that do nothing, with two workers; "
        f"they took {1000 * seconds / _LED:.1f} ms each.",
    )


def _worked(path: Path, processes: int) -> list[tuple[int, float]]:
    """Returns for each of so many processes how many cells it did, and the longest that one took in seconds."""
    begin = time.time() + _STARTING_SECONDS
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        return pool.starmap(_claim_and_finish, [(path, f"process {place}", begin) for place in range(processes)], 1)


def _claim_and_finish(path: Path, owner: str, begin: float) -> tuple[int, float]:
    results = Results(path, owner)
    time.sleep(max(0.0, begin - time.time()))
    count, longest, now = 0, 0.0, time.perf_counter()
    ends = now + _SECONDS
    while now < ends:
        before = now
        _do_one(results, owner)
        now = time.perf_counter()
        count, longest = count + 1, max(longest, now - before)
    results.close()
    return count, longest


def _do_one(results: Results, owner: str) -> None:
    place = results.claim(Share())
    assert place is not None
    results.finish(place, seconds=1.0, worker=owner, run="runs/0123456789abcdef", figures=FIGURES)


def _spec(cells: int) -> SweepSpec:
    return SweepSpec.from_dict(tomllib.loads(_text(cells)))


def _text(cells: int) -> str:
    return _SPEC.format(half=cells // 2)
