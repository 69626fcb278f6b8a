"""The results of a sweep: an SQLite file with a row for each cell, which several processes fill together."""

from __future__ import annotations

import json
import math
import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fooler_gui.records.sqlite_file import new_file, opened_to_read, opened_to_share
from fooler_gui.sweeps.named_files import NamedFiles
from fooler_gui.sweeps.sweep_spec import Share, SweepError, SweepSpec

RESULTS_FILE = "results.sqlite"
WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
MOST_DEATHS = 3
"""How often a worker may end during a cell before the cell counts as failed."""

_FORMAT = 2
BASE_COLUMNS = ("place", "hash", "state", "run", "bytes", "seconds", "worker", "error", "owner", "deaths")
_CELLS = (
    "CREATE TABLE cells (place INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, state TEXT NOT NULL, run TEXT, "
    "bytes INTEGER, seconds REAL, worker TEXT, error TEXT, owner TEXT, deaths INTEGER NOT NULL DEFAULT 0"
)
"""A column of any type for each varied option and one of numbers for each figure come after it."""
_OTHERS = (
    f"CREATE INDEX waiting ON cells (place) WHERE state = '{WAITING}'",
    "CREATE INDEX kept ON cells (place) WHERE run <> ''",
    "CREATE TABLE files (path TEXT PRIMARY KEY, sha256 TEXT NOT NULL)",
)
_CELLS_OF_A_SWEEP = re.compile(re.escape(_CELLS) + r'(, "([^"]|"")*"( REAL)?)*\)')
_LONGEST_ROW = 2**16
"""In bytes."""
_READING_SECONDS, _WRITING_SECONDS = 5.0, 30.0

Surplus = Callable[[list[dict[str, Any]]], list[int]]
"""Takes the cells whose runs are kept, by the names of their columns; returns the places of those whose runs go."""


def create_results(path: Path, spec: SweepSpec, files: NamedFiles | None = None) -> None:
    """Writes the results file `path` with all cells of `spec` waiting; it appears whole or not at all.

    Args:
        path: The file.
        spec: The sweep.
        files: Those that its options name; None for none.

    Raises:
        SweepError: A varied option is called like a column.
        OSError: It cannot be written; likewise a `sqlite3.Error`.
    """
    clash = next((name for name in spec.varied if name in BASE_COLUMNS), "")
    if clash:
        raise SweepError(f"A varied option must not be called {clash}, as a column of the results is.")
    files = files or NamedFiles(spec)
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    part.touch()
    connection = new_file(part)
    try:
        columns = "".join(f", {_quoted(name)}" for name in spec.varied)
        for statement in (f"{_CELLS}{columns})", *_OTHERS):
            connection.execute(statement)
        marks = ", ".join("?" * (3 + len(spec.varied)))
        rows = (
            (place, files.hash_of(cell), WAITING, *map(_stored, cell.varied.values()))
            for place, cell in enumerate(spec.cells())
        )
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO files VALUES (?, ?)", files.hashes.items())
        connection.executemany(f"INSERT INTO cells (place, hash, state{columns}) VALUES ({marks})", rows)  # noqa: S608, quoted above
        connection.execute(f"PRAGMA user_version = {_FORMAT}")
        connection.execute("COMMIT")
    except sqlite3.IntegrityError as error:
        raise SweepError("Two cells of the sweep would do the same: a drawn option has too few choices.") from error
    finally:
        connection.close()
    opened_to_share(part, _WRITING_SECONDS).close()  # is refused where there are no locks; the file keeps its log
    os.replace(part, path)


class Results:
    """An open results file. One thread only; other processes may use the same file at the same time.

    Args:
        path: From `create_results`.
        owner: Identifies this process among those that fill the file; "" to read only.

    Raises:
        SweepError: It is no results file of this version.
        sqlite3.Error: It cannot be opened.
    """

    def __init__(self, path: Path, owner: str = "") -> None:
        self._owner = owner
        self._connection = (
            opened_to_share(path, _WRITING_SECONDS) if owner else opened_to_read(path, _READING_SECONDS, _LONGEST_ROW)
        )
        self._connection.row_factory = sqlite3.Row
        try:
            self._check(path)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def claim(self, share: Share) -> int | None:
        """Takes the first waiting cell of `share` for this process, and returns its place; None if none waits."""
        taken = self._connection.execute(
            "UPDATE cells SET state = ?, owner = ? WHERE place = (SELECT place FROM cells WHERE state = ? "
            "AND place % ? = ? ORDER BY place LIMIT 1) RETURNING place",
            (RUNNING, self._owner, WAITING, share.of, share.number - 1),
        ).fetchall()
        return taken[0]["place"] if taken else None

    def claim_place(self, place: int) -> bool:
        """Takes the cell at `place` for this process if it waits or failed, and returns whether it did."""
        return bool(
            self._connection.execute(
                "UPDATE cells SET state = ?, owner = ? WHERE place = ? AND state IN (?, ?)",
                (RUNNING, self._owner, place, WAITING, FAILED),
            ).rowcount
        )

    def finish(
        self,
        place: int,
        *,
        seconds: float,
        worker: str,
        run: str,
        figures: Mapping[str, float],
        size: int = 0,
        surplus: Surplus | None = None,
    ) -> list[int]:
        """Notes that a cell is done, and returns the places of the cells whose runs are now to be removed.

        Args:
            place: The cell's.
            seconds: How long it took.
            worker: Who did it.
            run: What it recorded, relative to the sweep's folder; "" for nothing.
            figures: What it found, by name. Names of other columns and values that are not finite are left out.
            size: The bytes of what it recorded.
            surplus: Says which runs go; None to keep all.
        """
        others = self._others()
        figures = {name: value for name, value in figures.items() if name not in others and math.isfinite(value)}
        with self._changing():
            columns = self.columns()
            for name in (name for name in figures if name not in columns):
                self._connection.execute(f"ALTER TABLE cells ADD COLUMN {_quoted(name)} REAL")
            settings = "".join(f", {_quoted(name)} = ?" for name in figures)
            self._connection.execute(
                f"UPDATE cells SET state = ?, owner = NULL, seconds = ?, worker = ?, run = ?, bytes = ?{settings}, "  # noqa: S608, quoted
                "error = NULL WHERE place = ?",
                (DONE, seconds, worker, run, size, *figures.values(), place),
            )
            return self._let_go(surplus) if run and surplus else []

    def fail(self, place: int, *, seconds: float, worker: str, error: str) -> None:
        """Notes that a cell failed, and its `error` in a sentence."""
        self._connection.execute(
            "UPDATE cells SET state = ?, owner = NULL, seconds = ?, worker = ?, error = ? WHERE place = ?",
            (FAILED, seconds, worker, error, place),
        )

    def give_back(self, place: int, *, died: bool = False) -> None:
        """Lets a cell wait again; one during which workers `died` too often fails."""
        self._connection.execute(
            "UPDATE cells SET owner = NULL, deaths = deaths + ?1, "
            "state = CASE WHEN deaths + ?1 >= ?2 THEN ?3 ELSE ?4 END, "
            "error = CASE WHEN deaths + ?1 >= ?2 THEN ?5 END WHERE place = ?6",
            (int(died), MOST_DEATHS, FAILED, WAITING, f"Its worker ended {MOST_DEATHS} times while it ran.", place),
        )

    def owners(self) -> set[str]:
        """Returns the owners of running cells."""
        return {
            row["owner"]
            for row in self._connection.execute("SELECT DISTINCT owner FROM cells WHERE state = ?", (RUNNING,))
        }

    def release(self, owner: str) -> None:
        """Lets the running cells of an `owner` that is gone wait again."""
        self._connection.execute(
            "UPDATE cells SET state = ?, owner = NULL WHERE state = ? AND owner = ?", (WAITING, RUNNING, owner)
        )

    def retry_failed(self) -> int:
        """Lets all failed cells wait again; returns how many."""
        return self._connection.execute(
            "UPDATE cells SET state = ?, deaths = 0, error = NULL WHERE state = ?", (WAITING, FAILED)
        ).rowcount

    def counts(self, share: Share | None = None) -> dict[str, int]:
        """Returns how many cells, of `share` or all, are in each state, in the order of a cell's life."""
        part = share or Share()
        counted = dict(
            self._connection.execute(
                "SELECT state, count(*) FROM cells WHERE place % ? = ? GROUP BY state", (part.of, part.number - 1)
            ).fetchall()
        )
        return {state: counted.get(state, 0) for state in (WAITING, RUNNING, DONE, FAILED)}

    def columns(self) -> tuple[str, ...]:
        """Returns the names of all columns."""
        return tuple(row["name"] for row in self._connection.execute("PRAGMA table_info(cells)"))

    def table(self) -> tuple[tuple[str, ...], Iterator[tuple[Any, ...]]]:
        """Returns the names of all columns, and the cells in order, each as the values of these."""
        cursor = self._connection.execute("SELECT * FROM cells ORDER BY place")
        cursor.row_factory = None  # plain tuples are read in half the time
        return tuple(column[0] for column in cursor.description), cursor

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yields the cells in order, each by the names of its columns."""
        names, cells = self.table()
        for cell in cells:
            yield dict(zip(names, cell, strict=True))

    def places(self) -> dict[str, int]:
        """Returns the places of all cells by their hashes."""
        return {row["hash"]: row["place"] for row in self._connection.execute("SELECT hash, place FROM cells")}

    def file_hashes(self) -> dict[str, str]:
        """Returns the hashes that the files of the sweep had when it began; see `NamedFiles`."""
        return dict(self._connection.execute("SELECT path, sha256 FROM files").fetchall())

    def not_kept(self) -> set[str]:
        """Returns the hashes of the cells that are done and have no run."""
        found = self._connection.execute("SELECT hash FROM cells WHERE state = ? AND run = ''", (DONE,))
        return {row["hash"] for row in found}

    def _check(self, path: Path) -> None:
        """Refuses a file of others, whose tables might be views or compute columns."""
        ((version,),) = self._connection.execute("PRAGMA user_version").fetchall()
        if version != _FORMAT:
            raise SweepError(f"{path} must be the results of a sweep, of format {_FORMAT}; it has format {version}.")
        found = self._connection.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL LIMIT ?", (len(_OTHERS) + 2,)
        ).fetchall()
        own = [row["sql"] for row in found if row["sql"] not in _OTHERS]
        if len(own) != 1 or not _CELLS_OF_A_SWEEP.fullmatch(own[0]):
            raise SweepError(f"{path} must be the results of a sweep, written by this program; its tables are others.")

    def _let_go(self, surplus: Surplus) -> list[int]:
        kept = [dict(row) for row in self._connection.execute("SELECT * FROM cells WHERE run <> '' ORDER BY place")]
        gone = surplus(kept)
        self._connection.executemany("UPDATE cells SET run = '' WHERE place = ?", [(place,) for place in gone])
        return gone

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Makes several changes one, which no other process comes between."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # a full disk has undone it already
                self._connection.execute("ROLLBACK")
            raise

    def _others(self) -> frozenset[str]:
        """Returns the names of the columns that are no figures: those of every sweep, and varied options, untyped."""
        columns = self._connection.execute("PRAGMA table_info(cells)")
        return frozenset(BASE_COLUMNS) | {column["name"] for column in columns if not column["type"]}


def _stored(value: Any) -> Any:
    """Returns a value as SQLite keeps it: a list as JSON."""
    return json.dumps(value) if isinstance(value, list | dict) else value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
