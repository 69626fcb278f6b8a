"""Runs benchmarks, each in its own process. Loads neither TensorFlow nor Qt."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import fooler_gui
from benchmarks.catalogue import Benchmark
from benchmarks.row import Row

_PATHS = [str(Path(fooler_gui.__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[1])]
"""The folders of the running program and of this package."""


class BrokenBenchmark(Exception):
    """A benchmark's process ended without rows. Its text is one line; `details` is the process's whole output."""

    def __init__(self, reason: str, details: str) -> None:
        super().__init__(reason)
        self.details = details


def rows_of(benchmark: Benchmark, function: str, command: Sequence[str] | None = None) -> list[Row]:
    """Returns the rows that `function` of `benchmark` measures, in its own process that ends with this call.

    Args:
        benchmark: The benchmark.
        function: One of its functions.
        command: A command to run instead of this package, for tests.

    Raises:
        BrokenBenchmark: The process failed.
        KeyboardInterrupt: Ctrl-C; the process is ended.
    """
    command = command or (sys.executable, "-P", "-m", __package__, benchmark.name, function)
    paths = [*_PATHS, *filter(None, [os.environ.get("PYTHONPATH")])]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"},
        start_new_session=True,  # Ctrl-C reaches only this process, which then ends the other and its children
    ) as process:
        try:
            written, said = process.communicate()
        finally:
            _end(process)
    if process.returncode != 0:
        lines = [line.strip() for line in said.splitlines() if line.strip()]
        reason = lines[-1] if lines else f"its process ended with status {process.returncode}"
        raise BrokenBenchmark(reason, said)
    return [Row.from_dict(row) for row in json.loads(written)]


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is not None:
        return
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
