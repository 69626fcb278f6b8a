"""Chooses how fast a run's saves come."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QWidget

from fooler_gui.core.pace import ADAPTIVE, WATCHED_SECONDS, Pace
from fooler_gui.widgets.number_fields import NumberSpinBox, over_decades
from fooler_gui.widgets.panel_layout import SPACING, row_of
from fooler_gui.widgets.pick_button import PickButton
from fooler_gui.widgets.tooltips import paragraphs

SLOWEST_PACE, FASTEST_PACE = 1.0, 60.0
_FIRST_FIXED = 10.0
_ADAPTIVE_TIP = (
    f"Slow while probabilities rise, fast elsewhere, so that a run takes about {WATCHED_SECONDS:.0f} seconds to watch."
)
_FIXED_TIP = f"The most saves per second, from {SLOWEST_PACE:.0f} to {FASTEST_PACE:.0f}."


class PaceEditor(QWidget):
    """Two buttons, adaptive and unlimited, and a number for a fixed pace; what is chosen is painted as picked.

    Signals:
        changed: (Pace) A person chose another pace.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._adaptive = PickButton("Adaptive", self)
        self._unlimited = PickButton("Unlimited", self)
        self._fixed = NumberSpinBox(SLOWEST_PACE, FASTEST_PACE, over_decades(1.0), self)
        self._fixed.setSuffix(" /s")
        self._fixed.setValue(_FIRST_FIXED)
        for control, name, words, tip in (
            (self._adaptive, "pace_adaptive", "Adaptive pace", _ADAPTIVE_TIP),
            (self._unlimited, "pace_unlimited", "Unlimited pace", "As fast as the computer can."),
            (self._fixed, "pace", "Pace, saves per second", _FIXED_TIP),
        ):
            control.setObjectName(name)
            control.setAccessibleName(words)
            control.setToolTip(paragraphs(tip))
        row_of(self._adaptive, self._unlimited, self._fixed, on=self, gap=SPACING // 2)
        self.set_pace(ADAPTIVE)
        self._adaptive.pick_requested.connect(lambda _: self._choose(ADAPTIVE))
        self._unlimited.pick_requested.connect(lambda _: self._choose(None))
        self._fixed.valueChanged.connect(self._choose)
        self._fixed.lineEdit().returnPressed.connect(lambda: self._choose(self._fixed.value()))

    def pace(self) -> Pace:
        """Returns the chosen pace."""
        return self._pace

    def set_pace(self, pace: Pace) -> None:
        """Shows `pace`."""
        self._pace = pace
        self._adaptive.setChecked(pace == ADAPTIVE)
        self._unlimited.setChecked(pace is None)
        if isinstance(pace, float):
            with QSignalBlocker(self._fixed):
                self._fixed.setValue(pace)

    def _choose(self, pace: Pace) -> None:
        changes = pace != self._pace
        self.set_pace(pace)
        if changes:
            self.changed.emit(pace)
