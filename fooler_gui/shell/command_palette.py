"""The command palette: every action of the main window, found by typing a part of its name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHeaderView,
    QLineEdit,
    QMainWindow,
    QMenu,
    QToolBar,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
)

from fooler_gui.widgets.mnemonics import plain
from fooler_gui.widgets.panel_layout import SPACING, column_of, fill
from fooler_gui.widgets.tooltips import REASON, paragraphs
from fooler_gui.widgets.window_fit import resize_to_fit

_SIZE = QSize(840, 440)
_FROM_TOP = 64
_NOT_NOW = "It cannot be done now."
_COMMAND = Qt.ItemDataRole.UserRole
_TO_THE_LIST = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class Command(NamedTuple):
    """An action and its name, with the menus that lead to it: ``File › Dataset › Open file…``."""

    name: str
    action: QAction


def commands_of(window: QMainWindow) -> list[Command]:
    """Returns every action that a menu or a button of a toolbar of `window` leads to, each once."""
    found: dict[int, Command] = {}
    buttons = [button for bar in window.findChildren(QToolBar) for button in bar.findChildren(QToolButton)]
    menus = [button.menu() for button in buttons if button.menu() is not None]
    entries = [*window.menuBar().actions(), *(menu.menuAction() for menu in menus)]
    for command in _leaves(entries, ""):
        found.setdefault(id(command.action), command)
    return list(found.values())


class CommandPalette(QDialog):
    """A search field over `commands`; Enter triggers the chosen one, Esc closes. Main thread only."""

    def __init__(self, commands: Sequence[Command], parent: QMainWindow) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("command_palette")
        self.setWindowTitle("Commands")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._search = QLineEdit(self)
        self._search.setObjectName("command_search")
        self._search.setAccessibleName("Search commands")
        self._search.setPlaceholderText("What to do: a part of its name")
        self._search.installEventFilter(self)
        self._list = QTreeWidget(self)
        self._list.setObjectName("command_list")
        self._list.setAccessibleName("Commands")
        self._list.setColumnCount(3)
        self._list.setHeaderHidden(True)
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.addTopLevelItems([self._item(command) for command in commands])
        header = self._list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        frame = QFrame(self)
        frame.setFrameShape(QFrame.Shape.StyledPanel)
        column_of(self._search, fill(self._list), on=frame, margins=SPACING)
        column_of(frame, on=self)
        resize_to_fit(self, _SIZE)
        self.move(parent.mapToGlobal(QPoint((parent.width() - self.width()) // 2, _FROM_TOP)))
        self._filter("")
        self._search.setFocus()  # a popup is never the active window, and gives its keys to what has its focus

        self._search.textChanged.connect(self._filter)
        self._search.returnPressed.connect(self._trigger)
        self._list.itemClicked.connect(self._trigger)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leaves the keys that move the choice to the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _TO_THE_LIST:
            self._list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def _item(self, command: Command) -> QTreeWidgetItem:
        action = command.action
        reason = "" if action.isEnabled() else action.property(REASON) or _NOT_NOW
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        name = f"✓ {command.name}" if action.isChecked() else command.name
        item = QTreeWidgetItem([name, reason, keys])
        item.setData(0, _COMMAND, command)
        item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setToolTip(0, action.toolTip())
        item.setToolTip(1, paragraphs(reason))
        if reason:
            grey = self.palette().brush(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
            for column in range(3):
                item.setForeground(column, grey)
        return item

    def _filter(self, text: str) -> None:
        """Shows the commands whose names contain every word of `text`, and chooses the first."""
        words = text.lower().split()
        self._list.setCurrentIndex(QModelIndex())
        for index in range(self._list.topLevelItemCount()):
            item = self._list.topLevelItem(index)
            assert item is not None
            fits = all(word in item.text(0).lower() for word in words)
            item.setHidden(not fits)
            if fits and self._list.currentItem() is None:
                self._list.setCurrentItem(item)

    def _trigger(self) -> None:
        item = self._list.currentItem()
        if item is None:
            return
        action: QAction = item.data(0, _COMMAND).action
        if action.isEnabled():
            self.close()
            action.trigger()


def _leaves(entries: Sequence[QAction], path: str) -> Iterator[Command]:
    for entry in entries:
        menu, name = entry.menu(), f"{path}{plain(entry.text())}"
        if isinstance(menu, QMenu):
            menu.aboutToShow.emit()  # fills menus of what was opened recently
            yield from _leaves(menu.actions(), f"{name} › ")
        elif not entry.isSeparator() and entry.text():
            yield Command(name, entry)
