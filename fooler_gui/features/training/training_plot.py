"""Loss and validation accuracy while a classifier is trained, as two small curves. Used by the training panel."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fooler_gui.core.formats import format_number, format_share
from fooler_gui.core.messages import TrainingProgress
from fooler_gui.widgets.panel_layout import QuietLabel
from fooler_gui.widgets.tooltips import paragraphs

_REDRAW_MS = 100
_CURVE_HEIGHT = 80
_AXIS_WIDTH = 44
_SMALLEST_LOSS = 1e-6
_LADDER = (1, 2, 5)
_PADDING = 0.15
_LOSS_TIP = "Mean cross-entropy of a training image, in nats, on a logarithmic axis. Less is better."
_ACCURACY_TIP = "Share of the validation images that the classifier gets right. More is better."
_ROOM_FOR_VALUE = 1.3
"""The newest value stands to the right of its curve's end, so the axis is longer than the steps."""


class _Curve(pg.PlotWidget):
    """One quantity against the step, with its newest value written at the curve's end."""

    def __init__(self, title: str, name: str, tip: str, parent: QWidget) -> None:
        super().__init__(parent=parent, enableMenu=False)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setToolTip(paragraphs(tip))
        self.setFixedHeight(_CURVE_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.getAxis("left").setWidth(_AXIS_WIDTH)
        plot.getAxis("bottom").setStyle(tickLength=-4, hideOverlappingLabels=False)
        plot.getAxis("left").setStyle(tickLength=-4)
        self._line = plot.plot(antialias=True)
        self._value = pg.TextItem(anchor=(0, 0.5))
        self._value.setVisible(False)
        plot.addItem(self._value, ignoreBounds=True)

    def set_steps(self, steps: int) -> None:
        half = steps // 2
        ticks = [(step, f"{step:,}") for step in sorted({0, half, steps})]
        self.getAxis("bottom").setTicks([ticks])
        self.setXRange(0, steps * _ROOM_FOR_VALUE, padding=0)

    def show_points(self, steps: list[int], values: list[float], newest: str) -> None:
        self._line.setData(np.asarray(steps, float), np.asarray(values, float), connect="finite")
        self._value.setVisible(bool(steps) and math.isfinite(values[-1]))
        if self._value.isVisible():
            self._value.setText(newest)
            self._value.setPos(steps[-1], values[-1])

    def set_loss_range(self, logarithms: list[float]) -> None:
        """Fits the left axis to losses given by their decimal logarithms, with round losses as its ticks."""
        lowest, highest = min(logarithms), max(logarithms)
        margin = max((highest - lowest) * _PADDING, _PADDING)
        lowest, highest = lowest - margin, highest + margin
        self.setYRange(lowest, highest, padding=0)
        self.getAxis("left").setTicks([[(math.log10(loss), format_number(loss)) for loss in _round(lowest, highest)]])

    def take_colours(self, palette: QPalette) -> None:
        text, base = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.Base)
        self.setBackground(base)
        plot = self.getPlotItem()
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setPen(pg.mkPen(palette.color(QPalette.ColorRole.PlaceholderText)))
            axis.setTextPen(text)
        self._line.setPen(pg.mkPen(text, width=1.5))
        self._value.setColor(text)


def _round(lowest: float, highest: float) -> list[float]:
    """Returns the powers of ten between two exponents; with fewer than two of them also their 2 and 5 folds."""
    decades = range(math.floor(lowest), math.ceil(highest) + 1)
    ladder = [float(f"{factor}e{decade}") for decade in decades for factor in _LADDER]
    inside = [value for value in ladder if lowest <= math.log10(value) <= highest]
    powers = [value for value in inside if math.log10(value).is_integer()]
    return powers if len(powers) > 1 else inside


class TrainingPlot(QWidget):
    """The loss, on a logarithmic axis, above the validation accuracy. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loss_steps: list[int] = []
        self._losses: list[float] = []
        self._accuracy_steps: list[int] = []
        self._accuracies: list[float] = []
        self._newest_loss = math.nan
        self._loss_curve = _Curve("Loss by step", "training_loss_plot", _LOSS_TIP, self)
        self._accuracy_curve = _Curve("Validation accuracy by step, %", "training_accuracy_plot", _ACCURACY_TIP, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for curve in (self._loss_curve, self._accuracy_curve):
            layout.addWidget(QuietLabel(curve.accessibleName(), self))
            layout.addWidget(curve)
        self._redraw_timer = QTimer(self)
        self._redraw_timer.setSingleShot(True)
        self._redraw_timer.setInterval(_REDRAW_MS)
        self._redraw_timer.timeout.connect(self.redraw)
        self._take_colours()

    def clear(self) -> None:
        """Removes every point."""
        for points in (self._loss_steps, self._losses, self._accuracy_steps, self._accuracies):
            points.clear()
        self.redraw()

    def add(self, progress: list[TrainingProgress]) -> None:
        """Adds points, all of them; they are drawn together a little later."""
        if not progress:
            return
        for point in progress:
            self._loss_steps.append(point.step)
            self._losses.append(math.log10(max(point.loss, _SMALLEST_LOSS)))
            if point.validation_accuracy is not None:
                self._accuracy_steps.append(point.step)
                self._accuracies.append(100 * point.validation_accuracy)
        self._newest_loss = progress[-1].loss
        for curve in (self._loss_curve, self._accuracy_curve):
            curve.set_steps(progress[-1].steps)
        if not self._redraw_timer.isActive():
            self._redraw_timer.start()

    def redraw(self) -> None:
        """Draws every point there is, now."""
        self._redraw_timer.stop()
        if self._losses:
            self._loss_curve.set_loss_range(self._losses)
        newest_accuracy = format_share(self._accuracies[-1] / 100) if self._accuracies else ""
        self._loss_curve.show_points(self._loss_steps, self._losses, format_number(round(self._newest_loss, 4)))
        self._accuracy_curve.show_points(self._accuracy_steps, self._accuracies, newest_accuracy)

    def changeEvent(self, event: QEvent) -> None:
        """Takes the colours of the palette when it has changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._take_colours()

    def _take_colours(self) -> None:
        for curve in (self._loss_curve, self._accuracy_curve):
            curve.take_colours(self.palette())
