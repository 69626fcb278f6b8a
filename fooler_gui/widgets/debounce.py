"""Limits the rate of changes: a drag of a slider becomes one change every 50 ms."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

DEBOUNCE_MILLISECONDS = 50


class Debounce(QObject):
    """Passes on the latest value, at most once per interval. Main thread only.

    The first value starts the interval; later ones replace it. So a long drag has an effect while it lasts.

    Args:
        parent: Owner.
        milliseconds: The interval.

    Signals:
        value_changed: (object) The latest value, at the end of the interval.
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
        """Replaces the pending value by `value`."""
        self._latest = value
        if not self._timer.isActive():
            self._timer.start()

    def cancel(self) -> None:
        """Drops the pending value, if any."""
        self._timer.stop()
        self._latest = None

    def _fire(self) -> None:
        latest, self._latest = self._latest, None
        self.value_changed.emit(latest)
