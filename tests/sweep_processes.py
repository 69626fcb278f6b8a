"""Processes that lead a sweep, to be killed; and their program: ``python sweep_processes.py FOLDER FILE WORKERS``."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import sweep_jobs

from fooler_gui.core.run_control import RunControl
from fooler_gui.sweeps.pool import Pool
from fooler_gui.sweeps.sweep_folder import SweepFolder
from fooler_gui.sweeps.sweeping import perform_sweep

_CLOCK_BACK = "CLOCK_BACK"
_PATIENCE = 60.0


def begun_process(folder: Path, file: Path, workers: int = 1, seconds_back: float = 0.0) -> subprocess.Popen[bytes]:
    """Returns a process that does the sweep in `file` with `sweep_jobs.slow`.

    Args:
        folder: The sweep's folder.
        file: Its TOML file.
        workers: How many workers it has.
        seconds_back: How much its clock, and its workers', is behind.
    """
    return subprocess.Popen(
        [sys.executable, __file__, str(folder), str(file), str(workers)],
        env=os.environ
        | {
            "PYTHONPATH": os.pathsep.join(sys.path),
            "PYTHONWARNINGS": "ignore",  # of what a killed process leaves
            _CLOCK_BACK: str(seconds_back),
        },
    )


def workers_of(leader: int) -> list[int]:
    """Returns the processes that do the cells of the process `leader`, which must be there."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == leader and b"spawn_main" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


def is_there(process: int) -> bool:
    """Returns whether a process runs; one that has ended and is only not yet taken leave of does not."""
    try:
        return bool(Path(f"/proc/{process}/cmdline").read_bytes())
    except OSError:
        return False


def wait_until(true: Callable[[], bool]) -> None:
    """Waits until something is `true`, a minute at most."""
    ends = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.01)


def _set_clock_back(seconds: float) -> None:
    now = time.time
    time.time = lambda: now() - seconds


_set_clock_back(float(os.environ.get(_CLOCK_BACK, "0")))  # workers import this file too

if __name__ == "__main__":
    with SweepFolder(Path(sys.argv[1]), Path(sys.argv[2])) as opened:
        list(perform_sweep(opened, Pool(sweep_jobs.slow, int(sys.argv[3])), RunControl()))
