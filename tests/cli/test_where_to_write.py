"""The commands on file systems of other people's."""

from __future__ import annotations

import errno
import json
import os
import stat
import sys

import pytest

from fooler_gui.core.errors import LabError
from fooler_gui.records.run_folder import read_record

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes, names and limits are those of Unix")
UNDECODABLE = os.fsdecode(b"caf\xe9")
BACKWORK = ("backwork", "--label", "3", "--slots", "2", "--max-steps", "2")


@pytest.fixture
def backwork(fooler, classifier_file):
    return lambda *arguments: fooler(*BACKWORK, "--classifier", classifier_file, *arguments)


@pytest.fixture
def nothing_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    def loaded() -> None:
        raise AssertionError("TensorFlow is loaded")

    monkeypatch.setattr("fooler_gui.cli.session.backend.load", loaded)


def one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and "Traceback" not in text


def test_modes_that_cannot_be_set_keep_nothing_from_being_written(fooler, backwork, tmp_path, monkeypatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "chmod", refused)
    monkeypatch.setattr(os, "fchmod", refused)
    assert backwork("--out", tmp_path / "run").code == 0
    train = fooler("train", "--steps", 5, "--conv", "none", "--dense", "none", "--out", tmp_path / "a.keras")
    assert train.code == 0
    assert (tmp_path / "a.keras").is_file()


@pytest.mark.usefixtures("nothing_is_computed")
@pytest.mark.parametrize("command", [BACKWORK, ("figure", "fooling", "--out", "x.png")])
def test_a_home_that_cannot_be_written_is_told_before_anything_is_computed(
    fooler, tmp_path, monkeypatch, command
) -> None:
    (tmp_path / "home").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    outcome = fooler(*command)
    assert outcome.code == 2
    assert one_sentence(outcome.err)
    assert f"{tmp_path / 'home' / 'fooler' / 'runs'} must be a folder" in outcome.err
    assert "set HOME, or XDG_DATA_HOME and XDG_CONFIG_HOME, to a writable folder" in outcome.err
    assert ("--out" in outcome.err) is (command is BACKWORK)


@pytest.mark.usefixtures("nothing_is_computed")
@pytest.mark.parametrize("name", ["EACCES", "EROFS", "EPERM", "ENAMETOOLONG", "ENOTSUP"])
def test_a_folder_that_cannot_be_written_is_told_before_anything_is_computed(
    fooler, backwork, tmp_path, monkeypatch, run_folder, name
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(getattr(errno, name), os.strerror(getattr(errno, name)))

    monkeypatch.setattr(os, "mkdir", refused)
    for outcome in (
        backwork("--out", tmp_path / "run"),
        backwork(),
        fooler("train", "--out", tmp_path / "a.keras"),
        fooler("rounds", "--out", tmp_path / "rounds"),
        fooler("export", run_folder, "--to", tmp_path / "x.csv"),
    ):
        assert outcome.code == 2
        assert one_sentence(outcome.err)
    assert list(tmp_path.iterdir()) == []


def test_a_run_of_a_folder_of_any_name_is_recorded_repeated_read_and_exported(
    fooler, classifier_file, tmp_path
) -> None:
    folder = tmp_path / UNDECODABLE
    folder.mkdir()
    classifier = folder / "tiny.keras"
    classifier.write_bytes(classifier_file.read_bytes())
    made = fooler(*BACKWORK, "--classifier", classifier, "--out", folder / "run")
    assert (made.code, made.err) == (0, "")
    assert made.out.isascii()
    repeated = fooler("backwork", "--repeat", folder / "run", "--out", folder / "again", "--json")
    assert json.loads(repeated.out)["run"] == str(folder / "again")
    for name in ("x.csv", "x.npz", "x.png", "x.gif", "x.svg", "tiles"):
        assert fooler("export", folder / "run", "--to", folder / name).code == 0
        assert (folder / name).exists()
    assert not list(folder.glob(".*"))
    with pytest.raises(LabError) as caught:
        read_record(folder)
    assert str(caught.value).isascii()


def test_what_is_exported_heeds_the_umask_keeps_a_mode_and_follows_links(fooler, run_folder, tmp_path) -> None:
    new, old, link = tmp_path / "new.csv", tmp_path / "old.csv", tmp_path / "link.svg"
    old.touch()
    old.chmod(0o600)
    link.symlink_to(tmp_path / "there.svg")
    (tmp_path / "there.svg").touch()
    (tmp_path / "there.svg").chmod(0o640)
    former = os.umask(0o077)
    try:
        assert fooler("export", run_folder, "--to", new).code == 0
    finally:
        os.umask(former)
    assert fooler("export", run_folder, "--to", old, "--overwrite").code == 0
    assert fooler("export", run_folder, "--to", link, "--overwrite").code == 0
    assert link.is_symlink()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (new, old, link)] == [0o600, 0o600, 0o640]


def test_a_run_records_itself_where_a_link_leads_to(backwork, tmp_path) -> None:
    (tmp_path / "run").symlink_to(tmp_path / "disk" / "run")
    assert backwork("--out", tmp_path / "run").code == 0
    assert read_record(tmp_path / "disk" / "run").result is not None


def test_a_run_is_thinned_where_no_file_may_become_large(fooler, classifier_file, tmp_path) -> None:
    import resource

    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, former[1]))
    try:
        outcome = fooler(
            "backwork", "--label", "3", "--slots", "8", "--max-steps", "40", "--classifier", classifier_file,
            "--out", tmp_path / "run",
        )  # fmt: skip
        assert outcome.code == 0
        assert one_sentence(outcome.err)
        assert "older ones are now thinned" in outcome.err
        assert fooler("export", tmp_path / "run", "--to", tmp_path / "x.csv").code == 0
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)
    rows = (tmp_path / "x.csv").read_text().splitlines()
    assert rows[1].startswith("0,")
    assert rows[-1].startswith("40,")
    assert len(rows) < 41


def test_a_classifier_is_opened_where_there_is_no_room_for_temporary_files(backwork, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    assert backwork("--out", tmp_path / "run").code == 0
