"""The share of each set's images that are certified within each distance."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QWidget

from fooler_gui.core.certified_radii import CertifiedRadii
from fooler_gui.core.evaluation_report import TEST
from fooler_gui.core.formats import format_share
from fooler_gui.features.evaluation.evaluation_words import set_title
from fooler_gui.widgets.panel_layout import SPACING
from fooler_gui.widgets.plot import Plot
from fooler_gui.widgets.plot_series import Axis, Line, quiet_ink
from fooler_gui.widgets.theme import blue_on
from fooler_gui.widgets.tooltips import paragraphs

_PURPOSE = (
    "How many images of a set are certified within each distance: the further right its curve falls, the more is "
    "promised. Select a set in the table to make its curve bold."
)
_TOP = 1.2
_BOLD = 3.0


class CertifiedPlot(Plot):
    """A thin blue curve for each set, grey for the test images; that of the selected set is bold. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "certified_plot",
            "Share of certified images by distance",
            _PURPOSE,
            Axis(title="Euclidean distance"),
            Axis(title="Certified", unit="%", ticks={share / 4: f"{25 * share}" for share in range(5)}),
            parent=parent,
        )
        self._certified: Mapping[str, CertifiedRadii] = {}
        self._selected: str | None = None
        self.setMinimumHeight(160)
        self.getPlotItem().layout.setContentsMargins(0, 0, 2 * SPACING, 0)
        self.set_y_range(0, _TOP)

    def set_certified(self, certified: Mapping[str, CertifiedRadii]) -> None:
        """Draws the curves of `certified`, the radii of each set by its name."""
        self._certified = dict(certified)
        self.set_span(0, max((radii.radii[-1] for radii in certified.values()), default=0.0) or 1.0)
        self._draw()

    def select(self, name: str | None) -> None:
        """Makes the curve of the set called `name` bold; None for none."""
        self._selected = name
        self._draw()

    def words_at(self, position: QPointF) -> str:
        """Returns the share of each set's images that are certified within the distance of a point of the widget."""
        radius = max(0.0, self.x_at(position))
        lines = [f"Certified within {radius:.2f}"]
        lines += (f"{set_title(name)}: {format_share(_share(own, radius))}" for name, own in self._certified.items())
        return paragraphs(*lines) if self._certified else ""

    def _draw(self) -> None:
        # The selected curve is drawn last, over the others.
        names = sorted(self._certified, key=lambda name: name == self._selected)
        others = [name for name in names if name not in (TEST, self._selected)]
        self.set_series([self._line(name, is_first=name == next(iter(others), None)) for name in names])
        for name in names:
            self.draw_line(name, *self._certified[name].curve())
        self.legend.setVisible(bool(names))

    def _line(self, name: str, *, is_first: bool) -> Line:
        """Returns the line of a set; the first of several that look alike stands for them in the legend."""
        is_selected = name == self._selected
        colour = quiet_ink if name == TEST else blue_on
        legend = set_title(name) if is_selected or name == TEST else "Images of no class" if is_first else ""
        return Line(name=name, colour=colour, width=_BOLD if is_selected else 1.0, legend=legend)


def _share(certified: CertifiedRadii, radius: float) -> float:
    reaches, shares = certified.curve()
    return float(np.interp(radius, reaches, shares, right=0.0))
