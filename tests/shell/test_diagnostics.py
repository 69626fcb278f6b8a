from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from fooler_gui.core.array_store import ArrayStore
from fooler_gui.shell.diagnostics import DiagnosticsDialog, diagnostics_text
from fooler_gui.shell.diagnostics_window import show_diagnostics
from fooler_gui.shell.main_window import MainWindow


def test_everything_is_told_in_columns() -> None:
    text = diagnostics_text({"Versions": {"fooler": "1", "numpy": "2.4"}}, "It broke.\nHere.", "")
    assert text == ("Versions\n  fooler  1\n  numpy   2.4\n\nLast error\n  It broke.\n  Here.\n\nLog\n  empty\n")


def test_the_page_is_copied_whole_at_one_click(qtbot: QtBot, tmp_path: Path) -> None:
    dialog = DiagnosticsDialog("all of it\n", ArrayStore(tmp_path))
    qtbot.addWidget(dialog)
    dialog.findChild(QPushButton, "copy_diagnostics").click()
    assert QGuiApplication.clipboard().text() == "all of it\n"


def test_kept_references_are_deleted_at_one_click_and_what_was_freed_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    store = ArrayStore(tmp_path / "references")
    store.write("a", {"codes": np.zeros(1872, np.uint8)})
    dialog = DiagnosticsDialog("", store)
    qtbot.addWidget(dialog)
    delete = dialog.findChild(QPushButton, "delete_references")
    assert delete.isEnabled()
    delete.click()
    assert store.bytes_kept() == 0
    assert "2.0 kB of kept references were deleted." in [label.text() for label in dialog.findChildren(QLabel)]
    assert not delete.isEnabled()
    assert "No references are kept on disk." in delete.toolTip()


def test_references_that_cannot_be_deleted_are_told(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: ArrayStore) -> None:
        raise PermissionError(13, "Permission denied")

    store = ArrayStore(tmp_path / "references")
    store.write("a", {"codes": np.zeros(8, np.uint8)})
    monkeypatch.setattr(ArrayStore, "clear", refuse)
    dialog = DiagnosticsDialog("", store)
    qtbot.addWidget(dialog)
    dialog.findChild(QPushButton, "delete_references").click()
    told = [label.text() for label in dialog.findChildren(QLabel)]
    assert "The kept references cannot be deleted: Permission denied." in told
    assert store.bytes_kept() > 0


@pytest.mark.parametrize(
    ("machine", "told"),
    [
        ({"device": "NVIDIA H100", "search": "graph"}, "Engine\n  device  NVIDIA H100\n  search  graph\n"),
        ({}, "Engine\n  loaded  not yet\n"),
    ],
)
def test_what_the_engine_computes_on_is_told(qtbot: QtBot, tmp_path: Path, machine: dict[str, str], told: str) -> None:
    window = MainWindow(lambda: True, QSettings(str(tmp_path / "layout.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(window)
    assert told in show_diagnostics(window, tmp_path, machine).text()
