"""How the one filled button is painted: flat, in the accent colour, its words and its icon white."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QStyle, QStyleOptionButton, QStyleOptionToolButton

from fooler_gui.widgets.colours import PAPER, SELECTED

_RADIUS = 4.0
_HOVERED, _PRESSED = 108, 125
"""How much lighter it is under the mouse and how much darker while it is pressed, in per cent."""


def paint_filled(
    button: QAbstractButton, option: QStyleOptionButton | QStyleOptionToolButton, label: QStyle.ControlElement
) -> None:
    """Paints `button` filled.

    Args:
        button: An enabled button.
        option: Its initialised style option.
        label: The part of the style that draws its icon and text.
    """
    fill = QColor(SELECTED)
    if button.isDown():
        fill = fill.darker(_PRESSED)
    elif button.underMouse():
        fill = fill.lighter(_HOVERED)
    for role in (QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        option.palette.setColor(role, QColor(PAPER))
    option.icon = _whitened(option.icon, option.iconSize, button.devicePixelRatioF())
    area = QRectF(button.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
    with QPainter(button) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(area, _RADIUS, _RADIUS)
        button.style().drawControl(label, option, painter, button)
        if button.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(PAPER), 1, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(area.adjusted(2, 2, -2, -2), _RADIUS - 2, _RADIUS - 2)


def _whitened(icon: QIcon, size: QSize, ratio: float) -> QIcon:
    if icon.isNull():
        return icon
    pixmap = icon.pixmap(size, ratio)
    with QPainter(pixmap) as painter:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(pixmap.rect(), QColor(PAPER))
    return QIcon(pixmap)
