"""The signs beside a caption: done, pinned, and how often reinitialised.

They are drawn, not written, so that they do not depend on fonts; each is on a chip of its colour, because the stage's
grey is as bright as the colours.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen, QPixmap

from fooler_gui.widgets.colours import DONE, INK, PAPER, REINITIALISED

_MARGIN = 1


class GridSigns:
    """Draws signs of the font's height. Main thread only.

    Each sign is drawn once, into a pixmap, and then copied: smooth shapes are slow to draw.

    Args:
        font: Of the number of reinitialisations, its size in device pixels.
    """

    def __init__(self, font: QFont) -> None:
        self._font = font
        self._metrics = QFontMetrics(font)
        self._side = font.pixelSize()
        self._stamps: dict[tuple[object, ...], QPixmap] = {}

    def draw_done(self, painter: QPainter, corner: QPointF) -> None:
        """Draws a tick with its upper left corner at `corner`."""
        self._stamp(painter, corner, QRectF(0, 0, self._side, self._side), _draw_done, "done")

    def draw_pin(self, painter: QPainter, corner: QPointF) -> None:
        """Draws a pin."""
        self._stamp(painter, corner, QRectF(0, 0, self._side, self._side), _draw_pin, "pin")

    def draw_reinitialised(self, painter: QPainter, corner: QPointF, reinitialisations: int, *, upright: bool) -> None:
        """Draws a circular arrow with the number beside it, or below it when `upright`."""
        side = self._side
        size = (side, side * 1.8) if upright else (self.width_reinitialised(reinitialisations), side)

        def draw(sign: QPainter, chip: QRectF) -> None:
            _draw_reinitialised(sign, chip, side, str(reinitialisations), upright)

        self._stamp(painter, corner, QRectF(0, 0, *size), draw, reinitialisations, upright)

    def width_reinitialised(self, reinitialisations: int) -> float:
        """Returns the width of the circular arrow with the number beside it."""
        return self._side * 1.2 + self._metrics.horizontalAdvance(str(reinitialisations))

    def _stamp(
        self,
        painter: QPainter,
        corner: QPointF,
        chip: QRectF,
        draw: Callable[[QPainter, QRectF], None],
        *names: object,
    ) -> None:
        x, y = math.floor(corner.x()), math.floor(corner.y())
        within = corner.x() - x, corner.y() - y
        stamp = self._stamps.get((*names, *within))
        if stamp is None:
            chip.translate(within[0] + _MARGIN, within[1] + _MARGIN)
            stamp = QPixmap(math.ceil(chip.right()) + _MARGIN, math.ceil(chip.bottom()) + _MARGIN)
            stamp.fill(Qt.GlobalColor.transparent)
            with QPainter(stamp) as sign:
                sign.setRenderHint(QPainter.RenderHint.Antialiasing)
                sign.setFont(self._font)
                draw(sign, chip)
            self._stamps[*names, *within] = stamp
        painter.drawPixmap(x - _MARGIN, y - _MARGIN, stamp)


def _draw_done(painter: QPainter, chip: QRectF) -> None:
    _fill_chip(painter, chip, chip.width(), DONE)
    path = QPainterPath(_point(chip, 0.22, 0.52))
    path.lineTo(_point(chip, 0.42, 0.74))
    path.lineTo(_point(chip, 0.78, 0.28))
    _stroke(painter, path, chip.width(), INK)


def _draw_pin(painter: QPainter, chip: QRectF) -> None:
    _fill_chip(painter, chip, chip.width(), INK)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(QColor(PAPER)))
    for left, top, right, bottom in ((0.3, 0.12, 0.7, 0.24), (0.38, 0.2, 0.62, 0.5), (0.22, 0.5, 0.78, 0.62)):
        painter.drawRect(QRectF(_point(chip, left, top), _point(chip, right, bottom)))
    painter.drawRect(QRectF(_point(chip, 0.45, 0.6), _point(chip, 0.55, 0.92)))


def _draw_reinitialised(painter: QPainter, chip: QRectF, side: int, text: str, upright: bool) -> None:
    metrics = painter.fontMetrics()
    wide = metrics.horizontalAdvance(text)
    _fill_chip(painter, chip, side, REINITIALISED)
    box = QRectF(chip.x(), chip.y(), side, side)
    circle = box.adjusted(side * 0.2, side * 0.22, -side * 0.2, -side * 0.18)
    path = QPainterPath()
    path.arcMoveTo(circle, 20)
    path.arcTo(circle, 20, 290)
    _stroke(painter, path, side, INK)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(QColor(INK)))
    painter.drawPolygon([_point(box, 0.54, 0.5), _point(box, 1.0, 0.5), _point(box, 0.8, 0.16)])
    painter.setPen(QColor(INK))
    below = chip.bottom() - side * 0.1 if upright else box.center().y() + metrics.capHeight() / 2
    painter.drawText(QPointF(box.center().x() - wide / 2 if upright else box.right(), below), text)


def _fill_chip(painter: QPainter, chip: QRectF, side: float, colour: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(QColor(colour)))
    painter.drawRoundedRect(chip, side / 4, side / 4)


def _stroke(painter: QPainter, path: QPainterPath, side: float, colour: str) -> None:
    pen = QPen(QColor(colour), max(1.2, side * 0.13))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)


def _point(box: QRectF, x: float, y: float) -> QPointF:
    return QPointF(box.x() + box.width() * x, box.y() + box.height() * y)
