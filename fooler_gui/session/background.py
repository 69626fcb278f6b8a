"""File work in the background: one job after another, on a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from fooler_gui.core.errors import LabError, reason_of

_log = logging.getLogger(__name__)


class Background(QObject):
    """Runs jobs in order. Main thread only, except `tell`.

    Args:
        parent: Owner.

    Attributes:
        ended: Set once the rest is no longer needed; long jobs check it between two steps.

    Signals:
        problem_changed: (str) A job failed, for this reason.
    """

    problem_changed = Signal(str)
    _call_requested = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.ended = threading.Event()
        self._pool = ThreadPoolExecutor(1, "background")
        self._call_requested.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)

    def do(self, work: Callable[[], Any], then: Callable[[Any], object]) -> None:
        """Calls `work` on the thread, then `then` with its result on the main thread.

        If `work` raises, `problem_changed` is emitted instead.
        """
        if not self.ended.is_set():
            self._pool.submit(self._do, work, then)

    def tell(self, then: Callable[[Any], object], what: object) -> None:
        """Calls `then` with `what` on the main thread; jobs report their progress with this."""
        if not self.ended.is_set():
            self._call_requested.emit(then, what)

    def end(self) -> None:
        """Drops the jobs that have not begun and waits for the present one."""
        self.ended.set()
        self._pool.shutdown(cancel_futures=True)

    def _do(self, work: Callable[[], Any], then: Callable[[Any], object]) -> None:
        try:
            self.tell(then, work())
        except LabError as error:
            self.tell(self.problem_changed.emit, str(error))
        except Exception as error:  # noqa: BLE001 - the boundary: whatever happens, the window must live on
            _log.exception("Work in the background failed")
            self.tell(self.problem_changed.emit, f"Something went wrong ({reason_of(error)}).")

    @Slot(object, object)
    def _pass_on(self, then: Callable[[Any], object], what: object) -> None:
        if not self.ended.is_set():
            then(what)
