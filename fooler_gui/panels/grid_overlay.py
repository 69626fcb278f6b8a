"""What is drawn over and around the images of the grid: captions, signs, class names, outlines.

`BatchGrid` uses this module; main thread only. Painters work in device pixels. Signs are drawn, not written, so that
they do not depend on fonts; each sign stands on its colour's chip, because the grey of the stage is as bright as
the colours are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontInfo, QFontMetricsF, QPainter, QPainterPath, QPen

from fooler_gui.core.formats import format_probability
from fooler_gui.core.messages import Save
from fooler_gui.panels.grid_layout import Box, CaptionSpace, GridLayout
from fooler_gui.widgets.colours import DONE, RESTARTED, SELECTED

INK = "#101010"
"""Of all text on the stage's grey and on the chips: contrast at least 4.5 : 1."""

_PAPER = "#FFFFFF"
_WIDEST_NAME = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class GridState:
    """What the overlay shows besides the layout.

    Attributes:
        save: The save that is shown.
        names: The name of each label that is shown.
        selected: (label, slot), or None.
        focused: Whether the grid has the keyboard.
    """

    save: Save
    names: Mapping[int, str]
    selected: tuple[int, int] | None
    focused: bool


class GridOverlay:
    """Draws captions and outlines in one font on a screen of one pixel ratio.

    Args:
        font: Of the widget.
        ratio: Device pixels in a pixel of the widget.
    """

    def __init__(self, font: QFont, ratio: float) -> None:
        self._font = QFont(font)
        self._font.setFeature(QFont.Tag("tnum"), 1)
        self._ratio = ratio
        pixels = QFontInfo(font).pixelSize()
        small = max(10, round(pixels * 0.8))
        self.captions: tuple[CaptionSpace, ...] = (
            self._space(pixels, gap=12, padding=9, margin=8),
            self._space(small, gap=8, padding=6, margin=4),
            self._space(small, gap=3, padding=3, margin=0),
        )

    def names_width(self, names: Sequence[str]) -> int:
        """Returns the width of a column that holds `names`."""
        metrics = QFontMetricsF(self._name_font())
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0.0)
        return math.ceil(min(widest, _WIDEST_NAME * self._ratio)) + round(12 * self._ratio)

    def draw(self, painter: QPainter, layout: GridLayout, state: GridState) -> None:
        """Draws everything but the highlights."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if layout.groups > 1:
            self._draw_names(painter, layout, state)
        if state.selected is not None and state.selected[0] in state.save.labels:
            group = state.save.labels.index(state.selected[0])
            self._draw_selection(painter, layout, layout.image_box(group, state.selected[1]), state.focused)
        painter.setFont(self._sized(layout.captions.font))
        for group in range(layout.groups):
            for slot in range(layout.slots):
                self._draw_caption(painter, layout, state.save, group, slot)

    def draw_highlights(
        self,
        painter: QPainter,
        layout: GridLayout,
        strengths: Mapping[tuple[int, int], float],
        selected: tuple[int, int] | None,
    ) -> None:
        """Outlines slots, given by (group, slot), each as strongly as `strengths` says, 0 to 1.

        The outline is dashed, and stands outside of the one of the `selected` slot, which is not.
        """
        width = self._outline_width(layout)
        for place, strength in strengths.items():
            away = width + self._ratio if place == selected else 0.0
            box = QRectF(*layout.image_box(*place)).adjusted(-away, -away, away, away)
            painter.setOpacity(strength)
            _outline(painter, box, width + self._ratio, QPen(QColor(_PAPER)))
            pen = QPen(QColor(RESTARTED))
            pen.setDashPattern([4.0, 1.0])
            _outline(painter, box, width + self._ratio, pen)
        painter.setOpacity(1.0)

    def _space(self, font: int, gap: int, padding: int, margin: int) -> CaptionSpace:
        pixels = round(font * self._ratio)
        metrics = QFontMetricsF(self._sized(pixels))
        number = math.ceil(metrics.horizontalAdvance(">.9999"))
        restart = math.ceil(metrics.horizontalAdvance("00")) + pixels
        beside = pixels + restart + 3 * _apart(pixels)
        return CaptionSpace(
            font=pixels,
            height=math.ceil(metrics.capHeight()) + round(padding * self._ratio),
            number=number,
            inline=number + 2 * beside,
            rail=pixels + 2 * _apart(pixels),
            gap=round(gap * self._ratio),
            margin=round(margin * self._ratio),
        )

    def _sized(self, pixels: int) -> QFont:
        font = QFont(self._font)
        font.setPixelSize(pixels)
        return font

    def _name_font(self) -> QFont:
        font = self._sized(round(QFontInfo(self._font).pixelSize() * self._ratio))
        font.setBold(True)
        return font

    def _draw_names(self, painter: QPainter, layout: GridLayout, state: GridState) -> None:
        painter.setFont(self._name_font())
        painter.setPen(QColor(INK))
        metrics = QFontMetricsF(painter.font())
        gap = round(12 * self._ratio)
        width = self.names_width([state.names[label] for label in state.save.labels]) - gap
        for group, label in enumerate(state.save.labels):
            _, y, _, height = layout.image_box(group, 0)
            box = QRectF(layout.left - gap / 2 - width, y, width, height)
            text = metrics.elidedText(state.names[label], Qt.TextElideMode.ElideRight, width)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _draw_caption(self, painter: QPainter, layout: GridLayout, save: Save, group: int, slot: int) -> None:
        x, y, width, height = layout.image_box(group, slot)
        space = layout.captions
        middle = QPointF(x + width / 2, y + height + space.height - space.font * 0.5)
        metrics = painter.fontMetrics()
        text = format_probability(float(save.probabilities[group, slot]))
        painter.setPen(QColor(INK))
        baseline = middle.y() + metrics.capHeight() / 2
        painter.drawText(QPointF(middle.x() - metrics.horizontalAdvance(text) / 2, baseline), text)
        done, pinned = bool(save.done[group, slot]), bool(save.pinned[group, slot])
        restarts = int(save.restarts[group, slot])
        apart, side = _apart(space.font), space.font
        if layout.inline:
            right = QRectF(middle.x() + space.number / 2 + apart, middle.y() - side / 2, side, side)
            if done:
                _draw_done(painter, right)
                right.translate(side + apart, 0)
            if restarts:
                _draw_restarts(painter, right, restarts, upright=False)
            if pinned:
                _draw_pin(painter, QRectF(middle.x() - space.number / 2 - apart - side, right.y(), side, side))
            return
        down = QRectF(x + width + 1.5 * apart, y, side, side)
        if done:
            _draw_done(painter, down)
            down.translate(0, side + 1)
        if pinned:
            _draw_pin(painter, down)
            down.translate(0, side + 1)
        if restarts:
            _draw_restarts(painter, down, restarts, upright=True)

    def _draw_selection(self, painter: QPainter, layout: GridLayout, box: Box, focused: bool) -> None:
        width = self._outline_width(layout) + (self._ratio if focused else 0)
        _outline(painter, QRectF(*box), width, QPen(QColor(_PAPER)))
        _outline(painter, QRectF(*box), width - self._ratio, QPen(QColor(SELECTED)))

    def _outline_width(self, layout: GridLayout) -> float:
        return 2 * self._ratio if layout.captions is self.captions[-1] else 3 * self._ratio


def _apart(side: int) -> int:
    return max(2, side // 4)


def _outline(painter: QPainter, box: QRectF, width: float, pen: QPen) -> None:
    """Draws a frame of `width` around `box`, none of it inside."""
    pen.setWidthF(width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box.adjusted(-width / 2, -width / 2, width / 2, width / 2))


def _chip(painter: QPainter, box: QRectF, colour: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(QColor(colour)))
    corner = min(box.width(), box.height()) / 4
    painter.drawRoundedRect(box, corner, corner)


def _stroke(painter: QPainter, path: QPainterPath, side: float, colour: str) -> None:
    pen = QPen(QColor(colour), max(1.2, side * 0.13))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)


def _point(box: QRectF, x: float, y: float) -> QPointF:
    return QPointF(box.x() + box.width() * x, box.y() + box.height() * y)


def _draw_done(painter: QPainter, box: QRectF) -> None:
    _chip(painter, box, DONE)
    path = QPainterPath(_point(box, 0.22, 0.52))
    path.lineTo(_point(box, 0.42, 0.74))
    path.lineTo(_point(box, 0.78, 0.28))
    _stroke(painter, path, box.width(), INK)


def _draw_restarts(painter: QPainter, box: QRectF, restarts: int, upright: bool) -> None:
    """Draws a turning arrow and the count beside it, or below it when `upright`, on a chip that begins at `box`."""
    text = str(restarts)
    metrics = painter.fontMetrics()
    wide = metrics.horizontalAdvance(text)
    side = box.width()
    growth = QRectF(0, 0, 0, side * 0.8) if upright else QRectF(0, 0, wide + side * 0.2, 0)
    chip = box.adjusted(0, 0, growth.width(), growth.height())
    _chip(painter, chip, RESTARTED)
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


def _draw_pin(painter: QPainter, box: QRectF) -> None:
    _chip(painter, box, INK)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(QColor(_PAPER)))
    for left, top, right, bottom in ((0.3, 0.12, 0.7, 0.24), (0.38, 0.2, 0.62, 0.5), (0.22, 0.5, 0.78, 0.62)):
        painter.drawRect(QRectF(_point(box, left, top), _point(box, right, bottom)))
    painter.drawRect(QRectF(_point(box, 0.45, 0.6), _point(box, 0.55, 0.92)))
