"""Binds the comparison page to recorded runs and the session's model."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from fooler_gui.core.errors import LabError
from fooler_gui.core.path_text import path_of
from fooler_gui.features.runs.comparison import LEFT, RIGHT, ComparisonPage
from fooler_gui.records.run_folder import RunRecord
from fooler_gui.session.background import Background
from fooler_gui.session.model import SessionModel, bind
from fooler_gui.session.run_view import RunView, open_run


class ComparisonBinding(QObject):
    """Shows two recorded runs on the comparison page. Main thread only; runs are read in the background.

    Args:
        page: Owner; shows the runs.
        model: The session's model.
        open_run: Shows the run in a folder in the main window.
    """

    def __init__(self, page: ComparisonPage, model: SessionModel, open_run: Callable[[str], object]) -> None:
        super().__init__(page)
        self._model = model
        self._page = page
        self._runs: dict[int, RunView] = {}
        self._reading = Background(self)
        self._reading.problem_changed.connect(model.report)
        page.save_requested.connect(self._on_save_requested)
        page.open_requested.connect(lambda side: open_run(self._runs[side].folder))
        bind(self.synchronise, model.state_changed)

    @Slot()
    def synchronise(self) -> None:
        """Enables what the state of the lab allows."""
        self._page.set_state(self._model.state)

    def compare(self, left: str, right: str) -> None:
        """Reads the runs in the folders `left` and `right` and shows them."""
        self._reading.do(lambda: (open_run(path_of(left)), open_run(path_of(right))), self._on_read)

    @Slot()
    def close(self) -> None:
        """Stops reading, and closes the runs."""
        self._reading.end()
        for run in self._runs.values():
            run.close()

    def _on_read(self, sides: tuple[tuple[RunView, RunRecord], tuple[RunView, RunRecord]]) -> None:
        for side, (run, record) in zip((LEFT, RIGHT), sides, strict=True):
            if side in self._runs:
                self._runs[side].close()
            self._runs[side] = run
            self._page.set_run(side, record.name or path_of(run.folder).name, run)
        self._page.show_end()

    @Slot(int, int)
    def _on_save_requested(self, side: int, place: int) -> None:
        if side not in self._runs:
            return
        try:
            self._page.show_save(side, self._runs[side].saves.save_at(place))
        except LabError as error:
            self._model.report(str(error))
