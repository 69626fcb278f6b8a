"""A button of the toolbar for an action, which can be the filled one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QPaintEvent
from PySide6.QtWidgets import QStyle, QStyleOptionToolButton, QToolBar, QToolButton

from fooler_gui.widgets.filled import paint_filled
from fooler_gui.widgets.mnemonics import plain


class ToolButton(QToolButton):
    """Does an action, of which it has the icon, and the text if wanted. Main thread only.

    Args:
        bar: The toolbar that it is in.
        name: Its object name.
        with_text: Whether its text is shown.
    """

    def __init__(self, bar: QToolBar, name: str, *, with_text: bool = False) -> None:
        super().__init__(bar)
        self._is_primary = False
        self.setObjectName(name)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setIconSize(bar.iconSize())
        style = Qt.ToolButtonStyle
        self.setToolButtonStyle(style.ToolButtonTextBesideIcon if with_text else style.ToolButtonIconOnly)

    def set_action(self, action: QAction) -> None:
        """Does `action` from now on."""
        former = self.defaultAction()
        if action is not former:
            self.setDefaultAction(action)
            if former is not None:
                self.removeAction(former)  # else Qt would offer both in a menu
            self.setAccessibleName(plain(action.text()).rstrip("…"))

    def is_primary(self) -> bool:
        """Returns whether it is filled, as long as it is enabled."""
        return self._is_primary

    def set_primary(self, primary: bool) -> None:
        """Fills it, or not."""
        self._is_primary = primary
        self.update()

    def room_for(self, *actions: QAction) -> QSize:
        """Returns the room that it needs to show any of `actions`."""
        size = QSize()
        for action in actions:
            self.set_action(action)
            size = size.expandedTo(self.sizeHint())
        return size

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints it, filled if it is the primary one."""
        if not (self._is_primary and self.isEnabled()):
            super().paintEvent(event)
            return
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        paint_filled(self, option, QStyle.ControlElement.CE_ToolButtonLabel)
