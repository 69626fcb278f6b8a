"""The lateness of the window's event loop while the engine works: the whole window with the real engine."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.window_user import WindowUser
from fooler_gui.core.settings import TrainingSettings
from fooler_gui.core.topology import Topology

PROBE_MILLISECONDS = 5


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
            loading = user.watch_loading()
            return WindowLateness(
                loading=loading,
                backwork_8=user.backwork((3,), seconds),
                backwork_80=user.backwork(tuple(range(10)), seconds),
                training=user.train(seconds),
            )
        finally:
            user.close()
            app.processEvents()


class _User(WindowUser):
    """A user who watches the event loop."""

    def __init__(self, app: QApplication, folder: Path) -> None:
        super().__init__(app, folder)
        self._probe = LatenessProbe()

    def watch_loading(self) -> Lateness:
        self._probe.start()
        self.load()
        return self._probe.stop()

    def backwork(self, labels: tuple[int, ...], seconds: float) -> Lateness:
        """Runs eight slots per label as fast as they come, from the click to `seconds` after the first save."""
        descent = replace(self.model.setup.descent, keep_refining=True)
        self.model.change_setup(labels=labels, slots=8, pace=None, descent=descent)
        self._probe.start()
        self.run()
        self.wait_until(lambda: self.saves > 0)
        self.wait(seconds)
        lateness = self._probe.stop(self.saves)
        self.end()
        return lateness

    def train(self, seconds: float) -> Lateness:
        """Trains a new net of the article."""
        self._probe.start()
        self.lab.controller.train(Topology(), TrainingSettings(steps=1_000_000))
        self.wait(seconds)
        training = self.model.training
        lateness = self._probe.stop(training.progress[-1].step if training and training.progress else 0)
        self.end()
        return lateness
