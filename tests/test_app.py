"""What the window says of folders where it cannot keep anything."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from fooler_gui.app import Lab, what_is_not_kept
from fooler_gui.resources import settings_path, user_path

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the variables are those of Linux")


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("data", "config"):
        monkeypatch.setenv(f"XDG_{name.upper()}_HOME", str(tmp_path / name))
    return tmp_path


def test_where_all_can_be_kept_nothing_is_said(homes: Path) -> None:
    assert what_is_not_kept() == ""


@pytest.mark.parametrize(
    ("spoilt", "sentence"),
    [
        (("config",), "Settings cannot be kept: "),
        (("data",), "Runs and classifiers cannot be kept: "),
        (("config", "data"), "Nothing can be kept: "),
    ],
)
def test_what_cannot_be_kept_is_said_in_one_sentence_with_the_folder_and_the_remedy(
    homes: Path, spoilt: tuple[str, ...], sentence: str
) -> None:
    for name in spoilt:
        (homes / name).touch()
    said = what_is_not_kept()
    assert said.startswith(sentence)
    assert str(homes / spoilt[0] / "fooler") in said
    assert said.endswith("; set HOME, or XDG_DATA_HOME and XDG_CONFIG_HOME, to a writable folder.")


def test_without_a_home_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> str:
        raise RuntimeError

    monkeypatch.setattr("platformdirs.user_data_dir", unknown)
    monkeypatch.setattr("platformdirs.user_config_dir", unknown)
    assert what_is_not_kept().startswith("Nothing can be kept: there is no home folder;")
    assert not settings_path().is_absolute()
    assert not user_path("runs").exists()


def test_a_layout_is_left_nowhere_for_a_home_whose_name_is_no_text(qapp: QApplication, tmp_path: Path) -> None:
    home = tmp_path / os.fsdecode(b"caf\xe9")
    home.mkdir()
    lab = Lab(qapp, home / "config")
    lab.window.show()
    lab.window.close()
    assert lab.controller.close(10_000)
    lab.window.deleteLater()
    assert [path.name for path in tmp_path.iterdir()] == [home.name]
    assert (home / "config" / "settings.toml").is_file()
