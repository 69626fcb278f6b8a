"""Keeps the focus where Space runs and pauses when the control that had it can no longer be used."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid


class FocusKeeper(QObject):
    """Gives the focus of a control of `window` that is disabled or hidden to `home`. Main thread only.

    Qt would give it to the control that follows, which Space may then press or open.

    Args:
        window: Owner.
        home: Gets the focus.
    """

    def __init__(self, window: QWidget, home: QWidget) -> None:
        super().__init__(window)
        self._window, self._home = window, home
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_moved)

    def _on_moved(self, before: QWidget | None, now: QWidget | None) -> None:
        """Looks later, as Qt moves the focus before it disables or hides a control."""
        if before is not None and now is not None and before.window() is now.window() is self._window:
            QTimer.singleShot(0, self, partial(self._look, before, now))

    def _look(self, before: QWidget, now: QWidget) -> None:
        is_used = not isValid(before) or (before.isEnabled() and before.isVisible())
        if not is_used and self._window.focusWidget() is now:
            self._home.setFocus()
