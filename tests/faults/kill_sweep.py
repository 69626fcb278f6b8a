"""Kills processes that lead a sweep, and their workers, at random moments, and checks that no cell is lost or doubled.

Real processes with a job that takes a twentieth of a second; half of the leaders have their clock set back. Not on
Windows.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fault_report import FaultReport
from sweep_processes import begun_process, wait_until, workers_of

from fooler_gui.sweeps.results import DONE, RESULTS_FILE, Results
from fooler_gui.sweeps.sweep_folder import SWEEP_FILE, SweepFolder

FULL = 50
_WORKERS = 2
_CELLS_OF_A_LIFE = 30
_CELLS_TO_PREPARE = 20_000
_STARTING_SECONDS, _WORKING_SECONDS = 1.0, 0.5
_DAY = 86_400.0


def run(times: int, seed: int) -> FaultReport:
    """Kills `times` leaders of one sweep, `times` workers of another, and a fifth as many that prepare a sweep."""
    report = FaultReport("kill -9 of the process that leads a sweep, and of its workers")
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="fooler-faults-") as name:
        folder = Path(name)
        for problems in _leaders_killed(_sweep(folder / "leaders", times * _CELLS_OF_A_LIFE), rng, times):
            report.count("leader", problems)
        for problems in _workers_killed(_sweep(folder / "workers", times * _CELLS_OF_A_LIFE), rng, times):
            report.count("worker", problems)
        for number in range(max(1, times // 5)):
            file = _sweep(folder / f"preparing {number}", _CELLS_TO_PREPARE)
            report.count("leader that prepares a sweep", _preparing_killed(file, rng))
    return report


def _sweep(folder: Path, cells: int) -> Path:
    """Returns the new file of a sweep of so many cells, which is done in the folder ``out`` beside it."""
    folder.mkdir()
    file = folder / "some.toml"
    file.write_text(f'job = "train"\n[vary]\nx = {{from = 0, to = {cells - 1}}}\n', encoding="utf-8")
    return file


def _leaders_killed(file: Path, rng: random.Random, times: int) -> Iterator[list[str]]:
    """Yields what is wrong after each kill; the last time also what is wrong once the sweep has gone to its end."""
    done: dict[int, dict[str, Any]] = {}
    for number in range(times):
        logged = len(_log(file))
        process = begun_process(_out(file), file, _WORKERS, rng.choice((0.0, 0.0, 1.0, _DAY, 4_000 * _DAY)))
        if rng.random() < 0.5:
            time.sleep(rng.uniform(0, _STARTING_SECONDS))
        else:
            wait_until(lambda logged=logged: len(_log(file)) > logged)
            time.sleep(rng.uniform(0, _WORKING_SECONDS))
        process.kill()
        problems = [] if process.wait() == -signal.SIGKILL else ["the sweep had ended by itself"]
        again = sorted(done.keys() & set(_log(file)[logged:]))
        if again:
            problems.append(f"cells {again} were done before, and are done again")
        rows = _done(file)
        problems += [f"cell {x} is no longer what it was" for x, row in done.items() if rows.get(x) != row]
        done = rows
        if number == times - 1:
            problems += _what_is_wrong_at_the_end(file, begun_process(_out(file), file, _WORKERS).wait())
            problems += _more_often(_log(file), _WORKERS * times)
        yield problems


def _workers_killed(file: Path, rng: random.Random, times: int) -> Iterator[list[str]]:
    process = begun_process(_out(file), file, _WORKERS)
    for number in range(times):
        wait_until(lambda number=number: len(_log(file)) > number and not _broken_off(file))
        time.sleep(rng.uniform(0, _WORKING_SECONDS))
        os.kill(rng.choice(workers_of(process.pid)), signal.SIGKILL)
        problems = [] if process.poll() is None else ["the sweep ended by itself"]
        if number == times - 1:
            problems += _what_is_wrong_at_the_end(file, process.wait())
            problems += _more_often(_log(file), times)
        yield problems


def _preparing_killed(file: Path, rng: random.Random) -> list[str]:
    process = begun_process(_out(file), file)
    time.sleep(rng.uniform(0, _STARTING_SECONDS))
    process.kill()
    process.wait()
    with SweepFolder(_out(file), file) as folder:
        counts = folder.results.counts()
    problems = [] if sum(counts.values()) == _CELLS_TO_PREPARE else [f"its cells are {counts}"]
    if (_out(file) / SWEEP_FILE).read_bytes() != file.read_bytes():
        problems.append(f"{SWEEP_FILE} differs")
    return problems


def _what_is_wrong_at_the_end(file: Path, code: int) -> list[str]:
    with SweepFolder(_out(file), file) as folder:
        wanted = [cell.varied["x"] for cell in folder.spec.cells()]
        held = [row["x"] for row in folder.results.rows()]
    done = _done(file)
    problems = [] if code == 0 else [f"it ended with status {code}"]
    if held != wanted:
        problems.append(f"the results hold {len(held)} cells of {len(wanted)}")
    problems += [f"cell {x} is not done" for x in wanted if x not in done]
    problems += [f"cell {x} has the figures of another" for x, row in done.items() if row["square"] != x * x]
    problems += [f"what cell {x} recorded is gone" for x, row in done.items() if not _out(file, row["run"]).exists()]
    return problems


def _more_often(log: list[int], most: int) -> list[str]:
    """Returns a sentence if cells were begun anew more often than could have been broken off."""
    anew = Counter(log).total() - len(set(log))
    return [f"{anew} cells were done anew, of {most} that may have been broken off"] if anew > most else []


def _done(file: Path) -> dict[int, dict[str, Any]]:
    """Returns the rows of the cells that are done."""
    return {row["x"]: row for row in _rows(file) if row["state"] == DONE}


def _broken_off(file: Path) -> bool:
    """Returns whether a cell whose worker was killed is not done again yet; three workers may not die of one."""
    return any(row["deaths"] and row["state"] != DONE for row in _rows(file))


def _rows(file: Path) -> list[dict[str, Any]]:
    if not _out(file, RESULTS_FILE).exists():
        return []
    results = Results(_out(file, RESULTS_FILE))
    try:
        return list(results.rows())
    finally:
        results.close()


def _log(file: Path) -> list[int]:
    """Returns the cells in the order in which workers did them, also those whose figures nobody took."""
    path = _out(file, "runs", "done")
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def _out(file: Path, *parts: str) -> Path:
    return file.with_name("out").joinpath(*parts)
