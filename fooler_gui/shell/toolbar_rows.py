"""One row of tools where the window is wide enough, otherwise two: nothing of the toolbar is ever out of reach."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QToolBar, QWidget


class ToolbarRows(QObject):
    """Moves one part of a toolbar of `window` to a second row while there is no room for it. Main thread only.

    Args:
        window: Owner.
        first: The toolbar; it holds the part while there is room.
        part: What is moved.
        after: The action of `first` that follows the part.
        widget: The widget of the part.
    """

    def __init__(self, window: QMainWindow, first: QToolBar, part: QAction, after: QAction, widget: QWidget) -> None:
        super().__init__(window)
        self._window, self._first, self._part, self._after, self._widget = window, first, part, after, widget
        self._second = QToolBar("Set-up", window)
        self._second.setObjectName("setup_toolbar")
        self._second.setMovable(False)
        window.addToolBarBreak()
        window.addToolBar(self._second)
        self._second.hide()
        self._is_second = False
        for watched in (window, first, self._second, widget):
            watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Looks whether there is room when the window gets another width or layout, or the part wants one."""
        if watched in (self._first, self._second):
            if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
                QTimer.singleShot(0, self, self._arrange)
        elif event.type() == (QEvent.Type.Resize if watched is self._window else QEvent.Type.LayoutRequest):
            self._arrange()
        return super().eventFilter(watched, event)

    @Slot()
    def _arrange(self) -> None:
        moved = self._widget.sizeHint().width() if self._is_second else 0
        second = self._first.sizeHint().width() + moved > self._window.width()
        if second is not self._is_second:
            self._is_second = second
            self._move()
        self._second.setVisible(second and not self._first.isHidden())

    def _move(self) -> None:
        if self._is_second:
            self._first.removeAction(self._part)
            self._second.addAction(self._part)
        else:
            self._second.removeAction(self._part)
            self._first.insertAction(self._after, self._part)
