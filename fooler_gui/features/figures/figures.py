"""The page of the article's two figures, drawn live and exported as shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QWidget

from fooler_gui.core.lab_state import LabState
from fooler_gui.core.messages import Working, WorstImages
from fooler_gui.core.milestones import Milestones
from fooler_gui.core.milestones_csv import milestones_csv
from fooler_gui.features.figures import fooling_figure, worst_figure
from fooler_gui.features.figures.fooling_figure import FoolingFigure
from fooler_gui.features.figures.worst_figure import WorstFigure
from fooler_gui.session.run_view import RunView
from fooler_gui.widgets.panel_layout import column_of

EXPORTS = {**fooling_figure.EXPORTS, **worst_figure.EXPORTS}
"""The exports by name, with their titles: two pictures and a table of milestones."""


class FiguresPage(QWidget):
    """A tab for each of the article's figures. Main thread only.

    Signals:
        fooling_requested: (int, float, int, int) Draw the first: images per label, threshold, most steps, seed.
        worst_requested: (int) Draw the second: images per label.
        stop_requested: Stop.
        export_requested: (str) Write this one of `EXPORTS` to a file.
    """

    fooling_requested = Signal(int, float, int, int)
    worst_requested = Signal(int)
    stop_requested = Signal()
    export_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("figures_page")
        self._fooling, self._worst = FoolingFigure(self), WorstFigure(self)
        self._fooling.draw_requested.connect(self.fooling_requested)
        self._worst.draw_requested.connect(self.worst_requested)
        for tab in (self._fooling, self._worst):
            tab.stop_requested.connect(self.stop_requested)
            tab.export_requested.connect(self.export_requested)
        tabs = QTabWidget(self)
        tabs.setObjectName("figures_tabs")
        tabs.setDocumentMode(True)
        tabs.addTab(self._fooling, "Fooling images")
        tabs.addTab(self._worst, "Worst training images")
        column_of(tabs, on=self)

    def set_state(self, state: LabState, *, lacks_dataset: bool = False) -> None:
        """Enables what can be pressed while the lab is in `state`, and perhaps has no dataset."""
        self._fooling.set_state(state)
        self._worst.set_state(state, lacks_dataset=lacks_dataset)

    def set_class_names(self, names: Sequence[str]) -> None:
        """Sets the names of the classifier's classes; a figure on screen keeps its own."""
        self._worst.set_class_names(names)

    def settings(self) -> dict[str, Any]:
        """Returns the settings of both figures as TOML values."""
        return {"fooling": self._fooling.settings().to_dict(), "worst": self._worst.settings().to_dict()}

    def set_settings(self, table: Mapping[str, Any]) -> None:
        """Shows the settings in `table`, from `settings`; bad or missing ones get their defaults."""
        for name, tab in (("fooling", self._fooling), ("worst", self._worst)):
            part = table.get(name)
            tab.set_settings(part if isinstance(part, Mapping) else {})

    def show_run(self, run: RunView | None, *, begins: bool = False, working: Working | None = None) -> None:
        """Shows the run on screen in the first figure if it has every label; see `FoolingFigure.show_run`."""
        self._fooling.show_run(run, begins=begins, working=working)

    def run(self) -> RunView | None:
        """Returns the run in the first figure, or None."""
        return self._fooling.run()

    def start_worst(self) -> None:
        """Shows that the search for the second figure has begun."""
        self._worst.start()

    def set_working(self, working: Working) -> None:
        """Shows the progress of the search for the second figure."""
        self._worst.set_working(working)

    def show_worst(self, worst: WorstImages) -> None:
        """Shows the second figure."""
        self._worst.show_images(worst)

    def picture(self, which: str) -> Image.Image | None:
        """Returns the figure "fooling" or "worst" as shown, or None."""
        return {"fooling": self._fooling.picture, "worst": self._worst.picture}[which]()

    def milestones_csv(self) -> str:
        """Returns the milestones of the first figure's images as CSV; only the header if there is no figure."""
        run = self._fooling.run()
        if run is None:
            return milestones_csv(Milestones(), ())
        return milestones_csv(run.milestones, run.classifier.class_names)
