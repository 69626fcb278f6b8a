"""SQLite files that hold a history: how they are made, and opened so that a file from a stranger can do no harm."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from fooler_gui.core.errors import LabError
from fooler_gui.core.files import written_whole

HISTORY_FILE = "history.sqlite"
HISTORY_FILES = tuple(HISTORY_FILE + suffix for suffix in ("", "-wal", "-shm", "-journal"))
"""The history, and what lies beside it while it is written or after a crash."""

_APPLICATION = 0x464F4F4C
_LONGEST_QUERY_SECONDS = 1.5
_OPCODES_BETWEEN_LOOKS = 20_000
_LONGEST_TABLE = 1_000


class HistoryError(LabError, ValueError):
    """A history cannot be used. Its text is one sentence that can be shown as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryForm:
    """What all histories of one kind have in common.

    Attributes:
        of: What they are of: "a run".
        version: Changes with the tables and with what stands in them.
        former: Versions that can still be read.
        tables: The SQL that makes each; one of them is ``meta``, of names and values.
        longest_row: In bytes; longer ones are not read.
    """

    of: str
    version: int
    former: tuple[int, ...] = ()
    tables: tuple[str, ...]
    longest_row: int


META = "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)"


def create_history(path: Path, form: HistoryForm, meta: Mapping[str, str]) -> sqlite3.Connection:
    """Returns a connection to a new history at `path`, for the thread that writes it and any that closes it.

    Raises:
        OSError: As is `sqlite3.Error`: it cannot be made.
    """
    with written_whole(path) as temporary, contextlib.closing(_writing(temporary)) as connection:
        connection.execute("BEGIN")
        connection.execute(f"PRAGMA application_id={_APPLICATION}")
        connection.execute(f"PRAGMA user_version={form.version}")
        for table in form.tables:
            connection.execute(table)
        connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        connection.execute("COMMIT")
    return reopened_history(path)


def reopened_history(path: Path) -> sqlite3.Connection:
    """Returns a connection that writes the history at `path`, which this program has written just now.

    Raises:
        sqlite3.Error: It cannot be written.
    """
    connection = _writing(path)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(
            "SELECT count(*) FROM sqlite_master"
        ).fetchone()  # by its log a reader knows that it is written
    except BaseException:
        connection.close()
        raise
    return connection


def _writing(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


def is_file_at(path: Path, file: os.stat_result) -> bool:
    """Tells whether the `file` of that status is still there at `path`, and not another one in its place."""
    try:
        return os.path.samestat(path.stat(), file)
    except OSError:
        return False


@contextmanager
def written_together(connection: sqlite3.Connection) -> Iterator[None]:
    """Has what is written inside stand in the history whole or, where it raises, not at all."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def seal_history(path: Path) -> None:
    """Moves what a crash left beside the history at `path` into it, so that the file stands alone.

    Raises:
        HistoryError: It cannot be written, or is damaged.
    """
    with reading(path), contextlib.closing(_writing(path)) as connection:
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turns what SQLite finds wrong with the history at `path` into one sentence."""
    try:
        yield
    except sqlite3.OperationalError as error:
        reason = "it takes too long to read" if "interrupted" in str(error) else str(error)
        raise HistoryError(f"{path} cannot be read: {reason}.") from error
    except sqlite3.ProgrammingError as error:
        raise HistoryError(f"{path} is closed.") from error
    except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
        raise HistoryError(f"{path} must be an intact history; it is damaged ({error}).") from error


def open_history(path: Path, form: HistoryForm) -> sqlite3.Connection:
    """Returns a connection that can only read the history at `path`.

    Raises:
        HistoryError: There is none, or it is no intact history of this form.
    """
    if not path.is_file():
        raise HistoryError(f"There is no history {path}.")
    with reading(path):
        connection = _connected(path, form.longest_row)
        try:
            _check(connection, path, form)
        except BaseException:
            connection.close()
            raise
    return connection


def close_written(connection: sqlite3.Connection) -> None:
    """Ends the writing of a history; the file then stands alone.

    Raises:
        sqlite3.Error: What is in the write-ahead log cannot be moved into the file; it is kept beside it.
    """
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


@contextmanager
def in_time(connection: sqlite3.Connection) -> Iterator[None]:
    """Interrupts what is asked of `connection` inside when it takes more than a moment."""
    ends = time.monotonic() + _LONGEST_QUERY_SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > ends, _OPCODES_BETWEEN_LOOKS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)


def _connected(path: Path, longest_row: int) -> sqlite3.Connection:
    """Lets nothing that a file holds run, and no query take longer than a person waits.

    A history that stands alone is not written any more; it may lie where nobody can write.
    """
    is_written = path.with_name(f"{path.name}-wal").exists()
    address = f"file:{quote(str(path.absolute()))}?{'mode=ro' if is_written else 'immutable=1'}"
    connection = sqlite3.connect(
        address, timeout=_LONGEST_QUERY_SECONDS, isolation_level=None, check_same_thread=False, uri=True
    )
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, longest_row)
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "query_only=ON", "mmap_size=0"):
            connection.execute(f"PRAGMA {pragma}")
        with in_time(connection):
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            page_bytes = connection.execute("PRAGMA page_size").fetchone()[0]
        if not is_written and path.stat().st_size % page_bytes:  # SQLite would take what is missing for zeros
            raise sqlite3.DatabaseError("its end is cut off")
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, path: Path, form: HistoryForm) -> None:
    tables = form.tables
    with in_time(connection):
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        rows = connection.execute(
            "SELECT substr(sql, 1, ?) FROM sqlite_master WHERE sql IS NOT NULL LIMIT ?",
            (_LONGEST_TABLE, len(tables) + 1),
        ).fetchall()
    if application != _APPLICATION or len(rows) != len(tables) or {row[0] for row in rows} != set(tables):
        raise HistoryError(f"{path} must be a history of {form.of} as this program writes it; its tables are others.")
    known = (form.version, *form.former)
    if version not in known:
        raise HistoryError(f"{path} must be of form {' or '.join(map(str, known))}; received {version}.")
