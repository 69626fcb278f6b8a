"""A quiet plot against the round: few marked lines, each with its name and newest value at its end.

The chart of rounds builds on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QWidget

from fooler_gui.widgets.plot import Axis, Colour, EndLabel, Line, Plot
from fooler_gui.widgets.tooltips import paragraphs

BEFORE = "before"
"""What stands at the axis for the classifier before the first round."""

_LEFT_PIXELS = 20
_TICK_PIXELS = 22
_TICK_GAP = 6
_STRIDES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)


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
    colour: Colour
    style: Qt.PenStyle = Qt.PenStyle.SolidLine
    symbol: str = "o"
    hollow: bool = False

    @property
    def label(self) -> str:
        """What is written at the line's end, or "" where its newest value is missing."""
        return f"{self.name} {self.newest}" if self.values and math.isfinite(self.values[-1]) else ""

    @property
    def series(self) -> Line:
        """How it is drawn."""
        return Line(name=self.name, colour=self.colour, style=self.style, symbol=self.symbol, hollow=self.hollow)


class RoundPlot(Plot):
    """Lines over the rounds; all rounds are seen. Main thread only.

    Args:
        name: Its object name.
        accessible_name: What it shows.
        purpose: What the plot counts, for the tooltip.
        y: What stands at the left.
        widest_label: A text as wide as any at a line's end.
        parent: The widget that holds it.
    """

    def __init__(
        self, name: str, accessible_name: str, purpose: str, y: Axis, widest_label: str, parent: QWidget | None = None
    ) -> None:
        self._rounds: tuple[int, ...] = ()
        self._sentences: tuple[str, ...] = ()
        self._lines: tuple[RoundLine, ...] = ()
        super().__init__(
            name,
            accessible_name,
            purpose,
            Axis(title="Round"),
            y,
            widest_label=widest_label,
            left_pixels=_LEFT_PIXELS,
            parent=parent,
        )
        self.getAxis("bottom").setStyle(hideOverlappingLabels=False)

        self.view_changed.connect(self._draw)

    def set_lines(self, rounds: Sequence[int], lines: Sequence[RoundLine], sentences: Sequence[str]) -> None:
        """Draws `lines` over `rounds`, rising numbers; `sentences`, one a round, are seen under the mouse."""
        self._rounds, self._lines, self._sentences = tuple(rounds), tuple(lines), tuple(sentences)
        self.set_end_labels([])
        self.set_series([line.series for line in lines])
        self._draw()

    def lines(self) -> tuple[RoundLine, ...]:
        """Returns the lines drawn."""
        return self._lines

    def ticks(self) -> list[tuple[int, str]]:
        """Returns the rounds that there is room to name, the newest always among them."""
        if not self._rounds:
            return []
        stride = self._stride()
        metrics = QFontMetricsF(self._small)
        chosen: list[tuple[int, str]] = []
        newest = self._rounds[-1]
        for number in reversed(self._rounds):
            text = str(number) if number else BEFORE
            if number % stride and number != newest:
                continue
            least = metrics.horizontalAdvance(text + (chosen[-1][1] if chosen else "")) / 2 + _TICK_GAP
            if not chosen or (chosen[-1][0] - number) * self.x_pixels() >= least:
                chosen.append((number, text))
            elif number == 0:
                chosen[-1] = (number, text)
        return chosen[::-1]

    def sentence_at(self, position: QPointF) -> str:
        """Returns the sentence of the round nearest to a point of the widget."""
        if not self._sentences:
            return ""
        return self._sentences[int(np.abs(np.subtract(self._rounds, self.x_at(position))).argmin())]

    def words_at(self, position: QPointF) -> str:
        """Tells of the round under the mouse, and what is counted."""
        sentence = self.sentence_at(position)
        return paragraphs(sentence, self.purpose()) if sentence else ""

    def _stride(self) -> int:
        """Returns of how many rounds one is named and marked."""
        most = self.x_pixels() / _TICK_PIXELS
        return next((stride for stride in _STRIDES if stride * most >= 1), _STRIDES[-1])

    def _draw(self) -> None:
        if not self._rounds:
            return
        first, last = self._rounds[0], self._rounds[-1]
        self.set_span(first, max(last, first + 1), last)
        self.getAxis("bottom").setTicks([self.ticks()])
        stride = self._stride()
        marked = np.array([number % stride == 0 or number == last for number in self._rounds], bool)
        for line in self._lines:
            self.draw_line(line.name, self._rounds, line.values, marked)
        self.set_end_labels(
            [EndLabel(y=line.values[-1], text=line.label, sample_of=line.name) for line in self._lines if line.label]
        )
