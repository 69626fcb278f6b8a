"""What a person can press or choose in a window."""

from __future__ import annotations

from collections.abc import Iterator

import shiboken6
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLineEdit,
    QMenu,
    QMenuBar,
    QRadioButton,
    QToolButton,
    QWidget,
    QWidgetAction,
)

_IN_ITS_BOX = 8
"""Pixels from the left edge to the middle of a check box."""


def open_windows() -> Iterator[QWidget]:
    """Yields the visible windows, dialogs and menus; those of a closed window may vanish meanwhile."""
    return (widget for widget in filter(shiboken6.isValid, QApplication.topLevelWidgets()) if widget.isVisible())


def can_be_pressed(button: QAbstractButton) -> bool:
    """Returns whether a person could press `button`, possibly after scrolling to it."""
    return shiboken6.isValid(button) and button.isVisible() and button.isEnabled()


def is_command(action: QAction) -> bool:
    """Returns whether `action` can be triggered and is not the placeholder of a widget or menu."""
    is_place = action.isSeparator() or isinstance(action, QWidgetAction) or action.menu() is not None
    return action.isEnabled() and action.isVisible() and not is_place


def is_within_reach(action: QAction, window: QWidget) -> bool:
    """Returns whether a key, a toolbar, the menu bar or a button with a menu leads to `action`."""
    return any(_leads_on(holder, window) for holder in action.associatedObjects() if isinstance(holder, QWidget))


def _leads_on(holder: QWidget, window: QWidget) -> bool:
    """Returns whether the holder of an action can be reached: visible, or a menu of a button or the menu bar."""
    if isinstance(holder, QLineEdit):  # a button in it, which depends on the text
        return False
    if not isinstance(holder, QMenu):
        return holder.isVisible() and holder.isEnabled()
    buttons = [button for button in window.findChildren(QToolButton) if button.menu() is holder]
    bars = [bar for bar in holder.menuAction().associatedObjects() if isinstance(bar, QMenuBar)]
    return bool(bars) or any(map(can_be_pressed, buttons))


def place_to_press(button: QAbstractButton) -> QPoint:
    """Returns a point of `button` that takes a click."""
    place = button.rect().center()
    if isinstance(button, QCheckBox | QRadioButton):  # which takes no clicks beside its text
        place.setX(_IN_ITS_BOX)
    return place
