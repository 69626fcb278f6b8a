from __future__ import annotations

import contextlib
import dataclasses
import errno
import re
import sqlite3
import threading
from collections.abc import Generator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from generators import outcome
from recorded_runs import saves_of
from run_samples import make_spec
from saves import make_save

from fooler_gui.core.inspection import Inspection
from fooler_gui.core.messages import RecordingGoesOn, RecordingStalled, RunFinished, SavesThinned
from fooler_gui.core.run_control import Next, RunControl
from fooler_gui.core.save import STOPPED_BY_FAULT, STOPPED_BY_USER, Save
from fooler_gui.engine.descent.label_batch import NonFiniteCost
from fooler_gui.records import recording
from fooler_gui.records.history_writer import HistoryWriter
from fooler_gui.records.recorder import NotRecorded, Recorder
from fooler_gui.records.recording import recorded
from fooler_gui.records.run_folder import RunRecord, read_record, run_recorder

FINISHED = RunFinished(stopped_by=("max_steps",), steps=5, seconds=0.1)
RECORD = RunRecord(
    id="c0ffee",
    begun="2026-03-14T09:26:53+00:00",
    spec=make_spec(slots=2),
    classifier_sha256="0" * 64,
    topology="conv 2",
    class_names=("0", "1", "2", "3"),
    versions={},
)
Message = Save | Inspection | RecordingStalled | RecordingGoesOn | SavesThinned


def descent(control: RunControl, steps: int = 5, broken_at: int | None = None) -> Generator[Save, None, RunFinished]:
    """A run whose step k is save k, and that says once more where it is when a person stops it."""
    for step in range(steps + 1):
        if step == broken_at:
            raise NonFiniteCost("The cost is no number.")
        yield make_save(step=step, slots=2, shape=(3, 4, 1))
        if control.next() is Next.STOP:
            yield make_save(step=step, slots=2, shape=(3, 4, 1))
            return dataclasses.replace(FINISHED, stopped_by=(STOPPED_BY_USER,), steps=step)
    return dataclasses.replace(FINISHED, steps=steps)


def kinds(messages: list[Message]) -> list[int | str]:
    return [message.step if isinstance(message, Save) else type(message).__name__ for message in messages]


@pytest.fixture
def control() -> RunControl:
    return RunControl()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run"


@pytest.fixture
def recorder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder[Save]:
    """One that is tried again at once; what runs through `recorded` is closed by it."""
    monkeypatch.setattr(recording, "_RETRY_SECONDS", 0.0)
    monkeypatch.setattr(recording, "_PATIENCE_SECONDS", 0.0)
    return run_recorder(folder, RECORD)


def flush_in_vain(recorder: Recorder[Save]) -> None:
    with pytest.raises(NotRecorded):
        recorder.flush()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """While it is `full`, no history can be written."""
    state, write = SimpleNamespace(full=False), HistoryWriter.write

    def written(writer: HistoryWriter, saves: Sequence[Save]) -> int:
        if state.full:
            raise sqlite3.OperationalError("database or disk is full")
        return write(writer, saves)

    monkeypatch.setattr(HistoryWriter, "write", written)
    return state


def test_a_run_tells_the_same_as_without_a_record(folder: Path, recorder: Recorder[Save], control: RunControl) -> None:
    messages, finished = outcome(recorded(descent(control), recorder, control))
    assert (kinds(messages), finished) == ([0, 1, 2, 3, 4, 5], FINISHED)
    assert [save.step for save in saves_of(folder)] == [0, 1, 2, 3, 4, 5]
    assert read_record(folder) == dataclasses.replace(RECORD, result=FINISHED)


def test_it_is_told_once_that_saves_are_thinned(folder: Path, control: RunControl) -> None:
    budget = 20_000
    recorder = run_recorder(folder, RECORD, byte_budget=budget)
    messages, _ = outcome(recorded(descent(control, steps=300), recorder, control), lambda _message: recorder.flush())
    assert [message for message in messages if isinstance(message, SavesThinned)] == [SavesThinned(bytes=budget)]
    kept = [save.step for save in saves_of(folder)]
    assert recorder.thinned == 301 - len(kept) > 0
    assert (kept[0], kept[-1]) == (0, 300)


def test_other_messages_pass_and_are_not_recorded(folder: Path, recorder: Recorder[Save], control: RunControl) -> None:
    look = object()

    def run() -> Generator[object, None, RunFinished]:
        yield make_save(slots=2, shape=(3, 4, 1))
        yield look
        return FINISHED

    messages, _ = outcome(recorded(run(), recorder, control))  # type: ignore[arg-type]
    assert messages[1] is look
    assert len(saves_of(folder)) == 1


def test_a_run_that_cannot_be_recorded_waits_and_goes_on_by_itself(
    folder: Path, recorder: Recorder[Save], control: RunControl, disk: SimpleNamespace
) -> None:
    def act(message: Message) -> None:
        if isinstance(message, Save) and message.step == 2:
            disk.full = True
            flush_in_vain(recorder)
        elif isinstance(message, RecordingStalled):
            assert message.sentence == (
                f"The run cannot be recorded in {folder} (database or disk is full). "
                "The run waits until it can be written; nothing is lost until then."
            )
            threading.Timer(0.05, lambda: setattr(disk, "full", False)).start()

    messages, finished = outcome(recorded(descent(control), recorder, control), act)
    assert kinds(messages) == [0, 1, 2, "RecordingStalled", "RecordingGoesOn", 3, 4, 5]
    assert finished == FINISHED
    assert [save.step for save in saves_of(folder)] == [0, 1, 2, 3, 4, 5]
    assert read_record(folder).result is not None


def test_a_run_may_wait_more_than_once(recorder: Recorder[Save], control: RunControl, disk: SimpleNamespace) -> None:
    def act(message: Message) -> None:
        if isinstance(message, Save) and message.step in (1, 3):
            disk.full = True
            flush_in_vain(recorder)
        elif isinstance(message, RecordingStalled):
            disk.full = False

    messages, _ = outcome(recorded(descent(control), recorder, control), act)
    waits = ["RecordingStalled", "RecordingGoesOn"]
    assert kinds(messages) == [0, 1, *waits, 2, 3, *waits, 4, 5]


def test_a_run_is_over_once_its_end_is_on_disk(
    folder: Path, recorder: Recorder[Save], control: RunControl, disk: SimpleNamespace
) -> None:
    def act(message: Message) -> None:
        if isinstance(message, Save):
            disk.full = message.step == 5
        elif isinstance(message, RecordingStalled):
            disk.full = False

    messages, finished = outcome(recorded(descent(control), recorder, control), act)
    assert kinds(messages)[-2:] == ["RecordingStalled", "RecordingGoesOn"]
    assert [save.step for save in saves_of(folder)] == [0, 1, 2, 3, 4, 5]
    assert read_record(folder) == dataclasses.replace(RECORD, result=finished)


def test_a_run_of_which_nothing_can_ever_be_recorded_ends_with_the_reason(
    folder: Path, recorder: Recorder[Save], control: RunControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(RunRecord, "write", refused)
    with pytest.raises(NotRecorded, match=re.escape(f"cannot be recorded in {folder} (Permission denied).")):
        outcome(recorded(descent(control), recorder, control))


def test_a_run_that_was_recorded_before_waits_whoever_took_that_away(
    recorder: Recorder[Save], control: RunControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = HistoryWriter.write

    def refused(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    def act(message: Message) -> None:
        if isinstance(message, Save) and message.step == 2:
            recorder.flush()
            monkeypatch.setattr(HistoryWriter, "write", refused)
        elif isinstance(message, RecordingStalled):
            monkeypatch.setattr(HistoryWriter, "write", write)

    messages, _ = outcome(recorded(descent(control), recorder, control), act)
    assert [kind for kind in kinds(messages) if isinstance(kind, str)] == ["RecordingStalled", "RecordingGoesOn"]


def test_a_person_may_stop_a_run_that_waits_and_what_is_left_is_tried_once_more(
    folder: Path, recorder: Recorder[Save], control: RunControl, disk: SimpleNamespace
) -> None:
    def act(message: Message) -> None:
        if isinstance(message, Save) and message.step == 2 and not control.stop_requested:
            disk.full = True
            flush_in_vain(recorder)
        elif isinstance(message, RecordingStalled):
            control.stop()
        elif control.stop_requested:
            disk.full = False

    messages, finished = outcome(recorded(descent(control), recorder, control), act)
    assert kinds(messages) == [0, 1, 2, "RecordingStalled", 2]
    assert finished.stopped_by == (STOPPED_BY_USER,)
    assert [save.step for save in saves_of(folder)] == [0, 1, 2, 2]
    assert read_record(folder) == dataclasses.replace(RECORD, result=finished)


def test_a_stopped_run_whose_end_cannot_be_recorded_says_so(
    folder: Path, recorder: Recorder[Save], control: RunControl, disk: SimpleNamespace
) -> None:
    messages: list[Message] = []

    def act(message: Message) -> None:
        messages.append(message)
        if isinstance(message, RecordingStalled):
            control.stop()
        elif not control.stop_requested:
            disk.full = message.step == 1
            with contextlib.suppress(NotRecorded):
                recorder.flush()

    with pytest.raises(NotRecorded, match=r"could not be recorded in .* \(database or disk is full\)\."):
        outcome(recorded(descent(control), recorder, control), act)
    assert kinds(messages) == [0, 1, "RecordingStalled", 1]
    assert [save.step for save in saves_of(folder)] == [0]
    assert read_record(folder).result is None


def test_a_run_that_breaks_off_keeps_its_saves_and_says_so(
    folder: Path, recorder: Recorder[Save], control: RunControl
) -> None:
    with pytest.raises(NonFiniteCost):
        outcome(recorded(descent(control, broken_at=3), recorder, control))
    assert [save.step for save in saves_of(folder)] == [0, 1, 2]
    result = read_record(folder).result
    assert result is not None
    assert (result.stopped_by, result.steps) == ((STOPPED_BY_FAULT,), 2)


def test_a_run_that_breaks_off_before_its_first_save_leaves_no_folder(
    folder: Path, recorder: Recorder[Save], control: RunControl
) -> None:
    with pytest.raises(NonFiniteCost):
        outcome(recorded(descent(control, broken_at=0), recorder, control))
    assert not folder.exists()


def test_the_fault_of_a_run_is_told_even_where_its_end_cannot_be_recorded(
    recorder: Recorder[Save], control: RunControl, disk: SimpleNamespace
) -> None:
    disk.full = True
    control.stop()

    def broken() -> Generator[Save, None, RunFinished]:
        yield make_save(slots=2, shape=(3, 4, 1))
        raise NonFiniteCost("The cost is no number.")

    with pytest.raises(NonFiniteCost):
        outcome(recorded(broken(), recorder, control))


def test_a_run_that_is_dropped_is_left_unfinished_with_its_saves(
    folder: Path, recorder: Recorder[Save], control: RunControl
) -> None:
    run = recorded(descent(control), recorder, control)
    for _ in range(3):
        next(run)
    run.close()
    assert [save.step for save in saves_of(folder)] == [0, 1, 2]
    assert read_record(folder).result is None
    run_recorder(folder, RECORD).close()
