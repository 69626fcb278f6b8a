"""The probability of one slot's label over the saves of a run. The inspector uses it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QPalette, QWheelEvent
from PySide6.QtWidgets import QWidget

from fooler_gui.core.formats import format_probability
from fooler_gui.session.run_series import Numbers
from fooler_gui.widgets.plot_axes import EndLabel, QuietPlot
from fooler_gui.widgets.tooltips import paragraphs

NO_SAVES = "No saves yet."
_LOWEST, _HIGHEST = -0.05, 1.2
_TIP = "The probability of the label in this slot, by step. Where it falls to nothing the slot was reinitialised."


class SlotPlot(QuietPlot):
    """Draws all steps of one slot; the wheel is left to what is around it. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_TIP, ">.9999", parent=parent)
        self.setObjectName("slot_plot")
        self.setAccessibleName("Probability of the label over the saves")
        self.setToolTip(paragraphs(_TIP))
        self.getViewBox().setMouseEnabled(x=False, y=False)
        self.getAxis("left").setTicks([[(share / 2, f"{share / 2:g}") for share in range(3)]])
        self.setYRange(_LOWEST, _HIGHEST, padding=0)
        self._line = pg.PlotCurveItem(antialias=True, segmentedLineMode="on")
        self.addItem(self._line)
        self.take_colours(self.palette())
        self.draw(np.empty(0), np.empty(0))

    def draw(self, steps: Numbers, probabilities: Numbers) -> None:
        """Draws `probabilities` (n,) against `steps` (n,), which ascend; n may be 0."""
        some = len(steps) > 0
        self.set_message("" if some else NO_SAVES)
        self.set_last_step(int(steps[-1]) if some else 0)
        self._line.setData(steps, probabilities, connect="finite")
        newest = float(probabilities[-1]) if some else np.nan
        text = format_probability(newest)
        colour = self.palette().color(QPalette.ColorRole.Text)
        self.set_end_labels([EndLabel(y=newest, text=text, colour=colour)] if np.isfinite(newest) else [])
        self.setAccessibleDescription(f"{text} at step {int(steps[-1])}" if some else NO_SAVES)
        self.prepare_to_paint()

    def line(self) -> tuple[Numbers, Numbers]:
        """Returns the steps and probabilities that are drawn."""
        steps, probabilities = self._line.getData()
        return (np.empty(0), np.empty(0)) if steps is None else (steps, probabilities)

    def take_colours(self, palette: QPalette) -> None:
        """Draws everything in the colours of `palette`."""
        super().take_colours(palette)
        text = palette.color(QPalette.ColorRole.Text)
        self._line.setPen(pg.mkPen(text, width=1.5))
        self.set_end_labels([EndLabel(y=label.y, text=label.text, colour=text) for label in self.placed_labels()])

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Lets the panel scroll."""
        event.ignore()
