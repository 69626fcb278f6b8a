"""Drops files onto a widget, the way Qt brings a drag from another program to it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget


def drop(widget: QWidget, paths: Sequence[str], at: QPoint) -> bool:
    """Drags the files at `paths` to the point `at` of `widget`, lets go of them there, and tells if they were taken.

    Where the widget does not want them, what it stands in is asked.
    """
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(path) for path in paths])
    how = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter, move, let_go = QDragEnterEvent(at, *how), QDragMoveEvent(at, *how), QDropEvent(QPointF(at), *how)
    for event in (enter, move, let_go):
        event.setAccepted(event is move)  # a move is wanted unless the widget says otherwise
        QApplication.sendEvent(widget, event)
        if not event.isAccepted():
            QApplication.sendEvent(widget, QDragLeaveEvent())
            return False
    return True
