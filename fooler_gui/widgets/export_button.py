"""A button whose menu lists what can be exported. Panels may use it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget


class ExportButton(QToolButton):
    """Opens a menu of exports. Main thread only.

    Args:
        name: Its object name; an entry's is that with ``_`` and the export's name behind it.
        exports: What can be exported, and what it is called on screen.
        parent: The widget it belongs to.

    Signals:
        export_requested: The name (str) of the export that was chosen.
    """

    export_requested = Signal(str)

    def __init__(self, name: str, exports: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setText("Export")
        self.setAccessibleName("Export")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        for what, words in exports.items():
            action = menu.addAction(words)
            action.setObjectName(f"{name}_{what}")
            action.triggered.connect(lambda _checked, chosen=what: self.export_requested.emit(chosen))
        self.setMenu(menu)
