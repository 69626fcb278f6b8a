"""Shows two recorded runs side by side."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from fooler_gui.core.errors import LabError
from fooler_gui.core.path_text import path_of
from fooler_gui.features.runs.comparison import LEFT, RIGHT, ComparisonPage
from fooler_gui.features.runs.runs_wiring import RunsWiring
from fooler_gui.records.run_folder import RunRecord, read_record
from fooler_gui.session.background import Background
from fooler_gui.session.run_history import Course, RunHistory
from fooler_gui.shell.main_window import MainWindow

_Side = tuple[str, RunRecord, RunHistory, Course]


class ComparisonWiring(QObject):
    """Fills the page of two runs. Main thread only; runs are read beside.

    Args:
        window: The main window, which owns the wiring.
        runs: Opens one of them.
        page: The page.
    """

    def __init__(self, window: MainWindow, runs: RunsWiring, page: ComparisonPage) -> None:
        super().__init__(window)
        self._window = window
        self._page = page
        self._folders = ["", ""]
        self._histories: list[RunHistory | None] = [None, None]
        self._reading = Background(self)
        self._reading.failed.connect(window.error_bar.show_error)
        page.save_wanted.connect(self._on_save_wanted)
        page.open_requested.connect(lambda side: runs.open(self._folders[side]))
        window.closed.connect(self._close)

    def compare(self, left: str, right: str) -> None:
        """Reads the runs in the folders `left` and `right` and shows them."""
        self._reading.do(lambda: (_read(left), _read(right)), self._on_read)

    def _on_read(self, sides: tuple[_Side, _Side]) -> None:
        for side, (folder, record, history, course) in zip((LEFT, RIGHT), sides, strict=True):
            former = self._histories[side]
            if former is not None:
                former.close()
            self._folders[side], self._histories[side] = folder, history
            title = record.name or path_of(folder).name
            self._page.set_run(
                side, title, record.spec, record.class_names, course.steps, course.restarts, course.changes
            )

    @Slot(int, int)
    def _on_save_wanted(self, side: int, place: int) -> None:
        history = self._histories[side]
        if history is None:
            return
        try:
            self._page.show_save(side, history.save_at(place))
        except LabError as error:
            self._window.error_bar.show_error(str(error))

    def _close(self) -> None:
        self._reading.end()
        for history in self._histories:
            if history is not None:
                history.close()


def _read(folder: str) -> _Side:
    record, history = read_record(path_of(folder)), RunHistory()
    course = history.open(folder)
    if not len(course.steps):
        raise LabError(f"The run in {folder} holds no saves; there is nothing to compare.")
    return folder, record, history, course
