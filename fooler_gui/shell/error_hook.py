"""The last resort: an uncaught exception becomes a sentence in the window and a traceback in the log."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal

from fooler_gui.core.errors import reason_of

_log = logging.getLogger(__name__)


class ErrorHook(QObject):
    """Catches the exceptions of every thread while it is installed.

    Signals:
        problem_changed: (str, str) A sentence and the traceback; may be emitted on any thread.
    """

    problem_changed = Signal(str, str)

    def install(self, report: Callable[[str, str], object]) -> None:
        """Calls `report` on the main thread for every uncaught exception from now on."""
        self.problem_changed.connect(report, Qt.ConnectionType.QueuedConnection)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _log.error("Uncaught exception", exc_info=(kind, error, trace))
        details = "".join(traceback.format_exception(kind, error, trace))
        self.problem_changed.emit(f"Something went wrong ({reason_of(error)}). Details shows the log.", details)

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._on_exception(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
