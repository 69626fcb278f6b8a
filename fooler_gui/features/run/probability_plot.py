"""The probabilities of a run against its steps: lowest, mean, each slot's, and where slots were reinitialised."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

from fooler_gui.core.formats import format_probability
from fooler_gui.session.run_series import SeriesView
from fooler_gui.widgets.colours import RESTARTED
from fooler_gui.widgets.plot_axes import EndLabel, QuietPlot

MOST_SLOT_LINES = 16
_TICK = 0.05
_HEADROOM = 0.2
_BAND_SAMPLE_PIXELS = 10
_PURPOSE = "The probability of the label by step: the lowest of all slots, their mean, and each slot's."


class ProbabilityPlot(QuietPlot):
    """Draws probabilities; with more than 16 slots a band from the lowest to the highest stands for the slots.

    Main thread only.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_PURPOSE, "lowest >.9999", parent=parent)
        self.setObjectName("probability_plot")
        self.setAccessibleName("Probability by step")
        self.getAxis("left").setTicks([[(share / 4, f"{share / 4:g}") for share in range(5)]])
        self.setYRange(-_TICK, 1 + _HEADROOM, padding=0)
        self._top, self._bottom = pg.PlotCurveItem(), pg.PlotCurveItem()
        self._band = pg.FillBetweenItem(self._bottom, self._top)
        self._slots = pg.PlotCurveItem(antialias=True)
        self._restarts = pg.PlotCurveItem(pen=pg.mkPen(RESTARTED, width=2))
        self._mean = pg.PlotCurveItem(antialias=True, segmentedLineMode="on")
        self._minimum = pg.PlotCurveItem(antialias=True, segmentedLineMode="on")
        self._lines = (self._slots, self._restarts, self._mean, self._minimum)
        self.addItem(self._band)
        for line in self._lines:
            self.addItem(line)
        self.legend.setColumnCount(2)
        self.legend.addItem(self._slots, "slots")
        self.legend.addItem(self._restarts, "restart")
        self._text = QColor()
        self._single = True
        self.take_colours(self.palette())

    def draw(self, view: SeriesView) -> None:
        """Draws the numbers of `view`."""
        count = view.slots.shape[1]
        single = count <= MOST_SLOT_LINES
        if single:
            apart = np.full((1, count), np.nan)
            self._slots.setData(
                np.tile(np.append(view.steps, np.nan), count),
                np.concatenate((view.slots, apart)).T.ravel(),
                connect="finite",
            )
        else:
            self._top.setData(view.steps, view.maximum)
            self._bottom.setData(view.steps, view.minimum)
            self._slots.setData([], [])
        if single is not self._single:
            self._single = single
            self._colour_slots()
        self._band.setVisible(not single)
        self._minimum.setData(view.steps, view.minimum)
        self._mean.setData(view.steps, view.mean)
        self._restarts.setData(
            np.repeat(view.restarts, 2), np.tile((-_TICK, _TICK), len(view.restarts)), connect="pairs"
        )

    def show_newest(self, minimum: float, mean: float) -> None:
        """Writes the newest values at the lines' ends."""
        self.set_end_labels(
            [
                EndLabel(y=minimum, text=f"lowest {format_probability(minimum)}", colour=self._text),
                EndLabel(y=mean, text=f"mean {format_probability(mean)}", colour=self._text),
            ]
        )

    def erase(self) -> None:
        """Takes every line away."""
        for line in (*self._lines, self._top, self._bottom):
            line.setData([], [])
        self._band.setVisible(False)
        self.set_end_labels([])

    def take_colours(self, palette: QPalette) -> None:
        """Draws everything in the colours of `palette`."""
        super().take_colours(palette)
        self._text = palette.color(QPalette.ColorRole.Text)
        self._colour_slots()
        self._minimum.setPen(pg.mkPen(self._text, width=1.5))
        self._mean.setPen(pg.mkPen(self._text, width=2.5, style=Qt.PenStyle.DashLine))

    def _colour_slots(self) -> None:
        """Colours the slots' lines and band; the legend's sample, drawn with the lines' pen, looks like either."""
        muted, band = QColor(self._text), QColor(self._text)
        muted.setAlphaF(0.3)
        band.setAlphaF(0.12)
        self._slots.setPen(pg.mkPen(muted, width=1) if self._single else pg.mkPen(band, width=_BAND_SAMPLE_PIXELS))
        self._band.setBrush(pg.mkBrush(band))
        for sample, _ in self.legend.items:
            sample.update()
