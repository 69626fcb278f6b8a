"""The probability of one slot's label over the saves of a run."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QWidget

from fooler_gui.core.formats import format_probability
from fooler_gui.session.run_series import Numbers
from fooler_gui.widgets.plot import Plot
from fooler_gui.widgets.plot_series import Axis, EndLabel, Line

NO_SAVES = "No saves yet."
_LOWEST, _HIGHEST = -0.05, 1.2
_TIP = "The probability of the label in this slot, by step. Where it drops to zero the slot was reinitialised."


class SlotPlot(Plot):
    """Draws all steps of one slot; leaves the wheel to its parent. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "slot_plot",
            "Probability of the label over the saves",
            _TIP,
            Axis(title="Step"),
            Axis(title="Probability", ticks={share / 2: f"{share / 2:g}" for share in range(3)}),
            [Line(name="slot")],
            widest_label=">.9999",
            parent=parent,
        )
        self.set_y_range(_LOWEST, _HIGHEST)
        self.draw(np.empty(0), np.empty(0))

    def draw(self, steps: Numbers, probabilities: Numbers) -> None:
        """Draws `probabilities` (n,) against ascending `steps` (n,); n may be 0."""
        some = len(steps) > 0
        self.set_message("" if some else NO_SAVES)
        self.set_last_step(int(steps[-1]) if some else 0)
        self.draw_line("slot", steps, probabilities)
        newest = float(probabilities[-1]) if some else np.nan
        text = format_probability(newest)
        self.set_end_labels([EndLabel(y=newest, text=text)] if np.isfinite(newest) else [])
        self.setAccessibleDescription(f"{text} at step {int(steps[-1])}" if some else NO_SAVES)
        self.prepare_to_paint()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Lets the panel scroll."""
        event.ignore()
