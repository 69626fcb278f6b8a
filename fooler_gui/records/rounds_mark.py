"""A mark in the folder of rounds while they go on, so that those that were cut short are offered at the next start."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import Timeout

from fooler_gui.core.errors import LabError
from fooler_gui.records.locks import HeldLock, is_held

SPEC_FILE = "rounds.toml"
"""In the folder of rounds; tells how they are made."""

REPORT_FILE = "report.json"
"""In the folder of a round; without it the round is not finished."""

MARK, _LOCK = ".unfinished", ".rounds.lock"


class RoundsMarkError(LabError, ValueError):
    """Rounds cannot be marked. Its text is one sentence that can be shown as it is."""


@dataclass(frozen=True, slots=True)
class CutShortRounds:
    """Rounds that were cut short.

    Attributes:
        folder: Theirs.
        begun: When they were begun or gone on with last, in local time, as ISO 8601 has it.
        finished: How many of them are finished, the one before the first training not counted.
    """

    folder: Path
    begun: str
    finished: int


def holds_rounds(folder: Path) -> bool:
    """Tells whether `folder` holds rounds or the beginning of some."""
    return (folder / SPEC_FILE).exists()


def round_path(folder: Path, number: int) -> Path:
    """Returns the folder of round `number` of the rounds in `folder`."""
    return folder / f"round-{number:02}"


@contextlib.contextmanager
def rounds_going_on(folder: Path) -> Iterator[None]:
    """Marks the rounds in `folder` as going on, for as long as they do; an end of any kind but a crash takes it away.

    Raises:
        RoundsMarkError: Another program makes rounds there, or the folder cannot be written.
    """
    try:
        lock = HeldLock(folder / _LOCK)
    except Timeout as error:
        raise RoundsMarkError(f"{folder} is in use: another window makes rounds there.") from error
    except OSError as error:
        raise RoundsMarkError(f"{folder} cannot be written: {error.strerror or error}.") from error
    try:
        _mark(folder)
        yield
    finally:
        with contextlib.suppress(OSError):  # where the folder is gone, so is the mark
            (folder / MARK).unlink(missing_ok=True)
        lock.let_go()


def _mark(folder: Path) -> None:
    try:
        (folder / MARK).touch()
    except OSError as error:
        raise RoundsMarkError(f"{folder} cannot be written: {error.strerror or error}.") from error


def cut_short_rounds(folder: Path) -> Iterator[CutShortRounds]:
    """Yields what there is in the folders in `folder` whose rounds were cut short after round 0; it need not exist."""
    for mark in sorted(folder.glob(f"*/{MARK}")):
        rounds = mark.parent
        finished = 0
        while (round_path(rounds, finished) / REPORT_FILE).is_file():
            finished += 1
        if finished and not is_held(rounds / _LOCK):
            try:
                marked = mark.stat().st_mtime
            except FileNotFoundError:  # they have ended, or were forgotten, since they were found
                continue
            yield CutShortRounds(rounds, datetime.fromtimestamp(marked).isoformat(timespec="seconds"), finished - 1)


def forget_rounds(folder: Path) -> None:
    """Takes the mark from the rounds in `folder`, so that nobody is asked about them any more.

    Raises:
        RoundsMarkError: The folder cannot be written.
    """
    try:
        (folder / MARK).unlink(missing_ok=True)
    except OSError as error:
        raise RoundsMarkError(f"{folder} cannot be written: {error.strerror or error}.") from error
