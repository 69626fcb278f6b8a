"""How far each image is from its start, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtWidgets import QWidget

from fooler_gui.core.class_words import class_name
from fooler_gui.core.formats import format_probability
from fooler_gui.core.least_change import ImageChange, LeastChangeReport
from fooler_gui.widgets.record_column import Column
from fooler_gui.widgets.record_table import RecordTable

_NONE = "–"


class _Row(NamedTuple):
    """An image by its place, and what the classifier calls its start."""

    place: int
    was: str
    change: ImageChange


def _number(value: float | None) -> str:
    return _NONE if value is None else f"{value:.3f}"


_COLUMNS: tuple[Column[_Row], ...] = (
    Column(words="Image", tip="Which row of the picture, from 1.", text=lambda row: str(row.place + 1), centred=True),
    Column(
        words="Was",
        tip="What the classifier calls the start, and its confidence in that.",
        text=lambda row: f"{row.was}  {format_probability(row.change.start_probability)}",
        of_words=True,
    ),
    Column(words="L2", tip="The Euclidean distance from the start.", text=lambda row: _number(row.change.l2)),
    Column(
        words="L∞", tip="The largest change of a pixel, of the range 0 to 1.", text=lambda row: _number(row.change.linf)
    ),
    Column(
        words="Pixels",
        tip="How many pixels changed by more than 1/255, a step of a picture's file.",
        text=lambda row: _NONE if row.change.pixels is None else f"{row.change.pixels:,}",
    ),
    Column(
        words="Confidence",
        tip="The classifier's confidence in the label.",
        text=lambda row: _NONE if row.change.probability is None else format_probability(row.change.probability),
        share=1,
    ),
)


class ChangesTable(RecordTable[_Row]):
    """A table of changes. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            "changes_table",
            "How far each image is from its start",
            _COLUMNS,
            lambda row: row.place,
            several=True,
            empty="No images yet.",
            parent=parent,
        )
        self.fit_width()

    def show_report(self, report: LeastChangeReport, class_names: Sequence[str]) -> None:
        """Shows the changes of `report`."""
        self.set_records(
            _Row(place, class_name(class_names, change.start_class), change)
            for place, change in enumerate(report.changes)
        )
