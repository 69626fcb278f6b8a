from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable

import pytest
from generators import outcome

from fooler_gui.core.errors import LabError
from fooler_gui.core.messages import RecordingGoesOn, RecordingStalled
from fooler_gui.core.run_control import RunControl
from fooler_gui.records import recording
from fooler_gui.records.recorder import NotRecorded
from fooler_gui.records.recording import until_written


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "_RETRY_SECONDS", 0.0)
    monkeypatch.setattr(recording, "_PATIENCE_SECONDS", 0.0)


def outcome_of(write: object, control: RunControl | None = None) -> tuple[list[object], bool]:
    return outcome(until_written(write, "The training", control or RunControl()))


def test_what_can_be_written_is_written_once_and_nothing_is_told() -> None:
    calls: list[int] = []
    assert outcome_of(lambda: calls.append(1)) == ([], True)
    assert calls == [1]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (LabError("The disk is full."), "The disk is full."),
        (OSError(errno.ENOSPC, "No space left on device", "/a/b"), "/a/b cannot be written: No space left on device."),
        (sqlite3.OperationalError("disk I/O error"), "The history cannot be written: disk I/O error."),
    ],
)
def test_what_cannot_be_written_is_told_once_and_tried_until_it_can(error: Exception, words: str) -> None:
    failures = [error] * 3

    def write() -> None:
        if failures:
            raise failures.pop()

    assert outcome_of(write) == (
        [
            RecordingStalled(reason=words, what="The training"),
            RecordingGoesOn(),
        ],
        True,
    )


def test_what_waits_is_told_with_the_reason() -> None:
    stalled = RecordingStalled(reason="The disk is full.", what="The run")
    assert stalled.sentence == "The disk is full. The run waits until it can be written; nothing is lost until then."


def test_a_stop_ends_the_waiting() -> None:
    def write() -> None:
        raise LabError("The disk is full.")

    control = RunControl()
    control.stop()
    messages, written = outcome_of(write, control)
    assert [type(message) for message in messages] == [RecordingStalled]
    assert not written


def test_what_is_no_trouble_of_writing_is_not_waited_for() -> None:
    def write() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        outcome_of(write)


def refused(number: int) -> Callable[[], None]:
    def write() -> None:
        raise OSError(number, os.strerror(number), "/a/b")

    return write


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EPERM, errno.ENAMETOOLONG, errno.ENOTSUP])
def test_what_can_never_be_written_is_refused_at_once_where_nothing_was_before(number: int) -> None:
    waiting = until_written(refused(number), "The training", RunControl(), first=True)
    with pytest.raises(NotRecorded, match=f"^/a/b cannot be written: {os.strerror(number)}.$"):
        next(waiting)


def test_what_was_written_before_is_waited_for_whoever_took_it_away() -> None:
    waiting = until_written(refused(errno.EACCES), "The training", RunControl())
    assert isinstance(next(waiting), RecordingStalled)
    waiting.close()


def test_a_file_that_may_not_become_as_large_is_never_waited_for() -> None:
    with pytest.raises(NotRecorded, match="File too large"):
        next(until_written(refused(errno.EFBIG), "The training", RunControl()))
