"""A plot against the round: few marked lines, each with its name and newest value at its end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QWidget

from fooler_gui.widgets.plot import Plot
from fooler_gui.widgets.plot_series import Axis, Colour, EndLabel, Line
from fooler_gui.widgets.tooltips import paragraphs

BEFORE = "before"
"""The tick text for the classifier before the first round."""

_LEFT_PIXELS = 20
_TICK_PIXELS = 22
_TICK_GAP = 6
_STRIDES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundLine:
    """One line of a plot.

    Attributes:
        name: The text before the newest value.
        values: One per round, NaN where missing.
        newest: The text of the newest value.
        colour: The colour of line and markers.
        style: The line style.
        symbol: The markers' symbol, as in pyqtgraph.
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
        """The label at the line's end, or "" if the newest value is missing."""
        return f"{self.name} {self.newest}" if self.values and math.isfinite(self.values[-1]) else ""

    @property
    def series(self) -> Line:
        """Its description for the plot."""
        return Line(name=self.name, colour=self.colour, style=self.style, symbol=self.symbol, hollow=self.hollow)


class RoundPlot(Plot):
    """Lines over the rounds; all rounds are visible. Main thread only.

    Args:
        name: Its object name.
        accessible_name: What it shows.
        purpose: What the plot shows, for the tooltip.
        y: The axis on the left.
        widest_label: A text as wide as any label at a line's end.
        parent: Owner.
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
        """Draws `lines` over ascending `rounds`; `sentences`, one per round, are the tooltips."""
        self._rounds, self._lines, self._sentences = tuple(rounds), tuple(lines), tuple(sentences)
        self.set_end_labels([])
        self.set_series([line.series for line in lines])
        self._draw()

    def lines(self) -> tuple[RoundLine, ...]:
        """Returns the lines drawn."""
        return self._lines

    def ticks(self) -> list[tuple[int, str]]:
        """Returns the ticks that there is room for, always including the newest round."""
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
        """Returns the tooltip: the round under the mouse, and what the plot shows."""
        sentence = self.sentence_at(position)
        return paragraphs(sentence, self.purpose()) if sentence else ""

    def _stride(self) -> int:
        """Returns the distance between named and marked rounds."""
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
