"""The table of a sweep's cells. It asks only for visible cells, and sorts and filters whole columns at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from fooler_gui.core.arrays import IntArray
from fooler_gui.features.sweeps.sweep_words import title_of, value_text
from fooler_gui.sweeps.cell_table import NUMBER, CellTable
from fooler_gui.widgets.panel_layout import SPACING
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs

_Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TIP = "Sorts the cells by this column; once more, the other way round."
_WIDEST = 260
_SAMPLE = 50
"""How many rows tell how wide a column is."""


class _CellsModel(QAbstractTableModel):
    """The shown cells, in their order."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.cells = CellTable((), (), ())
        self.shown: IntArray = np.zeros(0, np.int64)
        self._search = ""
        self._sorted: tuple[str, bool] = (NUMBER, False)

    def set_cells(self, cells: CellTable) -> None:
        is_same = cells.names == self.cells.names
        self.cells = cells
        shown = self._arranged()
        if is_same and np.array_equal(shown, self.shown):
            last = self.index(len(self.shown) - 1, len(cells.names) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        else:
            self._reset(shown)

    def search(self, text: str) -> None:
        self._search = text
        self._reset(self._arranged())

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if 0 <= column < len(self.cells.names):
            self._sorted = self.cells.names[column], order is Qt.SortOrder.DescendingOrder
            self._reset(self._arranged())

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, as Qt declares it
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, as Qt declares it
        return 0 if parent.isValid() else len(self.cells.names)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Vertical or section >= len(self.cells.names):
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return title_of(self.cells.names[section])
            case Qt.ItemDataRole.ToolTipRole:
                return paragraphs(_TIP)
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(section)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(index.row(), index.column())
            case Qt.ItemDataRole.ToolTipRole:
                return paragraphs(self._text(index.row(), index.column()))
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(index.column())
        return None

    def _text(self, row: int, column: int) -> str:
        return value_text(self.cells.column(self.cells.names[column]).values[int(self.shown[row])])

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        return _RIGHT if self.cells.column(self.cells.names[column]).is_numeric else Qt.AlignmentFlag.AlignCenter

    def _arranged(self) -> IntArray:
        name, descending = self._sorted
        order = self.cells.order(name if name in self.cells.names else NUMBER, descending=descending)
        return order[self.cells.matching(self._search)[order]] if self._search.strip() else order

    def _reset(self, shown: IntArray) -> None:
        self.beginResetModel()
        self.shown = shown
        self.endResetModel()


class CellsTable(QTableView):
    """A row for each cell of a sweep. Main thread only.

    Signals:
        cell_chosen: (int) The place of the cell that was chosen.
        open_requested: (int) That of a cell that was double-clicked, or chosen with Return.
    """

    cell_chosen = Signal(int)
    open_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells = _CellsModel(self)
        self._chosen: int | None = None
        self.setObjectName("sweep_cells")
        self.setAccessibleName("Cells of the sweep")
        self.setFont(tabular_font(self.font()))
        self.setModel(self._cells)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + SPACING)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self._cells.modelReset.connect(self._restore)
        self.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self.doubleClicked.connect(lambda index: self.open_requested.emit(int(self._cells.shown[index.row()])))

    def set_cells(self, cells: CellTable) -> None:
        """Shows `cells`; order, search and chosen cell stay."""
        has_other_columns = cells.names != self._cells.cells.names
        self._cells.set_cells(cells)
        if has_other_columns:
            self._size_columns()

    def search(self, text: str) -> None:
        """Shows only the cells that match `text`; see `CellTable.matching`."""
        self._cells.search(text)

    def shown_count(self) -> int:
        """Returns how many cells are shown."""
        return len(self._cells.shown)

    def choose(self, place: int) -> None:
        """Chooses the cell at `place`, if it is shown, and scrolls to it."""
        self._chosen = place
        self._restore()
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def keyPressEvent(self, event: Any) -> None:
        """Opens the chosen cell with Return."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.open_requested.emit(int(self._cells.shown[self.currentIndex().row()]))
        else:
            super().keyPressEvent(event)

    def _restore(self) -> None:
        rows = np.flatnonzero(self._cells.shown == (-1 if self._chosen is None else self._chosen))
        if rows.size:
            index = self._cells.index(int(rows[0]), 0)
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def _on_current_changed(self, index: QModelIndex) -> None:
        if index.isValid():
            place = int(self._cells.shown[index.row()])
            if place != self._chosen:
                self._chosen = place
                self.cell_chosen.emit(place)

    def _size_columns(self) -> None:
        measure, model = self.fontMetrics().horizontalAdvance, self._cells
        for column in range(model.columnCount()):
            texts = [model.data(model.index(row, column)) for row in range(min(_SAMPLE, model.rowCount()))]
            heading = measure(str(model.headerData(column, Qt.Orientation.Horizontal))) + 2 * SPACING
            widest = max(map(measure, texts), default=0)
            self.setColumnWidth(column, min(_WIDEST, max(widest, heading) + 2 * SPACING))
