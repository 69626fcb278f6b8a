"""Records a run while it goes on, on a thread of its own, so that the run hardly notices.

What cannot be written, because the disk is full or the folder is gone, is kept and tried again until it can. Where it
never could be and never can, that is said instead.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import logging
import sqlite3
import threading
from collections import deque
from pathlib import Path

from filelock import Timeout

from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.core.files import give_back_folder, make_folder
from fooler_gui.core.messages import RunFinished, Save
from fooler_gui.core.write_check import check_folder
from fooler_gui.core.write_errors import never_passes, says_too_large
from fooler_gui.records.history_file import HISTORY_FILE, HISTORY_FILES
from fooler_gui.records.history_writer import HistoryWriter
from fooler_gui.records.locks import HeldLock
from fooler_gui.records.run_folder import LOCK_FILE, SETTINGS_FILE, RunRecord, write_record
from fooler_gui.records.save_codec import RunShape

BYTE_BUDGET = 4 * 2**30
"""So many bytes of saves are kept of a run, unless one says otherwise."""

_log = logging.getLogger(__name__)
_COMMIT_SECONDS = 0.25
_RETRY_SECONDS = 1.0
_MOST_WAITING_BYTES = 2**28
_MOST_AT_ONCE = 256
_STALLED = "The run cannot be recorded in {folder} ({reason}); it goes on once it can. Nothing is lost until then."
_HOPELESS = "The run cannot be recorded in {folder} ({reason})."
_BROKEN_OFF = "The end of the run could not be recorded in {folder} ({reason})."


class FolderInUse(LabError):
    """Another run records into the folder. Its text is one sentence."""


class Recorder:
    """Writes one run into one folder. `add` and `close` are called by one thread.

    Args:
        folder: Made if need be; a run there is replaced. Where it is left empty, it is removed at the end.
        record: Of the run.
        byte_budget: See `HistoryWriter`.

    Raises:
        FolderInUse: Another run records into the folder, here or in another program.
        NotWritable: Nothing can ever be written there.
    """

    def __init__(self, folder: Path, record: RunRecord, byte_budget: int | None = BYTE_BUDGET) -> None:
        self._folder = folder
        self._record = record
        self._byte_budget = byte_budget
        self._waiting: deque[Save] = deque()
        self._waiting_bytes = 0
        self._condition = threading.Condition()
        self._hurry = False
        self._closing = False
        self._error: Exception | None = None
        self._writer: HistoryWriter | None = None
        self._lock: HeldLock | None = None
        try:
            self._take_lock()
        except OSError as error:  # a folder that cannot be made yet is tried again at the first save
            if never_passes(error):
                check_folder(folder)
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> str:
        """Why nothing can be written at present, in a sentence; "" while all is well."""
        with self._condition:
            return "" if self._error is None else _sentence(_STALLED, self._folder, self._error)

    @property
    def hopeless(self) -> str:
        """Why nothing can be written now or later, in a sentence; "" where something was, or may be once more."""
        with self._condition:
            error = self._error
            if error is None or not (says_too_large(error) or (self._writer is None and never_passes(error))):
                return ""
            return _sentence(_HOPELESS, self._folder, error)

    @property
    def byte_budget(self) -> int:
        """How many bytes of saves are kept at most."""
        return (self._byte_budget if self._writer is None else self._writer.byte_budget) or 0

    @property
    def thinned(self) -> int:
        """How many saves were thinned out to stay within the budget."""
        return 0 if self._writer is None else self._writer.thinned

    def add(self, save: Save) -> None:
        """Takes a save; waits where far more are waiting than the disk can take."""
        with self._condition:
            self._condition.wait_for(lambda: self._waiting_bytes < _MOST_WAITING_BYTES or self._error is not None)
            self._waiting.append(save)
            self._waiting_bytes += save.images.nbytes
            if len(self._waiting) >= _MOST_AT_ONCE:
                self._condition.notify_all()

    def wait_for_room(self, seconds: float) -> bool:
        """Waits so long at most until writing works again; tells whether it does."""
        with self._condition:
            return self._condition.wait_for(lambda: self._error is None, seconds)

    def flush(self) -> bool:
        """Waits until every save is on disk; tells whether it is, or whether writing does not work."""
        with self._condition:
            self._hurry = True
            self._condition.notify_all()
            self._condition.wait_for(lambda: not self._waiting or self._error is not None)
            return self._error is None

    def close(self, finished: RunFinished | None) -> str:
        """Writes what is left and how the run ended; returns why that could not be, in a sentence, or "".

        Args:
            finished: How it ended; None where it broke off, which leaves the run to be recovered.
        """
        with self._condition:
            self._hurry = self._closing = True
            self._condition.notify_all()
        self._thread.join()
        error = self._error or self._end(finished)
        if self._writer is not None:
            with contextlib.suppress(OSError, sqlite3.Error):  # what cannot be moved into the file is kept beside it
                self._writer.close()
        if self._lock is not None:
            self._let_go(self._lock)
        return "" if error is None else _sentence(_BROKEN_OFF, self._folder, error)

    def _work(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(self._has_to_hurry, _COMMIT_SECONDS if self._error is None else _RETRY_SECONDS)
                saves = list(itertools.islice(self._waiting, _MOST_AT_ONCE))
                last_try, self._hurry = self._closing, self._closing
            written, error = self._try_to_write(saves) if saves else (0, None)
            with self._condition:
                for save in saves[:written]:
                    self._waiting.popleft()
                    self._waiting_bytes -= save.images.nbytes
                self._hurry |= 0 < written < len(saves)
                self._note(error)
                self._condition.notify_all()
                if last_try and (error is not None or not self._waiting):
                    return

    def _has_to_hurry(self) -> bool:
        return self._hurry or (self._error is None and len(self._waiting) >= _MOST_AT_ONCE)

    def _note(self, error: Exception | None) -> None:
        if error is not None and self._error is None:  # what is tried again and again is told once
            _log.info("Recording into %s failed", self._folder, exc_info=error)
        self._error = error

    def _try_to_write(self, saves: list[Save]) -> tuple[int, Exception | None]:
        """Returns how many of `saves` were written, and why none was."""
        try:
            if self._writer is None:
                self._begin(RunShape.of(saves[0]))
            else:
                self._stay_in_place(self._writer)
            assert self._writer is not None
            return self._writer.write(saves), None
        except Exception as error:  # noqa: BLE001 - a recorder that fell silent would lose the run
            return 0, error

    def _stay_in_place(self, writer: HistoryWriter) -> None:
        """Sees to it that what is written will be found: a folder that was emptied gets the whole run once more."""
        path = self._folder / HISTORY_FILE
        if writer.is_at(path):
            return
        if not self._folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, "the folder is gone")
        if path.exists():
            raise FileExistsError(errno.EEXIST, "another history lies in its place")
        if self._lock is not None:
            self._lock.let_go()
        self._take_lock()
        writer.move_to(path)
        write_record(self._folder, self._record)

    def _end(self, finished: RunFinished | None) -> Exception | None:
        if self._writer is None:
            return None
        try:
            self._stay_in_place(self._writer)
            if finished is not None:
                write_record(self._folder, self._record.ended(finished))
        except (OSError, sqlite3.Error) as error:
            return error
        return None

    def _take_lock(self) -> None:
        make_folder(self._folder)
        try:
            self._lock = HeldLock(self._folder / LOCK_FILE)
        except Timeout as error:
            raise FolderInUse(f"{self._folder} is in use: another run records into it.") from error

    def _let_go(self, lock: HeldLock) -> None:
        lock.let_go(remove=self._writer is None)
        if self._writer is None:
            give_back_folder(self._folder)

    def _begin(self, shape: RunShape) -> None:
        if self._lock is None:
            self._take_lock()
        (self._folder / SETTINGS_FILE).unlink(missing_ok=True)
        for name in HISTORY_FILES:
            (self._folder / name).unlink(missing_ok=True)
        writer = HistoryWriter(self._folder / HISTORY_FILE, shape, self._byte_budget)
        try:
            write_record(self._folder, self._record)
        except BaseException:
            writer.close()
            raise
        self._writer = writer


def _sentence(words: str, folder: Path, error: Exception) -> str:
    if isinstance(error, LabError):
        return str(error)
    return words.format(folder=folder, reason=reason_of(error))
