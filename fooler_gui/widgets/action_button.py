"""Push buttons with an icon in the palette's colours; a window's primary one is filled."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QWidget

from fooler_gui.widgets.filled import paint_filled
from fooler_gui.widgets.icons import icon
from fooler_gui.widgets.tooltips import paragraphs


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
            primary: Whether it is the window's main button, which is filled while it is enabled.
            parent: Owner.
        """
        super().__init__(text, parent)
        self._icon_name = icon_name
        self.setObjectName(name)
        self.setAccessibleName(text.rstrip("…"))
        self.setToolTip(paragraphs(tip))
        self._is_primary = primary
        self._draw_icon()

    def is_primary(self) -> bool:
        """Returns whether it is filled, as long as it is enabled."""
        return self._is_primary

    def set_primary(self, primary: bool) -> None:
        """Fills it, or not."""
        self._is_primary = primary
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints it, filled if it is the primary one."""
        if not (self._is_primary and self.isEnabled()):
            super().paintEvent(event)
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        paint_filled(self, option, QStyle.ControlElement.CE_PushButtonLabel)

    def changeEvent(self, event: QEvent) -> None:
        """Redraws the icon when the palette changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw_icon()

    def _draw_icon(self) -> None:
        if self._icon_name:
            self.setIcon(icon(self._icon_name, self.palette()))
