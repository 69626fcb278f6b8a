"""Push buttons with an icon in the palette's colours; a panel's primary one is filled."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QPushButton, QWidget

from fooler_gui.widgets.icons import icon
from fooler_gui.widgets.tooltips import paragraphs

_PRIMARY = "#00507d"
"""Fusion brightens the fill of a button; from this it makes a blue on which white is legible."""

_PRIMARY_TEXT = "#ffffff"


class ActionButton(QPushButton):
    """A push button with its names, tooltip and icon. Main thread only."""

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
        """Makes an enabled button.

        Args:
            text: A verb.
            name: Its object name.
            tip: What it does.
            icon_name: The name of its icon; empty for none.
            primary: Whether it is the panel's main button, which is filled with colour.
            parent: Owner.
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
        """Redraws the icon when the palette changes."""
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
