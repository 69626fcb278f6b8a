"""Exports of the page of figures: both figures as pictures, milestones as CSV."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot

from fooler_gui.exports.figures import write_png
from fooler_gui.features.figures.figures import FiguresPage
from fooler_gui.features.run.exports import picture_info
from fooler_gui.features.run.wiring import Wiring
from fooler_gui.shell.file_desk import FileDesk, write_text
from fooler_gui.shell.main_window import MainWindow

_MILESTONES = "milestones"


class FiguresDesk(FileDesk):
    """Serves the export menus of the page of figures. Main thread only.

    Args:
        window: The main window, which owns the desk.
        wiring: Knows what the run on screen was made with.
        page: The page.
    """

    def __init__(self, window: MainWindow, wiring: Wiring, page: FiguresPage) -> None:
        super().__init__(window, page)
        self._wiring = wiring
        self._page = page
        page.export_requested.connect(self.export)

    @Slot(str)
    def export(self, what: str) -> None:
        """Asks where to write what is called `what` in the page's `EXPORTS`, and writes it."""
        if what == _MILESTONES:
            path = self.ask_for_path("milestones.csv", "Table (*.csv)")
            if path is not None:
                self.write(path, lambda: write_text(path, self._page.milestones_csv()))
            return
        path = self.ask_for_path(f"{what}.png", "PNG picture (*.png)")
        if path is not None:
            self.write(path, lambda: self._write_picture(what, path))

    def _write_picture(self, what: str, path: Path) -> None:
        picture, spec = self._page.picture(what), self._page.spec() if what == "fooling" else None
        assert picture is not None, "nothing is exported before there is a figure"
        info = (
            {}
            if self._wiring.classifier is None
            else picture_info(self._wiring.classifier, spec, run=self._wiring.run_id() if spec is not None else "")
        )
        write_png(picture, path, info)
