"""Work on files that a person need not wait for: one piece after another, on a thread of its own."""

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
    """Does what it is given, in order. Main thread only, but for `tell`.

    Args:
        parent: The object that it belongs to.

    Attributes:
        ended: Set once no more is wanted; long work looks at it between two steps.

    Signals:
        problem_changed: (str) A piece of work failed, for this reason.
    """

    problem_changed = Signal(str)
    _call_requested = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.ended = threading.Event()
        self._pool = ThreadPoolExecutor(1, "background")
        self._call_requested.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)

    def do(self, work: Callable[[], Any], then: Callable[[Any], object]) -> None:
        """Has `work` done on the thread, and `then` called with what it returned, on the main one.

        Where `work` raises, `problem_changed` is told instead.
        """
        if not self.ended.is_set():
            self._pool.submit(self._do, work, then)

    def tell(self, then: Callable[[Any], object], what: object) -> None:
        """Has `then` called with `what` on the main thread. Work calls this, to tell how far it is."""
        if not self.ended.is_set():
            self._call_requested.emit(then, what)

    def end(self) -> None:
        """Drops what is not begun and waits for the rest."""
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
