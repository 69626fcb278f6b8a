"""A quiet plot against the round: few marked lines, each with its name and newest value at its end.

The chart of rounds builds on it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from pyqtgraph.graphicsItems.ScatterPlotItem import drawSymbol
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QPainter, QPalette
from PySide6.QtWidgets import QToolTip, QWidget

from fooler_gui.widgets.plot_axes import spread
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs

BEFORE = "before"
"""What stands at the axis for the classifier before the first round."""

_AXIS_WIDTH = 40
_LEFT_PIXELS = 20
_LABEL_GAP = 14
_SAMPLE_PIXELS = 26
_TEXT_GAP = 6
_MOST_FOR_LABELS = 0.6
_TICK_PIXELS = 22
_TICK_GAP = 6
_STRIDES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)
_SYMBOL_SIZE = 7
_LINE_APART = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundLine:
    """One line of a plot.

    Attributes:
        name: What stands before the newest value.
        values: One a round, NaN where there is none.
        newest: The newest value in words.
        colour: Of line and markers.
        style: Of the line.
        symbol: Of the markers, as pyqtgraph names it.
        hollow: Whether the markers are outlines.
    """

    name: str
    values: tuple[float, ...]
    newest: str
    colour: QColor
    style: Qt.PenStyle = Qt.PenStyle.SolidLine
    symbol: str = "o"
    hollow: bool = False

    @property
    def label(self) -> str:
        """What is written at the line's end, or "" where its newest value is missing."""
        return f"{self.name} {self.newest}" if self.values and math.isfinite(self.values[-1]) else ""


class RoundPlot(pg.PlotWidget):
    """Lines over the rounds; all rounds are seen. Main thread only.

    Args:
        purpose: What the plot counts, for the tooltip.
        widest_label: A text as wide as any at a line's end.
        parent: The widget that holds it.
    """

    def __init__(self, purpose: str, widest_label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, enableMenu=False)
        self._purpose = purpose
        self._rounds: tuple[int, ...] = ()
        self._sentences: tuple[str, ...] = ()
        self._lines: tuple[RoundLine, ...] = ()
        self._placed: list[tuple[float, RoundLine]] = []
        self._ground = QColor()
        self._text = QColor()
        self.setToolTip(paragraphs(purpose))
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # What is written at the lines' ends belongs to no item that could ask for its own part to be painted.
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self._view: pg.ViewBox = self.getViewBox()
        self._view.setMouseEnabled(x=False, y=False)
        self._view.disableAutoRange()
        self.hideButtons()
        self._small: QFont = tabular_font(self.font())
        self._small.setPointSizeF(max(7.0, self.font().pointSizeF() * 0.9))
        for side in ("left", "bottom"):
            self.getAxis(side).setStyle(tickLength=-4, tickFont=self._small)
        self.getAxis("bottom").setStyle(hideOverlappingLabels=False)
        self.getAxis("left").setWidth(_AXIS_WIDTH)
        self._widest_label = widest_label
        self._view.sigResized.connect(self._fit)

    def set_lines(self, rounds: Sequence[int], lines: Sequence[RoundLine], sentences: Sequence[str]) -> None:
        """Draws `lines` over `rounds`, rising numbers; `sentences`, one a round, are seen under the mouse."""
        self._rounds, self._lines, self._sentences = tuple(rounds), tuple(lines), tuple(sentences)
        self._fit()

    def set_heights(self, lowest: float, highest: float, ticks: Mapping[float, str]) -> None:
        """Shows values from `lowest` to `highest`, with `ticks`, texts by their places."""
        self.getAxis("left").setTicks([[(tick, text) for tick, text in ticks.items()]])
        self.setYRange(lowest, highest, padding=0)
        self._place_labels()

    def lines(self) -> tuple[RoundLine, ...]:
        """Returns the lines drawn."""
        return self._lines

    def placed_labels(self) -> list[tuple[float, str]]:
        """Returns (y, text) of what is written at the lines' ends, from above."""
        return [(y, line.label) for y, line in reversed(self._placed)]

    def ticks(self) -> list[tuple[int, str]]:
        """Returns the rounds that there is room to name, the newest always among them."""
        if not self._rounds:
            return []
        stride = self._stride()
        pixel = max(1.0, self._view.width()) / max(1e-9, np.diff(self._view.viewRange()[0])[0])
        metrics = QFontMetricsF(self._small)
        chosen: list[tuple[int, str]] = []
        newest = self._rounds[-1]
        for number in reversed(self._rounds):
            text = str(number) if number else BEFORE
            if number % stride and number != newest:
                continue
            least = metrics.horizontalAdvance(text + (chosen[-1][1] if chosen else "")) / 2 + _TICK_GAP
            if not chosen or (chosen[-1][0] - number) * pixel >= least:
                chosen.append((number, text))
            elif number == 0:
                chosen[-1] = (number, text)
        return chosen[::-1]

    def sentence_at(self, position: QPointF) -> str:
        """Returns the sentence of the round nearest to a point of the widget."""
        if not self._sentences:
            return ""
        place = self._view.mapSceneToView(self.mapToScene(position.toPoint())).x()
        return self._sentences[int(np.abs(np.subtract(self._rounds, place)).argmin())]

    def take_colours(self, palette: QPalette) -> None:
        """Draws ground, axes and texts in the colours of `palette`."""
        self._text, self._ground = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base)
        self.setBackground(self._ground)
        for side in ("left", "bottom"):
            self.getAxis(side).setPen(pg.mkPen(palette.color(QPalette.ColorRole.PlaceholderText)))
            self.getAxis(side).setTextPen(self._text)

    def drawForeground(self, painter: QPainter, _rect: QRectF) -> None:
        """Writes names and newest values at the lines' ends, each after a sample of its line."""
        if not self._rounds:
            return
        painter.setFont(self._small)
        height = QFontMetricsF(self._small).height()
        to_scene = self._view.childGroup.sceneTransform()
        for y, line in self._placed:
            place = to_scene.map(QPointF(self._rounds[-1], y)) + QPointF(_LABEL_GAP, 0)
            painter.setPen(self._pen(line))
            painter.drawLine(place, place + QPointF(_SAMPLE_PIXELS, 0))
            painter.save()
            painter.translate(place + QPointF(_SAMPLE_PIXELS / 2, 0))
            drawSymbol(painter, line.symbol, _SYMBOL_SIZE, self._outline(line), self._brush(line))
            painter.restore()
            painter.setPen(self._text)
            box = QRectF(place.x() + _SAMPLE_PIXELS + _TEXT_GAP, place.y() - height / 2, 1, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, line.label)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tells of the round under the mouse, and what is counted."""
        if isinstance(event, QHelpEvent) and (sentence := self.sentence_at(QPointF(event.pos()))):
            QToolTip.showText(event.globalPos(), paragraphs(sentence, self._purpose), self)
            return True
        return super().viewportEvent(event)

    def _fit(self) -> None:
        self._fit_rounds()
        self._draw()
        self._place_labels()

    def _fit_rounds(self) -> None:
        if not self._rounds:
            return
        wide = max(1.0, self._view.width())
        text = QFontMetricsF(self._small).horizontalAdvance(self._widest_label)
        labels = min(_MOST_FOR_LABELS * wide, _LABEL_GAP + _SAMPLE_PIXELS + _TEXT_GAP + text + 4)
        first, last = self._rounds[0], max(self._rounds[-1], self._rounds[0] + 1)
        lone = len(self._rounds) == 1
        unit = (last - first) / max(1.0, wide - labels - _LEFT_PIXELS)
        right = first + (wide - _LEFT_PIXELS) * unit if lone else last + labels * unit
        self._view.setXRange(first - _LEFT_PIXELS * unit, right, padding=0)
        self.getAxis("bottom").setTicks([self.ticks()])

    def _stride(self) -> int:
        left, right = self._view.viewRange()[0]
        most = max(1.0, self._view.width() / _TICK_PIXELS) / max(1e-9, right - left)
        return next((stride for stride in _STRIDES if stride * most >= 1), _STRIDES[-1])

    def _draw(self) -> None:
        plot = self.getPlotItem()
        for item in list(plot.items):
            plot.removeItem(item)
        rounds = np.asarray(self._rounds, float)
        stride = self._stride()
        marked = np.array([number % stride == 0 for number in self._rounds], bool)
        if len(marked):
            marked[-1] = True
        for line in self._lines:
            values = np.asarray(line.values, float)
            plot.addItem(pg.PlotCurveItem(rounds, values, pen=self._pen(line), antialias=True, connect="finite"))
            shown = marked & np.isfinite(values)
            plot.addItem(
                pg.ScatterPlotItem(
                    rounds[shown],
                    values[shown],
                    symbol=line.symbol,
                    size=_SYMBOL_SIZE,
                    pen=self._outline(line),
                    brush=self._brush(line),
                    antialias=True,
                )
            )

    def _place_labels(self) -> None:
        """Finds the places of the texts at the lines' ends, moved apart where they would cover each other."""
        bottom, top = self._view.viewRange()[1]
        unit = (top - bottom) / max(1.0, self._view.height())
        least = QFontMetricsF(self._small).height() * _LINE_APART * unit
        ends = sorted((line for line in self._lines if line.label), key=lambda line: line.values[-1])
        heights = spread([line.values[-1] for line in ends], least, bottom + least / 2, top - least / 2)
        self._placed = list(zip(heights, ends, strict=True))
        self.viewport().update()

    def _pen(self, line: RoundLine) -> object:
        return pg.mkPen(line.colour, width=1.5, style=line.style)

    def _outline(self, line: RoundLine) -> object:
        return pg.mkPen(line.colour, width=1.5)

    def _brush(self, line: RoundLine) -> object:
        return pg.mkBrush(self._ground if line.hollow else line.colour)
