from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from fooler_gui.sweeps.archive import ArchiveRefused, packed, unpack


def archive_of(*names: str, mode: int = 0) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def test_files_come_out_as_they_went_in(tmp_path: Path) -> None:
    run = tmp_path / "run"
    (run / "inner").mkdir(parents=True)
    (run / "a.txt").write_text("a", encoding="utf-8")
    (run / "inner" / "ü b.bin").write_bytes(b"\0\1")
    files = [path for path in run.rglob("*") if path.is_file()]
    data = packed(files, tmp_path)
    assert packed(reversed(files), tmp_path) == data
    there = tmp_path / "there"
    there.mkdir()
    unpack(data, there, ["run"])
    assert (there / "run" / "a.txt").read_text() == "a"
    assert (there / "run" / "inner" / "ü b.bin").read_bytes() == b"\0\1"


@pytest.mark.parametrize(
    "name", ["/etc/x", "../x", "run/../../x", "C:/x", "..\\x", "run\\..\\..\\x", "other/x", "./../x", "runs"]
)
def test_paths_that_lead_elsewhere_are_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(ArchiveRefused, match="must hold what a cell records; it holds"):
        unpack(archive_of("run/good", name), folder, ["run"])
    assert list(tmp_path.rglob("*")) == [folder]


def test_a_link_is_written_as_the_text_that_it_is(tmp_path: Path) -> None:
    unpack(archive_of("run/link", mode=stat.S_IFLNK | 0o777), tmp_path, ["run"])
    assert not (tmp_path / "run" / "link").is_symlink()


@pytest.mark.parametrize("data", [b"", b"PK\3\4 and so on", archive_of("run/a")[:-30]])
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ArchiveRefused, match="is no archive of files"):
        unpack(data, tmp_path)


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match="gone cannot be read: No such file"):
        packed([tmp_path / "gone"], tmp_path)
