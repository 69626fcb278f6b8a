"""A table of words and figures without grid lines, whose headers line up with what stands under them. For panels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from fooler_gui.widgets.panel_layout import SPACING
from fooler_gui.widgets.theme import tabular_font

_ROW_MARGIN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table.

    Attributes:
        words: At its head.
        tip: What stands in it, as a tooltip (`paragraphs`).
        of_words: Whether it holds words, which begin on the left, and not figures, which end on the right.
    """

    words: str
    tip: str
    of_words: bool = False

    @property
    def alignment(self) -> Qt.AlignmentFlag:
        """How its head and its cells are aligned."""
        side = Qt.AlignmentFlag.AlignLeft if self.of_words else Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignVCenter


class RoomyCell(QStyledItemDelegate):
    """A cell that keeps some distance from the next one."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Returns the size of what stands in the cell, with a margin."""
        return super().sizeHint(option, index) + QSize(SPACING // 2, 0)


class QuietTable(QTableWidget):
    """A table that cannot be edited and of which one row is selected at most. Main thread only.

    Args:
        name: Its object name.
        accessible_name: What it lists.
        columns: From the left.
        parent: The widget that it stands in.
    """

    def __init__(
        self, name: str, accessible_name: str, columns: Sequence[Column], parent: QWidget | None = None
    ) -> None:
        super().__init__(0, len(columns), parent)
        self._columns = tuple(columns)
        self._filling: int | None = None
        self._least = 0
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setFont(tabular_font(self.font()))
        self.setItemDelegate(RoomyCell(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + _ROW_MARGIN)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for place, column in enumerate(columns):
            item = QTableWidgetItem(column.words)
            item.setToolTip(column.tip)
            item.setTextAlignment(column.alignment)
            self.setHorizontalHeaderItem(place, item)

    def fill_with(self, column: int, text: str) -> None:
        """Lets `column` take what width the others leave, and at least that of `text`; else the table scrolls."""
        self._filling, self._least = column, self.fontMetrics().horizontalAdvance(text) + 2 * SPACING
        self.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().geometriesChanged.connect(self._fill)
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the table filled."""
        super().resizeEvent(event)
        self._fill()

    def set_row(self, row: int, texts: Sequence[str]) -> None:
        """Writes `texts` into the cells of `row`, from the left."""
        for place, text in enumerate(texts):
            self.set_text(row, place, text)

    def set_text(self, row: int, column: int, text: str) -> None:
        """Writes `text` into a cell."""
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            item.setTextAlignment(self._columns[column].alignment)
            self.setItem(row, column, item)
        item.setText(text)

    def _fill(self) -> None:
        if self._filling is None:
            return
        header = self.horizontalHeader()
        others = header.length() - header.sectionSize(self._filling)
        header.resizeSection(self._filling, max(self._least, self.viewport().width() - others))
