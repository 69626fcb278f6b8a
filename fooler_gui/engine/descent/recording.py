"""A run that is recorded while it goes on, and waits where it cannot be."""

from __future__ import annotations

from collections.abc import Callable, Generator

from fooler_gui.core.errors import LabError
from fooler_gui.core.messages import (
    STOPPED_BY_FAULT,
    Inspection,
    RecordingGoesOn,
    RecordingStalled,
    RunFinished,
    Save,
    SavesThinned,
)
from fooler_gui.core.run_control import RunControl
from fooler_gui.records.recorder import Recorder

_PATIENCE_SECONDS = 0.1


class NotRecorded(LabError):
    """A run, or its end, could not be recorded. Its text is one sentence."""


def recorded(
    run: Generator[Save | Inspection, None, RunFinished],
    recorder: Recorder,
    control: RunControl,
    is_kept: Callable[[Save], bool] = lambda _: True,
) -> Generator[Save | Inspection | RecordingStalled | RecordingGoesOn | SavesThinned, None, RunFinished]:
    """Yields what `run` tells, recorded on the way; where that fails, the run waits until it works again.

    Where nothing could be recorded yet, and never can be, it ends. It is told once when saves begin to be thinned.

    So does its end: a run is over once all of it is on disk. A person who stops a run that waits ends it; what is left
    is then tried once more.

    Args:
        run: A descent.
        recorder: Of this run alone; closed at the end, whatever happens.
        control: Of the run.
        is_kept: Tells whether a save is recorded.

    Raises:
        NotRecorded: The end could not be recorded, or nothing ever can be.
    """
    finished: RunFinished | None = None
    last: Save | None = None
    is_thinned = False
    try:
        while True:
            try:
                message = next(run)
            except StopIteration as end:
                finished = end.value
                break
            except Exception:
                finished = None if last is None else _broken_off(last)
                raise
            if isinstance(message, Save):
                last = message
                if is_kept(message):
                    recorder.add(message)
            yield message
            if recorder.thinned and not is_thinned:
                is_thinned = True
                yield SavesThinned(bytes=recorder.byte_budget)
            if recorder.trouble and not control.stop_requested:
                yield from _wait_for_room(recorder, control)
        while not recorder.flush() and not control.stop_requested:
            yield from _wait_for_room(recorder, control)
        if recorder.thinned and not is_thinned:
            yield SavesThinned(bytes=recorder.byte_budget)
    finally:
        run.close()
        trouble = recorder.close(finished)
    if trouble:
        raise NotRecorded(trouble)
    assert finished is not None, "a run that ends tells how"
    return finished


def _broken_off(last: Save) -> RunFinished:
    return RunFinished(stopped_by=(STOPPED_BY_FAULT,) * len(last.labels), steps=last.step, seconds=last.seconds)


def _wait_for_room(
    recorder: Recorder, control: RunControl
) -> Generator[RecordingStalled | RecordingGoesOn, None, None]:
    if recorder.hopeless:
        raise NotRecorded(recorder.hopeless)
    yield RecordingStalled(sentence=recorder.trouble)
    while not recorder.wait_for_room(_PATIENCE_SECONDS):
        if control.stop_requested:
            return
    yield RecordingGoesOn()
