"""What every test shares: the offscreen platform, seeded weights, and no widget or thread left behind by a Qt test."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator

import pytest

from fooler_gui.core.cycles import collect_if_due

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_SCALE_FACTOR", "1")


@pytest.fixture(autouse=True)
def seeded() -> None:
    """The weights of a net that a test builds itself are the same in every run of it, whichever tests ran before."""
    if keras := sys.modules.get("keras"):
        keras.utils.set_random_seed(0)


@pytest.fixture(autouse=True)
def _collect_in_this_thread() -> Iterator[None]:
    """Cycles that hold Qt objects are collected between tests, as in a window: never in a thread of the engine."""
    gc.disable()
    yield
    gc.disable()
    collect_if_due()


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What is kept on disk to save time is kept apart from the user's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True)
def leave_nothing_of_qt_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Deletes the top-level widgets of a test that used Qt, and fails where one is left or a thread still runs."""
    before = set(sys._current_frames())
    yield
    if "qapp" not in request.fixturenames:
        return
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QApplication, QMenu, QWidget

    def left() -> list[QWidget]:
        return [widget for widget in app.topLevelWidgets() if type(widget) not in bare]

    app = QApplication.instance()
    assert isinstance(app, QApplication)
    # Popups go with their owners; a plot's own bare menus and widgets must not go before it, or Qt crashes.
    bare = (QWidget, QMenu)
    for widget in app.topLevelWidgets():
        if widget.parent() is None and type(widget) not in bare:
            widget.hide()
            widget.deleteLater()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    app.processEvents()
    if left():
        gc.collect()  # what a cycle of references keeps
    names = [f"{type(widget).__name__} {widget.objectName()!r}" for widget in left()]
    assert not names, f"The test left widgets: {names}"
    # A thread of the program has a Python frame at its root for as long as it runs.
    running = [frame for thread, frame in sys._current_frames().items() if thread not in before]
    assert not running, f"The test left running threads, which are now at {running}"
