"""SQLite files on any file system: without locks if it has none, with an error of its own if a file may not grow."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from fooler_gui.core.files import file_size
from fooler_gui.core.write_errors import says_too_large

LOG, SHARED, JOURNAL = "-wal", "-shm", "-journal"
"""Endings of the files that SQLite keeps beside one while it is written."""

PAGE_BYTES = 4096
"""The page size of a file, in bytes."""

_OPENING_SECONDS = 1.0
_BUSY_SECONDS = 5.0
_WITHOUT_LOCKS = f"vfs={'win32' if os.name == 'nt' else 'unix'}-none"
_ALONE = "locking_mode=EXCLUSIVE"
"""Without memory shared with readers."""

_ONLY_READING = ("trusted_schema=OFF", "cell_size_check=ON", "query_only=ON", "mmap_size=0")
"""Safe with files from strangers."""

_LOG_STAYS = "wal_autocheckpoint=0"
"""Only at the end, so that readers see no changes."""

_WAYS_TO_WRITE = (
    ("mode=rw", "synchronous=NORMAL"),
    (f"mode=rw&{_WITHOUT_LOCKS}", _ALONE, _LOG_STAYS, "synchronous=NORMAL"),
    (f"mode=rw&{_WITHOUT_LOCKS}", _ALONE, _LOG_STAYS, "synchronous=OFF"),
)
_MISSING = (
    "SQLITE_BUSY",  # reported for a missing lock server
    "SQLITE_PERM",
    "SQLITE_PROTOCOL",
    "SQLITE_IOERR_LOCK",
    "SQLITE_IOERR_RDLOCK",
    "SQLITE_IOERR_UNLOCK",
    "SQLITE_IOERR_CHECKRESERVEDLOCK",
    "SQLITE_IOERR_SHM",
    "SQLITE_IOERR_FSYNC",
)
"""SQLite's errors on a file system without locks, shared memory or sync."""

_LOG_HEADER_BYTES = 32
_MOST_ADDED_AT_ONCE = 2**16
"""In bytes, written beyond the end of an SQLite file."""


def new_file(path: Path) -> sqlite3.Connection:
    """Returns a connection that fills the empty private file `path` without locks and journal."""
    connection = _connected(path, _WITHOUT_LOCKS)
    connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    return connection


def opened_to_write(path: Path) -> sqlite3.Connection:
    """Returns a connection that writes the file `path`, for any thread, and runs no code in the file.

    Raises:
        sqlite3.Error: It cannot be written.
    """
    for how, *settings in _WAYS_TO_WRITE:
        try:
            return _with_log(_connected(path, how, _OPENING_SECONDS), settings)
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith(_MISSING):
                raise
            missing = error
            with contextlib.suppress(OSError):
                _beside(path, SHARED).unlink()
    raise missing


def opened_to_share(path: Path, seconds: float) -> sqlite3.Connection:
    """Returns a connection that writes the file `path` beside other processes, never without locks.

    Args:
        path: The file. It runs no code.
        seconds: How long to wait for a lock.

    Raises:
        sqlite3.Error: It cannot be written, or the file system has no locks.
    """
    how, *settings = _WAYS_TO_WRITE[0]
    connection = _with_log(_connected(path, how, seconds), settings)
    _wait_for_locks(connection, seconds)
    return connection


def opened_to_read(path: Path, seconds: float, longest_row: int) -> sqlite3.Connection:
    """Returns a connection that only reads the file `path`, for any thread; see `is_written_alone`.

    A self-contained file is no longer written; it may be in a read-only folder.

    Args:
        path: The file. It runs no code.
        seconds: How long to wait for a lock.
        longest_row: In bytes; longer rows are not read.

    Raises:
        sqlite3.Error: It cannot be read.
    """
    settings: tuple[str, ...] = _ONLY_READING
    if is_written_alone(path):
        connection = _connected(path, f"mode=ro&{_WITHOUT_LOCKS}")
        settings = (_ALONE, *settings)
    else:
        connection = _connected(path, "mode=ro" if _beside(path, LOG).exists() else "immutable=1", seconds)
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, longest_row)
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")
    except BaseException:
        connection.close()
        raise
    return connection


def is_written_alone(path: Path) -> bool:
    """Returns whether the file `path` is being written without locks, or was until a crash.

    Readers then see a snapshot from when they opened it. The log must not be empty: SQLite would remove an empty one,
    even for a reader.
    """
    return file_size(_beside(path, LOG)) > _LOG_HEADER_BYTES and not _beside(path, SHARED).exists()


@contextmanager
def growing(path: Path) -> Iterator[None]:
    """Raises a distinct error if the file `path` cannot be written because it may not grow.

    Raises:
        OSError: EFBIG: the file may not grow.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname.startswith("SQLITE_IOERR") and _has_no_room(path):
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path)) from error
        raise


def limit_log(connection: sqlite3.Connection, size: int) -> None:
    """Limits the log of `connection` to about `size` bytes, unless readers without locks need all of it."""
    ((pages,),) = connection.execute("PRAGMA wal_autocheckpoint").fetchall()
    connection.execute(f"PRAGMA wal_autocheckpoint={min(pages, max(1, size // PAGE_BYTES))}")


def largest_part(path: Path) -> int:
    """Returns the size of the largest of the file `path` and those beside it, in bytes."""
    return max(file_size(path), file_size(_beside(path, LOG)))


def _connected(path: Path, how: str, seconds: float = 0.0) -> sqlite3.Connection:
    address = f"file:{quote(os.fsencode(path.absolute()))}?{how}"
    return sqlite3.connect(address, timeout=seconds, isolation_level=None, check_same_thread=False, uri=True)


def _with_log(connection: sqlite3.Connection, settings: Iterable[str]) -> sqlite3.Connection:
    """Returns `connection` with a write-ahead log, by which readers know that the file is being written."""
    try:
        for setting in ("trusted_schema=OFF", *settings, "journal_mode=WAL"):
            connection.execute(f"PRAGMA {setting}")
        ((version,),) = connection.execute("PRAGMA user_version").fetchall()
        connection.execute(f"PRAGMA user_version={version}")  # so that the log is not empty
        _wait_for_locks(connection, _BUSY_SECONDS)
    except BaseException:
        connection.close()
        raise
    return connection


def _wait_for_locks(connection: sqlite3.Connection, seconds: float) -> None:
    connection.execute(f"PRAGMA busy_timeout={round(1_000 * seconds)}")


def _has_no_room(path: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=path.parent) as file:
            file.seek(largest_part(path) + _MOST_ADDED_AT_ONCE)
            file.write(b"\0")
    except OSError as error:
        return says_too_large(error)
    return False


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
