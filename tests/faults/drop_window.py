"""The program's window on an engine without TensorFlow, for files to be dropped onto."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from dropping import drop
from fake_engine import FakeEngine, FakeLab
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLabel

from fooler_gui import app as app_module
from fooler_gui.core.errors import LabError
from fooler_gui.core.lab_state import LabState

_ANSWERS_WITHIN = 10.0
_READING = "Reading "
"""So begins what the status bar says while a run is read beside."""


class DropWindow:
    """Opens whatever is dropped. To be entered; its folder must be one of its own.

    Args:
        folder: For settings and runs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._raised: list[BaseException] = []
        self._patches = contextlib.ExitStack()

    def __enter__(self) -> DropWindow:
        self._app = QApplication.instance() or app_module.make_application()
        engine = FakeEngine(FakeLab().answer)
        self._patches.enter_context(patch.dict(os.environ, {"XDG_DATA_HOME": str(self._folder / "data")}))
        self._patches.enter_context(patch.object(app_module, "make_engine", lambda: engine))
        self._lab = app_module.Lab(self._app, self._folder / "config")
        self._lab.window.show()
        self._lab.start_engine()
        self._wait(lambda: self._lab.controller.state is LabState.READY)
        return self

    def __exit__(self, *_: object) -> None:
        self._lab.window.close()
        assert self._lab.controller.close(round(1_000 * _ANSWERS_WITHIN)), "the engine does not end"
        self._lab.window.deleteLater()
        self._app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self._patches.close()

    def open(self, path: Path) -> None:
        """Drops the file at `path` onto the middle of the window, which must say what became of it.

        Raises:
            LabError: It was refused, with the sentence of the error bar.
        """
        window = self._lab.window
        window.error_bar.hide()
        window.set_status("")
        self._raised.clear()
        with patch.object(sys, "excepthook", lambda _kind, error, _trace: self._raised.append(error)):
            assert drop(window, [str(path)], window.rect().center()), "it was not taken"
            self._wait(lambda: bool(self._raised) or window.error_bar.isVisible() or self._has_opened())
        if self._raised:
            raise AssertionError(f"the window raised {self._raised[0]!r}") from self._raised[0]
        if window.error_bar.isVisible():
            raise LabError(self._words("error_sentence"))

    def _has_opened(self) -> bool:
        status = self._words("status_sentence")
        return bool(status) and not status.startswith(_READING)

    def _words(self, name: str) -> str:
        label = self._lab.window.findChild(QLabel, name)
        assert label is not None
        return label.text()

    def _wait(self, holds: Callable[[], bool]) -> None:
        ends = time.monotonic() + _ANSWERS_WITHIN
        self._app.processEvents()
        while not holds():
            assert time.monotonic() < ends, "nothing was said"
            self._app.processEvents()
            time.sleep(0.002)
