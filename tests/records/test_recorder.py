from __future__ import annotations

import contextlib
import dataclasses
import errno
import logging
import os
import re
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from filelock import FileLock
from recorded_runs import closed, saves_of
from run_samples import make_spec
from saves import make_save
from test_run_folder import CLASSIFIER
from test_save_codec import check_same

from fooler_gui.core.errors import reason_of
from fooler_gui.core.messages import RunFinished
from fooler_gui.core.save import Save
from fooler_gui.core.write_check import NotWritable
from fooler_gui.core.write_errors import never_passes
from fooler_gui.records import recorder as recorder_module
from fooler_gui.records.history_file import HISTORY_FILE
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.history_writer import HistoryWriter
from fooler_gui.records.record import LOCK_FILE, SETTINGS_FILE, FolderInUse
from fooler_gui.records.recorder import NotRecorded, Recorder
from fooler_gui.records.run_folder import RunRecord, new_record, read_record, run_recorder
from fooler_gui.records.save_codec import RunShape, SaveCodec

FINISHED = RunFinished(stopped_by=("max_steps",), steps=60, seconds=1.5)
RECORD = new_record(make_spec(slots=2), CLASSIFIER)
NewRecorder = Callable[..., Recorder[Save]]


def small_save(step: int) -> Save:
    return make_save(step=step, slots=2, shape=(3, 4, 1))


def steps_in(folder: Path) -> list[int]:
    return [save.step for save in saves_of(folder)]


def trouble_of(recorder: Recorder[Save]) -> str:
    """Returns why nothing can be written."""
    with pytest.raises(NotRecorded) as failure:
        recorder.flush()
    return str(failure.value)


def wait_until(holds: Callable[[], object], seconds: float = 20.0) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, "it did not come to pass"
        time.sleep(0.005)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "run"


@pytest.fixture
def new_recorder(folder: Path) -> Iterator[NewRecorder]:
    """Makes recorders into `folder`, and closes them."""
    made: list[Recorder[Save]] = []

    def make(**options: int) -> Recorder[Save]:
        made.append(run_recorder(folder, RECORD, **options))
        return made[-1]

    yield make
    for recorder in made:
        closed(recorder)


class FullDisk:
    """Has every write of a history fail while `full`, and counts the failures."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = False
        self.failures = 0
        write = HistoryWriter.write

        def written(writer: HistoryWriter, saves: Sequence[Save]) -> int:
            if self.full:
                self.failures += 1
                raise sqlite3.OperationalError("database or disk is full")
            return write(writer, saves)

        monkeypatch.setattr(HistoryWriter, "write", written)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> FullDisk:
    return FullDisk(monkeypatch)


def test_every_save_is_on_disk_once_the_recorder_is_closed(new_recorder: NewRecorder, folder: Path) -> None:
    recorder, saves = new_recorder(), [small_save(step) for step in range(1_000)]
    for save in saves:
        recorder.add(save)
    assert closed(recorder, FINISHED) == ""
    assert {path.name for path in folder.iterdir()} - {LOCK_FILE} == {HISTORY_FILE, SETTINGS_FILE}
    back = saves_of(folder)
    assert len(back) == 1_000
    for save, expected in zip(back, saves, strict=True):
        check_same(save, expected)
    assert read_record(folder) == dataclasses.replace(RECORD, result=FINISHED)


def test_saves_are_on_disk_while_the_run_goes_on_and_so_is_how_it_is_made(
    new_recorder: NewRecorder, folder: Path
) -> None:
    recorder = new_recorder()
    assert recorder_module._COMMIT_SECONDS < 0.5
    for step in range(3):
        recorder.add(small_save(step))
        wait_until(lambda step=step: (folder / HISTORY_FILE).exists() and steps_in(folder) == list(range(step + 1)))
    assert read_record(folder) == RECORD
    assert not recorder.is_stuck


def test_a_flush_waits_until_all_of_it_is_on_disk(new_recorder: NewRecorder, folder: Path) -> None:
    recorder = new_recorder()
    recorder.flush()
    for step in range(700):
        recorder.add(small_save(step))
    recorder.flush()
    assert steps_in(folder) == list(range(700))


def test_a_run_without_an_end_is_left_unfinished(new_recorder: NewRecorder, folder: Path) -> None:
    recorder = new_recorder()
    recorder.add(small_save(0))
    assert closed(recorder) == ""
    assert read_record(folder).result is None
    assert steps_in(folder) == [0]


def test_a_run_without_a_save_leaves_no_run(new_recorder: NewRecorder, folder: Path) -> None:
    assert closed(new_recorder(), FINISHED) == ""
    assert not folder.exists()


def test_a_run_without_a_save_leaves_what_was_in_its_folder(new_recorder: NewRecorder, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("mine")
    assert closed(new_recorder()) == ""
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


def test_a_former_run_in_the_folder_is_replaced_with_the_first_save(new_recorder: NewRecorder, folder: Path) -> None:
    first = new_recorder()
    for step in range(5):
        first.add(small_save(step))
    closed(first, FINISHED)
    second = new_recorder()
    assert steps_in(folder) == [0, 1, 2, 3, 4]
    second.add(small_save(7))
    second.flush()
    assert steps_in(folder) == [7]
    assert read_record(folder).result is None


def test_a_run_over_its_budget_is_thinned_and_tells_so(new_recorder: NewRecorder, folder: Path) -> None:
    record = SaveCodec(RunShape.of(small_save(0))).record_bytes
    recorder = new_recorder(byte_budget=20 * record)
    assert recorder.thinned == 0
    for step in range(100):
        recorder.add(small_save(step))
    assert closed(recorder, FINISHED) == ""
    steps = steps_in(folder)
    assert len(steps) <= 20
    assert recorder.thinned == 100 - len(steps)
    assert {0, 99} <= set(steps)


def test_a_folder_is_let_go_once_the_run_is_over(new_recorder: NewRecorder, folder: Path) -> None:
    recorder = new_recorder()
    with pytest.raises(FolderInUse, match="is in use: another run records into it"):
        run_recorder(folder, RECORD)
    closed(recorder)
    new_recorder()


def test_a_recorder_can_be_closed_at_any_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "_COMMIT_SECONDS", 0.0)
    for number in range(50):
        recorder = run_recorder(tmp_path / str(number), RECORD)
        recorder.add(small_save(0))
        assert closed(recorder, FINISHED) == ""
        assert closed(recorder) == ""
        assert steps_in(tmp_path / str(number)) == [0]


# Trouble ------------------------------------------------------------------------------------------------------------


def test_a_full_disk_is_told_nothing_is_lost_and_it_goes_on_by_itself(
    new_recorder: NewRecorder, folder: Path, disk: FullDisk
) -> None:
    recorder = new_recorder()
    recorder.add(small_save(0))
    recorder.flush()
    disk.full = True
    recorder.add(small_save(1))
    assert trouble_of(recorder) == f"The run cannot be recorded in {folder} (database or disk is full)."
    for step in range(2, 600):
        recorder.add(small_save(step))
    assert recorder.is_stuck
    tried = disk.failures
    for more in (1, 2, 3):
        trouble_of(recorder)
        assert disk.failures == tried + more
    disk.full = False
    recorder.flush()
    assert not recorder.is_stuck
    assert closed(recorder, FINISHED) == ""
    assert steps_in(folder) == list(range(600))


def test_a_disk_that_is_full_from_the_start_is_waited_for(
    new_recorder: NewRecorder, folder: Path, disk: FullDisk
) -> None:
    disk.full = True
    recorder = new_recorder()
    recorder.add(small_save(0))
    trouble_of(recorder)
    disk.full = False
    recorder.flush()
    assert steps_in(folder) == [0]
    assert read_record(folder) == RECORD


def test_a_disk_that_stays_full_is_told_at_the_end(new_recorder: NewRecorder, folder: Path, disk: FullDisk) -> None:
    recorder = new_recorder()
    recorder.add(small_save(0))
    recorder.flush()
    disk.full = True
    recorder.add(small_save(1))
    assert closed(recorder, FINISHED) == (
        f"The end of the run could not be recorded in {folder} (database or disk is full)."
    )
    assert steps_in(folder) == [0]
    assert read_record(folder).result is None
    with FileLock(folder / LOCK_FILE, timeout=0):
        pass


def test_an_end_that_cannot_be_written_is_told(
    new_recorder: NewRecorder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = new_recorder()
    recorder.add(small_save(0))
    recorder.flush()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(RunRecord, "write", full)
    assert closed(recorder, FINISHED).endswith("could not be recorded in " + f"{folder} (No space left on device).")
    assert steps_in(folder) == [0]
    assert read_record(folder).result is None


def test_settings_that_cannot_be_written_are_tried_again_with_the_saves(
    new_recorder: NewRecorder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    recorder = new_recorder()
    with monkeypatch.context() as patch:
        patch.setattr(RunRecord, "write", full)
        recorder.add(small_save(0))
        assert "(No space left on device)" in trouble_of(recorder)
    recorder.flush()
    assert (steps_in(folder), read_record(folder)) == ([0], RECORD)


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("a fault of the program")])
def test_an_unforeseen_error_is_told_and_does_not_end_the_recording(
    new_recorder: NewRecorder, folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def failing(*_: object) -> bytes:
        raise error

    recorder = new_recorder()
    with monkeypatch.context() as patch:
        patch.setattr(SaveCodec, "encode", failing)
        recorder.add(small_save(0))
        assert f"({reason_of(error)})" in trouble_of(recorder)
    recorder.flush()
    recorder.add(small_save(1))
    assert closed(recorder, FINISHED) == ""
    assert steps_in(folder) == [0, 1]


def test_a_folder_that_was_moved_is_missed_until_it_is_back(new_recorder: NewRecorder, folder: Path) -> None:
    recorder = new_recorder()
    recorder.add(small_save(0))
    recorder.flush()
    folder.rename(folder.parent / "elsewhere")
    recorder.add(small_save(1))
    assert f"in {folder} (the folder is gone)" in trouble_of(recorder)
    assert not folder.exists()
    (folder.parent / "elsewhere").rename(folder)
    recorder.flush()
    recorder.add(small_save(2))
    assert closed(recorder, FINISHED) == ""
    assert steps_in(folder) == [0, 1, 2]


@pytest.mark.skipif(os.name == "nt", reason="Windows deletes no file that is open")
def test_a_folder_that_was_deleted_gets_the_whole_run_once_it_is_made_again(
    new_recorder: NewRecorder, folder: Path
) -> None:
    recorder = new_recorder()
    for step in range(300):
        recorder.add(small_save(step))
    recorder.flush()
    shutil.rmtree(folder)
    recorder.add(small_save(300))
    trouble_of(recorder)
    folder.mkdir()
    recorder.flush()
    with pytest.raises(FolderInUse):
        run_recorder(folder, RECORD)
    assert read_record(folder) == RECORD
    recorder.add(small_save(301))
    assert closed(recorder, FINISHED) == ""
    assert steps_in(folder) == list(range(302))
    assert {path.name for path in folder.iterdir()} - {LOCK_FILE} == {HISTORY_FILE, SETTINGS_FILE}


@pytest.mark.skipif(os.name == "nt", reason="Windows deletes no file that is open")
def test_a_folder_that_was_deleted_before_the_end_is_told(new_recorder: NewRecorder, folder: Path) -> None:
    recorder = new_recorder()
    recorder.add(small_save(0))
    recorder.flush()
    shutil.rmtree(folder)
    assert closed(recorder, FINISHED) == f"The end of the run could not be recorded in {folder} (the folder is gone)."


@pytest.mark.skipif(os.name == "nt", reason="Windows replaces no file that is open")
def test_another_history_in_its_place_is_left_alone(new_recorder: NewRecorder, folder: Path) -> None:
    recorder = new_recorder()
    recorder.add(small_save(0))
    recorder.flush()
    (folder / HISTORY_FILE).unlink()
    (folder / HISTORY_FILE).write_bytes(b"mine")
    recorder.add(small_save(1))
    assert "another history is in its place" in trouble_of(recorder)
    assert (folder / HISTORY_FILE).read_bytes() == b"mine"
    (folder / HISTORY_FILE).unlink()
    recorder.flush()
    assert closed(recorder, FINISHED) == ""
    assert steps_in(folder) == [0, 1]


@contextlib.contextmanager
def no_folder_can_be_made() -> Iterator[None]:
    """Has no folder be made for want of room."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "mkdir", lambda *_, **__: (_ for _ in ()).throw(OSError(errno.ENOSPC, "No space left")))
        yield


def test_a_folder_that_cannot_be_made_for_want_of_room_is_waited_for(new_recorder: NewRecorder, folder: Path) -> None:
    with no_folder_can_be_made():
        recorder = new_recorder()
        recorder.add(small_save(0))
        assert trouble_of(recorder).startswith(f"The run cannot be recorded in {folder} (No space left)")
    recorder.flush()
    assert closed(recorder, FINISHED) == ""
    assert steps_in(folder) == [0]


def test_a_folder_that_can_never_be_made_is_refused_at_once(new_recorder: NewRecorder, folder: Path) -> None:
    folder.parent.write_text("a file where a folder should be")
    with pytest.raises(NotWritable, match=re.escape(f"{folder.parent} is a file.")):
        new_recorder()


def test_what_could_never_be_written_tells_why_and_whether_something_was_written_before(
    new_recorder: NewRecorder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    recorder = new_recorder()
    with monkeypatch.context() as patch:
        patch.setattr(RunRecord, "write", refused)
        recorder.add(small_save(0))
        with pytest.raises(NotRecorded) as failure:
            recorder.flush()
    assert str(failure.value) == f"The run cannot be recorded in {folder} (Permission denied)."
    assert never_passes(failure.value)
    assert not recorder.has_begun
    recorder.flush()
    assert recorder.has_begun
    with monkeypatch.context() as patch:
        patch.setattr(HistoryWriter, "write", refused)
        recorder.add(small_save(1))
        trouble_of(recorder)
    recorder.flush()
    assert steps_in(folder) == [0, 1]


def test_trouble_that_stays_is_logged_once(
    new_recorder: NewRecorder, disk: FullDisk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    recorder = new_recorder()
    disk.full = True
    recorder.add(small_save(0))
    for _ in range(4):
        trouble_of(recorder)
    assert disk.failures >= 4
    assert len(caplog.records) == 1
    assert caplog.records[0].levelno == logging.INFO


def test_a_folder_that_another_run_took_meanwhile_is_waited_for(new_recorder: NewRecorder, folder: Path) -> None:
    with no_folder_can_be_made():
        recorder = new_recorder()
    other = run_recorder(folder, RECORD)
    recorder.add(small_save(1))
    assert trouble_of(recorder) == f"{folder} is in use: another run records into it."
    closed(other)
    recorder.flush()
    assert steps_in(folder) == [1]


def test_saves_that_the_disk_cannot_keep_up_with_are_waited_for(
    new_recorder: NewRecorder, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_write = threading.Event()
    write = HistoryWriter.write

    def slow(writer: HistoryWriter, saves: Sequence[Save]) -> int:
        assert may_write.wait(20.0)
        return write(writer, saves)

    monkeypatch.setattr(HistoryWriter, "write", slow)
    monkeypatch.setattr(recorder_module, "_MOST_WAITING_BYTES", 10 * small_save(0).images.nbytes)
    recorder, added = new_recorder(), []

    def add() -> None:
        for step in range(30):
            recorder.add(small_save(step))
            added.append(step)

    thread = threading.Thread(target=add)
    thread.start()
    wait_until(lambda: len(added) == 10)
    thread.join(0.1)
    assert len(added) == 10
    may_write.set()
    thread.join()
    assert closed(recorder, FINISHED) == ""
    assert steps_in(folder) == list(range(30))


def test_events_stay_with_their_saves_across_trouble(new_recorder: NewRecorder, folder: Path, disk: FullDisk) -> None:
    recorder = new_recorder()
    disk.full = True
    for step in range(4):
        recorder.add(make_save(step=step, slots=2, shape=(3, 4, 1), applied=((step, step),)))
    trouble_of(recorder)
    disk.full = False
    recorder.flush()
    closed(recorder, dataclasses.replace(FINISHED, steps=3))
    reader = HistoryReader(folder)
    assert [event.step for event in reader.events()] == [0, 1, 2, 3]
    reader.close()
