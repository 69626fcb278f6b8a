from __future__ import annotations

import errno
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from fooler_gui.core.write_check import NotWritable, check_file, check_folder

TOO_LONG = "n" * 256


def refuse(monkeypatch: pytest.MonkeyPatch, call: str, name: str) -> None:
    number = getattr(errno, name)

    def refused(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, refused)


@pytest.mark.parametrize("place", ["", "new", "new/one/in it"])
def test_a_folder_that_can_be_written_or_made_is_let_pass_and_nothing_is_left(tmp_path: Path, place: str) -> None:
    check_folder(tmp_path / place)
    check_file(tmp_path / "a.keras", 10_000_000)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_let_pass_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mine")
    path.chmod(0o400)
    check_file(path)
    assert path.read_text() == "mine"


@pytest.mark.parametrize("name", ["EPERM", "EACCES", "EROFS", "ENOSPC", "EDQUOT", "ENOTSUP"])
@pytest.mark.parametrize("check", [check_folder, check_file])
def test_what_is_refused_is_said_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: Callable[[Path], None], name: str
) -> None:
    refuse(monkeypatch, "mkdir", name)
    sentence = f"Nothing can be written to {tmp_path / 'a'}: {os.strerror(getattr(errno, name))}."
    with pytest.raises(NotWritable, match=f"^{re.escape(sentence)}$"):
        check(tmp_path / "a")


@pytest.mark.parametrize("check", [check_folder, check_file])
def test_a_name_that_is_too_long_is_refused(tmp_path: Path, check: Callable[[Path], None]) -> None:
    with pytest.raises(NotWritable, match="must have a name that the file system allows; this one is too long"):
        check(tmp_path / TOO_LONG)


def test_a_folder_within_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotWritable, match=r"must be a folder or a path for a new one; .*file is a file"):
        check_folder(tmp_path / "file" / "run")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_are_followed_and_one_that_leads_in_a_circle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "run")
    check_folder(tmp_path / "link")
    check_file(tmp_path / "link")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    for check in (check_folder, check_file):
        with pytest.raises(NotWritable, match="circle: "):
            check(tmp_path / "circle")
    assert {path.name for path in tmp_path.iterdir()} == {"link", "circle"}


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="sizes are not limited there")
def test_a_file_that_may_not_become_as_large_is_refused(tmp_path: Path) -> None:
    import resource

    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, former[1]))
    try:
        check_file(tmp_path / "a.keras", 100_000)
        with pytest.raises(NotWritable, match="on a file system that allows files of 100,001 bytes; this one is not"):
            check_file(tmp_path / "a.keras", 100_001)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)


def test_a_file_system_that_cannot_lengthen_a_file_is_let_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, "truncate", "ENOTSUP")
    check_file(tmp_path / "a.keras", 1_000)


def test_a_file_that_is_mounted_by_itself_is_refused_as_it_cannot_be_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted, beside, mounts = tmp_path / "a file.csv", tmp_path / "other.csv", tmp_path / "mountinfo"
    for path in (mounted, beside):
        path.touch()
    place = str(mounted.resolve()).replace(" ", r"\040")
    mounts.write_text(f"22 1 0:21 / / rw - ext4 /dev/sda rw\n36 22 98:0 /x {place} rw,noatime - ext4 /dev/sda rw\n")
    monkeypatch.setattr("fooler_gui.core.write_check._MOUNTS", mounts)
    check_file(beside)
    with pytest.raises(NotWritable, match="it is a mount point"):
        check_file(mounted)
    assert mounted.read_bytes() == b""
