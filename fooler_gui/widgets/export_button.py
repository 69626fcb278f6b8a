"""A button with a menu of exports."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QToolButton, QWidget


class ExportButton(QToolButton):
    """Opens a menu of exports. Main thread only.

    Args:
        name: Its object name; an entry's is followed by ``_`` and the export's name.
        exports: The titles of the exports, by name.
        parent: Owner.

    Signals:
        export_requested: (str) The name of the chosen export.
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
