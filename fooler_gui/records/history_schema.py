"""The form of ``history.sqlite``, and how it is opened so that a file from a stranger can do no harm."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fooler_gui.core.errors import LabError
from fooler_gui.core.files import written_whole
from fooler_gui.records.save_codec import MOST_BYTES, RunShape

HISTORY_FILE = "history.sqlite"
HISTORY_FILES = tuple(HISTORY_FILE + suffix for suffix in ("", "-wal", "-shm", "-journal"))
"""The history, and what lies beside it while it is written or after a crash."""

_APPLICATION = 0x464F4F4C
_VERSION = 1
_LONGEST_QUERY_SECONDS = 1.5
_OPCODES_BETWEEN_LOOKS = 20_000
_LONGEST_ROW = MOST_BYTES + 2**10
_LONGEST_TABLE = 1_000
_MOST_LABELS, _MOST_LAYERS, _MOST_SIDE = 1_000, 100, 4_096

TABLES = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE saves (number INTEGER PRIMARY KEY, step INTEGER NOT NULL, seconds REAL NOT NULL, "
    "revision INTEGER NOT NULL, kept INTEGER NOT NULL, lowest REAL NOT NULL, mean REAL NOT NULL, "
    "restarts INTEGER NOT NULL)",
    "CREATE TABLE records (number INTEGER PRIMARY KEY, record BLOB NOT NULL)",
    "CREATE TABLE events (number INTEGER PRIMARY KEY, step INTEGER NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL, "
    "image BLOB)",
)


class HistoryError(LabError, ValueError):
    """A run's history cannot be used. Its text is one sentence that can be shown as it is."""


def create_history(path: Path, shape: RunShape) -> sqlite3.Connection:
    """Returns a connection to a new history at `path`, for the thread that writes it and any that closes it.

    Raises:
        OSError: As is `sqlite3.Error`: it cannot be made.
    """
    with written_whole(path) as temporary, contextlib.closing(_writing(temporary)) as connection:
        connection.execute("BEGIN")
        connection.execute(f"PRAGMA application_id={_APPLICATION}")
        connection.execute(f"PRAGMA user_version={_VERSION}")
        for table in TABLES:
            connection.execute(table)
        connection.execute("INSERT INTO meta VALUES ('shape', ?)", (json.dumps(_shape_to_dict(shape)),))
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
        raise HistoryError(f"{path} must be an intact history of a run; it is damaged ({error}).") from error


def open_history(path: Path) -> tuple[sqlite3.Connection, RunShape]:
    """Returns a connection that can only read the history at `path`, and the shape of its run.

    Raises:
        HistoryError: There is none, or it is no intact history of this form.
    """
    if not path.is_file():
        raise HistoryError(f"There is no history {path}.")
    with reading(path):
        connection = _connected(path)
        try:
            return connection, _checked(connection, path)
        except BaseException:
            connection.close()
            raise


def _connected(path: Path) -> sqlite3.Connection:
    """Lets nothing that a file holds run, and no query take longer than a person waits.

    A history that stands alone is not written any more; it may lie where nobody can write.
    """
    is_written = path.with_name(f"{path.name}-wal").exists()
    address = f"file:{quote(str(path.absolute()))}?{'mode=ro' if is_written else 'immutable=1'}"
    connection = sqlite3.connect(
        address, timeout=_LONGEST_QUERY_SECONDS, isolation_level=None, check_same_thread=False, uri=True
    )
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_ROW)
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "query_only=ON", "mmap_size=0"):
            connection.execute(f"PRAGMA {pragma}")
        with in_time(connection):
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def in_time(connection: sqlite3.Connection) -> Iterator[None]:
    """Interrupts what is asked of `connection` inside when it takes more than a moment."""
    ends = time.monotonic() + _LONGEST_QUERY_SECONDS
    connection.set_progress_handler(lambda: time.monotonic() > ends, _OPCODES_BETWEEN_LOOKS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)


def _checked(connection: sqlite3.Connection, path: Path) -> RunShape:
    with in_time(connection):
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        rows = connection.execute(
            "SELECT substr(sql, 1, ?) FROM sqlite_master WHERE sql IS NOT NULL LIMIT ?",
            (_LONGEST_TABLE, len(TABLES) + 1),
        ).fetchall()
    if application != _APPLICATION or len(rows) != len(TABLES) or {row[0] for row in rows} != set(TABLES):
        raise HistoryError(f"{path} must be a history as this program writes it; its tables are others.")
    if version != _VERSION:
        raise HistoryError(f"{path} must be of form {_VERSION}; received {version}.")
    with in_time(connection):
        row = connection.execute("SELECT value FROM meta WHERE name = 'shape'").fetchone()
    shape = None
    with contextlib.suppress(TypeError, ValueError, KeyError, RecursionError):
        shape = _shape_from_dict(json.loads(row[0]))
    if shape is None:
        raise HistoryError(f"{path} must tell labels, slots, image shape and layers of its run; it does not.")
    return shape


def _shape_to_dict(shape: RunShape) -> dict[str, Any]:
    return {
        "labels": list(shape.labels),
        "slots": shape.slots,
        "image_shape": list(shape.image_shape),
        "layers": list(shape.layers),
    }


def _shape_from_dict(data: dict[str, Any]) -> RunShape | None:
    labels, slots, image_shape, layers = (data[name] for name in ("labels", "slots", "image_shape", "layers"))
    numbers = [*labels, slots, *image_shape]
    fits = (
        type(labels) is type(image_shape) is type(layers) is list
        and all(type(number) is int and number >= 0 for number in numbers)
        and all(type(name) is str for name in layers)
        and 1 <= len(set(labels)) == len(labels) <= _MOST_LABELS
        and 1 <= slots <= _MOST_LABELS * _MOST_SIDE
        and len(image_shape) == 3
        and all(1 <= side <= _MOST_SIDE for side in image_shape)
        and len(layers) <= _MOST_LAYERS
    )
    height, width, channels = image_shape
    return (
        RunShape(labels=tuple(labels), slots=slots, image_shape=(height, width, channels), layers=tuple(layers))
        if fits
        else None
    )
