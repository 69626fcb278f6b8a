from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from fooler_gui.widgets.recent_menu import fill_recent


def test_a_menu_opens_those_that_are_there(tmp_path: Path, qtbot: QtBot) -> None:
    menu, opened, cleared = QMenu(), list[str](), list[str]()
    qtbot.addWidget(menu)

    def fill(*paths: Path) -> None:
        fill_recent(menu, map(str, paths), opened.append, lambda: cleared.append("all"), "No run opened yet")

    fill()
    assert [(action.text(), action.isEnabled()) for action in menu.actions()] == [("No run opened yet", False)]
    there = tmp_path / "this & that"
    there.mkdir()
    fill(there, tmp_path / "gone")
    first, second, _separator, forget = menu.actions()
    assert (first.text(), first.isEnabled(), first.toolTip()) == ("this && that", True, str(there))
    assert (second.text(), second.isEnabled()) == ("gone", False)
    assert second.toolTip().endswith("gone is no longer there.")
    first.trigger()
    assert opened == [str(there)]
    forget.trigger()
    assert cleared == ["all"]
