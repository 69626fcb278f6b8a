"""Records work of any kind on a separate thread, so that the work is hardly slowed down.

What cannot be written, because the disk is full or the folder is gone, is kept until `Recorder.flush` is called again;
`recording` makes the work wait for that.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import itertools
import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.core.files import followed, give_back_folder, make_folder
from fooler_gui.core.write_check import check_folder
from fooler_gui.core.write_errors import never_passes
from fooler_gui.records.history_file import HISTORY_FILE, HISTORY_FILES
from fooler_gui.records.locks import HeldLock
from fooler_gui.records.record import Record
from fooler_gui.records.row_writer import RowWriter

_log = logging.getLogger(__name__)
_COMMIT_SECONDS = 0.25
_MOST_WAITING_BYTES = 2**28
_MOST_AT_ONCE = 256

Row = TypeVar("Row")


class NotRecorded(LabError):
    """Work, or its end, could not be recorded. Its cause is the reason."""


def _of_its_form(record: Record) -> Callable[[Path, object], RowWriter[Any]]:
    form = record.HISTORY
    assert form is not None, "a record without a history has no rows"
    return lambda path, _row: RowWriter(path, form, {})


class Recorder(Generic[Row]):
    """Writes one record with its history into one folder. For use by one thread.

    Nothing is written before the first row; a folder that stays empty is removed at the end.

    Args:
        folder: Created if missing; a record there is replaced.
        record: The record at the start of the work.
        begin_history: Returns a writer of a new history file, given the first row; by default one of rows only.
        bytes_of: Returns the bytes of memory that a row takes until it is written.

    Raises:
        FolderInUse: The folder is being recorded into, here or in another program.
        NotWritable: The folder can never be written.
    """

    def __init__(
        self,
        folder: Path,
        record: Record,
        begin_history: Callable[[Path, Row], RowWriter[Row]] | None = None,
        bytes_of: Callable[[Row], int] = lambda _row: 0,
    ) -> None:
        self._folder = folder
        self._record = self._written = record
        self._begin_history = begin_history or _of_its_form(record)
        self._bytes_of = bytes_of
        self._waiting: deque[Row] = deque()
        self._waiting_bytes = 0
        self._condition = threading.Condition()
        self._asked = self._answered = 0
        self._closing = False
        self._error: Exception | None = None
        self._writer: RowWriter[Row] | None = None
        self._lock: HeldLock | None = None
        try:
            make_folder(folder)
            self._lock = record.locked(folder)
        except OSError as error:  # retried at the first row
            if never_passes(error):
                check_folder(folder)
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    @property
    def has_begun(self) -> bool:
        """Whether anything was written."""
        return self._writer is not None

    @property
    def is_stuck(self) -> bool:
        """Whether the last attempt to write failed."""
        return self._error is not None

    @property
    def byte_budget(self) -> int:
        """The most bytes of rows to keep; 0 for no limit."""
        return (None if self._writer is None else self._writer.byte_budget) or 0

    @property
    def thinned(self) -> int:
        """How many rows were removed to stay within the budget."""
        return 0 if self._writer is None else self._writer.thinned

    def add(self, row: Row) -> None:
        """Adds a row; waits if far too many are pending."""
        with self._condition:
            self._condition.wait_for(lambda: self._waiting_bytes < _MOST_WAITING_BYTES or self.is_stuck)
            self._waiting.append(row)
            self._waiting_bytes += self._bytes_of(row)
            if len(self._waiting) >= _MOST_AT_ONCE:
                self._condition.notify_all()

    def note(self, **changes: Any) -> None:
        """Changes fields of the record, written after the rows added before."""
        with self._condition:
            self._record = dataclasses.replace(self._record, **changes)

    def flush(self) -> None:
        """Waits until everything is on disk.

        Raises:
            NotRecorded: It could not be written, but is kept.
        """
        self._ask()
        if self._error is not None:
            self._raise("The {what} cannot be recorded in {folder} ({reason}).", self._error)

    def close(self) -> None:
        """Writes the rest and releases the folder; further calls do nothing.

        Raises:
            NotRecorded: It could not be written, and is lost.
        """
        if self._closing:
            return
        self._ask(closing=True)
        self._thread.join()
        error = self._error
        is_in_place = self._writer is None or self._writer.is_at(self._folder / HISTORY_FILE)
        if self._writer is not None:
            with contextlib.suppress(OSError, sqlite3.Error):  # what cannot be merged into the file is kept beside it
                self._writer.close()
        if self._lock is not None:
            self._lock.let_go(remove=self._writer is None or (self._record.BESIDE_A_FILE and is_in_place))
            if self._writer is None:
                give_back_folder(self._folder)
        if error is not None:
            self._raise("The end of the {what} could not be recorded in {folder} ({reason}).", error)

    def _ask(self, *, closing: bool = False) -> None:
        """Requests that everything be written, for the last time if `closing`, and waits for the attempt."""
        with self._condition:
            self._closing = closing
            self._asked += 1
            self._condition.notify_all()
            self._condition.wait_for(lambda: self._answered == self._asked)

    def _raise(self, words: str, error: Exception) -> None:
        if not isinstance(error, LabError):
            what = self._record.WHAT.removeprefix("a ")
            words = words.format(what=what, folder=self._folder, reason=reason_of(error))
        raise NotRecorded(str(error) if isinstance(error, LabError) else words) from error

    def _work(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(self._has_to_hurry, None if self.is_stuck else _COMMIT_SECONDS)
                asked, is_last = self._asked, self._closing
                is_idle = not self._waiting and asked == self._answered
            error = None if is_idle else self._try_to_write()
            with self._condition:
                self._note(error)
                self._answered = asked
                self._condition.notify_all()
                if is_last:
                    return

    def _has_to_hurry(self) -> bool:
        return self._asked > self._answered or (not self.is_stuck and len(self._waiting) >= _MOST_AT_ONCE)

    def _note(self, error: Exception | None) -> None:
        if error is not None and self._error is None:  # repeated failures are logged once
            _log.info("Recording into %s failed", self._folder, exc_info=error)
        self._error = error

    def _try_to_write(self) -> Exception | None:
        """Writes all pending rows, then the record; returns the error if that fails."""
        try:
            while rows := self._some_waiting():
                written = self._writer_for(rows[0]).write(rows)
                with self._condition:
                    for _ in range(written):
                        self._waiting_bytes -= self._bytes_of(self._waiting.popleft())
                    self._condition.notify_all()
            if self._writer is not None:
                self._stay_in_place(self._writer)
                with self._condition:
                    record = self._record
                if record is not self._written:
                    record.write(self._folder)
                    self._written = record
        except Exception as error:  # noqa: BLE001 - a recorder that fell silent would lose the work
            return error
        return None

    def _some_waiting(self) -> list[Row]:
        with self._condition:
            return list(itertools.islice(self._waiting, _MOST_AT_ONCE))

    def _writer_for(self, row: Row) -> RowWriter[Row]:
        if self._writer is None:
            self._writer = self._begun(row)
        else:
            self._stay_in_place(self._writer)
        return self._writer

    def _begun(self, row: Row) -> RowWriter[Row]:
        if self._lock is None:
            make_folder(self._folder)
            self._lock = self._record.locked(self._folder)
        for name in (self._record.FILE, *HISTORY_FILES):
            (self._folder / name).unlink(missing_ok=True)
        writer = self._begin_history(self._folder / HISTORY_FILE, row)
        try:
            self._written = self._record
            self._written.write(self._folder)
        except BaseException:
            writer.close()
            raise
        return writer

    def _stay_in_place(self, writer: RowWriter[Row]) -> None:
        """Makes sure that the history is still in place: a folder that was emptied gets everything again."""
        path = self._folder / HISTORY_FILE
        if writer.is_at(path):
            return
        if self._record.BESIDE_A_FILE:
            followed(self._folder).mkdir(exist_ok=True)
        elif not self._folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, "the folder is gone")
        if path.exists():
            raise FileExistsError(errno.EEXIST, "another history is in its place")
        if self._lock is not None:
            self._lock.let_go()
        self._lock = self._record.locked(self._folder)
        writer.move_to(path)
        self._written.write(self._folder)
