"""What every test shares: the offscreen platform, and no widget or thread left behind by a Qt test."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_SCALE_FACTOR", "1")


@pytest.fixture(autouse=True)
def leave_nothing_of_qt_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Deletes the top-level widgets of a test that used Qt, and fails where one or a running thread is left."""
    yield
    if "qapp" not in request.fixturenames:
        return
    from PySide6.QtCore import QEvent, QThread
    from PySide6.QtWidgets import QApplication, QMenu, QWidget

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    # Popups go with their owners; the bare menus and widgets of a plot must not go before it.
    bare = (QWidget, QMenu)
    for widget in app.topLevelWidgets():
        if widget.parent() is None and type(widget) not in bare:
            widget.hide()
            widget.deleteLater()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    app.processEvents()
    gc.collect()
    widgets = [widget for widget in app.topLevelWidgets() if type(widget) not in bare]
    left = [f"{type(widget).__name__} {widget.objectName()!r}" for widget in widgets]
    assert not left, f"The test left widgets: {left}"
    threads = [thread for thread in gc.get_objects() if isinstance(thread, QThread) and _is_running(thread)]
    assert not threads, f"The test left running threads: {[thread.objectName() for thread in threads]}"


def _is_running(thread: object) -> bool:
    shiboken = sys.modules["shiboken6"]
    return shiboken.isValid(thread) and thread.isRunning()  # type: ignore[attr-defined]
