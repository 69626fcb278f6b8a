from __future__ import annotations

import errno
import logging
import sys
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from fooler_gui.records import locks
from fooler_gui.records.locks import HeldLock, is_held

NOT_HERE = ("ENOLCK", "ENOTSUP", "EOPNOTSUPP", "EINVAL", "EIO", "EPERM", "EBADF", "ENOSYS", "ENOTTY")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.lock"


def no_locks(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    import fcntl

    def refused(*_: object) -> None:
        raise OSError(getattr(errno, name), "no locks")

    monkeypatch.setattr(fcntl, "flock", refused)
    locks._tell_once.cache_clear()


def test_a_lock_is_held_until_it_is_let_go(path: Path) -> None:
    lock = HeldLock(path)
    assert is_held(path)
    with pytest.raises(Timeout):
        HeldLock(path)
    lock.let_go()
    assert not is_held(path)
    HeldLock(path).let_go(remove=True)
    assert not path.exists()


def test_a_lock_of_another_program_is_seen(path: Path) -> None:
    with FileLock(path):
        assert is_held(path)


def test_no_lock_file_is_made_to_see_whether_it_is_held(path: Path) -> None:
    assert not is_held(path)
    assert not path.exists()


def test_a_lock_file_that_cannot_be_made_is_an_error(path: Path) -> None:
    path.touch()
    with pytest.raises(NotADirectoryError):
        HeldLock(path / path.name)


@pytest.mark.skipif(sys.platform == "win32", reason="locks are always there")
@pytest.mark.parametrize("name", NOT_HERE)
def test_where_there_are_no_locks_work_goes_on_without(path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    no_locks(monkeypatch, name)
    lock = HeldLock(path)
    lock.let_go(remove=True)
    assert not is_held(path)


@pytest.mark.skipif(sys.platform == "win32", reason="locks are always there")
def test_that_there_are_no_locks_is_told_once(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    no_locks(monkeypatch, "ENOLCK")
    for _ in range(3):
        HeldLock(path).let_go()
    logged = [record for record in caplog.records if record.name == locks.__name__]
    assert [(record.levelno, record.exc_info) for record in logged] == [(logging.WARNING, None)]
