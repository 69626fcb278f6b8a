"""How far a classifier's guarantee holds around the images of each set."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtWidgets import QWidget

from fooler_gui.core.certified_radii import CertifiedRadii
from fooler_gui.core.evaluation_report import UNIFORM, EvaluationReport
from fooler_gui.core.formats import format_share
from fooler_gui.core.guarantee import level_text
from fooler_gui.features.evaluation.certified_plot import CertifiedPlot
from fooler_gui.features.evaluation.evaluation_words import NONE, NOTHING_YET, set_title
from fooler_gui.widgets.panel_layout import SPACING, Part, QuietLabel, column_of, fill, heading
from fooler_gui.widgets.record_column import Column
from fooler_gui.widgets.record_table import RecordTable


class _Line(NamedTuple):
    """A set, and how far the guarantee holds around its images."""

    name: str
    certified: CertifiedRadii


_COLUMNS: tuple[Column[_Line], ...] = (
    Column(
        words="Set",
        tip="The test images, and images of no class.",
        text=lambda line: set_title(line.name),
        of_words=True,
        share=1,
    ),
    Column(
        words="Images",
        tip="How many were certified: the first of the set.",
        text=lambda line: f"{line.certified.images:,}",
    ),
    Column(
        words="Certified",
        tip="The share of the images with a certified radius over 0. Of test images it should be none: the classifier "
        "is to be sure of them.",
        text=lambda line: format_share(line.certified.share),
        widest="100.0 %",
    ),
    Column(
        words="Radius",
        tip="The median certified radius, a Euclidean distance. 1 is one pixel turned from black to white.",
        text=lambda line: f"{line.certified.median:.2f}",
        widest="Radius",
    ),
    Column(
        words="Of the way",
        tip="The median certified radius over the distance of the training image nearest in pixels, of each image.",
        text=lambda line: NONE if line.certified.median_share is None else format_share(line.certified.median_share, 0),
        widest="Of the way",
    ),
)


class CertifiedSets(QWidget):
    """A row for each set above a curve for each. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("certified")
        self._words = heading(NOTHING_YET)
        self._words.setObjectName("certified_words")
        self._words.setWordWrap(True)
        self._note = QuietLabel(
            "Select a set to see its curve: how many of its images have a certified radius of at least each distance.",
            self,
        )
        self._table: RecordTable[_Line] = RecordTable(
            "certified_table",
            "Certified radii of the sets",
            _COLUMNS,
            lambda line: line.name,
            padding=SPACING,
            parent=self,
        )
        self._plot = CertifiedPlot(self)
        column_of(self._words, self._note, fill(self._table, 4), fill(self._plot, 5), Part(), on=self)
        self.set_report(None)

        self._table.selection_changed.connect(self._on_selection_changed)

    def set_report(self, report: EvaluationReport | None) -> None:
        """Shows the radii of `report`, which may have none."""
        certified = {} if report is None else report.certified
        for widget in (self._note, self._table, self._plot):
            widget.setVisible(bool(certified))
        self._words.setText(_sentence(certified[next(iter(certified))].level) if certified else NOTHING_YET)
        self._table.set_records(_Line(name, radii) for name, radii in certified.items())
        self._plot.set_certified(certified)
        if not self._table.selected():
            self._table.select([UNIFORM])

    def _on_selection_changed(self) -> None:
        selected = self._table.selected()
        self._plot.select(selected[0].name if selected else None)


def _sentence(level: float) -> str:
    return f"No image whatsoever within the certified radius of an image is given more than {level_text(level)}."
