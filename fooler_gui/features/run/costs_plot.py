"""The cost terms of a run against its steps, layer by layer, on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

from fooler_gui.core.formats import format_two_digits
from fooler_gui.core.messages import TermPlace
from fooler_gui.core.terms import known_terms
from fooler_gui.session.run_series import Numbers
from fooler_gui.widgets.plot_axes import LEGEND_PIXELS, EndLabel, QuietPlot

_PURPOSE = (
    "The costs by step, the mean over the labels: those of layers in the layer's colour, the others in that of the "
    "text. Lines that rise cost more."
)
_STYLES_OF_LAYERS = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DashDotLine, Qt.PenStyle.DashDotDotLine)
_OTHER_STYLES = (Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine, Qt.PenStyle.DashDotDotLine, Qt.PenStyle.DashLine)


def layer_colour(index: int, count: int, dark: bool) -> QColor:
    """Returns the colour of layer `index` of `count`: from blue-green at the inputs to magenta at the top."""
    share = index / max(1, count - 1)
    lightness = 0.60 + 0.18 * share if dark else 0.36 - 0.06 * share
    return QColor.fromHslF((190 + 130 * share) / 360, 0.60, lightness)


class CostsPlot(QuietPlot):
    """Draws costs: the colour tells the layer, the line's style the term. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_PURPOSE, "misclass. 0.0e-0", logarithmic=True, parent=parent)
        self.setObjectName("costs_plot")
        self.setAccessibleName("Costs by step")
        self.setYRange(-4, 1, padding=0)
        self._places: tuple[TermPlace, ...] = ()
        self._styles = _styles_of_terms()
        self._lines: list[pg.PlotCurveItem] = []
        self._colours: list[QColor] = []
        self._dark = False
        self._text = QColor()
        in_legend = [term for term in known_terms().values() if term.is_of_layers]
        self.legend.setColumnCount(len(in_legend))
        self._samples = {term.name: pg.PlotCurveItem() for term in in_legend}
        for term in in_legend:
            self.legend.addItem(self._samples[term.name], term.title)
        self.take_colours(self.palette())

    def set_places(self, places: Sequence[TermPlace]) -> None:
        """Makes a line for each of the costs `places`."""
        if tuple(places) == self._places:
            return
        self._places = tuple(places)
        for line in self._lines:
            self.removeItem(line)
        self._lines = [pg.PlotCurveItem(antialias=True, segmentedLineMode="on") for _ in places]
        for line in self._lines:
            self.addItem(line)
        self._colour_lines()

    def points_across(self) -> int:
        """Returns how many points are worth drawing: one for two pixels, for costs are smooth."""
        return max(64, super().points_across() // 2)

    def draw(self, steps: Numbers, costs: Numbers) -> None:
        """Draws `costs` (n, places), in the order of `set_places`."""
        logarithms = np.log10(costs)
        seen = logarithms[np.isfinite(logarithms)]
        if seen.size:
            self._fit(float(seen.min()), float(seen.max()))
        for line, values in zip(self._lines, logarithms.T, strict=True):
            if np.isfinite(values).any():
                line.setData(steps, values, connect="finite")
            else:
                line.clear()

    def show_newest(self, costs: Numbers) -> None:
        """Writes the newest values, one for each line, at the lines' ends."""
        self.set_end_labels(
            [
                EndLabel(
                    y=float(np.log10(cost)), text=f"{_name(place)} {format_two_digits(float(cost))}", colour=colour
                )
                for place, cost, colour in zip(self._places, costs, self._colours, strict=True)
                if np.isfinite(cost)
            ]
        )

    def erase(self) -> None:
        """Takes every line away."""
        self.set_places(())
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
        for name, sample in self._samples.items():
            sample.setPen(pg.mkPen(self._text, width=1.5, style=self._styles[name]))
        self._colour_lines()

    def _fit(self, lowest: float, highest: float) -> None:
        """Shows the logarithms from `lowest` to `highest`, a decade at least, below the legend."""
        middle, half = (lowest + highest) / 2, max(0.5, (highest - lowest) / 2)
        bottom, top = middle - 1.08 * half, middle + 1.08 * half
        headroom = min(0.4, LEGEND_PIXELS / max(1.0, self.getViewBox().height()))
        self.setYRange(bottom, bottom + (top - bottom) / (1 - headroom), padding=0)

    def _colour_lines(self) -> None:
        layers = list(dict.fromkeys(place.layer for place in self._places if place.layer))
        colours = {layer: layer_colour(index, len(layers), self._dark) for index, layer in enumerate(layers)}
        self._colours = [colours.get(place.layer, self._text) for place in self._places]
        for line, place, colour in zip(self._lines, self._places, self._colours, strict=False):
            line.setPen(pg.mkPen(colour, width=1.5, style=self._styles.get(place.term, Qt.PenStyle.DotLine)))


def _styles_of_terms() -> dict[str, Qt.PenStyle]:
    """Returns the style of each term's line; beyond four they are used again."""
    styles = {}
    for of_layers, choice in ((True, _STYLES_OF_LAYERS), (False, _OTHER_STYLES)):
        names = [term.name for term in known_terms().values() if term.is_of_layers is of_layers]
        styles |= {name: choice[index % len(choice)] for index, name in enumerate(names)}
    return styles


def _name(place: TermPlace) -> str:
    if place.layer:
        return place.layer
    term = known_terms().get(place.term)
    return term.little_title if term is not None else place.term
