"""Creates SQLite files that hold a history, and opens untrusted ones safely."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, get_type_hints

from fooler_gui.core.errors import LabError
from fooler_gui.core.file_kind import FileKind, kind_of
from fooler_gui.core.files import written_whole
from fooler_gui.records.sqlite_file import JOURNAL, LOG, SHARED, growing, new_file, opened_to_read, opened_to_write

HISTORY_FILE = "history.sqlite"
HISTORY_FILES = (HISTORY_FILE, *(HISTORY_FILE + ending for ending in (LOG, SHARED, JOURNAL)))
"""The history, and the files beside it while it is written or after a crash."""

_APPLICATION = 0x464F4F4C
_LONGEST_QUERY_SECONDS = 1.5
_OPCODES_BETWEEN_LOOKS = 20_000
_LONGEST_TABLE = 1_000
_MOST_ROWS = 1_000_000

Row = TypeVar("Row")


class HistoryError(LabError, ValueError):
    """A history cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryForm:
    """The common properties of all histories of one kind.

    Attributes:
        of: The kind of work: "a run".
        version: Changes with the tables and their contents.
        former: Older versions that can still be read.
        tables: The columns of each table, in SQL, by name; the table ``meta`` of names and values is added.
        rows: The table that grows by rows of one dataclass, whose fields are its columns; "" if none does.
        longest_row: In bytes; longer ones are not read.
    """

    of: str
    version: int
    former: tuple[int, ...] = ()
    tables: Mapping[str, str]
    rows: str = ""
    longest_row: int = 2**20

    @property
    def statements(self) -> tuple[str, ...]:
        """The SQL that makes the tables."""
        tables = {"meta": "name TEXT PRIMARY KEY, value TEXT NOT NULL", **self.tables}
        return tuple(f"CREATE TABLE {name} ({columns})" for name, columns in tables.items())


def write_history(
    path: Path,
    form: HistoryForm,
    meta: Mapping[str, str],
    fill: Callable[[sqlite3.Connection], object] = lambda _empty: None,
) -> None:
    """Writes a new history to `path`, whole or not at all; an existing one is replaced.

    Args:
        path: The file.
        form: The history's form.
        meta: The contents of the table ``meta``.
        fill: Fills the other tables.

    Raises:
        OSError: It cannot be written; so does `sqlite3.Error`.
    """
    with growing(path), written_whole(path) as temporary, contextlib.closing(new_file(temporary)) as connection:
        connection.execute("BEGIN")
        connection.execute(f"PRAGMA application_id={_APPLICATION}")
        connection.execute(f"PRAGMA user_version={form.version}")
        for statement in form.statements:
            connection.execute(statement)
        connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
        fill(connection)
        connection.execute("COMMIT")
    for name in HISTORY_FILES[1:]:  # they belong to the replaced file
        path.with_name(name).unlink(missing_ok=True)


def is_file_at(path: Path, file: os.stat_result) -> bool:
    """Returns whether the file at `path` is still the one with the status `file`."""
    try:
        return os.path.samestat(path.stat(), file)
    except OSError:
        return False


@contextmanager
def written_together(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Commits what is written inside to the history at `path`; if it raises, nothing is written.

    Raises:
        OSError: EFBIG: the file may not grow any more.
    """
    with growing(path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def seal_history(path: Path) -> None:
    """Merges what a crash left beside the history at `path` into it, so that the file is self-contained.

    Raises:
        HistoryError: It cannot be written, or is damaged.
    """
    with reading(path):
        close_written(opened_to_write(path))


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turns SQLite's errors with the history at `path` into one sentence."""
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
    """Returns a read-only connection to the history at `path`.

    Raises:
        HistoryError: There is none, or it is not an intact history of this form.
    """
    if not path.is_file():
        raise HistoryError(f"There is no history {path}.")
    _check_kind(path)
    with reading(path):
        connection = _guarded(path, form.longest_row)
        try:
            _check(connection, path, form)
        except BaseException:
            connection.close()
            raise
    return connection


def _check_kind(path: Path) -> None:
    try:
        kind = kind_of(path)
    except OSError as error:
        raise HistoryError(f"{path} cannot be read: {error.strerror or error}.") from error
    if kind not in (FileKind.SQLITE, FileKind.EMPTY, FileKind.UNKNOWN):
        raise HistoryError(f"{path} must be an intact history; it is {kind.value}.")


def read_rows(path: Path, form: HistoryForm, kind: type[Row]) -> tuple[Row, ...]:
    """Returns the first million rows of a history, as the dataclass `kind`, in order, also while it is written.

    Raises:
        HistoryError: There is no intact history of this form, or it holds no such rows.
    """
    columns = get_type_hints(kind)
    question = f"SELECT {', '.join(columns)} FROM {form.rows} ORDER BY 1 LIMIT ?"  # noqa: S608 - names of the program's
    with contextlib.closing(open_history(path, form)) as connection, reading(path), in_time(connection):
        rows = connection.execute(question, (_MOST_ROWS,)).fetchall()
    if not all(all(map(isinstance, row, columns.values())) for row in rows):
        raise HistoryError(f"{path} must have {', '.join(columns)} of all {form.rows}; it does not.")
    return tuple(kind(**dict(zip(columns, row, strict=True))) for row in rows)


def close_written(connection: sqlite3.Connection) -> None:
    """Ends the writing of a history; the file is then self-contained.

    Raises:
        sqlite3.Error: The write-ahead log cannot be merged into the file; it is kept beside it.
    """
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


@contextmanager
def in_time(connection: sqlite3.Connection) -> Iterator[None]:
    """Interrupts queries on `connection` that take more than a moment."""
    ends = time.monotonic() + _LONGEST_QUERY_SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > ends, _OPCODES_BETWEEN_LOOKS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)


def _guarded(path: Path, longest_row: int) -> sqlite3.Connection:
    """Returns a connection that reads a file whose end is not cut off."""
    connection = opened_to_read(path, _LONGEST_QUERY_SECONDS, longest_row)
    try:
        with in_time(connection):
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            page_bytes = connection.execute("PRAGMA page_size").fetchone()[0]
        stands_alone = not path.with_name(f"{path.name}{LOG}").exists()
        if stands_alone and path.stat().st_size % page_bytes:  # SQLite would read missing bytes as zeros
            raise sqlite3.DatabaseError("its end is cut off")
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, path: Path, form: HistoryForm) -> None:
    tables = form.statements
    with in_time(connection):
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        rows = connection.execute(
            "SELECT substr(sql, 1, ?) FROM sqlite_master WHERE sql IS NOT NULL LIMIT ?",
            (_LONGEST_TABLE, len(tables) + 1),
        ).fetchall()
    if application != _APPLICATION or len(rows) != len(tables) or {row[0] for row in rows} != set(tables):
        raise HistoryError(f"{path} must be a history of {form.of} written by this program; its tables are others.")
    known = (form.version, *form.former)
    if version not in known:
        raise HistoryError(f"{path} must be of form {' or '.join(map(str, known))}; received {version}.")
