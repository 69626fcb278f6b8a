"""Writing that waits where it does not work, until it does or a person stops it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Generator

from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.core.messages import RecordingGoesOn, RecordingStalled
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.write_errors import never_passes, says_too_large

_RETRY_SECONDS = 1.0
_PATIENCE_SECONDS = 0.1

Waiting = Generator[RecordingStalled | RecordingGoesOn, None, bool]


class NeverWritten(LabError):
    """Something can neither be written now nor later. Its text is one sentence."""


def until_written(write: Callable[[], object], what: str, control: RunControl, *, first: bool = False) -> Waiting:
    """Calls `write` once a second until it works; tells why it does not, and when it does again.

    Args:
        write: Raises a `LabError`, an `OSError` or a `sqlite3.Error` where nothing can be written.
        what: What waits meanwhile: "The training".
        control: A stop ends the waiting.
        first: Whether nothing was written there before. What has worked once may work again, once somebody has mended
            what he has spoilt, or got a new ticket from a server.

    Returns:
        Whether it was written; it was not where it did not work until a stop.

    Raises:
        NeverWritten: It would never work.
    """
    trouble = _trouble(write, first=first)
    if not trouble:
        return True
    yield RecordingStalled(sentence=f"{trouble} {what} waits until it can be written; nothing is lost until then.")
    tried = time.monotonic()
    while trouble:
        if control.stop_requested:
            return False
        time.sleep(_PATIENCE_SECONDS)
        if time.monotonic() - tried >= _RETRY_SECONDS:
            trouble, tried = _trouble(write, first=first), time.monotonic()
    yield RecordingGoesOn()
    return True


def _trouble(write: Callable[[], object], *, first: bool) -> str:
    try:
        write()
    except (LabError, OSError, sqlite3.Error) as error:
        sentence = _sentence(error)
        if says_too_large(error) or (first and never_passes(error)):
            raise NeverWritten(sentence) from error
        return sentence
    return ""


def _sentence(error: Exception) -> str:
    match error:
        case LabError():
            return str(error)
        case OSError():
            return f"{error.filename or 'The file'} cannot be written: {reason_of(error)}."
        case _:
            return f"The history cannot be written: {reason_of(error)}."
