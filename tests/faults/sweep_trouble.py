"""Sweeps in trouble, by the real command on the real engine: a full disk, and numbers that are no longer finite.

Afterwards, without the trouble, the same command must find what a sweep that had none finds. Linux only: a small disk
is mounted in a name space of its own.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from fault_report import FaultReport
from recorded_runs import saves_of
from small_world import write_tiny_classifier

from fooler_gui.engine import backend
from fooler_gui.sweeps.results import DONE, FAILED, RESULTS_FILE, Results

FULL = 10
_ROOT = Path(__file__).parents[2]
_CELLS = 6
_SWEEP = """
job = "backwork"
label = 3
slots = 4
min_probability = 1.0
max_steps = 12
classifier = "{classifier}"
{fixed}
[vary]
{varied}
rng_seed = {{from = 1, to = {seeds}}}
"""
_FINDS = ("steps", "distance", "largest_change", "spread", "reinitialised")
"""Figures that are the same whenever a cell is done."""

_COEFFICIENT, _MOST, _LARGE = "misclassification_coeff", 1e6, 1e12
"""A coefficient, its greatest value, and by how much the weights of a net are too large for it."""

_LEAST_BYTES, _MOST_BYTES = 50_000, 1_500_000
_ON_A_SMALL_DISK = """
size=$1 disk=$2 kept=$3; shift 3
mount -t tmpfs -o size=$size tmpfs $disk || exit 99
"$@" --out $disk/sweep > $kept/said 2>&1; echo $? > $kept/code
mount -o remount,size=1g $disk || exit 99
"$@" --out $disk/sweep --again > $kept/said-again 2>&1; echo $? > $kept/code-again
cp -r $disk/sweep $kept
"""


def run(times: int, seed: int) -> FaultReport:
    """Fills the disk of `times` sweeps; makes numbers in one sweep that are not finite."""
    report = FaultReport("sweeps on full disks, and with numbers that are not finite")
    rng = random.Random(seed)
    backend.load()
    with tempfile.TemporaryDirectory(prefix="fooler-faults-") as name:
        folder = Path(name)
        classifier = write_tiny_classifier(folder / "tiny.keras")
        file = _write_sweep(folder / "some.toml", classifier, seeds=_CELLS)
        usual = folder / "usual"
        _command(file, "--out", usual)
        for number in range(times):
            report.count("disk full", _disk_full(folder / f"disk-{number}", file, usual, rng))
        report.count("no number", _no_number(folder))
    return report


def _write_sweep(file: Path, classifier: Path, fixed: str = "", varied: str = "", seeds: int = 2) -> Path:
    text = _SWEEP.format(classifier=classifier, fixed=fixed, varied=varied, seeds=seeds)
    file.write_text(text, encoding="utf-8")
    return file


def _command(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_fooler_sweep(), *map(str, arguments)], env=_environment(), capture_output=True, text=True, check=False
    )


def _fooler_sweep() -> list[str]:
    return [sys.executable, "-m", "fooler_gui", "sweep", "--workers", "1"]


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(_ROOT)}


def _disk_full(folder: Path, file: Path, usual: Path, rng: random.Random) -> list[str]:
    """Does a sweep on a disk that fills at some moment, then again with room."""
    folder.mkdir()
    disk = folder / "disk"
    disk.mkdir()
    size = rng.randint(_LEAST_BYTES, _MOST_BYTES)
    arguments = [str(size), str(disk), str(folder), *_fooler_sweep(), str(file)]
    in_own_space = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", _ON_A_SMALL_DISK, "sh"]
    done = subprocess.run([*in_own_space, *arguments], env=_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        return [f"the small disk could not be made or kept: {done.stderr.strip()}"]
    said, code = (folder / "said").read_text(), int((folder / "code").read_text())
    problems = [] if code in (1, 2) else [f"on {size:,} bytes it ended with status {code}"]
    if not _is_in_sentences(said):
        problems.append(f"on {size:,} bytes it said {said[-500:]!r}")
    if int((folder / "code-again").read_text()):
        problems.append(f"after {size:,} bytes and with room it failed: {(folder / 'said-again').read_text()[-500:]!r}")
        return problems
    return problems + _how_it_differs(folder / "sweep", usual)


def _no_number(folder: Path) -> list[str]:
    """Does a sweep of which some cells compute beyond the numbers that there are."""
    large = write_tiny_classifier(folder / "large.keras", scale=_LARGE)
    file = _write_sweep(folder / "no number.toml", large, 'objective = "logit"', f"{_COEFFICIENT} = [10.0, {_MOST}]")
    out = folder / "no number"
    done = _command(file, "--out", out)
    problems = [] if done.returncode == 1 and _is_in_sentences(done.stderr) else [f"it said {done.stderr[-500:]!r}"]
    for row in _rows(out):
        wanted = FAILED if row[_COEFFICIENT] == _MOST else DONE
        if row["state"] != wanted or (wanted == FAILED and "no longer a finite number" not in row["error"]):
            problems.append(f"a cell is {row['state']}: {row['error']}")
    return problems


def _is_in_sentences(said: str) -> bool:
    return bool(said) and "Traceback" not in said and said.endswith(".\n")


def _how_it_differs(sweep: Path, usual: Path) -> list[str]:
    """Returns what is wrong with a sweep that has come to its end, beside one without trouble."""
    rows, wanted = _rows(sweep), _rows(usual)
    if [row["hash"] for row in rows] != [row["hash"] for row in wanted]:
        return ["the results hold other cells"]
    problems = []
    for row, other in zip(rows, wanted, strict=True):
        if (row["state"], *(row[name] for name in _FINDS)) != (DONE, *(other[name] for name in _FINDS)):
            problems.append(f"cell {row['place']} is {row['state']} or found something else")
            continue
        for ours, theirs in zip(saves_of(sweep / row["run"]), saves_of(usual / other["run"]), strict=True):
            if not np.array_equal(ours.images, theirs.images):
                problems.append(f"cell {row['place']} recorded other images at step {ours.step}")
    return problems


def _rows(sweep: Path) -> list[dict[str, Any]]:
    results = Results(sweep / RESULTS_FILE)
    try:
        return list(results.rows())
    finally:
        results.close()
