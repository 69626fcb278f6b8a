"""Loss and validation accuracy during training, as two small curves."""

from __future__ import annotations

import math

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from fooler_gui.core.formats import format_number, format_share
from fooler_gui.core.messages import TrainingProgress
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, column_of
from fooler_gui.widgets.plot import Plot
from fooler_gui.widgets.plot_series import Axis, EndLabel, Line

_REDRAW_MS = 100
_CURVE_HEIGHT = 112
_SMALLEST_LOSS = 1e-6
_PADDING = 0.15
_LEAST_MARGIN = 0.5
"""The least margin of an accuracy, in per cent."""
_LOSS_TIP = "Less is better: the mean cross-entropy per training image, in nats, on a logarithmic axis."
_ACCURACY_TIP = "More is better: the share of the validation images that the classifier gets right."


class _Curve(Plot):
    """One quantity against the step, with its newest value at the curve's end."""

    def __init__(self, title: str, name: str, tip: str, y: Axis, parent: QWidget) -> None:
        super().__init__(
            name, title, tip, Axis(title="Step"), y, [Line(name="curve")], widest_label="100.0 %", parent=parent
        )
        self.setFixedHeight(_CURVE_HEIGHT)
        self.getAxis("bottom").setStyle(hideOverlappingLabels=False)

    def set_steps(self, steps: int) -> None:
        ticks = [(step, f"{step:,}") for step in sorted({0, steps // 2, steps})]
        self.getAxis("bottom").setTicks([ticks])
        self.set_span(0, steps)

    def show_points(self, steps: list[int], values: list[float], newest: str) -> None:
        self.draw_line("curve", steps, values)
        if steps:
            self.set_end_labels([EndLabel(y=values[-1], text=newest, x=steps[-1])] if math.isfinite(values[-1]) else [])
        else:
            self.set_end_labels([])

    def set_values_seen(self, values: list[float], least_margin: float) -> None:
        """Fits the left axis to the finite `values`, with some margin."""
        lowest, highest = min(values), max(values)
        margin = max((highest - lowest) * _PADDING, least_margin)
        self.set_y_range(lowest - margin, highest + margin)


class TrainingPlot(QWidget):
    """The loss, on a logarithmic axis, above the validation accuracy. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loss_steps: list[int] = []
        self._losses: list[float] = []
        self._accuracy_steps: list[int] = []
        self._accuracies: list[float] = []
        self._newest_loss = math.nan
        loss, accuracy = Axis(title="Loss", unit="nats", logarithmic=True), Axis(title="Accuracy", unit="%")
        self._loss_curve = _Curve("Loss by step", "training_loss_plot", _LOSS_TIP, loss, self)
        self._accuracy_curve = _Curve(
            "Validation accuracy by step", "training_accuracy_plot", _ACCURACY_TIP, accuracy, self
        )
        column_of(
            QuietLabel(self._loss_curve.accessibleName(), self),
            self._loss_curve,
            QuietLabel(self._accuracy_curve.accessibleName(), self),
            self._accuracy_curve,
            on=self,
            gap=SPACING // 2,
        )
        self._redraw_timer = QTimer(self, singleShot=True, interval=_REDRAW_MS)
        self._redraw_timer.timeout.connect(self.redraw)

    def clear(self) -> None:
        """Removes every point."""
        for points in (self._loss_steps, self._losses, self._accuracy_steps, self._accuracies):
            points.clear()
        self.redraw()

    def add(self, progress: list[TrainingProgress]) -> None:
        """Adds points, which are drawn together a little later."""
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
        """Draws all points now."""
        self._redraw_timer.stop()
        if self._losses:
            self._loss_curve.set_values_seen(self._losses, _PADDING)
        if self._accuracies:
            self._accuracy_curve.set_values_seen(self._accuracies, _LEAST_MARGIN)
        newest_accuracy = format_share(self._accuracies[-1] / 100) if self._accuracies else ""
        self._loss_curve.show_points(self._loss_steps, self._losses, format_number(round(self._newest_loss, 4)))
        self._accuracy_curve.show_points(self._accuracy_steps, self._accuracies, newest_accuracy)
