"""The window on an engine without TensorFlow, for tests of what it shows and allows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from fake_engine import LIMIT, FakeEngine, FakeLab
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from fooler_gui.app import Lab
from fooler_gui.core import jobs
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import Message, Working
from fooler_gui.core.run_control import RunControl
from fooler_gui.features.run.pace_editor import FASTEST_PACE

PAGES_OF_THE_WINDOW = (
    "rounds", "runs", "comparison", "guarantee", "evaluation", "other_nets", "least_change", "sweeps", "figures",
    "guide",
)  # fmt: skip


class OpenWindow:
    """A window that is open, and the fake engine behind it."""

    def __init__(self, qtbot: QtBot, app: QApplication, folder: Path) -> None:
        self._qtbot = qtbot
        self._app = app
        self._folder = folder
        self._others: list[Lab] = []
        self.engine_lab = FakeLab()
        self.engine: FakeEngine | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.lab = Lab(app, folder)
        self.window, self.model, self.controller = self.lab.window, self.lab.model, self.lab.controller
        self.window.show()

    def answer(self, job: jobs.Job, control: RunControl) -> Iterator[Message]:
        """Answers like the fake lab; a run waits at the gate first."""
        if isinstance(job, jobs.Backwork | jobs.FindWorstImages):
            yield Working(sentence="Waiting at the gate")
            self.gate.wait(LIMIT / 1000)
        yield from self.engine_lab.answer(job, control)

    def make_engine(self) -> FakeEngine:
        self.engine = FakeEngine(self.answer)
        return self.engine

    def until(self, state: LabState) -> None:
        self._qtbot.waitUntil(lambda: self.model.state is state, timeout=LIMIT)

    def begin(self) -> OpenWindow:
        self.lab.start_engine()
        self.until(LabState.READY)
        self.window.run_bar.set_pace(FASTEST_PACE)
        return self

    def action(self, name: str) -> QAction:
        action = self.window.findChild(QAction, f"{name}_action")
        assert action is not None
        return action

    def run(self, **settings: object) -> None:
        self.window.descent.set_descent(replace(self.window.descent.descent(), **settings))
        self.action("run").trigger()

    def run_to_its_end(self) -> None:
        self.run(max_steps=3, keep_refining=False)
        self.until(LabState.READY)

    def again(self) -> Lab:
        """Returns a second window with the same folder; it is closed at the test's end."""
        self._others.append(Lab(self._app, self._folder))
        return self._others[-1]

    def close(self) -> bool:
        self.gate.set()
        labs = (self.lab, *self._others)
        for lab in labs:
            lab.window.close_requested.emit()
        ended = [lab.controller.close(LIMIT) for lab in labs]
        return all(ended)

    def text(self, name: str) -> str:
        label = self.window.findChild(QLabel, name)
        assert label is not None
        return label.text()
