"""The size of a window when it is first shown: as wanted, but never more than the screen has room for."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QWidget

FRAME = QSize(16, 40)
"""Room for the frame and title that a desktop draws around a window; how much it takes is unknown until then."""


def fitting_size(wanted: QSize, available: QRect) -> QSize:
    """Returns `wanted`, reduced to what `available`, the part of a screen without panels, has room for less a frame."""
    return wanted.boundedTo(available.size() - FRAME)


def resize_to_fit(window: QWidget, wanted: QSize) -> None:
    """Gives `window`, which is not shown yet, the size `wanted`, or less if its screen has no room for that."""
    window.resize(fitting_size(wanted, window.screen().availableGeometry()))
