"""The probabilities of a run against its steps: lowest, mean, each slot's, and where slots were reinitialised."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fooler_gui.core.formats import format_probability
from fooler_gui.session.run_series import SeriesView
from fooler_gui.widgets.colours import REINITIALISED
from fooler_gui.widgets.plot import Plot
from fooler_gui.widgets.plot_series import Axis, Band, Colour, EndLabel, Line, Series, faded, fixed

MOST_SLOT_LINES = 16
_TICK = 0.05
_HEADROOM, _MOST_HEADROOM = 0.16, 0.4
"""Shares of the height above the probability 1, for the legend."""
_BAND_OPACITY, _BAND_SAMPLE_PIXELS = 0.12, 10
_PURPOSE = "The probability of the label by step: the lowest of all slots, their mean, and each slot's."


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
    """Draws probabilities; for more than 16 slots, a band from the lowest to the highest replaces the lines.

    Main thread only.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "probability_plot",
            "Probability by step",
            _PURPOSE,
            Axis(title="Step"),
            Axis(title="Probability", ticks={share / 4: f"{share / 4:g}" for share in range(5)}),
            _SINGLE,
            widest_label="lowest >.9999",
            zooms=True,
            parent=parent,
        )
        self._leave_room()
        self.view_changed.connect(self._leave_room)

    def draw(self, view: SeriesView) -> None:
        """Draws the numbers of `view`."""
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
        ticks = np.tile((-_TICK, _TICK), len(view.reinitialised))
        self.draw_line("reinitialised", np.repeat(view.reinitialised, 2), ticks)

    def _leave_room(self) -> None:
        """Shows the probabilities below the legend, however low the plot is."""
        least = self.legend_pixels() / max(1.0, self.getViewBox().height())
        share = min(_MOST_HEADROOM, max(_HEADROOM, least))
        self.set_y_range(-_TICK, (1 + _TICK * share) / (1 - share))

    def show_newest(self, minimum: float, mean: float) -> None:
        """Writes the newest values at the lines' ends."""
        self.set_end_labels(
            [
                EndLabel(y=minimum, text=f"lowest {format_probability(minimum)}"),
                EndLabel(y=mean, text=f"mean {format_probability(mean)}"),
            ]
        )
