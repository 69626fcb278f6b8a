"""How late the window's event loop is while the engine works: the whole window with the real engine on its thread."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEventLoop, QSettings, Qt, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from fooler_gui.app import make_engine
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import Save, TrainingProgress
from fooler_gui.core.settings import TrainingSettings
from fooler_gui.core.topology import Topology
from fooler_gui.features.run.wiring import Wiring
from fooler_gui.resources import bundled_classifier
from fooler_gui.session.controller import Controller
from fooler_gui.shell.main_window import MainWindow

PROBE_MILLISECONDS = 5
_LIMIT_SECONDS = 240.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """How much later than due a 5-ms timer of the window's thread fired.

    Attributes:
        seconds: How long it was watched.
        p50: Median, in milliseconds.
        p99: 99th percentile, in milliseconds.
        worst: The most, in milliseconds.
        units: Saves or training steps in that time; 0 where there are none.
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
        """Begins to watch."""
        self._fired = [time.perf_counter()]
        self._timer.start()

    def stop(self, units: int = 0) -> Lateness:
        """Ends and returns what was seen; `units` is told with it."""
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
        seconds: Of backwork after its first save; of training from the click on.

    Raises:
        RuntimeError: The engine failed or did not answer.
    """
    with tempfile.TemporaryDirectory() as folder:
        desk = _Desk(Path(folder))
        try:
            loading = desk.load()
            return WindowLateness(
                loading=loading,
                backwork_8=desk.backwork((3,), seconds),
                backwork_80=desk.backwork(tuple(range(10)), seconds),
                training=desk.train(seconds),
            )
        finally:
            desk.close()
            app.processEvents()


class _Desk:
    """The window and a hand on it."""

    def __init__(self, folder: Path) -> None:
        layout = QSettings(str(folder / "layout.ini"), QSettings.Format.IniFormat)
        self._window = MainWindow(lambda: True, layout)
        self._controller = Controller(
            make_engine,
            lambda kind: folder / f"{kind}.keras",
            lambda: folder / "rounds",
            lambda: folder / "run",
            self._window,
        )
        self._wiring = Wiring(self._window, self._controller)
        self._probe = LatenessProbe()
        self._failure = ""
        self._units = 0
        self._controller.failed.connect(self._on_failed)
        self._controller.saves_arrived.connect(self._on_saves)
        self._controller.training_progressed.connect(self._on_progress)
        self._window.show()

    def load(self) -> Lateness:
        self._probe.start()
        self._controller.open_classifier(str(bundled_classifier()))
        self._wait_until(self._is_ready)
        return self._probe.stop()

    def backwork(self, labels: tuple[int, ...], seconds: float) -> Lateness:
        """Runs eight slots a label as fast as they come, from the click to `seconds` after the first save."""
        window = self._window
        window.run_bar.set_labels(labels)
        window.run_bar.set_slots(8)
        window.run_bar.set_pace(None)
        window.descent.set_descent(replace(window.descent.descent(), keep_refining=True))
        self._units = 0
        self._probe.start()
        self._trigger("run_action")
        self._wait_until(lambda: self._units > 0)
        self._wait(seconds)
        lateness = self._probe.stop(self._units)
        self._end()
        return lateness

    def train(self, seconds: float) -> Lateness:
        """Trains the article's net afresh."""
        self._units = 0
        self._probe.start()
        self._controller.train(Topology(), TrainingSettings(steps=1_000_000))
        self._wait(seconds)
        lateness = self._probe.stop(self._units)
        self._end()
        return lateness

    def close(self) -> None:
        self._window.close()
        self._controller.close(round(1000 * _LIMIT_SECONDS))
        self._window.deleteLater()

    def _end(self) -> None:
        self._trigger("stop_action")
        self._wait_until(self._is_ready)

    def _trigger(self, name: str) -> None:
        action = self._window.findChild(QAction, name)
        assert action is not None
        action.trigger()

    def _is_ready(self) -> bool:
        return self._controller.state is LabState.READY

    def _wait(self, seconds: float) -> None:
        until = time.perf_counter() + seconds
        self._wait_until(lambda: time.perf_counter() >= until)

    def _wait_until(self, happened: Callable[[], bool]) -> None:
        """Lets the event loop run, as the window's own does, until what is waited for has happened."""
        loop, given_up = QEventLoop(), time.perf_counter() + _LIMIT_SECONDS

        def look() -> None:
            if happened() or self._failure or time.perf_counter() > given_up:
                loop.quit()

        timer = QTimer(interval=50)
        timer.timeout.connect(look)
        timer.start()
        loop.exec()
        if self._failure or not happened():
            raise RuntimeError(self._failure or f"The engine did not answer within {_LIMIT_SECONDS:.0f} seconds.")

    def _on_failed(self, sentence: str, _details: str) -> None:
        self._failure = sentence

    def _on_saves(self, saves: list[Save]) -> None:
        self._units += len(saves)

    def _on_progress(self, progress: list[TrainingProgress]) -> None:
        self._units = progress[-1].step
