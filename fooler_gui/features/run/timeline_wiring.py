"""Lets the timeline drive grid, plots and inspector through the saves of the run on screen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot

from fooler_gui.core.errors import LabError
from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import Save
from fooler_gui.features.run.wiring import Wiring
from fooler_gui.session.controller import Controller
from fooler_gui.session.run_history import Course, RunHistory
from fooler_gui.shell.main_window import MainWindow

_GOING = (LabState.BACKWORKING, LabState.PAUSED)


class TimelineWiring(QObject):
    """Holds the connections of the timeline. To be made after those of grid and plots.

    Args:
        window: The main window, which owns the wiring.
        controller: The lab's conductor.
        wiring: Shows saves.
    """

    def __init__(self, window: MainWindow, controller: Controller, wiring: Wiring) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._wiring = wiring
        self._history = RunHistory()
        self._folder = ""
        timeline = window.timeline
        timeline.place_changed.connect(self._on_place_changed)
        timeline.live_requested.connect(self._on_live_requested)
        controller.state_changed.connect(self._on_state_changed)
        controller.saves_arrived.connect(self._on_saves_arrived)
        controller.run_finished.connect(self._on_run_finished)
        window.closed.connect(lambda: self._history.close())

    def show(self, folder: str, history: RunHistory, course: Course) -> None:
        """Shows the `course` of the recorded run in `folder`, whose saves are read from `history` from now on."""
        self._history.close()
        self._history, self._folder = history, folder
        self._window.timeline.set_index(course.steps, course.restarts, course.changes)

    @Slot(object)
    def _on_state_changed(self, state: LabState) -> None:
        self._window.timeline.set_run_going(state in _GOING)

    @Slot(object)
    def _on_saves_arrived(self, saves: Sequence[Save]) -> None:
        folder, spec = self._controller.run_folder, self._wiring.spec
        if folder != self._folder and spec is not None:
            self._folder = folder
            self._history.begin(folder, spec.coefficients)
            self._window.timeline.clear("")
            self._window.timeline.set_run_going(True)
        course = self._history.add(saves)
        self._window.timeline.add_saves(course.steps, course.restarts, course.changes)

    @Slot(object)
    def _on_run_finished(self, _finished: object) -> None:
        timeline = self._window.timeline
        place, is_live = timeline.place(), timeline.is_live()
        try:
            course = self._history.open(self._folder)
        except LabError as error:
            self._window.error_bar.show_error(str(error))
            return
        timeline.set_index(course.steps, course.restarts, course.changes)
        if not is_live:
            timeline.set_place(min(place, len(course.steps) - 1))

    @Slot(int)
    def _on_place_changed(self, place: int) -> None:
        try:
            save = self._history.save_at(place)
        except LabError as error:
            self._window.set_status(str(error))
            return
        self._wiring.show_earlier(save)

    @Slot()
    def _on_live_requested(self) -> None:
        self._wiring.show_earlier(None)
