"""A slider over decades with a separate notch for exactly zero, and its link to a number field.

Positions are tenths (or finer parts) of a decade, rounded to two digits: 1, 1.3, 1.6, 2, 2.5 …
"""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, QPointF, QSignalBlocker, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from fooler_gui.widgets.handle_slider import GROOVE, MARGIN, HandleSlider
from fooler_gui.widgets.number_fields import NumberSpinBox

_NOTCH_GAP = 14.0


class LogSlider(HandleSlider):
    """A horizontal slider from `lowest` to `highest` over decades, with a separate 0 at one end.

    A number outside the range moves the handle to the end and is kept as it is.

    Args:
        lowest: The smallest number above zero.
        highest: The largest number.
        positions_per_decade: How finely the handle moves.
        zero_at_right: Whether the notch for 0 is beyond the highest number, as for "no limit".
        parent: Owner.

    Signals:
        number_changed: (float) The number at the moved handle; never emitted by `set_number`.
    """

    number_changed = Signal(float)

    def __init__(
        self,
        lowest: float,
        highest: float,
        *,
        positions_per_decade: int = 10,
        zero_at_right: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._lowest = lowest
        self._highest = highest
        self._positions_per_decade = positions_per_decade
        self._zero_at_right = zero_at_right
        self._mark: float | None = None
        decades = math.log10(highest / lowest)
        self._numbers = round(decades * positions_per_decade) + 1
        self.setRange(0, self._numbers)
        self.setPageStep(positions_per_decade)
        self.valueChanged.connect(self._on_value_changed)

    def number(self) -> float:
        """Returns the number at the handle."""
        return self._number_at(self.value())

    def set_number(self, number: float) -> None:
        """Moves the handle to the position nearest to `number`."""
        with QSignalBlocker(self):
            self.setValue(self._position_of(number))

    def set_mark(self, number: float | None) -> None:
        """Marks `number`, such as the preset's, on the groove; None for no mark."""
        self._mark = number
        self.update()

    def x_of(self, position: int) -> float:
        """Returns the x pixel of the handle's centre for `position`."""
        first, last = self._track()
        if position == 0:
            return last + _NOTCH_GAP if self._zero_at_right else first - _NOTCH_GAP
        return first + (last - first) * (position - 1) / (self._numbers - 1)

    def position_at(self, x: float) -> int:
        """Returns the position nearest to the pixel `x`."""
        first, last = self._track()
        in_notch = x > last + _NOTCH_GAP / 2 if self._zero_at_right else x < first - _NOTCH_GAP / 2
        if in_notch:
            return 0
        share = min(max((x - first) / (last - first), 0.0), 1.0)
        return 1 + round(share * (self._numbers - 1))

    def sizeHint(self) -> QSize:
        """Returns a width at which decades are distinguishable."""
        return QSize(120, self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Returns the least room for the notch and a groove."""
        return QSize(40, round(2 * MARGIN) + 4)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Changes the number if it has the focus; otherwise leaves the wheel to the parent."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the groove, the notch for zero, the mark and the handle."""
        with QPainter(self) as painter:
            painter.setClipRect(event.rect())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_groove(painter)
            self.paint_handle(painter)

    def _paint_groove(self, painter: QPainter) -> None:
        middle, groove = self.height() / 2, self.groove_colour()
        left, right = self.x_of(1), self.x_of(self._numbers)
        self.paint_groove(painter, groove, left, right)
        painter.drawEllipse(QPointF(self.x_of(0), middle), GROOVE, GROOVE)
        if self.value() > 0 and self.isEnabled():
            filled = self.palette().color(QPalette.ColorRole.Highlight)
            self.paint_groove(painter, filled, left, self.x_of(self.value()))
        if self._mark is not None:
            x = self.x_of(self._position_of(self._mark))
            groove.setAlphaF(0.6)
            painter.setPen(QPen(groove, 1.5))
            painter.drawLine(QPointF(x, middle + 4), QPointF(x, middle + 8))

    def _track(self) -> tuple[float, float]:
        first, last = MARGIN, max(self.width() - MARGIN, MARGIN + _NOTCH_GAP + 1)
        return (first, last - _NOTCH_GAP) if self._zero_at_right else (first + _NOTCH_GAP, last)

    def _number_at(self, position: int) -> float:
        if position == 0:
            return 0.0
        if position == self._numbers:
            return self._highest
        return float(f"{self._lowest * 10 ** ((position - 1) / self._positions_per_decade):.1e}")

    def _position_of(self, number: float) -> int:
        if number <= 0:
            return 0
        decades = math.log10(number / self._lowest)
        return min(max(1 + round(decades * self._positions_per_decade), 1), self._numbers)

    def _on_value_changed(self, position: int) -> None:
        self.number_changed.emit(self._number_at(position))


class SliderWithNumber(QObject):
    """Keeps a log slider and a number field at the same number; the caller lays them out.

    Args:
        slider: Moves in its steps.
        spin_box: Holds the exact number.
        parent: Owner.

    Signals:
        changed: (float) The new number, when either was changed; never emitted by `set_number`.
        edit_end_requested: A drag of the slider or a text edit has ended.
    """

    changed = Signal(float)
    edit_end_requested = Signal()

    def __init__(self, slider: LogSlider, spin_box: NumberSpinBox, parent: QObject) -> None:
        super().__init__(parent)
        self.slider = slider
        self.spin_box = spin_box
        slider.number_changed.connect(spin_box.setValue)
        slider.sliderReleased.connect(self.edit_end_requested)
        spin_box.valueChanged.connect(self._on_spin_box_changed)
        spin_box.editingFinished.connect(self.edit_end_requested)

    def number(self) -> float:
        """Returns the exact number."""
        return self.spin_box.value()

    def set_number(self, number: float) -> None:
        """Shows `number` in both."""
        with QSignalBlocker(self.spin_box):
            self.spin_box.setValue(number)
        self.slider.set_number(number)

    def _on_spin_box_changed(self, number: float) -> None:
        if not self.slider.isSliderDown():
            self.slider.set_number(number)
        self.changed.emit(number)
