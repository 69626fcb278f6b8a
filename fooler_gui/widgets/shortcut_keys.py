"""Decides who gets Space and Ctrl+Z when both the focused widget and the window could use them.

A number field has no use for Space, so the window gets it; a button that was reached by the keyboard needs it.
"""

from __future__ import annotations

from typing import TypeGuard

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QLineEdit


def _is_override(event: QEvent) -> TypeGuard[QKeyEvent]:
    return event.type() == QEvent.Type.ShortcutOverride


class _SpaceKeeper(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if _is_override(event) and event.key() == Qt.Key.Key_Space:
            event.accept()
            return True
        return super().eventFilter(watched, event)


class _ShortcutPasser(QObject):
    def __init__(self, spin_box: QAbstractSpinBox, line_edit: QLineEdit) -> None:
        super().__init__(spin_box)
        self._line_edit = line_edit

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if _is_override(event) and self._is_for_the_window(event):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _is_for_the_window(self, event: QKeyEvent) -> bool:
        if event.matches(QKeySequence.StandardKey.Undo):
            return not self._line_edit.isUndoAvailable()
        if event.matches(QKeySequence.StandardKey.Redo):
            return not self._line_edit.isRedoAvailable()
        return event.key() == Qt.Key.Key_Space


def keep_space(button: QAbstractButton) -> None:
    """Lets Space press `button` once Tab has led to it; a click does not give it the focus."""
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.installEventFilter(_SpaceKeeper(button))


def pass_on_shortcuts(spin_box: QAbstractSpinBox, line_edit: QLineEdit) -> None:
    """Leaves Space to the window, and also undo and redo while `line_edit`, its text field, has nothing to undo."""
    spin_box.installEventFilter(_ShortcutPasser(spin_box, line_edit))
