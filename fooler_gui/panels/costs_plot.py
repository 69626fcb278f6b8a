"""The cost terms of a run against its steps, layer by layer, on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

from fooler_gui.core.formats import format_two_digits
from fooler_gui.panels.run_series import Numbers
from fooler_gui.widgets.plot_axes import LEGEND_PIXELS, EndLabel, QuietPlot

_PURPOSE = (
    "The cost terms by step, the mean over the labels: each layer's reference cost and batch cost, and the "
    "misclassification cost (dotted). Lines that rise cost more."
)
_STYLES = {"reference": Qt.PenStyle.SolidLine, "batch": Qt.PenStyle.DashLine}
_MISCLASSIFICATION_STYLE = Qt.PenStyle.DotLine


def layer_colour(index: int, count: int, dark: bool) -> QColor:
    """Returns the colour of layer `index` of `count`: from blue-green at the inputs to magenta at the top."""
    share = index / max(1, count - 1)
    lightness = 0.60 + 0.18 * share if dark else 0.36 - 0.06 * share
    return QColor.fromHslF((190 + 130 * share) / 360, 0.60, lightness)


class CostsPlot(QuietPlot):
    """Draws cost terms: colour tells the layer, the line's style the kind of cost. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_PURPOSE, "misclass. 0.0e-0", logarithmic=True, parent=parent)
        self.setObjectName("costs_plot")
        self.setAccessibleName("Costs by step")
        self.setYRange(-4, 1, padding=0)
        self._layers: tuple[str, ...] = ()
        self._lines: list[pg.PlotCurveItem] = []
        self._colours: list[QColor] = []
        self._dark = False
        self._text = QColor()
        self.legend.setColumnCount(len(_STYLES))
        self._samples = [pg.PlotCurveItem() for _ in _STYLES]
        for sample, name in zip(self._samples, _STYLES, strict=True):
            self.legend.addItem(sample, name)
        self.take_colours(self.palette())

    def set_layers(self, layers: Sequence[str]) -> None:
        """Makes a line for each cost of `layers`, and one for the misclassification cost."""
        if tuple(layers) == self._layers:
            return
        self._layers = tuple(layers)
        for line in self._lines:
            self.removeItem(line)
        self._lines = [pg.PlotCurveItem(antialias=True, segmentedLineMode="on") for _ in range(2 * len(layers) + 1)]
        for line in self._lines:
            self.addItem(line)
        self._colour_lines()

    def points_across(self) -> int:
        """Returns how many points are worth drawing: one for two pixels, for costs are smooth."""
        return max(64, super().points_across() // 2)

    def draw(self, steps: Numbers, costs: Numbers) -> None:
        """Draws `costs`, (n, 2 · layers + 1), the layers' reference costs, then batch costs, then the last."""
        logarithms = np.log10(costs)
        seen = logarithms[np.isfinite(logarithms)]
        if seen.size:
            self._fit(float(seen.min()), float(seen.max()))
        for line, values in zip(self._lines, logarithms.T, strict=True):
            line.setData(steps, values, connect="finite")

    def show_newest(self, costs: Numbers) -> None:
        """Writes the newest values, one for each line, at the lines' ends."""
        names = (*self._layers, *self._layers, "misclass.")
        self.set_end_labels(
            [
                EndLabel(y=float(np.log10(cost)), text=f"{name} {format_two_digits(float(cost))}", colour=colour)
                for name, cost, colour in zip(names, costs, self._colours, strict=True)
                if np.isfinite(cost)
            ]
        )

    def erase(self) -> None:
        """Takes every line away."""
        self.set_layers(())
        for line in self._lines:
            line.setData([], [])
        self.set_end_labels([])

    def set_dark(self, dark: bool) -> None:
        """Draws layers in colours for a dark or a light ground."""
        self._dark = dark
        self._colour_lines()

    def take_colours(self, palette: QPalette) -> None:
        """Draws everything in the colours of `palette`."""
        super().take_colours(palette)
        self._text = palette.color(QPalette.ColorRole.Text)
        for sample, style in zip(self._samples, _STYLES.values(), strict=True):
            sample.setPen(pg.mkPen(self._text, width=1.5, style=style))
        self._colour_lines()

    def _fit(self, lowest: float, highest: float) -> None:
        """Shows the logarithms from `lowest` to `highest`, a decade at least, below the legend."""
        middle, half = (lowest + highest) / 2, max(0.5, (highest - lowest) / 2)
        bottom, top = middle - 1.08 * half, middle + 1.08 * half
        headroom = min(0.4, LEGEND_PIXELS / max(1.0, self.getViewBox().height()))
        self.setYRange(bottom, bottom + (top - bottom) / (1 - headroom), padding=0)

    def _colour_lines(self) -> None:
        count = len(self._layers)
        layers = [layer_colour(index, count, self._dark) for index in range(count)]
        self._colours = [*layers, *layers, self._text]
        reference, batch = _STYLES.values()
        styles = [*[reference] * count, *[batch] * count, _MISCLASSIFICATION_STYLE]
        for line, colour, style in zip(self._lines, self._colours, styles, strict=False):
            line.setPen(pg.mkPen(colour, width=1.5, style=style))
