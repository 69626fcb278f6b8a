"""The lateness of the window's event loop while the engine works: the whole window with the real engine."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from fooler_gui.app import Lab
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.save import Save
from fooler_gui.core.settings import TrainingSettings
from fooler_gui.core.topology import Topology

PROBE_MILLISECONDS = 5
_LIMIT_SECONDS = 240.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """How much later than due a 5-ms timer of the window's thread fired.

    Attributes:
        seconds: How long it was watched.
        p50: Median, in milliseconds.
        p99: 99th percentile, in milliseconds.
        worst: The maximum, in milliseconds.
        units: Saves or training steps in that time; 0 if there are none.
    """

    seconds: float
    p50: float
    p99: float
    worst: float
    units: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowLateness:
    """The lateness while TensorFlow and the classifier are loaded, and during each kind of work."""

    loading: Lateness
    backwork_8: Lateness
    backwork_80: Lateness
    training: Lateness


class LatenessProbe:
    """A timer of 5 ms on the window's thread that notes when it fires."""

    def __init__(self) -> None:
        self._timer = QTimer(interval=PROBE_MILLISECONDS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)
        self._fired: list[float] = []

    def start(self) -> None:
        """Starts measuring."""
        self._fired = [time.perf_counter()]
        self._timer.start()

    def stop(self, units: int = 0) -> Lateness:
        """Stops measuring and returns the result with `units`."""
        self._timer.stop()
        late = np.maximum(0.0, 1000 * np.diff(self._fired) - PROBE_MILLISECONDS)
        p50, p99 = np.percentile(late, (50, 99))
        return Lateness(
            seconds=self._fired[-1] - self._fired[0],
            p50=float(p50),
            p99=float(p99),
            worst=float(late.max()),
            units=units,
        )

    def _on_timeout(self) -> None:
        self._fired.append(time.perf_counter())


def measure_lateness(app: QApplication, seconds: float = 30.0) -> WindowLateness:
    """Opens the window and watches its event loop, `seconds` for each kind of work.

    Args:
        app: The application.
        seconds: How long to measure backwork after its first save, and training from the click on.

    Raises:
        RuntimeError: The engine failed or did not answer.
    """
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_DATA_HOME"] = folder  # where runs and classifiers are kept
        user = _User(app, Path(folder))
        try:
            loading = user.load()
            return WindowLateness(
                loading=loading,
                backwork_8=user.backwork((3,), seconds),
                backwork_80=user.backwork(tuple(range(10)), seconds),
                training=user.train(seconds),
            )
        finally:
            user.close()
            app.processEvents()


class _User:
    """The whole program, and its user."""

    def __init__(self, app: QApplication, folder: Path) -> None:
        self._lab = Lab(app, folder)
        self._model = self._lab.model
        self._probe = LatenessProbe()
        self._saves = 0
        self._model.saves_changed.connect(self._on_saves)
        self._lab.window.show()

    def load(self) -> Lateness:
        self._probe.start()
        self._lab.start_engine()
        self._wait_until(self._is_ready)
        return self._probe.stop()

    def backwork(self, labels: tuple[int, ...], seconds: float) -> Lateness:
        """Runs eight slots per label as fast as they come, from the click to `seconds` after the first save."""
        descent = replace(self._model.setup.descent, keep_refining=True)
        self._model.change_setup(labels=labels, slots=8, pace=None, descent=descent)
        self._saves = 0
        self._probe.start()
        self._lab.window.commands["run"].trigger()
        self._wait_until(lambda: self._saves > 0)
        self._wait(seconds)
        lateness = self._probe.stop(self._saves)
        self._end()
        return lateness

    def train(self, seconds: float) -> Lateness:
        """Trains a new net of the article."""
        self._probe.start()
        self._lab.controller.train(Topology(), TrainingSettings(steps=1_000_000))
        self._wait(seconds)
        training = self._model.training
        lateness = self._probe.stop(training.progress[-1].step if training and training.progress else 0)
        self._end()
        return lateness

    def close(self) -> None:
        self._lab.window.close()
        self._lab.controller.close(round(1000 * _LIMIT_SECONDS))
        self._lab.window.deleteLater()

    def _end(self) -> None:
        self._lab.window.commands["stop"].trigger()
        self._wait_until(self._is_ready)

    def _is_ready(self) -> bool:
        return self._model.state is LabState.READY

    def _failure(self) -> str:
        """Returns what failed; mere remarks have no details."""
        sentence, details = self._model.problem
        return sentence if details else ""

    def _wait(self, seconds: float) -> None:
        until = time.perf_counter() + seconds
        self._wait_until(lambda: time.perf_counter() >= until)

    def _wait_until(self, happened: Callable[[], bool]) -> None:
        """Runs the event loop, as the window does, until `happened`."""
        loop, given_up = QEventLoop(), time.perf_counter() + _LIMIT_SECONDS

        def look() -> None:
            if happened() or self._failure() or time.perf_counter() > given_up:
                loop.quit()

        timer = QTimer(interval=50)
        timer.timeout.connect(look)
        timer.start()
        loop.exec()
        if self._failure() or not happened():
            raise RuntimeError(self._failure() or f"The engine did not answer within {_LIMIT_SECONDS:.0f} seconds.")

    def _on_saves(self, saves: list[Save]) -> None:
        self._saves += len(saves)
