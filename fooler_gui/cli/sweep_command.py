"""``fooler sweep``: many runs with varied settings, and what they say together."""

from __future__ import annotations

import argparse
import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

from fooler_gui.cli.cell import check_cell, perform_cell
from fooler_gui.cli.checks import given_file
from fooler_gui.cli.option_files import NAMING
from fooler_gui.cli.option_values import BadArguments
from fooler_gui.cli.output import Result, table, write_error
from fooler_gui.cli.progress import ProgressLine
from fooler_gui.cli.session import stopping_at_interrupt
from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.core.file_kind import TOML
from fooler_gui.core.formats import (
    format_about,
    format_bytes,
    format_count,
    format_seconds,
)
from fooler_gui.core.messages import Working
from fooler_gui.core.processors import processors
from fooler_gui.core.run_control import RunControl
from fooler_gui.records.recorder import NotRecorded
from fooler_gui.resources import shipped_sweeps
from fooler_gui.sweeps.cluster import Cluster
from fooler_gui.sweeps.executor import Executor, WorkersLost
from fooler_gui.sweeps.figure_words import figure_title, interval_text
from fooler_gui.sweeps.gathering import gather
from fooler_gui.sweeps.in_process import InProcess
from fooler_gui.sweeps.kept_runs import NONE, KeptRuns
from fooler_gui.sweeps.pool import Pool
from fooler_gui.sweeps.results import DONE, FAILED, WAITING
from fooler_gui.sweeps.summary import Setting, summarise
from fooler_gui.sweeps.sweep_folder import SweepFolder
from fooler_gui.sweeps.sweep_spec import Share, SweepSpec, read_sweep, telling
from fooler_gui.sweeps.sweeping import SweepProgress, perform_sweep

_SHOWN = 5
"""How many figures the table shows; ``--json`` and the results file have all."""


class SweepStuck(LabError, RuntimeError):
    """The results of a sweep cannot be written."""


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: The file describes no sweep that can be made, or its folder cannot be used.
    """
    file = given_file(
        "FILE", shipped_sweeps().get(str(options.file), options.file), TOML, "the name of one that ships, or "
    )
    spec = read_sweep(file)
    _check(spec)
    kept, executor = _kept(options, spec), _executor(options)
    try:
        with SweepFolder(options.out, file, NAMING) as folder:
            if options.again:
                folder.results.retry_failed()
            for other in options.gather or ():
                gather(folder, other, kept)
            ended = _work(folder, executor, options.shard or Share(), kept, most=1 if options.dry_run else None)
            rows = list(folder.results.rows())
    except sqlite3.Error as error:
        raise SweepStuck(f"The results in {options.out} cannot be used: {reason_of(error)}.") from error
    finally:
        executor.kill()
    if options.dry_run:
        return _estimate(spec, rows, options.out, max(1, min(executor.workers, len(spec))), kept)
    return _result(spec, rows, options.out, ended)


def _check(spec: SweepSpec) -> None:
    """Refuses options that the job does not have: values are tried beside the first ones of the others.

    Raises:
        BadArguments: There is one.
    """
    first = spec.cell(0)
    check_cell(spec.job, first.options)
    for name, values in spec.vary.items():
        for value in telling(values):
            check_cell(spec.job, first.options | {name: value})


def _kept(options: argparse.Namespace, spec: SweepSpec) -> KeptRuns:
    """Returns which runs are kept.

    Raises:
        LabError: The options do not go together, or not with the sweep.
    """
    if options.keep == NONE and options.keep_at_most is not None:
        raise BadArguments("--keep-at-most does not go with --keep none.")
    kept = KeptRuns(keep=options.keep, at_most=options.keep_at_most)
    kept.check(spec)
    return kept


def _executor(options: argparse.Namespace) -> Executor:
    """Returns what does the cells.

    Raises:
        LabError: The cluster cannot be reached.
    """
    if options.dask is not None:
        if options.workers is not None:
            raise BadArguments("--workers does not go with --dask, whose workers are started by themselves.")
        cluster = Cluster(perform_cell, options.dask, NAMING)
        waiting = "" if cluster.workers else "; the cells wait until there are some"
        write_error(f"Connected to {cluster.address} with {format_count(cluster.workers, 'worker')}{waiting}.")
        return cluster
    if options.workers == 0:
        return InProcess(perform_cell)
    return Pool(perform_cell, options.workers or processors())


class _Ended(NamedTuple):
    """How the work on a sweep ended: cells that wait, whether Ctrl-C stopped it, and why it broke off, or ""."""

    waiting: int
    stopped: bool
    why: str


def _work(folder: SweepFolder, executor: Executor, share: Share, kept: KeptRuns, most: int | None) -> _Ended:
    control, why = RunControl(), ""
    with ProgressLine() as line, stopping_at_interrupt(control, line):
        try:
            for progress in perform_sweep(folder, executor, control, share, most, kept):
                line.show(_told(progress))
        except KeyboardInterrupt:
            control.stop()
        except (WorkersLost, NotRecorded) as error:
            why = str(error)
    return _Ended(folder.results.counts(share)[WAITING], control.stop_requested, why)


def _told(progress: SweepProgress) -> Working:
    ended, left = progress.done + progress.failed, progress.seconds_left
    failed = f", {progress.failed} failed" if progress.failed else ""
    return Working(
        sentence=f"{ended:,} of {progress.all:,} cells{failed}",
        fraction=None if left is None else ended / progress.all,
        seconds_left=left,
    )


def _estimate(spec: SweepSpec, rows: list[dict[str, Any]], folder: Path, workers: int, kept_runs: KeptRuns) -> Result:
    """Returns how long the sweep takes and how much it keeps, from the cells that are done."""
    done = [row for row in rows if row["state"] == DONE]
    if not done:
        failed = next((row["error"] for row in rows if row["state"] == FAILED), "No cell was done.")
        raise BadArguments(f"Nothing can be told of this sweep, as its first cell failed: {failed}")
    seconds = sum(row["seconds"] for row in done) / len(done)
    size = sum(row["bytes"] for row in done) // len(done)
    kept = kept_runs.expected(size, spec)
    facts = {
        "cells": len(spec),
        "done": len(done),
        "seconds_per_cell": seconds,
        "seconds_left": seconds * (len(spec) - len(done)) / workers,
        "bytes_per_cell": size,
        "bytes": kept,
        "workers": workers,
        "folder": str(folder),
    }
    took, left, one, whole = (
        format_seconds(seconds),
        format_about(facts["seconds_left"]),
        format_bytes(size),
        format_bytes(kept),
    )
    text = (
        f"{format_count(len(spec), 'cell')}, of which {len(done):,} done. A cell took {took}, the first of a worker "
        f"takes longer, and records {one}.\nThe rest takes {left} with {format_count(workers, 'worker')}; the whole "
        f"sweep keeps at most {whole} in {folder}."
    )
    return Result(facts=facts, text=text)


def _result(spec: SweepSpec, rows: list[dict[str, Any]], folder: Path, ended: _Ended) -> Result:
    settings = summarise(rows, spec.varied)
    failed = [row for row in rows if row["state"] == FAILED]
    facts = {
        "cells": len(spec),
        "done": sum(row["state"] == DONE for row in rows),
        "failed": len(failed),
        "settings": [setting.to_dict() for setting in settings],
        "folder": str(folder),
    }
    lines = [_table(spec, settings), "", f"{facts['done']:,} of {format_count(len(spec), 'cell')} done, in {folder}"]
    rest = f"Stopped with {ended.waiting:,} cells to do; the same command continues." if ended.stopped else ""
    why = f"{format_count(len(failed), 'cell')} failed, the first one so: {failed[0]['error']}" if failed else ""
    return Result(facts=facts, text="\n".join(lines), stopped=rest, failed=ended.why or why)


def _table(spec: SweepSpec, settings: tuple[Setting, ...]) -> str:
    names = [name for name in spec.varied if any(name in setting.values for setting in settings)]
    known = dict.fromkeys(name for setting in settings for name in setting.figures)
    shown = list(known)[:_SHOWN]
    rows = [
        (
            *(str(setting.values[name]) for name in names),
            str(setting.cells),
            *(interval_text(name, setting.figures.get(name)) for name in shown),
        )
        for setting in settings
    ]
    header = (*names, "cells", *map(figure_title, shown))
    return table(header, rows, words=())
