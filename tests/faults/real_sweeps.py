"""Sweeps by the real command on the real engine, for scripts that trouble them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from recorded_runs import saves_of

from fooler_gui.sweeps.results import DONE, RESULTS_FILE, Results

ROOT = Path(__file__).parents[2]
SWEEP_COMMAND = (sys.executable, "-m", "fooler_gui", "sweep")

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


def write_sweep(file: Path, classifier: Path, fixed: str = "", varied: str = "", seeds: int = 2) -> Path:
    """Writes a sweep of short runs to `file`, and returns it."""
    text = _SWEEP.format(classifier=classifier, fixed=fixed, varied=varied, seeds=seeds)
    file.write_text(text, encoding="utf-8")
    return file


def begun_sweep(*arguments: object, paths: tuple[Path, ...] = ()) -> subprocess.Popen[str]:
    """Returns the process of a sweep command; `paths` are further folders of packages for it."""
    return subprocess.Popen(
        [*SWEEP_COMMAND, *map(str, arguments)],
        env=environment(*paths),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def environment(*paths: Path) -> dict[str, str]:
    """Returns the environment of a sweep command."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (ROOT, *paths)))}


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Returns the status with which a process ended, and what it said on standard error."""
    _, said = process.communicate()
    return process.returncode, said


def is_in_sentences(said: str) -> bool:
    """Returns whether a user was told something in sentences."""
    return bool(said) and "Traceback" not in said and said.endswith(".\n")


def how_it_differs(sweep: Path, usual: Path) -> list[str]:
    """Returns what is wrong with a sweep that has come to its end, beside one without trouble."""
    rows, wanted = rows_of(sweep), rows_of(usual)
    if [row["hash"] for row in rows] != [row["hash"] for row in wanted]:
        return ["the results hold other cells"]
    problems = []
    for row, other in zip(rows, wanted, strict=True):
        if (row["state"], *(row[name] for name in _FINDS)) != (DONE, *(other[name] for name in _FINDS)):
            problems.append(f"cell {row['place']} is {row['state']} ({row['error']}) or found something else")
            continue
        for ours, theirs in zip(saves_of(sweep / row["run"]), saves_of(usual / other["run"]), strict=True):
            if not np.array_equal(ours.images, theirs.images):
                problems.append(f"cell {row['place']} recorded other images at step {ours.step}")
    return problems


def rows_of(sweep: Path) -> list[dict[str, Any]]:
    """Returns the rows of a sweep's results; none before there are any."""
    if not (sweep / RESULTS_FILE).exists():
        return []
    results = Results(sweep / RESULTS_FILE)
    try:
        return list(results.rows())
    finally:
        results.close()
