"""Troubles sweeps by the workers of a Dask cluster: its scheduler goes and comes back, workers are killed.

In another one the workers lack a package that a term comes from. Real commands on the real engine; the cluster is on
this machine. Not on Windows.
"""

from __future__ import annotations

import random
import re
import subprocess
import tempfile
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

from dask_cluster import DaskCluster
from fault_report import FaultReport
from plug_ins import write_package
from real_sweeps import ROOT, begun_sweep, ended, how_it_differs, is_in_sentences, rows_of, write_sweep
from small_world import write_tiny_classifier

from fooler_gui.engine import backend
from fooler_gui.sweeps.results import DONE, FAILED

FULL = 5
_WORKERS = 2
_CELLS_OF_A_LIFE = 20
_WORKING_SECONDS = 3.0
_TERM, _TERM_COEFFICIENT = "contrast", "term_coeff_contrast"
_GUIDE = ROOT / "resources" / "guide" / "plug-ins.md"


def run(times: int, seed: int) -> FaultReport:
    """Ends the scheduler of one sweep `times` times, and as many workers of another."""
    report = FaultReport("sweeps by a Dask cluster: scheduler gone and back, workers killed, a term missing there")
    rng = random.Random(seed)
    backend.load()
    with tempfile.TemporaryDirectory(prefix="fooler-faults-") as name:
        folder = Path(name)
        classifier = write_tiny_classifier(folder / "tiny.keras")
        cluster = DaskCluster(folder / "workers")
        try:
            cluster.start_workers(_WORKERS)
            file = write_sweep(folder / "some.toml", classifier, seeds=times * _CELLS_OF_A_LIFE)
            usual = folder / "usual"
            ended(begun_sweep(file, "--out", usual, "--dask", cluster.address))
            report.count("term missing", _term_missing(folder, classifier, cluster))
            for problems in _workers_killed(file, folder / "killed", usual, cluster, rng, times):
                report.count("worker killed", problems)
            for problems in _scheduler_gone(file, folder / "gone", usual, cluster, rng, times):
                report.count("scheduler gone and back", problems)
        finally:
            cluster.close()
    return report


def _scheduler_gone(
    file: Path, out: Path, usual: Path, cluster: DaskCluster, rng: random.Random, times: int
) -> Iterator[list[str]]:
    for number in range(times):
        process = begun_sweep(file, "--out", out, "--dask", cluster.address)
        _wait_for_cells(out, process, 1, rng)
        cluster.close()
        code, said = ended(process)
        problems = [] if code == 1 and "no longer answers" in said and is_in_sentences(said) else [_told(code, said)]
        states = {row["state"] for row in rows_of(out)}
        if "running" in states or FAILED in states:
            problems.append(f"then cells are {', '.join(sorted(states))}")
        cluster.start_scheduler()
        cluster.start_workers(_WORKERS)
        if number == times - 1:
            code, said = ended(begun_sweep(file, "--out", out, "--dask", cluster.address))
            problems += how_it_differs(out, usual) if code == 0 else [_told(code, said)]
        yield problems


def _workers_killed(
    file: Path, out: Path, usual: Path, cluster: DaskCluster, rng: random.Random, times: int
) -> Iterator[list[str]]:
    process = begun_sweep(file, "--out", out, "--dask", cluster.address)
    for number in range(times):
        _wait_for_cells(out, process, 1, rng)
        killed = cluster.workers.pop(rng.randrange(len(cluster.workers)))
        killed.kill()
        killed.wait()
        cluster.start_workers(1)
        problems = [] if process.poll() is None else ["the sweep had ended"]
        if number == times - 1:
            code, said = ended(process)
            problems += how_it_differs(out, usual) if code == 0 else [_told(code, said)]
        yield problems


def _term_missing(folder: Path, classifier: Path, cluster: DaskCluster) -> list[str]:
    """Does a sweep with a term of a package that is installed only where the command runs."""
    files = dict(re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```$", _GUIDE.read_text(encoding="utf-8"), re.M | re.S))
    project = tomllib.loads(files["pyproject.toml"])["project"]
    package, out = folder / "package", folder / "term"
    write_package(package, files, project["name"], project["entry-points"])
    file = write_sweep(folder / "term.toml", classifier, f"{_TERM_COEFFICIENT} = 0.5")
    code, said = ended(begun_sweep(file, "--out", out, "--dask", cluster.address, paths=(package,)))
    problems = [] if code == 1 and is_in_sentences(said) else [_told(code, said)]
    problems += [
        f"a cell is {row['state']}: {row['error']}"
        for row in rows_of(out)
        if row["state"] != FAILED or _TERM not in row["error"] or not row["error"].endswith(".")
    ]
    code, said = ended(begun_sweep(file, "--out", out, "--again", "--workers", "1", paths=(package,)))
    if code or any(row["state"] != DONE for row in rows_of(out)):
        problems.append(f"where the term is, {_told(code, said)}")
    return problems


def _wait_for_cells(out: Path, process: subprocess.Popen[str], more: int, rng: random.Random) -> None:
    """Waits until `more` cells are done, and then a random time."""
    before = _done(out)
    while process.poll() is None and _done(out) < before + more:
        time.sleep(0.1)
    time.sleep(rng.uniform(0, _WORKING_SECONDS))


def _done(out: Path) -> int:
    return sum(row["state"] == DONE for row in rows_of(out))


def _told(code: int, said: str) -> str:
    return f"it ended with status {code} and said {said[-500:]!r}"
