"""Whole commands as processes, from the shell to the file, with an empty cache folder of their own.

Where the environment variable ``FOOLER_AGAINST`` names the folder of another version's source tree, each command of
that version takes turns with this one's.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import fooler_gui
from benchmarks.row import Quantity, Row, Target, judged
from benchmarks.timing import Timing, interleaved

_AGAINST = "FOOLER_AGAINST"
_OURS, _THEIRS = "ours", "theirs"
_REPETITIONS = 3
_THREE_FIFTHS, _TWO_FIFTHS, _HALF = map(Target.at_most, (0.6, 0.4, 0.5))
_FIGURE = ("figure", "fooling", "--overwrite", "--out", "figure.png")
_EVALUATE = ("evaluate",)
_ROUNDS = ("rounds", "--rounds", "5", "--out", "rounds")


def measure_figure() -> list[Row]:
    """Returns the rows of the article's first figure, with and without references on disk."""
    first = _timings(_FIGURE)
    again = _timings(_FIGURE, before=_FIGURE)
    return [
        _row("figure fooling, the first time", first, _THREE_FIFTHS),
        _row("figure fooling, the second time", again, _TWO_FIFTHS),
    ]


def measure_evaluation() -> list[Row]:
    """Returns the row of an evaluation on the usual sets."""
    return [_row("evaluate", _timings(_EVALUATE), _THREE_FIFTHS)]


def measure_rounds() -> list[Row]:
    """Returns the row of five rounds."""
    return [_row("rounds --rounds 5", _timings(_ROUNDS, repetitions=1), _HALF)]


def _timings(
    command: Sequence[str], *, before: Sequence[str] | None = None, repetitions: int = _REPETITIONS
) -> dict[str, Timing]:
    """Returns the timing of a command of each version.

    Args:
        command: Its arguments.
        before: A command to do first, untimed, with the same cache; only by this version, as others may not have one.
        repetitions: How often each is timed.
    """
    parts: dict[str, Callable[[], float]] = {_OURS: partial(_seconds, _own_folder(), command, before)}
    if other := os.environ.get(_AGAINST):
        parts[_THEIRS] = partial(_seconds, Path(other).resolve(), command, None)
    return interleaved(parts, repetitions)


def _seconds(folder: Path, command: Sequence[str], before: Sequence[str] | None) -> float:
    """Returns the seconds that the `command` of the version in `folder` takes in an empty folder.

    Raises:
        RuntimeError: It failed.
    """
    with tempfile.TemporaryDirectory() as empty:
        run = partial(_run, folder, Path(empty))
        if before is not None:
            run(before)
        began = time.perf_counter()
        run(command)
        return time.perf_counter() - began


def _run(folder: Path, empty: Path, command: Sequence[str]) -> None:
    environment = {**os.environ, "HOME": str(empty), "XDG_CACHE_HOME": str(empty / "cache"), "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, str(folder / "main.py"), *command],
        cwd=empty,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"fooler {' '.join(command)} of {folder} failed: {done.stderr.strip()}")


def _own_folder() -> Path:
    return Path(fooler_gui.__file__).resolve().parents[1]


def _row(work: str, timings: dict[str, Timing], target: Target) -> Row:
    ours = timings[_OURS].median
    samples = {part: timing.to_dict() for part, timing in timings.items()}
    note = "From the shell to the file, in a process of its own; the cache folder is empty at first."
    if _THEIRS not in timings:
        alone = f"{note} {_AGAINST} names the source tree of another version to compare with."
        return Row(name="commands", work=work, ours=Quantity(ours, "s"), note=alone, samples=samples)
    theirs = timings[_THEIRS].median
    return judged(
        target,
        ours / theirs,
        name="commands",
        work=work,
        comparison="the version before",
        ours=Quantity(ours, "s"),
        theirs=Quantity(theirs, "s"),
        note=note,
        samples=samples,
    )
