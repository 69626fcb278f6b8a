"""The cost terms of a run against its steps, by layer, on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPalette
from PySide6.QtWidgets import QWidget

from fooler_gui.core.formats import format_two_digits
from fooler_gui.core.save import TermPlace
from fooler_gui.core.terms import known_terms
from fooler_gui.session.run_series import Numbers
from fooler_gui.widgets.plot import Plot
from fooler_gui.widgets.plot_series import Axis, Colour, EndLabel, Line, ink

_PURPOSE = (
    "The costs by step, as the mean over the labels: those of layers in the layer's colour, the others in the text's."
)
_STYLES_OF_LAYERS = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DashDotLine, Qt.PenStyle.DashDotDotLine)
_OTHER_STYLES = (Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine, Qt.PenStyle.DashDotDotLine, Qt.PenStyle.DashLine)
_DARK_BELOW = 128


def layer_colour(index: int, count: int, dark: bool) -> QColor:
    """Returns the colour of layer `index` of `count`: from blue-green at the inputs to magenta at the top."""
    share = index / max(1, count - 1)
    lightness = 0.60 + 0.18 * share if dark else 0.36 - 0.06 * share
    return QColor.fromHslF((190 + 130 * share) / 360, 0.60, lightness)


_WIDEST_NAME = "misclass."
"""As wide as any name at a line's end; a longer one of a layer loses its beginning."""


class CostsPlot(Plot):
    """Draws costs: the colour shows the layer, the line style the term. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._places: tuple[TermPlace, ...] = ()
        self._styles = _styles_of_terms()
        self._samples = tuple(
            Line(name=f"sample of {term.name}", style=self._styles[term.name], legend=term.title)
            for term in known_terms().values()
            if term.is_of_layers
        )
        super().__init__(
            "costs_plot",
            "Costs by step",
            _PURPOSE,
            Axis(title="Step"),
            Axis(title="Cost", logarithmic=True),
            self._samples,
            widest_label=f"{_WIDEST_NAME} 0.0e-0",
            zooms=True,
            parent=parent,
        )
        self.set_y_range(-4, 1)

    def set_places(self, places: Sequence[TermPlace]) -> None:
        """Makes a line for each of `places`."""
        if tuple(places) == self._places:
            return
        self._places = tuple(places)
        layers = list(dict.fromkeys(place.layer for place in places if place.layer))
        colours = {layer: _layer_role(index, len(layers)) for index, layer in enumerate(layers)}
        lines = (
            Line(
                name=_key(place),
                colour=colours.get(place.layer, ink),
                style=self._styles.get(place.term, Qt.PenStyle.DotLine),
            )
            for place in places
        )
        self.set_series((*self._samples, *lines))

    def points_across(self) -> int:
        """Returns how many points are worth drawing: one per two pixels, because costs are smooth."""
        return max(64, super().points_across() // 2)

    def draw(self, steps: Numbers, costs: Numbers) -> None:
        """Draws `costs` (n, places), in the order of `set_places`."""
        logarithms = np.log10(costs)
        seen = logarithms[np.isfinite(logarithms)]
        if seen.size:
            self._show_heights(float(seen.min()), float(seen.max()))
        for place, values in zip(self._places, logarithms.T, strict=True):
            self.draw_line(_key(place), steps, values)

    def show_newest(self, costs: Numbers) -> None:
        """Writes the newest values at the lines' ends."""
        colours = {line.name: line.colour for line in self.series()}
        measures = self.label_measures()
        room = measures.horizontalAdvance(_WIDEST_NAME)
        self.set_end_labels(
            [
                EndLabel(
                    y=float(np.log10(cost)),
                    text=f"{_name(place, measures, room)} {format_two_digits(float(cost))}",
                    colour=colours[_key(place)],
                    sample_of=_key(place),
                )
                for place, cost in zip(self._places, costs, strict=True)
                if np.isfinite(cost)
            ]
        )

    def erase(self) -> None:
        """Removes every line."""
        self.set_places(())
        super().erase()

    def _show_heights(self, lowest: float, highest: float) -> None:
        """Shows the logarithms from `lowest` to `highest`, at least a decade, below the legend."""
        middle, half = (lowest + highest) / 2, max(0.5, (highest - lowest) / 2)
        bottom, top = middle - 1.08 * half, middle + 1.08 * half
        headroom = min(0.4, self.legend_pixels() / max(1.0, self.getViewBox().height()))
        self.set_y_range(bottom, bottom + (top - bottom) / (1 - headroom))


@cache
def _layer_role(index: int, count: int) -> Colour:
    """Returns the colour of a layer for dark and light themes."""

    def colour(palette: QPalette) -> QColor:
        return layer_colour(index, count, palette.color(QPalette.ColorRole.Base).lightness() < _DARK_BELOW)

    return colour


def _key(place: TermPlace) -> str:
    return f"{place.term} {place.layer}"


def _styles_of_terms() -> dict[str, Qt.PenStyle]:
    """Returns the line style of each term; beyond four they repeat."""
    styles: dict[str, Qt.PenStyle] = {}
    for of_layers, choice in ((True, _STYLES_OF_LAYERS), (False, _OTHER_STYLES)):
        names = [term.name for term in known_terms().values() if term.is_of_layers is of_layers]
        styles |= {name: choice[index % len(choice)] for index, name in enumerate(names)}
    return styles


def _name(place: TermPlace, measures: QFontMetricsF, room: float) -> str:
    if place.layer:
        return measures.elidedText(place.layer, Qt.TextElideMode.ElideLeft, room)
    term = known_terms().get(place.term)
    return term.little_title if term is not None else place.term
