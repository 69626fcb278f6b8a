"""Push buttons with an icon in the palette's colours, one of them filled as a panel's primary one. For panels."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QPushButton, QWidget

from fooler_gui.widgets.icons import icon
from fooler_gui.widgets.tooltips import paragraphs

_PRIMARY = "#00507d"
"""Fusion brightens what it fills a button with; from this it makes a blue on which white can be read."""

_PRIMARY_TEXT = "#ffffff"


class ActionButton(QPushButton):
    """A push button with its names, its tooltip and its icon. Main thread only."""

    def __init__(
        self,
        text: str,
        name: str,
        tip: str,
        *,
        icon_name: str = "",
        primary: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Makes a button that can be pressed.

        Args:
            text: A verb.
            name: Its object name.
            tip: What it does.
            icon_name: Of its icon; empty for none.
            primary: Whether it is the one that a panel is there for; it is filled with colour.
            parent: The widget that it stands in.
        """
        super().__init__(text, parent)
        self._icon_name = icon_name
        self.setObjectName(name)
        self.setAccessibleName(text.rstrip("…"))
        self.setToolTip(paragraphs(tip))
        if primary:
            self._fill_with_colour()
        self._draw_icon()

    def changeEvent(self, event: QEvent) -> None:
        """Draws the icon anew when the palette has changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()

    def _fill_with_colour(self) -> None:
        palette = QPalette()
        for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
            palette.setColor(group, QPalette.ColorRole.Button, QColor(_PRIMARY))
            palette.setColor(group, QPalette.ColorRole.ButtonText, QColor(_PRIMARY_TEXT))
        self.setPalette(palette)

    def _draw_icon(self) -> None:
        if self._icon_name:
            self.setIcon(icon(self._icon_name, self.palette()))
