"""Sweeps in trouble, by the real command on the real engine: a full disk, and numbers that are no longer finite.

Afterwards, without the trouble, the same command must find what a sweep that had none finds. Linux only: a small disk
is mounted in a name space of its own.
"""

from __future__ import annotations

import random
import subprocess
import tempfile
from pathlib import Path

from fault_report import FaultReport
from real_sweeps import (
    SWEEP_COMMAND,
    begun_sweep,
    ended,
    environment,
    how_it_differs,
    is_in_sentences,
    rows_of,
    write_sweep,
)
from small_world import write_tiny_classifier

from fooler_gui.engine import backend
from fooler_gui.sweeps.results import DONE, FAILED

FULL = 10
_CELLS = 6
_ONE_WORKER = ("--workers", "1")
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
        file = write_sweep(folder / "some.toml", classifier, seeds=_CELLS)
        usual = folder / "usual"
        ended(begun_sweep(file, "--out", usual, *_ONE_WORKER))
        for number in range(times):
            report.count("disk full", _disk_full(folder / f"disk-{number}", file, usual, rng))
        report.count("no number", _no_number(folder))
    return report


def _disk_full(folder: Path, file: Path, usual: Path, rng: random.Random) -> list[str]:
    """Does a sweep on a disk that fills at some moment, then again with room."""
    folder.mkdir()
    disk = folder / "disk"
    disk.mkdir()
    size = rng.randint(_LEAST_BYTES, _MOST_BYTES)
    arguments = [str(size), str(disk), str(folder), *SWEEP_COMMAND, str(file), *_ONE_WORKER]
    in_own_space = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", _ON_A_SMALL_DISK, "sh"]
    done = subprocess.run([*in_own_space, *arguments], env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        return [f"the small disk could not be made or kept: {done.stderr.strip()}"]
    said, code = (folder / "said").read_text(), int((folder / "code").read_text())
    problems = [] if code in (1, 2) else [f"on {size:,} bytes it ended with status {code}"]
    if not is_in_sentences(said):
        problems.append(f"on {size:,} bytes it said {said[-500:]!r}")
    if int((folder / "code-again").read_text()):
        problems.append(f"after {size:,} bytes and with room it failed: {(folder / 'said-again').read_text()[-500:]!r}")
        return problems
    return problems + how_it_differs(folder / "sweep", usual)


def _no_number(folder: Path) -> list[str]:
    """Does a sweep of which some cells compute beyond the numbers that there are."""
    large = write_tiny_classifier(folder / "large.keras", scale=_LARGE)
    file = write_sweep(folder / "no number.toml", large, 'objective = "logit"', f"{_COEFFICIENT} = [10.0, {_MOST}]")
    out = folder / "no number"
    code, said = ended(begun_sweep(file, "--out", out, *_ONE_WORKER))
    problems = [] if code == 1 and is_in_sentences(said) else [f"it said {said[-500:]!r}"]
    for row in rows_of(out):
        wanted = FAILED if row[_COEFFICIENT] == _MOST else DONE
        if row["state"] != wanted or (wanted == FAILED and "no longer a finite number" not in row["error"]):
            problems.append(f"a cell is {row['state']}: {row['error']}")
    return problems
