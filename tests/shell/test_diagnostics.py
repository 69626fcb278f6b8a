from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from fooler_gui.shell.diagnostics import DiagnosticsDialog, diagnostics_text


def test_everything_is_told_in_columns() -> None:
    text = diagnostics_text({"Versions": {"fooler": "1", "numpy": "2.4"}}, "It broke.\nHere.", "")
    assert text == ("Versions\n  fooler  1\n  numpy   2.4\n\nLast error\n  It broke.\n  Here.\n\nLog\n  empty\n")


def test_the_page_is_copied_whole_at_one_click(qtbot: QtBot) -> None:
    dialog = DiagnosticsDialog("all of it\n")
    qtbot.addWidget(dialog)
    dialog.findChild(QPushButton, "copy_diagnostics").click()
    assert QGuiApplication.clipboard().text() == "all of it\n"
