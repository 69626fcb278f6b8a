"""The size and place of a window when it is first shown: as wanted, but never more than the screen has room for."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget

FRAME = QSize(16, 40)
"""Room for the frame and title that a desktop draws around a window; how much it takes is unknown until then."""


def fitting_size(wanted: QSize, available: QRect) -> QSize:
    """Returns `wanted`, reduced to what `available`, the part of a screen without panels, has room for less a frame."""
    return wanted.boundedTo(available.size() - FRAME)


def resize_to_fit(window: QWidget, wanted: QSize) -> None:
    """Gives `window`, which is not shown yet, the size `wanted`, or less if its screen has no room for that."""
    window.resize(fitting_size(wanted, window.screen().availableGeometry()))


def centre_over(window: QWidget, other: QWidget) -> None:
    """Moves `window`, which is not shown yet, to the middle of `other`, as far as the screen of that has room."""
    frame, screen = QRect(QPoint(), window.size() + FRAME), other.screen().availableGeometry()
    frame.moveCenter(other.frameGeometry().center())
    frame.moveLeft(max(screen.left(), min(frame.left(), screen.right() + 1 - frame.width())))
    frame.moveTop(max(screen.top(), min(frame.top(), screen.bottom() + 1 - frame.height())))
    window.move(frame.topLeft())
