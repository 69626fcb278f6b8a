"""The last net: an exception that nobody caught becomes a sentence in the window and a traceback in the log."""

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
    """Catches exceptions of every thread while it is installed.

    Signals:
        caught: (str, str) A sentence and the traceback; may be emitted on any thread.
    """

    caught = Signal(str, str)

    def install(self, report: Callable[[str, str], object]) -> None:
        """Has `report` called on the main thread for every uncaught exception from now on."""
        self.caught.connect(report, Qt.ConnectionType.QueuedConnection)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _log.error("Uncaught exception", exc_info=(kind, error, trace))
        details = "".join(traceback.format_exception(kind, error, trace))
        self.caught.emit(f"Something went wrong ({reason_of(error)}). Details shows the log.", details)

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._on_exception(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)
