"""Exports of an evaluation: tables as CSV, the whole report as JSON, diagrams as pictures."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import Slot

from fooler_gui.core.evaluation_csv import published_csv, sets_csv
from fooler_gui.features.evaluation.evaluation import EvaluationPage
from fooler_gui.shell.file_desk import FileDesk, write_text, write_view
from fooler_gui.shell.main_window import MainWindow

_KINDS = {".csv": "Table (*.csv)", ".json": "JSON (*.json)", ".png": "PNG picture (*.png)"}
ENDINGS = {"sets": ".csv", "published": ".csv", "report": ".json", "reliability": ".png", "confidence": ".png"}
"""Of what is called so in the page's `EXPORTS`."""


class EvaluationDesk(FileDesk):
    """Serves the export menu of the page of the evaluation. Main thread only.

    Args:
        window: The main window, which owns the desk.
        page: The page.
    """

    def __init__(self, window: MainWindow, page: EvaluationPage) -> None:
        super().__init__(window, page)
        self._page = page
        page.export_requested.connect(self.export)

    @Slot(str)
    def export(self, what: str) -> None:
        """Asks where to write what is called `what` in the page's `EXPORTS`, and writes it."""
        ending = ENDINGS[what]
        path = self.ask_for_path(f"evaluation-{what}{ending}", _KINDS[ending])
        if path is not None:
            self.write(path, lambda: self._write(what, path))

    def _write(self, what: str, path: Path) -> None:
        report = self._page.report()
        assert report is not None, "nothing is exported before there is a report"
        if what == "sets":
            write_text(path, sets_csv(report))
        elif what == "published":
            write_text(path, published_csv(report))
        elif what == "report":
            write_text(path, json.dumps(report.to_dict(), allow_nan=False, indent=2) + "\n")
        else:
            write_view(path, self._page.views()[what])
