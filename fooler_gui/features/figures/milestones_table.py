"""When each image of a run first reached each milestone, one row per image."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QWidget

from fooler_gui.core.class_words import class_name
from fooler_gui.core.milestones import NAMES, TOP_CLASS, Milestone, Milestones
from fooler_gui.widgets.number_fields import ChoiceBox
from fooler_gui.widgets.panel_layout import STRETCH, column_of, fill, row_of
from fooler_gui.widgets.record_column import Column
from fooler_gui.widgets.record_table import RecordTable
from fooler_gui.widgets.tooltips import paragraphs

_LEAST_WIDTH = 200
_WIDEST_LABEL = 120
_NOT_REACHED = "–"
_TIP = (
    "When the present image of each slot first reached this. A reinitialised one starts over, but the evaluations "
    "of its slot keep counting: gradients, or under evolution images of its population."
)
_FIGURES: dict[str, tuple[str, Callable[[Milestone], str]]] = {
    "step": ("Step", lambda reached: f"{reached.step:,}"),
    "evaluations": ("Evaluations", lambda reached: f"{reached.evaluations:,}"),
    "distance": ("Distance from the start (L2)", lambda reached: f"{reached.distance:.2f}"),
    "largest change": (
        "Largest change of a pixel (L∞)",
        lambda reached: _NOT_REACHED if reached.largest_change is None else f"{reached.largest_change:.2f}",
    ),
    "range": ("Pixel range", lambda reached: f"{reached.least:.2f}–{reached.greatest:.2f}"),
}
"""What can be shown of a milestone, by name: its title and its text."""

_Image = tuple[int, int]
"""A label and a slot."""


class MilestonesTable(QWidget):
    """A row per image, a column per milestone, and a choice of what to show of it. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._milestones = Milestones()
        self._names: tuple[str, ...] = ()
        self._choice = ChoiceBox(self)
        self._choice.setObjectName("milestones_figure")
        self._choice.setAccessibleName("Shown of each milestone")
        self._choice.setToolTip(
            paragraphs("What the columns show of each milestone. The tooltip of a cell shows everything.")
        )
        for figure, (words, _) in _FIGURES.items():
            self._choice.addItem(words, figure)
        self._table = RecordTable(
            "milestones_table",
            "Milestones of each image",
            (
                Column(
                    words="Label",
                    tip="The class that the image is driven towards.",
                    text=self._label,
                    of_words=True,
                    widest="Label",
                ),
                Column(
                    words="Slot",
                    tip="Which of the label's images, from 1.",
                    text=lambda image: str(image[1] + 1),
                    widest="Slot",
                ),
                *map(self._make_column, NAMES),
            ),
            lambda image: image,
            several=True,
            parent=self,
        )
        self._table.setMinimumWidth(_LEAST_WIDTH)
        label = QLabel("Milestones", self)
        label.setBuddy(self._choice)
        column_of(row_of(label, self._choice, STRETCH), fill(self._table), on=self)

        self._choice.currentIndexChanged.connect(self._table.refresh)

    def begin(self, milestones: Milestones, names: Sequence[str]) -> None:
        """Shows the `milestones` of a run that has begun.

        Args:
            milestones: They include its first save.
            names: The names of all classes.
        """
        self._milestones, self._names = milestones, tuple(names)
        self._table.set_records(itertools.product(milestones.labels, range(milestones.slots)))
        self._table.refresh()
        self._table.resizeColumnToContents(0)
        self._table.setColumnWidth(0, min(self._table.columnWidth(0), _WIDEST_LABEL))

    def refresh(self) -> None:
        """Updates the visible cells."""
        self._table.refresh()

    def sizeHint(self) -> QSize:
        """Returns room for all columns."""
        width = self._table.horizontalHeader().length() + self._table.verticalScrollBar().sizeHint().width()
        return QSize(width + 2 * self._table.frameWidth(), super().sizeHint().height())

    def _make_column(self, name: str) -> Column[_Image]:
        def reached(image: _Image) -> Milestone | None:
            return self._milestones.of(*image).get(name)

        def heading() -> str:
            images = len(self._milestones.labels) * self._milestones.slots
            count = f"{self._milestones.counts()[name]:,} of {images:,}" if images else _NOT_REACHED
            return f"{'Top class' if name == TOP_CLASS else name}\n{count}"

        def text(image: _Image) -> str:
            found = reached(image)
            return _NOT_REACHED if found is None else _FIGURES[self._choice.currentData()][1](found)

        def everything(image: _Image) -> str:
            found = reached(image)
            if found is None:
                return "Not reached yet."
            return "\n".join(f"{words}: {write(found)}" for words, write in _FIGURES.values())

        return Column(words=heading, tip=_TIP, text=text, cell_tip=everything, widest=NAMES[-1])

    def _label(self, image: _Image) -> str:
        label, _ = image
        return class_name(self._names, label)
