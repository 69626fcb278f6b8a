"""What a guarantee promises of all images near one: its certified radii, and a bound by distance."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from fooler_gui.core.formats import format_share
from fooler_gui.core.guarantee import LEVELS, CertifiedBalls, level_text
from fooler_gui.widgets.fact_grid import FactGrid
from fooler_gui.widgets.panel_layout import QuietLabel, column_of
from fooler_gui.widgets.theme import tabular_font

if TYPE_CHECKING:
    from fooler_gui.features.inspector.bound_plot import BoundPlot

WAITING = "Shown with the next inspection."
_NOTHING = "Nothing is certified here: an image however near this one may be given any confidence."
_NONE = "–"
_NEAREST = "Nearest training image"
_NEAREST_TIP = "The Euclidean distance of the training image nearest in pixels, to compare the radii with."


class CertifiedView(QWidget):
    """A sentence, the certified radii, and the plot of the bound. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector_certified")
        self._waiting = QuietLabel(WAITING, self)
        self._waiting.setObjectName("certified_waiting")
        self._words = QLabel(self)
        self._words.setObjectName("certified_words")
        self._words.setFont(tabular_font(self._words.font()))
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        facts = [(_radius_name(level), _radius_tip(level)) for level in LEVELS]
        self._facts = FactGrid([[*facts, (_NEAREST, _NEAREST_TIP)]], self)
        self._facts.setObjectName("certified_facts")
        self._place_of_plot = column_of()
        column_of(self._waiting, self._words, self._facts, self._place_of_plot, on=self)
        self.blank()

    def set_certified(self, certified: CertifiedBalls, confidence: float) -> None:
        """Shows what is `certified` of all images near one that is given `confidence`."""
        self._waiting.hide()
        self._words.setText(_sentence(certified))
        radii = zip(map(_radius_name, LEVELS), certified.radii, strict=True)
        nearest = _NONE if certified.nearest is None else f"{certified.nearest:.2f}"
        self._facts.set_figures({**{name: f"{radius:.2f}" for name, radius in radii}, _NEAREST: nearest})
        self._plot.draw(certified, confidence)
        for part in (self._words, self._facts, self._plot):
            part.show()

    def blank(self) -> None:
        """Shows no image."""
        self._waiting.show()
        for part in (self._words, self._facts):
            part.hide()
        if "_plot" in self.__dict__:
            self._plot.hide()

    @cached_property
    def _plot(self) -> BoundPlot:
        """The plot of the bound; pyqtgraph takes time to load, so it comes with the first image."""
        from fooler_gui.features.inspector.bound_plot import BoundPlot

        plot = BoundPlot(self)
        self._place_of_plot.addWidget(plot)
        return plot


def _radius_name(level: float) -> str:
    return f"Certified radius, {level_text(level)}"


def _radius_tip(level: float) -> str:
    return (
        f"No image whatsoever within this Euclidean distance is given more than {level_text(level)}. A distance of 1 "
        "is one pixel turned from black to white; 0 says that nothing is certified."
    )


def _sentence(certified: CertifiedBalls) -> str:
    """Returns the promise for the lowest confidence that anything is certified for."""
    level, radius = next(
        ((level, radius) for level, radius in zip(LEVELS, certified.radii, strict=True) if radius > 0), (1.0, 0.0)
    )
    if not radius:
        return _NOTHING
    way = ""
    if certified.nearest:
        way = f", {format_share(radius / certified.nearest, 0)} of the way to the nearest training image,"
    return f"No image within {radius:.2f} of this one{way} is given more than {level_text(level)}."
