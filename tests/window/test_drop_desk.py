from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from dropping import drop
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from fooler_gui.core.lab_state import LabState
from fooler_gui.window.drop_desk import DropDesk
from fooler_gui.window.main_window import MainWindow
from fooler_gui.window.preset_desk import PresetDesk


class Hall:
    """A main window onto which things are dropped, in a lab that notes what it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.window = MainWindow(lambda: True, QSettings(str(folder / "layout.ini"), QSettings.Format.IniFormat))
        self.asked: list[str] = []
        self.controller = SimpleNamespace(state=LabState.READY, open_classifier=self.asked.append)
        runs = SimpleNamespace(open_run=self.asked.append)
        DropDesk(self.window, self.controller, runs, PresetDesk(self.window), self.asked.append)
        self.window.show()

    def drop(self, *paths: Path) -> bool:
        return drop(self.window, [str(path) for path in paths], self.window.rect().center())

    def error(self) -> str:
        label = self.window.findChild(QLabel, "error_sentence")
        assert label is not None
        return label.text() if self.window.error_bar.isVisible() else ""


@pytest.fixture
def hall(qtbot: QtBot, tmp_path: Path) -> Hall:
    made = Hall(tmp_path)
    qtbot.addWidget(made.window)
    return made


def test_what_is_dropped_is_opened_by_its_kind(hall: Hall, tmp_path: Path) -> None:
    assert hall.drop(tmp_path / "net.keras")
    assert hall.drop(tmp_path)
    assert hall.asked == [str(tmp_path / "net.keras"), str(tmp_path)]
    assert hall.error() == ""


def test_a_classifier_that_is_dropped_while_the_lab_is_busy_is_refused_with_the_reason(
    hall: Hall, tmp_path: Path
) -> None:
    hall.controller.state = LabState.TRAINING
    assert hall.drop(tmp_path / "net.keras")
    assert hall.asked == []
    assert hall.error() == "Wait until the training ends, or stop it."


def test_what_nothing_can_be_made_of_is_refused_by_its_name(hall: Hall, tmp_path: Path) -> None:
    assert hall.drop(tmp_path / "letter.docx")
    assert "received letter.docx" in hall.error()


def test_several_files_at_once_are_not_taken(hall: Hall, tmp_path: Path) -> None:
    assert not hall.drop(tmp_path / "first.keras", tmp_path / "second.keras")
    assert hall.asked == []
