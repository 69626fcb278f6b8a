"""Everything can be done by keyboard: the command palette, mnemonics, the menu bar, and a true list of keys."""

from __future__ import annotations

import re

import pytest
from open_window import OpenWindow
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QLineEdit, QMenu, QSpinBox, QTreeWidget, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from fooler_gui.core.lab_state import LabState
from fooler_gui.shell.command_palette import CommandPalette, commands_of
from fooler_gui.shell.shortcuts import ShortcutsDialog
from fooler_gui.widgets.mnemonics import plain


class Palette:
    """The palette, opened by its keys, and used as a person does."""

    def __init__(self, opened: OpenWindow) -> None:
        control = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        QTest.keyClick(opened.window, Qt.Key.Key_P, control)
        palette = opened.window.findChild(CommandPalette)
        assert palette is not None
        search, found = palette.findChild(QLineEdit), palette.findChild(QTreeWidget)
        assert search is not None
        assert found is not None
        self.palette, self.search, self.list = palette, search, found

    def rows(self) -> list[QTreeWidgetItem]:
        items = [self.list.topLevelItem(index) for index in range(self.list.topLevelItemCount())]
        return [item for item in items if item is not None and not item.isHidden()]

    def press(self, key: Qt.Key) -> None:
        QTest.keyClick(self.search, key)


@pytest.fixture
def palette(opened: OpenWindow) -> Palette:
    return Palette(opened.begin())


def test_every_action_of_the_window_is_in_the_palette_once(opened: OpenWindow, palette: Palette) -> None:
    actions = [command.action for command in commands_of(opened.window)]
    assert len(set(map(id, actions))) == len(actions)
    assert set(map(id, opened.window.commands.values())) <= set(map(id, actions))
    assert len(palette.rows()) == len(actions)
    names = [item.text(0) for item in palette.rows()]
    assert "File › Dataset › Open file…" in names
    assert "✓ View › Coefficients" in names
    assert "View › Descent" in names, "it is behind another tab"


def test_what_is_typed_after_the_keys_of_the_palette_is_searched_for(palette: Palette) -> None:
    QTest.keyClick(palette.palette.windowHandle(), Qt.Key.Key_F)  # as the window system delivers it
    assert palette.search.text() == "f"


def test_words_find_a_command_and_enter_does_it(opened: OpenWindow, palette: Palette) -> None:
    QTest.keyClicks(palette.search, "reduce mot")
    assert [item.text(0) for item in palette.rows()] == ["View › Reduce motion"]
    palette.press(Qt.Key.Key_Return)
    assert opened.action("reduce_motion").isChecked()
    assert not palette.palette.isVisible()


def test_the_arrow_keys_choose_among_what_was_found(opened: OpenWindow, palette: Palette) -> None:
    QTest.keyClicks(palette.search, "theme")
    palette.press(Qt.Key.Key_Down)
    palette.press(Qt.Key.Key_Down)
    palette.press(Qt.Key.Key_Return)
    assert opened.window.theme_actions["dark"].isChecked()
    opened.window.theme_actions["light"].trigger()


def test_what_cannot_be_done_now_says_why_and_is_not_done(opened: OpenWindow, palette: Palette) -> None:
    QTest.keyClicks(palette.search, "copy grid")
    (row,) = palette.rows()
    assert row.text(1) == "There are no images yet; press Run first."
    palette.press(Qt.Key.Key_Return)
    assert palette.palette.isVisible()
    QTest.keyClicks(palette.search, " nothing is called so")
    assert palette.rows() == []
    palette.press(Qt.Key.Key_Return)
    assert palette.palette.isVisible()


def test_every_row_shows_the_keys_of_its_action(opened: OpenWindow, palette: Palette) -> None:
    shown = {item.text(0).rpartition("› ")[2]: item.text(2) for item in palette.rows()}
    assert shown["All commands…"] == "Ctrl+Shift+P"
    assert shown["Presentation"] == "F11"
    assert shown["About Fooler"] == ""


def test_escape_closes_the_palette_and_it_is_new_each_time(
    opened: OpenWindow, palette: Palette, qtbot: QtBot, qapp: QApplication
) -> None:
    QTest.keyClicks(palette.search, "run")
    palette.press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: opened.window.findChild(CommandPalette) is None)
    opened.run_to_its_end()
    again = Palette(opened)
    assert again.search.text() == ""
    copy = next(item for item in again.rows() if item.text(0).endswith("Copy grid"))
    assert copy.text(1) == ""
    again.press(Qt.Key.Key_Escape)


def test_no_two_entries_of_a_menu_have_the_same_mnemonic(opened: OpenWindow) -> None:
    bar = opened.begin().window.menuBar()
    assert [action.text() for action in bar.actions()] == ["&File", "&Edit", "&Run", "&View", "&Help"]
    menus = [action.menu() for action in bar.actions()]
    while menus:
        menu = menus.pop()
        assert isinstance(menu, QMenu)
        menu.aboutToShow.emit()
        entries = [action for action in menu.actions() if action.text() and not action.isSeparator()]
        menus += [action.menu() for action in entries if action.menu() is not None]
        letters = [found[1].lower() for action in entries if (found := re.search("&([^&])", action.text()))]
        assert len(set(letters)) == len(letters), menu.title()
        assert len(letters) == len(entries) or menu.objectName().startswith("recent"), menu.title()


def test_f10_opens_the_first_menu(opened: OpenWindow, qtbot: QtBot, qapp: QApplication) -> None:
    opened.begin()
    QTest.keyClick(opened.window, Qt.Key.Key_F10)
    menu = opened.window.menuBar().actions()[0].menu()
    assert isinstance(menu, QMenu)
    qtbot.waitUntil(menu.isVisible)
    menu.close()


def test_the_list_of_keys_is_complete_and_true(opened: OpenWindow, qtbot: QtBot) -> None:
    opened.begin().action("shortcuts").trigger()
    dialog = opened.window.findChild(ShortcutsDialog)
    assert dialog is not None
    lines = [line.strip() for line in dialog.text().splitlines()]
    told = {key for line in lines for key in line.split(" or ")}
    native = QKeySequence.SequenceFormat.NativeText
    things = [*opened.window.findChildren(QAction), *opened.window.timeline.findChildren(QShortcut)]
    keys = [key for thing in things for key in (thing.keys() if isinstance(thing, QShortcut) else thing.shortcuts())]
    assert {key.toString(native) for key in keys} - {""} <= told
    assert {"Arrow keys, Home, End", "F10", "Menu", "Shift+F10"} <= told
    for action in opened.window.commands.values():
        assert action.shortcut().isEmpty() or plain(action.text()).rstrip("…") in lines
    dialog.reject()


def test_space_still_pauses_after_the_control_with_the_focus_was_disabled(opened: OpenWindow, qtbot: QtBot) -> None:
    window = opened.begin().window
    qtbot.waitUntil(window.isActiveWindow)
    slots = window.findChild(QSpinBox, "slots_per_label")
    slots.setFocus()
    assert window.focusWidget() is slots
    opened.run(keep_refining=True)
    opened.until(LabState.BACKWORKING)
    qtbot.waitUntil(lambda: window.focusWidget() is window.grid)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    opened.until(LabState.PAUSED)
    opened.action("stop").trigger()
    opened.until(LabState.READY)


def test_the_focus_of_a_control_that_is_hidden_goes_to_the_grid_and_tab_is_left_alone(
    opened: OpenWindow, qtbot: QtBot
) -> None:
    window = opened.begin().window
    qtbot.waitUntil(window.isActiveWindow)
    card = window.invitation.cards["drawing"]
    card.setFocus()
    opened.run_to_its_end()
    qtbot.waitUntil(lambda: window.focusWidget() is window.grid)
    QTest.keyClick(window.grid, Qt.Key.Key_Tab)
    QApplication.processEvents()
    assert window.focusWidget() is not window.grid


def test_zoom_is_a_key_away(opened: OpenWindow) -> None:
    opened.begin().run_to_its_end()
    control = Qt.KeyboardModifier.ControlModifier
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
        QTest.keyClick(opened.window, key, control)
    assert opened.window.grid.zoom() == 1.25**2
    QTest.keyClick(opened.window, Qt.Key.Key_Minus, control)
    assert opened.window.grid.zoom() == 1.25
    QTest.keyClick(opened.window, Qt.Key.Key_0, control)
    assert opened.window.grid.zoom() == 1.0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_control_that_tab_leads_to_shows_that_it_has_the_focus(
    opened: OpenWindow, qtbot: QtBot, theme: str
) -> None:
    opened.begin().run_to_its_end()
    window = opened.window
    window.theme_actions[theme].trigger()
    qtbot.waitUntil(window.isActiveWindow)
    unmarked: set[str] = set()
    seen: set[int] = set()
    for dock in window.findChildren(QDockWidget):
        dock.show()
        dock.raise_()
        QApplication.processEvents()
        for _ in range(150):
            QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
            widget = window.focusWidget()
            if widget is None or id(widget) in seen:
                continue
            seen.add(id(widget))
            focused = widget.grab().toImage()
            QTest.keyClick(widget, Qt.Key.Key_Tab)
            if widget.grab().toImage() == focused:
                unmarked.add(f"{type(widget).__name__} {widget.objectName()}")
    window.theme_actions["light"].trigger()
    assert len(seen) > 60
    assert not unmarked, " ".join(sorted(unmarked))
