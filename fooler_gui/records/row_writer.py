"""Writes a history of any kind row by row, each batch whole or not at all; its file may be moved."""

from __future__ import annotations

import dataclasses
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

from fooler_gui.records.history_file import HistoryForm, close_written, is_file_at, write_history, written_together
from fooler_gui.records.sqlite_file import growing, opened_to_write

Row = TypeVar("Row")


class RowWriter(Generic[Row]):
    """Appends rows to a new history. Used by one thread at a time.

    Args:
        path: The new file; an existing one is replaced.
        form: The history's form.
        meta: The contents of the table ``meta``.
        fill: Fills other tables at the start.

    Attributes:
        byte_budget: The most bytes of rows to keep; None for no limit.
        thinned: How many rows were removed so far to stay within it.

    Raises:
        OSError: The file cannot be created; so does `sqlite3.Error`.
    """

    def __init__(
        self,
        path: Path,
        form: HistoryForm,
        meta: Mapping[str, str],
        fill: Callable[[sqlite3.Connection], object] = lambda _empty: None,
    ) -> None:
        self.byte_budget: int | None = None
        self.thinned = 0
        self._path, self._form, self._meta = path, form, meta
        self._connection: sqlite3.Connection | None = None
        write_history(path, form, meta, fill)
        try:
            self._opened()
        except BaseException:
            path.unlink()
            raise
        self._file = path.stat()

    def is_at(self, path: Path) -> bool:
        """Returns whether the file is still at `path`, and not replaced by another."""
        return is_file_at(path, self._file)

    def move_to(self, path: Path) -> None:
        """Writes the whole history, which may have been deleted meanwhile, to the file `path` and continues there.

        Raises:
            OSError: The file cannot be written.
            sqlite3.Error: Likewise, or the history can no longer be read.
        """
        self._path = path
        self._write_anew({})

    def write(self, rows: Sequence[Row]) -> int:
        """Writes the first of `rows`, in order; none if it raises.

        Returns:
            How many were written.

        Raises:
            OSError: EFBIG: the file may not become so large.
            sqlite3.Error: The disk is full, or the file can no longer be written.
        """
        with written_together(self._opened(), self._path):
            self._insert(self._opened(), rows)
        return len(rows)

    def close(self) -> None:
        """Ends the writing; the file is then self-contained.

        Raises:
            OSError: The write-ahead log cannot be merged into the file and is kept beside it; so does `sqlite3.Error`.
        """
        connection, self._connection = self._connection, None
        if connection is not None:
            with growing(self._path):
                close_written(connection)

    def _insert(self, connection: sqlite3.Connection, rows: Sequence[Any]) -> None:
        """Inserts `rows`, dataclasses whose fields are the columns of the form's table of rows."""
        tuples = [dataclasses.astuple(row) for row in rows]
        if tuples:
            connection.executemany(insertion(self._form.rows, len(tuples[0])), tuples)

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            with growing(self._path):
                self._connection = opened_to_write(self._path)
        return self._connection

    def _write_anew(self, gone: Mapping[str, Collection[int]]) -> None:
        """Replaces the file by one without the rows `gone`, given by table and first column."""
        former = self._opened()

        def fill(new: sqlite3.Connection) -> None:
            for name in self._form.tables:
                without = gone.get(name, ())
                rows = former.execute(f"SELECT * FROM {name} ORDER BY rowid")  # noqa: S608 - a table of the program's
                new.executemany(insertion(name, len(rows.description)), (row for row in rows if row[0] not in without))

        write_history(self._path, self._form, self._meta, fill)
        self._file = self._path.stat()
        self._connection = None
        former.close()
        self._opened()


def insertion(name: str, columns: int) -> str:
    """Returns the SQL that inserts a row of `columns` values into the table `name`."""
    return f"INSERT INTO {name} VALUES ({', '.join('?' * columns)})"  # noqa: S608 - a table of the program's
