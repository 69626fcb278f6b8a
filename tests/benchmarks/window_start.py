"""The time until the window is painted and responsive: from the start of a fresh process, without TensorFlow.

The process runs this module as ``python -m benchmarks.window_start BEGUN FOLDER``: its start in seconds of `time.time`,
and a folder for settings. It writes two numbers: seconds until the window was painted, and until it responded.
"""

from __future__ import annotations

import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from fooler_gui.surroundings import prepare


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowStart:
    """Seconds from the start of a process until its window was `painted`, and until it `answered` after that."""

    painted: float
    answered: float


def measure_start(processes: int = 9) -> WindowStart:
    """Returns the medians of several processes, after one that fills the caches of byte code and files.

    Raises:
        RuntimeError: A process ended without a window.
    """
    with tempfile.TemporaryDirectory() as folder:
        # Independent of where Python may write byte code.
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": str(Path(folder, "code"))}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        starts = [_start_once(folder, environment) for _ in range(1 + processes)][1:]
    return WindowStart(
        painted=statistics.median(start.painted for start in starts),
        answered=statistics.median(start.answered for start in starts),
    )


def _start_once(folder: str, environment: dict[str, str]) -> WindowStart:
    begun = time.time()
    done = subprocess.run(
        [sys.executable, "-P", "-m", "benchmarks.window_start", repr(begun), folder],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The window did not open: {done.stderr.strip()}")
    painted, answered = (float(number) for number in done.stdout.split())
    return WindowStart(painted=painted, answered=answered)


def main() -> None:
    """Opens the window as `fooler_gui.__main__` does, and ends the process as soon as it has responded."""
    prepare()
    gc.disable()
    from PySide6.QtCore import QTimer

    from fooler_gui.app import make_application, open_lab

    begun, folder = float(sys.argv[1]), Path(sys.argv[2])

    def on_painted() -> None:
        painted = time.time() - begun
        QTimer.singleShot(0, lambda: finish(painted))

    def finish(painted: float) -> None:
        sys.stdout.write(f"{painted} {time.time() - begun}\n")
        sys.stdout.flush()
        # The engine is loading TensorFlow, which cannot be interrupted.
        os._exit(0)

    app = make_application()
    lab = open_lab(app, folder)
    lab.window.start_requested.connect(on_painted)
    app.exec()


if __name__ == "__main__":
    main()
