from __future__ import annotations

import contextlib
import errno
import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from fooler_gui.records import sqlite_file
from fooler_gui.records.sqlite_file import (
    growing,
    is_written_alone,
    largest_part,
    new_file,
    opened_to_read,
    opened_to_share,
    opened_to_write,
)

MISSING = (
    "SQLITE_BUSY", "SQLITE_PERM", "SQLITE_PROTOCOL", "SQLITE_IOERR_LOCK", "SQLITE_IOERR_RDLOCK",
    "SQLITE_IOERR_SHMMAP", "SQLITE_IOERR_SHMLOCK", "SQLITE_IOERR_FSYNC",
)  # fmt: skip


def sqlite_error(name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(name)
    error.sqlite_errorname = name
    return error


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "history.sqlite"
    path.touch()
    with contextlib.closing(new_file(path)) as connection:
        connection.execute("CREATE TABLE t (number INTEGER PRIMARY KEY, data BLOB)")
    return path


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Has the first way to write fail as on a file system that lacks something."""
    name = getattr(request, "param", "SQLITE_IOERR_LOCK")
    with_log = sqlite_file._with_log

    def opened(connection: sqlite3.Connection, settings: list[str]) -> sqlite3.Connection:
        if settings == ["synchronous=NORMAL"]:
            connection.close()
            raise sqlite_error(name)
        return with_log(connection, settings)

    monkeypatch.setattr(sqlite_file, "_with_log", opened)


@pytest.fixture
def writer(path: Path, without_locks: None) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(opened_to_write(path)) as connection:
        yield connection


def add(connection: sqlite3.Connection, number: int) -> None:
    connection.execute("INSERT INTO t VALUES (?, ?)", (number, bytes(20_000)))


def add_many(connection: sqlite3.Connection, count: int) -> None:
    for number in range(count):
        add(connection, number)


def numbers_in(path: Path) -> list[int]:
    with contextlib.closing(opened_to_read(path, 1.0, 2**20)) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM t ORDER BY number")]


def test_a_file_is_read_while_it_is_written_and_afterwards(path: Path) -> None:
    with contextlib.closing(opened_to_write(path)) as connection:
        add(connection, 1)
        assert not is_written_alone(path)
        assert numbers_in(path) == [1]
    assert numbers_in(path) == [1]


@pytest.mark.parametrize("without_locks", MISSING, indirect=True)
def test_without_locks_a_file_is_written_all_the_same(path: Path, writer: sqlite3.Connection) -> None:
    add(writer, 1)
    assert is_written_alone(path)
    assert numbers_in(path) == [1]
    add(writer, 2)
    assert numbers_in(path) == [1, 2]
    writer.close()
    assert not is_written_alone(path)
    assert numbers_in(path) == [1, 2]
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_those_who_read_without_locks_see_what_there_was_and_take_nothing_away(
    path: Path, writer: sqlite3.Connection
) -> None:
    assert numbers_in(path) == []
    for number in range(200):  # far more than what is moved from the log into the file otherwise
        add(writer, number)
        if number == 99:
            reader = opened_to_read(path, 1.0, 2**20)
            assert reader.execute("SELECT count(*) FROM t").fetchone() == (100,)
    assert reader.execute("SELECT max(number) FROM t").fetchone() == (99,)
    reader.close()
    assert numbers_in(path) == list(range(200))


def test_what_was_written_without_locks_outlives_a_crash(path: Path, writer: sqlite3.Connection) -> None:
    add(writer, 7)
    copy = path.parent / "copy"
    copy.mkdir()
    for each in path.parent.glob("history.sqlite*"):
        (copy / each.name).write_bytes(each.read_bytes())
    assert numbers_in(copy / path.name) == [7]


@pytest.mark.parametrize("without_locks", ["SQLITE_CORRUPT", "SQLITE_FULL", "SQLITE_CANTOPEN"], indirect=True)
@pytest.mark.usefixtures("without_locks")
def test_other_faults_are_no_lack_of_locks(path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        opened_to_write(path)


@pytest.mark.parametrize("without_locks", MISSING, indirect=True)
@pytest.mark.usefixtures("without_locks")
def test_what_several_processes_write_is_refused_without_locks(path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        opened_to_share(path, 1.0)


def test_a_file_that_another_process_is_writing_is_waited_for_and_left_as_it_is(path: Path) -> None:
    with contextlib.closing(opened_to_share(path, 1.0)) as first:
        first.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            opened_to_share(path, 0.05)
        add(first, 1)
        first.execute("COMMIT")
        with contextlib.closing(opened_to_share(path, 1.0)) as second:
            add(second, 2)
    assert numbers_in(path) == [1, 2]


def test_a_path_of_any_bytes_can_be_written_and_read(path: Path) -> None:
    folder = path.parent / os.fsdecode(b"100% caf\xe9?#")
    folder.mkdir()
    path = path.rename(folder / path.name)
    with contextlib.closing(opened_to_write(path)) as connection:
        add(connection, 1)
        assert numbers_in(path) == [1]
    assert numbers_in(path) == [1]


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="sizes are not limited there")
def test_that_no_file_may_become_larger_is_told_by_an_error_of_its_own(path: Path) -> None:
    import resource

    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    with contextlib.closing(opened_to_write(path)) as connection:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, former[1]))
        try:
            with pytest.raises(OSError, match="File too large") as caught, growing(path):
                add_many(connection, 20)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, former)
    assert caught.value.errno == errno.EFBIG
    assert 100_000 < largest_part(path) <= 200_000


def test_an_error_of_the_disk_is_not_taken_for_a_limit(path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="SQLITE_IOERR_WRITE"), growing(path):
        raise sqlite_error("SQLITE_IOERR_WRITE")
