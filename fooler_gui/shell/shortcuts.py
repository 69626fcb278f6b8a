"""The list of all keys: those of actions as they are now, and those of the grid, the timeline, tables and menus."""

from __future__ import annotations

import html
from collections.abc import Iterable

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QWidget

from fooler_gui.features.run.batch_grid import KEYS as GRID_KEYS
from fooler_gui.widgets.mnemonics import give_mnemonics, plain
from fooler_gui.widgets.panel_layout import SPACING, column_of, fill
from fooler_gui.widgets.timeline import KEYS as TIMELINE_KEYS
from fooler_gui.widgets.window_fit import resize_to_fit

MENU_KEY = "F10"
"""Opens the menu bar."""

_SIZE = QSize(560, 640)
_MENU_KEYS = (
    (MENU_KEY, "Open the menu bar"),
    ("Alt and the underlined letter", "Open a menu; in it, the letter alone chooses"),
    ("Tab, Shift+Tab", "Go to the next control, or the one before"),
)
_TABLE_KEYS = (
    ("Ctrl+C", "Copy the selected lines"),
    ("Enter", "Open what is selected"),
    ("F2", "Edit the name of a run"),
    ("Delete", "Delete what is selected"),
)

Keys = Iterable[tuple[str, str]]
"""Keys as they are printed on a keyboard, and what they do."""


def keys_of(actions: Iterable[QAction]) -> list[tuple[str, str]]:
    """Returns the keys of those of `actions` that have some, and what they do."""
    form = QKeySequence.SequenceFormat.NativeText
    return [
        (" or ".join(key.toString(form) for key in action.shortcuts()), plain(action.text()).rstrip("…"))
        for action in actions
        if action.shortcuts()
    ]


class ShortcutsDialog(QDialog):
    """Lists the keys of `actions`, and of everything that has keys of its own. Main thread only."""

    def __init__(self, actions: Iterable[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcuts_dialog")
        self.setWindowTitle("Keyboard shortcuts")
        resize_to_fit(self, _SIZE)
        self._list = QTextBrowser(self)
        self._list.setObjectName("shortcuts_list")
        self._list.setAccessibleName("Keyboard shortcuts")
        parts: tuple[tuple[str, Keys], ...] = (
            ("Everywhere", [*keys_of(actions), *_MENU_KEYS]),
            ("In the grid", GRID_KEYS),
            ("Timeline", TIMELINE_KEYS),
            ("In tables", _TABLE_KEYS),
        )
        self._list.setHtml("".join(_part(title, keys) for title, keys in parts))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        give_mnemonics(buttons.buttons())
        column_of(fill(self._list), buttons, on=self, margins=SPACING)

    def text(self) -> str:
        """Returns the list as plain text."""
        return self._list.toPlainText()


def _part(title: str, keys: Keys) -> str:
    rows = "".join(
        f"<tr><td style='padding-right: 24px'><b>{html.escape(key)}</b></td><td>{html.escape(does)}</td></tr>"
        for key, does in keys
    )
    return f"<h4>{title}</h4><table cellpadding='3'>{rows}</table>"
