"""The whole program with its window and engine, and its user, who waits for what happens."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from fooler_gui.app import Lab
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.save import Save

_LIMIT_SECONDS = 240.0


class WindowUser:
    """Opens the window; the engine starts with `load`.

    Args:
        app: The application.
        folder: For settings.

    Attributes:
        lab: The program.
        model: Its session's.
        saves: How many saves there were since the user last set it.
        steps: Of the newest save.
    """

    def __init__(self, app: QApplication, folder: Path) -> None:
        self.lab = Lab(app, folder)
        self.model = self.lab.model
        self.saves = self.steps = 0
        self.model.saves_changed.connect(self._on_saves)
        self.lab.window.show()

    def load(self) -> None:
        """Does what the program does once it is painted, and waits until TensorFlow and the classifier are loaded.

        Raises:
            RuntimeError: The engine failed or did not answer, here and in all that waits.
        """
        self.lab.finish()
        self.wait_until(self.is_ready)

    def run(self) -> None:
        """Presses Run."""
        self.saves = self.steps = 0
        self.lab.window.commands["run"].trigger()

    def end(self) -> None:
        """Stops what is going on and waits for its end."""
        self.lab.window.commands["stop"].trigger()
        self.wait_until(self.is_ready)

    def close(self) -> None:
        """Closes the window."""
        self.lab.window.close()
        self.lab.controller.close(round(1000 * _LIMIT_SECONDS))
        self.lab.window.deleteLater()

    def is_ready(self) -> bool:
        """Returns whether a run could begin."""
        return self.model.state is LabState.READY

    def wait(self, seconds: float) -> None:
        """Waits so long."""
        until = time.perf_counter() + seconds
        self.wait_until(lambda: time.perf_counter() >= until)

    def wait_until(self, happened: Callable[[], bool], look_every: int = 50) -> None:
        """Runs the event loop, as the window does, until `happened`, asked `look_every` milliseconds."""
        loop, given_up = QEventLoop(), time.perf_counter() + _LIMIT_SECONDS

        def look() -> None:
            if happened() or self._failure() or time.perf_counter() > given_up:
                loop.quit()

        timer = QTimer(interval=look_every)
        timer.timeout.connect(look)
        timer.start()
        loop.exec()
        if self._failure() or not happened():
            raise RuntimeError(self._failure() or f"The engine did not answer within {_LIMIT_SECONDS:.0f} seconds.")

    def _failure(self) -> str:
        """Returns what failed; mere remarks have no details."""
        sentence, details = self.model.problem
        return sentence if details else ""

    def _on_saves(self, saves: list[Save]) -> None:
        self.saves += len(saves)
        self.steps = saves[-1].step
