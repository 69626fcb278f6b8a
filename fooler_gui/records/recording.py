"""Makes recorded work wait while nothing can be written, and continue once it can; shared by all kinds."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Generator

from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.core.inspection import Inspection
from fooler_gui.core.messages import RecordingGoesOn, RecordingStalled, RunFinished, SavesThinned
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.save import STOPPED_BY_FAULT, Save
from fooler_gui.core.write_errors import never_passes, says_too_large
from fooler_gui.records.recorder import NotRecorded, Recorder

_RETRY_SECONDS = 1.0
_PATIENCE_SECONDS = 0.1
_RUN = "The run"

Waiting = Generator[RecordingStalled | RecordingGoesOn, None, bool]


def until_written(write: Callable[[], object], what: str, control: RunControl, *, first: bool = False) -> Waiting:
    """Calls `write` once a second until it works; yields why it fails, and when it works again.

    Args:
        write: Raises a `LabError`, an `OSError` or a `sqlite3.Error` if it cannot write.
        what: What waits meanwhile: "The training".
        control: A stop ends the waiting.
        first: Whether nothing was written there before. What worked once may work again, for instance after permissions
            are restored or a server's ticket is renewed.

    Returns:
        Whether it was written; not if a stop came first.

    Raises:
        NotRecorded: It can never work.
    """
    trouble = _trouble(write, first=first)
    if not trouble:
        return True
    yield RecordingStalled(reason=trouble, what=what)
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
            raise NotRecorded(sentence) from error
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


def recorded(
    run: Generator[Save | Inspection, None, RunFinished],
    recorder: Recorder[Save],
    control: RunControl,
    is_kept: Callable[[Save], bool] = lambda _: True,
) -> Generator[Save | Inspection | RecordingStalled | RecordingGoesOn | SavesThinned, None, RunFinished]:
    """Yields the messages of `run` and records it; if that fails, the run waits until it works again.

    If nothing could be recorded yet and never can be, it ends. One message says when saves start to be thinned.

    The end waits too: a run is over once all of it is on disk. Stopping a run that waits ends it; the rest is then
    tried once more.

    Args:
        run: A descent.
        recorder: The run's own; closed at the end in any case.
        control: The run's control.
        is_kept: Returns whether to record a save.

    Raises:
        NotRecorded: The end could not be recorded, or nothing ever can be.
    """
    last: Save | None = None
    is_thinned = False
    try:
        while True:
            try:
                message = next(run)
            except StopIteration as end:
                finished: RunFinished = end.value
                break
            except Exception:
                if last is not None:
                    recorder.note(result=_broken_off(last))
                raise
            if isinstance(message, Save):
                last = message
                if is_kept(message):
                    recorder.add(message)
            yield message
            if recorder.thinned and not is_thinned:
                is_thinned = True
                yield SavesThinned(bytes=recorder.byte_budget)
            if recorder.is_stuck and not control.stop_requested:
                yield from until_written(recorder.flush, _RUN, control, first=not recorder.has_begun)
        recorder.note(result=finished)
        if not control.stop_requested:
            yield from until_written(recorder.flush, _RUN, control, first=not recorder.has_begun)
        if recorder.thinned and not is_thinned:
            yield SavesThinned(bytes=recorder.byte_budget)
    except BaseException:
        with contextlib.suppress(NotRecorded):
            recorder.close()
        raise
    finally:
        run.close()
    recorder.close()
    return finished


def _broken_off(last: Save) -> RunFinished:
    return RunFinished(stopped_by=(STOPPED_BY_FAULT,) * len(last.labels), steps=last.step, seconds=last.seconds)
