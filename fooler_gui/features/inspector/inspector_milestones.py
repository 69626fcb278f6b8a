"""When an image first led, and first passed each threshold, and where it then was. The inspector uses it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from fooler_gui.core.milestones import NAMES, TOP_CLASS, Milestone
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs

NOT_YET = "not yet"
_COLUMNS = (
    ("step", "The step of the first save at which it held."),
    ("gradients", "How many gradients were computed for the slot until then, those of images it held before included."),
    ("moved", "The Euclidean distance from the image that it started as, in units of brightness."),
    ("pixels", "The smallest and the greatest pixel of the image then."),
)
_TIPS = {TOP_CLASS: "The label became the most probable class."}


class MilestoneTable(QWidget):
    """A row for each milestone, in the order in which they are usually reached. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector_milestones")
        self._shown: dict[str, Milestone] | None = None
        self._cells: dict[str, tuple[QLabel, ...]] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACING)
        grid.setVerticalSpacing(SPACING // 2)
        right = Qt.AlignmentFlag.AlignRight
        for column, (words, tip) in enumerate(_COLUMNS, start=1):
            heading = QuietLabel(words, self)
            heading.setToolTip(paragraphs(tip))
            heading.setWordWrap(False)
            grid.addWidget(heading, 0, column, right)
            grid.setColumnStretch(column, 1)
        for row, name in enumerate(NAMES, start=1):
            title = QLabel(name, self)
            title.setTextFormat(Qt.TextFormat.PlainText)
            title.setToolTip(paragraphs(_TIPS.get(name, "The probability of the label passed the threshold.")))
            grid.addWidget(title, row, 0)
            self._cells[name] = tuple(self._make_cell(name, words) for words, _ in _COLUMNS)
            for column, cell in enumerate(self._cells[name], start=1):
                grid.addWidget(cell, row, column, right)
        self.set_milestones({})

    def set_milestones(self, milestones: Mapping[str, Milestone]) -> None:
        """Shows the `milestones` that were reached, by name."""
        if milestones == self._shown:
            return
        self._shown = dict(milestones)
        for name, cells in self._cells.items():
            milestone = milestones.get(name)
            texts = ("", "", "", NOT_YET) if milestone is None else _texts(milestone)
            for cell, text, (words, _) in zip(cells, texts, _COLUMNS, strict=True):
                cell.setText(text)
                cell.setAccessibleName(f"{name}, {words}: {text or NOT_YET}")

    def _make_cell(self, name: str, words: str) -> QLabel:
        cell = QLabel(self)
        cell.setObjectName(f"milestone_{name}_{words}".replace(" ", "_"))
        cell.setFont(tabular_font(cell.font()))
        return cell


def _texts(milestone: Milestone) -> tuple[str, ...]:
    return (
        f"{milestone.step:,}",
        f"{milestone.evaluations:,}",
        f"{milestone.distance:.2f}",
        f"{_pixel(milestone.least)} … {_pixel(milestone.greatest)}",
    )


def _pixel(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "−")
