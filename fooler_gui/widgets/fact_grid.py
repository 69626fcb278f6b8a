"""A few facts, each a name and a figure, in columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from fooler_gui.widgets.panel_layout import SPACING, empty_grid
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs


class FactGrid(QWidget):
    """Names with a figure to the right of each. Main thread only.

    Args:
        columns: The facts of each column from the top, as (name, explanation).
        parent: Owner.
    """

    def __init__(self, columns: Sequence[Sequence[tuple[str, str]]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figures: dict[str, QLabel] = {}
        layout = empty_grid(self, row_gap=SPACING // 4)
        for place, facts in enumerate(columns):
            words_column = 3 * place
            for row, (name, tip) in enumerate(facts):
                words, figure = QLabel(name, self), QLabel(self)
                figure.setFont(tabular_font(figure.font()))
                figure.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
                for label in (words, figure):
                    label.setToolTip(paragraphs(tip))
                layout.addWidget(words, row, words_column)
                layout.addWidget(figure, row, words_column + 1, Qt.AlignmentFlag.AlignRight)
                self._figures[name] = figure
            if facts is not columns[-1]:
                layout.setColumnMinimumWidth(words_column + 2, SPACING // 2)
            layout.setColumnStretch(words_column + 2, 1)

    def set_figures(self, texts: Mapping[str, str]) -> None:
        """Shows `texts`, by the name of the fact."""
        for name, text in texts.items():
            self._figures[name].setText(text)
            self._figures[name].setAccessibleName(f"{name}: {text}")
