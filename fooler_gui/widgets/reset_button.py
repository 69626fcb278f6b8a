"""The button that marks a value as changed from its preset, and resets it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fooler_gui.widgets.colours import CHANGED
from fooler_gui.widgets.shortcut_keys import keep_space

_SIZE = 20


class ResetButton(QAbstractButton):
    """A backward arrow in the colour of changes. Keeps its room while hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        keep_space(self)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        """Returns a small square."""
        return QSize(_SIZE, _SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the arrow."""
        fill = QColor(CHANGED)
        if self.isDown():
            fill = fill.darker(120)
        elif self.underMouse():
            fill = fill.lighter(115)
        black = QColor(Qt.GlobalColor.black)
        with QPainter(self) as painter:
            painter.setClipRect(event.rect())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.setPen(QPen(black, 1.5) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawRoundedRect(area, 4, 4)
            painter.translate(area.center())
            painter.setPen(QPen(black, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(_arrow())


def _arrow() -> QPainterPath:
    path = QPainterPath(QPointF(-1.5, -5.0))
    path.lineTo(-4.5, -2.0)
    path.lineTo(-1.5, 1.0)
    path.moveTo(-4.5, -2.0)
    path.lineTo(1.0, -2.0)
    path.arcTo(QRectF(-2.0, -2.0, 6.0, 6.0), 90, -180)
    path.lineTo(-2.5, 4.0)
    return path
