from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fooler_gui.core.files import folder_written_whole, make_folder, written_whole

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes and links are those of Unix")
LONGEST = 255


@contextmanager
def umask(mask: int) -> Iterator[None]:
    former = os.umask(mask)
    try:
        yield
    finally:
        os.umask(former)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def write(path: Path, text: str = "new") -> None:
    with written_whole(path) as unfinished:
        unfinished.write_text(text)


def write_folder(path: Path) -> None:
    with folder_written_whole(path) as unfinished:
        (unfinished / "new").touch()


@pytest.mark.parametrize(("mask", "file", "folder"), [(0o077, 0o600, 0o700), (0o022, 0o644, 0o755), (0, 0o666, 0o777)])
def test_what_is_new_heeds_the_umask(tmp_path: Path, mask: int, file: int, folder: int) -> None:
    with umask(mask):
        write(tmp_path / "a.csv")
        write_folder(tmp_path / "tiles")
    assert (mode_of(tmp_path / "a.csv"), mode_of(tmp_path / "tiles")) == (file, folder)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664, 0o444, 0o400])
def test_what_is_replaced_hands_on_its_mode(tmp_path: Path, mode: int) -> None:
    path, folder = tmp_path / "a.csv", tmp_path / "tiles"
    path.touch()
    path.chmod(mode)
    folder.mkdir()
    folder.chmod(mode | 0o300)
    with umask(0o022):
        write(path)
        write_folder(folder)
    assert (mode_of(path), mode_of(folder)) == (mode, mode | 0o300)
    assert {each.name for each in folder.iterdir()} == {"new"}


def test_nobody_reads_an_unfinished_file_who_may_not_read_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.touch()
    path.chmod(0o600)
    with umask(0), written_whole(path) as unfinished:
        assert mode_of(unfinished) == 0o600


def test_what_a_link_leads_to_is_replaced_and_the_link_stays(tmp_path: Path) -> None:
    there = tmp_path / "elsewhere"
    (there / "tiles").mkdir(parents=True)
    (there / "a.csv").write_text("old")
    for name in ("a.csv", "tiles", "not there yet.csv"):
        (tmp_path / name).symlink_to(there / name)
    write(tmp_path / "a.csv")
    write(tmp_path / "not there yet.csv")
    write_folder(tmp_path / "tiles")
    assert all((tmp_path / name).is_symlink() for name in ("a.csv", "tiles", "not there yet.csv"))
    assert (there / "a.csv").read_text() == (there / "not there yet.csv").read_text() == "new"
    assert (there / "tiles" / "new").exists()
    assert {path.name for path in there.iterdir()} == {"a.csv", "tiles", "not there yet.csv"}


def test_what_is_no_ordinary_file_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(FileExistsError, match="no ordinary file"):
        write(tmp_path / "pipe.csv")
    assert stat.S_ISFIFO((tmp_path / "pipe.csv").stat().st_mode)


def test_a_folder_that_a_link_leads_to_is_made(tmp_path: Path) -> None:
    (tmp_path / "run").symlink_to(tmp_path / "disk" / "run")
    make_folder(tmp_path / "run")
    make_folder(tmp_path / "run")
    assert (tmp_path / "disk" / "run").is_dir()


def test_a_name_as_long_as_any_may_be_can_be_written(tmp_path: Path) -> None:
    name = "a" * (LONGEST - len(".keras")) + ".keras"
    with written_whole(tmp_path / name) as unfinished:
        assert len(unfinished.name) < len(name)
        assert unfinished.suffix == ".keras"
    write_folder(tmp_path / ("b" * LONGEST))
    assert {len(path.name) for path in tmp_path.iterdir()} == {LONGEST}


@pytest.mark.parametrize("name", ["EPERM", "ENOTSUP", "ENOSYS", "EACCES", "EINVAL"])
def test_a_file_system_without_modes_keeps_nothing_from_being_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(getattr(errno, name), "no")

    for call in ("chmod", "fchmod", "chown"):
        monkeypatch.setattr(os, call, refused)
    path = tmp_path / "a.csv"
    write(path, "first")
    os.utime(path)
    with umask(0o077):
        write(path)
        write_folder(tmp_path / "tiles")
        write_folder(tmp_path / "tiles")
    assert path.read_text() == "new"


def test_a_file_system_that_cannot_be_told_to_write_at_once_is_not_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(number: int) -> None:
        monkeypatch.setattr(os, "fsync", lambda _file: (_ for _ in ()).throw(OSError(number, "no")))

    fails(errno.EINVAL)
    write(tmp_path / "a.csv")
    fails(errno.ENOSPC)
    with pytest.raises(OSError, match="no"):
        write(tmp_path / "a.csv", "lost")
    assert (tmp_path / "a.csv").read_text() == "new"
    assert len(list(tmp_path.iterdir())) == 1
