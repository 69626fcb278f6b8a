"""Exports through the window's own actions and dialog."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_engine import LIMIT
from open_window import OpenWindow
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from fooler_gui.exports.provenance import read_provenance
from fooler_gui.features.export.export_dialog import ExportDialog


def dialog_of(opened: OpenWindow) -> ExportDialog:
    (dialog,) = opened.window.findChildren(ExportDialog)
    return dialog


def facts(dialog: ExportDialog) -> str:
    return dialog.findChild(QLabel, "export_facts").text()


def test_ctrl_e_writes_the_save_on_screen_as_the_dialog_shows_it(
    opened: OpenWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.begin().run_to_its_end()
    opened.model.look_at(1)
    path = tmp_path / "mine.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    qtbot.keyClick(opened.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = dialog_of(opened)
    assert dialog.findChild(QComboBox, "export_format").currentData() == ".png"
    dialog.findChild(QComboBox, "export_size").setCurrentText("1,920 × 1,080")
    qtbot.waitUntil(lambda: facts(dialog) == "1,920 × 1,080 pixels · shown: step 1", timeout=LIMIT)
    qtbot.mouseClick(dialog.findChild(QPushButton, "export_choose_file"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: opened.text("status_sentence") == f"Wrote {path}.", timeout=LIMIT)
    with Image.open(path) as picture:
        assert picture.size == (1920, 1080)
    assert read_provenance(path).step == 1


def test_the_run_on_screen_is_at_first_an_animation(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin().run_to_its_end()
    opened.action("export_run").trigger()
    dialog = dialog_of(opened)
    assert dialog.findChild(QComboBox, "export_format").currentData() == ".gif"
    qtbot.waitUntil(lambda: facts(dialog) != "", timeout=LIMIT)
    dialog.reject()


def test_a_run_that_goes_on_is_not_held_up_by_the_dialog(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin()
    opened.run(keep_refining=True)
    qtbot.waitUntil(lambda: opened.model.newest is not None, timeout=LIMIT)
    opened.action("export_grid").trigger()
    dialog, seen = dialog_of(opened), opened.model.newest.step
    qtbot.waitUntil(lambda: opened.model.newest.step > seen and "shown: step" in facts(dialog), timeout=LIMIT)
    dialog.reject()
    opened.action("stop").trigger()
