"""Reads in the background what a sweep's folder holds, again and again, as others may work on it at any time."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from fooler_gui.session.background import Background
from fooler_gui.sweeps.sweep_state import SweepState, holds_sweep, read_state

_LOOK_SECONDS, _IDLE_SECONDS = 1.0, 5.0
"""Between two looks while somebody works, and while nobody does."""
_REST = 9
"""How many times as long as reading takes the results are left alone, at least."""


class SweepWatch(QObject):
    """Watches one folder. Main thread only.

    Args:
        parent: Owner.

    Attributes:
        expects_changes: Whether somebody is about to work in the folder, who may not have begun yet.

    Signals:
        state_read: (SweepState) What the folder holds; with the same cells as before if nothing has changed.
        problem_changed: (str) Why it cannot be read.
    """

    state_read = Signal(object)
    problem_changed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.expects_changes = False
        self._folder: Path | None = None
        self._known: SweepState | None = None
        self._is_reading = False
        self._reading = Background(self)
        self._reading.problem_changed.connect(self._on_problem)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)

    def watch(self, folder: Path) -> None:
        """Reads the sweep in `folder` from now on, in place of any other."""
        if folder != self._folder:
            self._folder, self._known = folder, None
        self.look()

    def close(self) -> None:
        """Stops watching."""
        self._timer.stop()
        self._reading.end()

    @Slot()
    def look(self) -> None:
        """Reads the folder now, unless that is being done."""
        folder, known = self._folder, self._known
        if self._is_reading or folder is None:
            return
        if not holds_sweep(folder):
            if known is not None:
                self.problem_changed.emit(f"{folder} no longer holds the sweep that is shown.")
            self._look_again()
            return
        self._is_reading, began = True, time.monotonic()
        self._reading.do(lambda: read_state(folder, known), lambda state: self._on_read(state, began))

    def _on_read(self, state: SweepState, began: float) -> None:
        self._is_reading = False
        if state.folder != self._folder:
            self.look()
            return
        self._known = state
        self.state_read.emit(state)
        self._look_again(_REST * (time.monotonic() - began))

    @Slot(str)
    def _on_problem(self, sentence: str) -> None:
        self._is_reading = False
        self.problem_changed.emit(sentence)
        self._look_again()

    def _look_again(self, after: float = 0.0) -> None:
        is_busy = self.expects_changes or (self._known is not None and self._known.is_worked_on)
        self._timer.start(round(1000 * max(after, _LOOK_SECONDS if is_busy else _IDLE_SECONDS)))
