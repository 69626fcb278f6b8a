"""The program's window on an engine without TensorFlow, in its own home."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from fake_engine import FakeEngine, FakeLab
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from fooler_gui import app as app_module
from fooler_gui.core.lab_state import LabState

_ANSWERS_WITHIN = 10.0


@contextmanager
def data_in(home: Path) -> Iterator[None]:
    """Keeps runs and classifiers in the folder `home`."""
    with patch.dict(os.environ, {"XDG_DATA_HOME": str(home / "data")}):
        yield


@contextmanager
def program_window(home: Path) -> Iterator[app_module.Lab]:
    """Starts the program with what is in the folder `home`, up to its first classifier, and closes it again."""
    app = QApplication.instance() or app_module.make_application()
    engine = FakeEngine(FakeLab().answer)
    with data_in(home), patch.object(app_module, "make_engine", lambda: engine):
        lab = app_module.Lab(app, home / "config")
        try:
            lab.window.show()
            lab.start_engine()
            assert comes_true(lambda: lab.model.state is LabState.READY), "the program does not start"
            yield lab
        finally:
            lab.window.close()
            assert lab.controller.close(round(1_000 * _ANSWERS_WITHIN)), "the engine does not end"
            lab.window.deleteLater()
            app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def comes_true(holds: Callable[[], bool]) -> bool:
    """Runs the program until `holds`, for at most ten seconds; returns whether it does."""
    ends = time.monotonic() + _ANSWERS_WITHIN
    while True:
        QApplication.processEvents()
        if holds():
            return True
        if time.monotonic() > ends:
            return False
        time.sleep(0.002)
