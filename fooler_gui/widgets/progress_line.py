"""The progress of long work: a bar with two lines of text below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QSizePolicy, QWidget

from fooler_gui.core.formats import format_seconds
from fooler_gui.core.messages import TrainingProgress
from fooler_gui.widgets.panel_layout import SPACING, column_of
from fooler_gui.widgets.theme import tabular_font

_BAR_HEIGHT = 10
_TEXT_LINES = 2
_PARTS = 1000


class ProgressLine(QWidget):
    """A slim bar and two lines of text, always of the same height. Main thread only."""

    def __init__(self, name: str, accessible_name: str, parent: QWidget | None = None) -> None:
        """Makes an idle line.

        Args:
            name: The bar's object name; that of the text ends with ``_text``.
            accessible_name: What the bar shows, such as "Training progress".
            parent: Owner.
        """
        super().__init__(parent)
        self._running = False
        self._bar = QProgressBar(self)
        self._bar.setObjectName(name)
        self._bar.setAccessibleName(accessible_name)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(_BAR_HEIGHT)
        self._text = QLabel(self)
        self._text.setObjectName(f"{name}_text")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._text.setFont(tabular_font(self._text.font()))
        self._text.setFixedHeight(_TEXT_LINES * self._text.fontMetrics().lineSpacing() + 2)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        column_of(self._bar, self._text, on=self, gap=SPACING // 2)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_idle("")

    def set_progress(self, fraction: float | None, text: str) -> None:
        """Shows work in progress.

        Args:
            fraction: 0 to 1; None if unknown, which shows a busy bar.
            text: At most two lines, such as "1,240 images/s · 2:10 left".
        """
        self._running = True
        if fraction is None:
            self._bar.setRange(0, 0)
        else:
            self._bar.setRange(0, _PARTS)
            self._bar.setValue(round(_PARTS * min(max(fraction, 0.0), 1.0)))
        self._set_text(text)

    def set_idle(self, text: str) -> None:
        """Empties the bar and shows `text`, such as how the work ended."""
        self._running = False
        self._bar.setRange(0, _PARTS)
        self._bar.setValue(0)
        self._set_text(text)

    def is_running(self) -> bool:
        """Returns whether it shows work in progress."""
        return self._running

    def show_training(self, progress: TrainingProgress) -> None:
        """Shows a training's progress, speed and remaining time."""
        rate = f"{progress.images_per_second:,.0f} images/s · {format_seconds(progress.seconds_left)} left"
        self.set_progress(progress.step / progress.steps, f"Step {progress.step:,} of {progress.steps:,}\n{rate}")

    def _set_text(self, text: str) -> None:
        self._text.setText(text)
        self._text.setToolTip(text)
        self._text.setAccessibleName(text)
