"""Collects reference cycles in the main thread only."""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from fooler_gui.core.cycles import collect_if_due, collect_with

_INTERVAL_MILLISECONDS = 500


class CycleCollector(QObject):
    """Collects cycles in the main thread as often as Python would by itself, whose own collections it switches off.

    Args:
        waits: Whether to put collections off for now, as while a large library is loaded.
        parent: Owner. When it goes, `collect_cycles` collects in the calling thread again.

    Signals:
        requested: Collect all cycles soon; may be emitted in any thread.
    """

    requested = Signal()

    def __init__(self, waits: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._waits = waits
        self._timer = QTimer(self)
        self._timer.setInterval(_INTERVAL_MILLISECONDS)
        self._timer.timeout.connect(self._on_timeout)
        self.requested.connect(self._on_requested, Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(_collect_anywhere)
        gc.disable()
        collect_with(self.requested.emit)
        self._timer.start()

    def _on_requested(self) -> None:
        gc.collect()

    def _on_timeout(self) -> None:
        if not self._waits():
            collect_if_due()


def _collect_anywhere() -> None:
    collect_with(gc.collect)
