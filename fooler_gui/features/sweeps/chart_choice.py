"""Chooses which figure a chart shows, and over which of the varied options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from fooler_gui.features.sweeps.sweep_words import title_of
from fooler_gui.sweeps.grouping import FOOLING, SEED
from fooler_gui.widgets.number_fields import ChoiceBox
from fooler_gui.widgets.panel_layout import SPACING, STRETCH, column_of, row_of
from fooler_gui.widgets.tooltips import paragraphs

FIGURE, ACROSS, DOWN, BY = "Figure", "Across", "Down", "A grid for each"
_TIPS = {
    FIGURE: "What is shown of the cells.",
    ACROSS: "The varied setting along a row.",
    DOWN: "The varied setting along a column.",
    BY: "The varied setting that differs between grids.",
}
_NOTHING = "–"
_LETTERS, _LETTERS_ALONE = 22, 36
"""Of the longest title that is shown whole, beside other choices or alone."""


class ChartChoice(QWidget):
    """A choice of a figure, and perhaps of options. Main thread only.

    Args:
        name: Begins the choices' object names.
        places: Which of `ACROSS`, `DOWN` and `BY` there are; all but the first may be left empty.
        parent: Owner.

    Signals:
        changed: Something else was chosen.
    """

    changed = Signal()

    def __init__(self, name: str, places: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._options: tuple[str, ...] = ()
        self._figures: tuple[str, ...] = ()
        self._picked: str | None = None
        letters = _LETTERS if places else _LETTERS_ALONE
        self._boxes = {place: self._make_box(name, place, letters) for place in (FIGURE, *places)}
        row_of(*map(self._labelled, self._boxes), STRETCH, on=self, margins=(0, SPACING // 2))
        for place, box in self._boxes.items():
            box.activated.connect(lambda _index, place=place: self._on_chosen(place))

    def offer(self, figures: Sequence[str], options: Sequence[str]) -> None:
        """Offers `figures` and `options`; what was chosen stays where it can."""
        if tuple(figures) != self._figures:
            self._figures = tuple(figures)
            usual = FOOLING if FOOLING in figures else figures[0] if figures else None
            self._fill(FIGURE, {figure: title_of(figure) for figure in figures}, self._picked or usual)
        if tuple(options) != self._options:
            self._options = tuple(options)
            usual_order = [*(name for name in options if name != SEED), *(name for name in options if name == SEED)]
            titles = {option: title_of(option) for option in options}
            for rank, place in enumerate(place for place in (ACROSS, DOWN, BY) if place in self._boxes):
                usual = usual_order[rank] if rank < len(usual_order) else None
                is_seed = rank > 1 and usual == SEED
                self._fill(place, titles, None if is_seed else usual, may_be_none=rank > 0)

    def chosen(self) -> Mapping[str, str | None]:
        """Returns what is chosen at each place; None for nothing."""
        return {place: box.currentData() for place, box in self._boxes.items()}

    def _labelled(self, place: str) -> QVBoxLayout:
        label, box = QLabel(place, self), self._boxes[place]
        label.setBuddy(box)
        label.setToolTip(box.toolTip())
        return column_of(label, box, gap=2)

    def _make_box(self, name: str, place: str, letters: int) -> ChoiceBox:
        box = ChoiceBox(self)
        box.setObjectName(f"{name}_{place.lower().replace(' ', '_')}")
        box.setAccessibleName(place)
        box.setToolTip(paragraphs(_TIPS[place]))
        box.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        box.setMaximumWidth(letters * box.fontMetrics().averageCharWidth())
        return box

    def _fill(self, place: str, titles: Mapping[str, str], wanted: str | None, *, may_be_none: bool = False) -> None:
        box = self._boxes[place]
        with QSignalBlocker(box):
            box.clear()
            if may_be_none:
                box.addItem(_NOTHING, None)
            for name, title in titles.items():
                box.addItem(title, name)
            box.setCurrentIndex(max(0, box.findData(wanted)))

    def _on_chosen(self, place: str) -> None:
        """Takes what was chosen away from where it was before."""
        wanted = self._boxes[place].currentData()
        if place == FIGURE:
            self._picked = wanted
        for other in (ACROSS, DOWN, BY):
            if place in (ACROSS, DOWN, BY) and other != place and other in self._boxes:
                box = self._boxes[other]
                if wanted is not None and box.currentData() == wanted:
                    free = next(name for name in (*self._options, None) if name not in self.chosen().values())
                    with QSignalBlocker(box):
                        box.setCurrentIndex(box.findData(free))
        self.changed.emit()
