"""Collects quick changes into few: a drag over a slider becomes a change every 50 ms. Panels may use it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

DEBOUNCE_MILLISECONDS = 50


class Debounce(QObject):
    """Passes on the latest of the values given to it, at most once in an interval. Main thread only.

    The first value starts the interval; later ones replace it. So a long drag is followed while it lasts.

    Args:
        parent: The object it belongs to.
        milliseconds: The interval.

    Signals:
        value_changed: The latest value (object), once the interval is over.
    """

    value_changed = Signal(object)

    def __init__(self, parent: QObject, milliseconds: int = DEBOUNCE_MILLISECONDS) -> None:
        super().__init__(parent)
        self._latest: object = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(milliseconds)
        self._timer.timeout.connect(self._fire)

    def submit(self, value: object) -> None:
        """Takes `value` in place of one that still waits."""
        self._latest = value
        if not self._timer.isActive():
            self._timer.start()

    def cancel(self) -> None:
        """Forgets the value that waits, if any."""
        self._timer.stop()
        self._latest = None

    def _fire(self) -> None:
        latest, self._latest = self._latest, None
        self.value_changed.emit(latest)
