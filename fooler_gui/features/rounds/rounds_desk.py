"""Exports of rounds: chart, matrix and images as pictures, figures as tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Slot

from fooler_gui.core.rounds_csv import figures_csv, scores_csv
from fooler_gui.exports.figures import write_png
from fooler_gui.features.rounds.rounds import RoundsPage
from fooler_gui.shell.file_desk import FileDesk, write_text, write_view
from fooler_gui.shell.main_window import MainWindow

_PICTURE, _TABLE = "PNG picture (*.png)", "Table (*.csv)"


class RoundsDesk(FileDesk):
    """Serves the export menu of the page of rounds. Main thread only.

    Args:
        window: The main window, which owns the desk.
        rounds: The page.
    """

    def __init__(self, window: MainWindow, rounds: RoundsPage) -> None:
        super().__init__(window, rounds)
        self._rounds = rounds
        rounds.export_requested.connect(self.export)

    @Slot(str)
    def export(self, what: str) -> None:
        """Asks where to write what is called `what` in the page's `EXPORTS`, and writes it."""
        if what == "images" and self._rounds.gallery().picture() is None:
            self.refuse("Before the first round there are no images; select a later one.")
            return
        is_table = what in ("figures", "scores")
        path = self.ask_for_path(f"rounds-{what}.{'csv' if is_table else 'png'}", _TABLE if is_table else _PICTURE)
        if path is not None:
            self.write(path, self._writer(what, path))

    def _writer(self, what: str, path: Path) -> Callable[[], object]:
        if what == "figures":
            return lambda: write_text(path, figures_csv(self._rounds.reports()))
        if what == "scores":
            return lambda: write_text(path, scores_csv(self._rounds.reports()))
        if what == "images":
            return lambda: self._write_images(path)
        view = self._rounds.views()[what]
        return lambda: write_view(path, view)

    def _write_images(self, path: Path) -> None:
        picture = self._rounds.gallery().picture()
        if picture is not None:
            write_png(picture, path, {})
