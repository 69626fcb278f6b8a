"""The page of the article's two figures, drawn while they come about, and exported as they are seen."""

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
"""What can be exported, and what it is called: two pictures, and a table of milestones."""


class FiguresPage(QWidget):
    """A tab for each of the article's figures. Main thread only.

    Signals:
        fooling_requested: Draw the first: images a label (int), threshold (float), most steps (int), seed (int).
        worst_requested: Draw the second: images a label (int).
        stop_requested: End what goes on.
        export_requested: Write what is called so (str) in `EXPORTS` to a file.
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
        tabs.addTab(self._worst, "Least sure training images")
        column_of(tabs, on=self)

    def set_state(self, state: LabState) -> None:
        """Enables what can be pressed while the lab is in `state`."""
        self._fooling.set_state(state)
        self._worst.set_state(state)

    def set_class_names(self, names: Sequence[str]) -> None:
        """Tells what the classifier's classes are called; a figure that is shown keeps its names."""
        self._worst.set_class_names(names)

    def settings(self) -> dict[str, Any]:
        """Returns the settings of both figures as a dict that TOML can hold."""
        return {"fooling": self._fooling.settings().to_dict(), "worst": self._worst.settings().to_dict()}

    def set_settings(self, table: Mapping[str, Any]) -> None:
        """Shows the settings that `table`, made by `settings`, describes; what is bad or missing gets its default."""
        for name, tab in (("fooling", self._fooling), ("worst", self._worst)):
            part = table.get(name)
            tab.set_settings(part if isinstance(part, Mapping) else {})

    def show_run(self, run: RunView | None, *, begins: bool = False, working: Working | None = None) -> None:
        """Shows the run on screen in the first figure, if it is one of every label; see `FoolingFigure.show_run`."""
        self._fooling.show_run(run, begins=begins, working=working)

    def run(self) -> RunView | None:
        """Returns the run that the first figure shows, or None where there is none."""
        return self._fooling.run()

    def start_worst(self) -> None:
        """Tells that the search for the second figure has begun."""
        self._worst.start()

    def set_working(self, working: Working) -> None:
        """Says how the search for the second figure goes on."""
        self._worst.set_working(working)

    def show_worst(self, worst: WorstImages) -> None:
        """Shows the second figure."""
        self._worst.show_images(worst)

    def picture(self, which: str) -> Image.Image | None:
        """Returns the figure "fooling" or "worst" as it is seen, or None where there is none."""
        return {"fooling": self._fooling.picture, "worst": self._worst.picture}[which]()

    def milestones_csv(self) -> str:
        """Returns the milestones of the first figure's images as a table; its header alone where there is no figure."""
        run = self._fooling.run()
        return milestones_csv(Milestones() if run is None else run.milestones)
