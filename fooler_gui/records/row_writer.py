"""Writes a history of any kind row by row, each batch whole or not at all, wherever its file is moved to."""

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
        path: Of the new file; one that is there is replaced.
        form: Of the history.
        meta: What its table ``meta`` holds.
        fill: Writes what other tables hold from the start.

    Attributes:
        byte_budget: So many bytes of rows are kept at most; None for no limit.
        thinned: How many rows were thinned out so far to stay within it.

    Raises:
        OSError: As is `sqlite3.Error`: the file cannot be made.
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
        """Tells whether the file is still there at `path`, and not another one in its place."""
        return is_file_at(path, self._file)

    def move_to(self, path: Path) -> None:
        """Writes the whole history, which may have been deleted meanwhile, to the file `path` and goes on there.

        Raises:
            OSError: The file cannot be written.
            sqlite3.Error: Likewise, or the history cannot be read any more.
        """
        self._path = path
        self._write_anew({})

    def write(self, rows: Sequence[Row]) -> int:
        """Writes the first of `rows`, in order; all of these or, where it raises, none.

        Returns:
            How many these are.

        Raises:
            OSError: With the number EFBIG: no file there may become so large.
            sqlite3.Error: The disk is full, or the file can no longer be written.
        """
        with written_together(self._opened(), self._path):
            self._insert(self._opened(), rows)
        return len(rows)

    def close(self) -> None:
        """Ends the writing; the file then stands alone.

        Raises:
            OSError: As is `sqlite3.Error`: what is in the write-ahead log cannot be moved into the file; it is kept
                beside it.
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
        """Replaces the file by one without the rows of tables, by the numbers that begin them, that are `gone`."""
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
    """Returns the SQL that inserts a row of so many `columns` into the table `name`."""
    return f"INSERT INTO {name} VALUES ({', '.join('?' * columns)})"  # noqa: S608 - a table of the program's
