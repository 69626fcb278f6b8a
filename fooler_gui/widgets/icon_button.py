"""A flat button with only an icon, in the palette's colours."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QToolButton, QWidget

from fooler_gui.widgets.icons import icon


class IconButton(QToolButton):
    """A tool button whose icon follows the palette. Main thread only.

    Args:
        icon_name: The name of its icon.
        parent: Owner.
    """

    def __init__(self, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = icon_name
        self.setAutoRaise(True)
        self.setIcon(icon(icon_name, self.palette()))

    def icon_name(self) -> str:
        """Returns the name of its icon."""
        return self._icon_name

    def set_icon_name(self, icon_name: str) -> None:
        """Shows another icon."""
        if icon_name != self._icon_name:
            self._icon_name = icon_name
            self.setIcon(icon(icon_name, self.palette()))

    def changeEvent(self, event: QEvent) -> None:
        """Redraws the icon when the palette changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.setIcon(icon(self._icon_name, self.palette()))
