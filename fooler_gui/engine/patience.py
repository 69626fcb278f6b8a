"""Writing that waits where it does not work, until it does or a person stops it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Generator

from fooler_gui.core.errors import LabError
from fooler_gui.core.messages import RecordingGoesOn, RecordingStalled
from fooler_gui.core.run_control import RunControl

_RETRY_SECONDS = 1.0
_PATIENCE_SECONDS = 0.1

Waiting = Generator[RecordingStalled | RecordingGoesOn, None, bool]


def until_written(write: Callable[[], object], what: str, control: RunControl) -> Waiting:
    """Calls `write` once a second until it works; tells why it does not, and when it does again.

    Args:
        write: Raises a `LabError`, an `OSError` or a `sqlite3.Error` where nothing can be written.
        what: What waits meanwhile: "The training".
        control: A stop ends the waiting.

    Returns:
        Whether it was written; it was not where it did not work until a stop.
    """
    trouble = _trouble(write)
    if not trouble:
        return True
    yield RecordingStalled(sentence=f"{trouble} {what} waits until it can be written; nothing is lost until then.")
    tried = time.monotonic()
    while trouble:
        if control.stop_requested:
            return False
        time.sleep(_PATIENCE_SECONDS)
        if time.monotonic() - tried >= _RETRY_SECONDS:
            trouble, tried = _trouble(write), time.monotonic()
    yield RecordingGoesOn()
    return True


def _trouble(write: Callable[[], object]) -> str:
    try:
        write()
    except LabError as error:
        return str(error)
    except OSError as error:
        return f"{error.filename or 'The file'} cannot be written: {error.strerror or error}."
    except sqlite3.Error as error:
        return f"The history cannot be written: {error}."
    return ""
