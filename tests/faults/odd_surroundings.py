"""Starts commands and the window in random environments: streams, code pages, locales, variables."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from fault_report import FaultReport

FULL = 200
ROOT = Path(__file__).resolve().parents[2]

_TURNS = ("export", "window", "export", "costs")
_LOSES = "The result could not be written to standard output: No space left on device."
_WHOLE = {"": 0, "</dev/null": 0, "<&-": 0, "2>&-": 0, "2>/dev/full": 0}
"""Shell redirections that leave standard output intact, and the exit status."""
_REDIRECTIONS = _WHOLE | {">&-": 0, "<&- >&- 2>&-": 0, ">/dev/full": 1, "| head -c 1": 0, "2>&1 | true": 0}
_VARIABLES = {
    "LC_ALL": ("C", "POSIX", "de_DE.UTF-8", "ar_EG.UTF-8", "fa_IR.UTF-8", "he_IL.UTF-8", "hi_IN.UTF-8", "xx_YY"),
    "PYTHONIOENCODING": ("ascii", "latin-1", "cp437:ignore", "cp932", "cp1252:replace", "utf-8:surrogateescape"),
    "PYTHONUTF8": ("0", "1"),
    "PYTHONWARNINGS": ("error", "always"),
    "PYTHONOPTIMIZE": ("1", "2"),
    "PYTHONUNBUFFERED": ("1",),
    "FORCE_COLOR": ("1",),
    "NO_COLOR": ("1",),
    "TTY_COMPATIBLE": ("0", "1"),
    "TTY_INTERACTIVE": ("0", "1"),
    "TERM": ("dumb", "", "nonsense"),
    "COLUMNS": ("0", "1", "many", "100000"),
    "PYQTGRAPH_QT_LIB": ("PyQt5", "PyQt6", "nonsense"),
    "QT_API": ("pyqt5",),
    "QT_PLUGIN_PATH": ("/nowhere", "/usr/lib/qt5/plugins"),
    "QT_QPA_PLATFORM_PLUGIN_PATH": ("/nowhere",),
    "QT_QPA_PLATFORM": ("nonsense;offscreen", "minimal"),
    "QT_QPA_PLATFORMTHEME": ("gtk3", "nonsense"),
    "QT_STYLE_OVERRIDE": ("kvantum", "Windows"),
    "QT_SCALE_FACTOR": ("garbage", "0", "nan", "1e9", "1.5"),
    "QT_FONT_DPI": ("garbage", "0", "100000", "144"),
    "QT_FATAL_WARNINGS": ("1",),
    "MPLBACKEND": ("nonsense",),
    "TF_XLA_FLAGS": ("--nonsense", "--tf_xla_auto_jit=2"),
    "OMP_NUM_THREADS": ("nonsense",),
    "LD_LIBRARY_PATH": ("/usr/lib", "/nowhere"),
    "TZ": ("Asia/Kathmandu", "nonsense"),
}


def run(times: int, seed: int = 0) -> FaultReport:
    """Starts the program `times` times, each in another environment, and returns what failed."""
    report = FaultReport("commands and the window in odd surroundings")
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as home:
        world = _World(Path(home))
        for number in range(times):
            turn = _TURNS[number % len(_TURNS)]
            chosen = rng.sample(sorted(_VARIABLES), rng.randint(2, 8))
            variables = {name: rng.choice(_VARIABLES[name]) for name in chosen}
            redirection = rng.choice(sorted(_WHOLE if turn == "window" else _REDIRECTIONS))
            problems = world.start(turn, variables, redirection)
            report.count(turn, [f"{problem} ({variables}, {redirection})" for problem in problems])
    return report


class _World:
    """A home with a recorded run and an image, and the output of commands on them in a normal environment."""

    def __init__(self, home: Path) -> None:
        np.savez(home / "images.npz", images=np.random.default_rng(0).random((2, 28, 28), np.float32))
        fooler = [sys.executable, str(ROOT / "main.py")]
        self._commands = {
            "export": [*fooler, "export", str(home / "run"), "--to", str(home / "run.csv"), "--overwrite", "--json"],
            "costs": [*fooler, "costs", "--label", "3", "--images", str(home / "images.npz"), "--json"],
            "window": [sys.executable, "-m", "benchmarks.window_start", str(time.time()), str(home)],
        }
        variables = {name: value for name, value in os.environ.items() if name not in _VARIABLES}
        paths = os.pathsep.join(map(str, (ROOT, ROOT / "tests")))
        folders = {"XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home), "PYTHONPATH": paths}
        self._usual = {**variables, **folders, "QT_QPA_PLATFORM": "offscreen"}
        subprocess.run(
            [*fooler, "backwork", "--label", "3", "--slots", "1", "--max-steps", "2", "--out", str(home / "run")],
            env=self._usual, capture_output=True, check=True,
        )  # fmt: skip
        self._written = {name: self._shell(name, {}, "").stdout for name in ("export", "costs")}

    def start(self, turn: str, variables: dict[str, str], redirection: str) -> list[str]:
        """Starts a command or the window, and returns what was wrong."""
        done = self._shell(turn, variables, redirection)
        said = done.stderr.decode(errors="replace")
        problems = []
        if done.returncode != _REDIRECTIONS[redirection]:
            problems.append(f"status {done.returncode}: {said[-300:]}")
        if "Traceback" in said or "\x1b[" in said:
            problems.append(f"standard error holds {said[-300:]!r}")
        if redirection == ">/dev/full" and _LOSES not in said:
            problems.append("the loss of the result is not reported")
        if redirection in _WHOLE and not self._is_whole(turn, done.stdout):
            problems.append(f"another result: {done.stdout[-300:]!r}")
        return problems

    def _is_whole(self, turn: str, written: bytes) -> bool:
        if turn == "window":
            return re.fullmatch(rb"\d+\.\d+ \d+\.\d+\s+", written) is not None
        return written == self._written[turn]

    def _shell(self, name: str, variables: dict[str, str], redirection: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", f'"$@" {redirection}', "bash", *self._commands[name]],
            env={**self._usual, **variables}, capture_output=True, check=False, timeout=300,
        )  # fmt: skip
