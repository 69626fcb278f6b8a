"""Connects the page of rounds and the controller."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import TrainingProgress, Working
from fooler_gui.core.rounds_spec import RoundsSettings, RoundsSpec, default_rounds
from fooler_gui.features.rounds.rounds import RoundsPage
from fooler_gui.session.controller import Controller
from fooler_gui.shell.main_window import MainWindow

ROUNDS = (LabState.ROUNDS, LabState.ROUNDS_PAUSED)


class RoundsWiring(QObject):
    """Holds the connections between `rounds` and `controller`.

    Args:
        window: The main window, which owns the wiring and lends its penalties.
        controller: The lab's conductor.
        rounds: The page.
    """

    def __init__(self, window: MainWindow, controller: Controller, rounds: RoundsPage) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._rounds = rounds
        self._made_with: RoundsSpec | None = None
        rounds.start_requested.connect(self._on_start)
        rounds.go_on_requested.connect(self._on_go_on)
        rounds.pause_requested.connect(controller.pause)
        rounds.resume_requested.connect(controller.resume)
        rounds.stop_requested.connect(controller.stop)
        rounds.use_requested.connect(controller.open_classifier)
        rounds.open_requested.connect(controller.open_rounds)
        rounds.check_requested.connect(controller.check_honesty)
        controller.state_changed.connect(rounds.set_state)
        controller.working.connect(self._on_working)
        controller.training_progressed.connect(self._on_training_progressed)
        controller.rounds_started.connect(self._on_started)
        controller.rounds_opened.connect(self._on_opened)
        controller.rounds_finished.connect(rounds.add_rounds)
        controller.honesty_checked.connect(rounds.show_checks)
        rounds.set_state(controller.state)

    @Slot(object, object)
    def _on_start(self, settings: RoundsSettings, starts: tuple[str, ...]) -> None:
        classifier = self._controller.classifier
        if classifier is None:
            return
        spec = dataclasses.replace(
            default_rounds(classifier.path, classifier.recorded_layers), settings=settings, starts=starts
        )
        if self._rounds.with_penalties():
            coefficients, method = self._window.coefficients.coefficients(), self._window.descent.method()
            spec = dataclasses.replace(spec, coefficients=coefficients, method=method)
        self._controller.perform_rounds(spec)

    @Slot(object, object)
    def _on_go_on(self, settings: RoundsSettings, _starts: tuple[str, ...]) -> None:
        if self._made_with is not None:
            self._controller.go_on_with_rounds(dataclasses.replace(self._made_with, settings=settings))

    @Slot(object)
    def _on_started(self, spec: RoundsSpec) -> None:
        self._made_with = spec
        self._rounds.start(spec)

    @Slot(object)
    def _on_opened(self, spec: RoundsSpec) -> None:
        self._made_with = spec
        self._rounds.open(spec)

    @Slot(object)
    def _on_working(self, working: Working) -> None:
        if self._controller.state in ROUNDS:
            self._rounds.set_working(working)

    @Slot(object)
    def _on_training_progressed(self, progress: Sequence[TrainingProgress]) -> None:
        if self._controller.state in ROUNDS:
            self._rounds.add_progress(list(progress))
