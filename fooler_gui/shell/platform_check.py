"""Exits with a sentence where Qt would abort because there is no display or a library is missing."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from PySide6.QtCore import QLibraryInfo, QMessageLogContext, QtMsgType, qInstallMessageHandler

from fooler_gui.qt_refusal import no_platform, no_window

REFUSED = 2
"""The exit status, the same as for bad arguments."""

_log = logging.getLogger(__name__)


@contextmanager
def refused_without_platform() -> Iterator[None]:
    """The context in which the application is made. Qt's other messages go into the log."""

    def hear(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        _log.info("Qt: %s", text.strip())
        if kind == QtMsgType.QtFatalMsg:
            refuse()

    former = qInstallMessageHandler(hear)
    try:
        yield
    finally:
        qInstallMessageHandler(former)


def refuse() -> NoReturn:
    """Says why no window can be shown, and exits."""
    plugins = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))
    sys.stderr.write(f"{no_window(no_platform(plugins, os.environ))}\n")
    sys.stderr.flush()
    os._exit(REFUSED)
