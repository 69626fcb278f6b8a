"""The probabilities of a run against its steps: lowest, mean, each slot's, and where slots were reinitialised.

With the objective unit it shows the unit's activations in their place.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fooler_gui.core.done_words import ACTIVATION, PROBABILITY
from fooler_gui.core.formats import format_activation, format_probability
from fooler_gui.session.run_series import SeriesView
from fooler_gui.widgets.colours import REINITIALISED
from fooler_gui.widgets.plot import Plot
from fooler_gui.widgets.plot_series import Axis, Band, Colour, EndLabel, Line, Series, faded, fixed

MOST_SLOT_LINES = 16
_TICK = 0.05
_HEADROOM, _MOST_HEADROOM = 0.16, 0.4
"""Shares of the height above the probability 1, for the legend."""
_BAND_OPACITY, _BAND_SAMPLE_PIXELS = 0.12, 10
_PURPOSE = (
    "The probability of the label by step: the lowest of all slots, their mean, and each slot's. With the objective "
    "unit the activation of the unit, likewise."
)
_AXES = {
    PROBABILITY: Axis(title="Probability", ticks={share / 4: f"{share / 4:g}" for share in range(5)}),
    ACTIVATION: Axis(title="Activation"),
}
_FORMATS = {PROBABILITY: format_probability, ACTIVATION: format_activation}
_LEAST_SPAN = 1e-3
"""Of activations, where all are the same."""


def _series(slots: Colour, width: float) -> tuple[Series, ...]:
    """Returns what is drawn; the legend's sample of the slots has the colour `slots` and `width`."""
    return (
        Band(name="band", colour=faded(_BAND_OPACITY)),
        Line(name="slots", colour=slots, width=width, legend="slots"),
        Line(
            name="reinitialised",
            colour=fixed(REINITIALISED),
            width=2,
            connect="pairs",
            legend="reinitialised",
            smooth=False,
        ),
        Line(name="mean", width=2.5, style=Qt.PenStyle.DashLine),
        Line(name="lowest"),
    )


_SINGLE = _series(faded(0.3), 1)
_BANDED = _series(faded(_BAND_OPACITY), _BAND_SAMPLE_PIXELS)


class ProbabilityPlot(Plot):
    """Draws probabilities, or activations. Main thread only.

    For more than 16 slots, a band from the lowest to the highest replaces the lines.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "probability_plot",
            "Probability by step",
            _PURPOSE,
            Axis(title="Step"),
            _AXES[PROBABILITY],
            _SINGLE,
            widest_label="lowest >.9999",
            zooms=True,
            parent=parent,
        )
        self._measure, self._values = PROBABILITY, (0.0, 1.0)
        self._leave_room()
        self.view_changed.connect(self._leave_room)

    def draw(self, view: SeriesView) -> None:
        """Draws the numbers of `view`."""
        self._make_room_for(view)
        count = view.slots.shape[1]
        single = count <= MOST_SLOT_LINES
        self.set_series(_SINGLE if single else _BANDED)
        if single:
            apart = np.full((1, count), np.nan)
            steps = np.tile(np.append(view.steps, np.nan), count)
            self.draw_line("slots", steps, np.concatenate((view.slots, apart)).T.ravel())
            self.draw_band("band", [], [], [])
        else:
            self.draw_line("slots", [], [])
            self.draw_band("band", view.steps, view.minimum, view.maximum)
        self.draw_line("lowest", view.steps, view.minimum)
        self.draw_line("mean", view.steps, view.mean)
        ticks = np.tile([self._height(-_TICK), self._height(_TICK)], len(view.reinitialised))
        self.draw_line("reinitialised", np.repeat(view.reinitialised, 2), ticks)

    def _make_room_for(self, view: SeriesView) -> None:
        if view.measure != self._measure:
            self._measure = view.measure
            self.set_y_axis(_AXES[self._measure])
        values = 0.0, 1.0
        if self._measure == ACTIVATION:
            lowest, highest = float(np.fmin.reduce(view.minimum, initial=0)), float(np.fmax.reduce(view.maximum))
            values = lowest, float(np.fmax(highest, lowest + _LEAST_SPAN))
        if values != self._values:
            self._values = values
            self._leave_room()

    def _height(self, share: float) -> float:
        """Returns the value at a `share` of the height that values take."""
        lowest, highest = self._values
        return lowest + share * (highest - lowest)

    def _leave_room(self) -> None:
        """Shows the values below the legend, however low the plot is."""
        least = self.legend_pixels() / max(1.0, self.getViewBox().height())
        share = min(_MOST_HEADROOM, max(_HEADROOM, least))
        self.set_y_range(self._height(-_TICK), self._height((1 + _TICK * share) / (1 - share)))

    def show_newest(self, minimum: float, mean: float) -> None:
        """Writes the newest values at the lines' ends."""
        written = _FORMATS[self._measure]
        self.set_end_labels(
            [EndLabel(y=minimum, text=f"lowest {written(minimum)}"), EndLabel(y=mean, text=f"mean {written(mean)}")]
        )
