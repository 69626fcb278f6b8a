"""What a table of records asks Qt to show: the records by key, and the shown ones in order."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from fooler_gui.widgets.probability_scale import ink_on
from fooler_gui.widgets.record_column import Column
from fooler_gui.widgets.tooltips import paragraphs

T = TypeVar("T")

Index = QModelIndex | QPersistentModelIndex
RECORD = Qt.ItemDataRole.UserRole
"""The role of a cell's record."""


class RecordModel(QAbstractTableModel, Generic[T]):
    """All records by key, and the shown ones in order.

    Args:
        columns: From the left.
        key: As for `RecordTable`.
        span: Likewise.
        row_words: Likewise.
        parent: Owner.

    Signals:
        edit_requested: (record, str) As of `RecordTable`.
        tick_requested: (record, bool) Likewise.
    """

    edit_requested = Signal(object, str)
    tick_requested = Signal(object, bool)

    def __init__(
        self,
        columns: Sequence[Column[T]],
        key: Callable[[T], Hashable],
        span: Callable[[T], int | None] | None,
        row_words: Callable[[T], str] | None,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.key, self.spanning, self.row_words = key, span, row_words
        self.records: dict[Hashable, T] = {}
        self.shown: list[T] = []
        self.wanted: Callable[[T], bool] | None = None
        self.rows: dict[Hashable, int] = {}
        self._sorted_by: Column[T] | None = None
        self._descending = False
        self._strong = QFont()

    def take_font(self, font: QFont) -> None:
        """Takes the font of headings among the records from that of the table."""
        self._strong = QFont(font)
        self._strong.setBold(True)

    def set_columns(self, columns: Sequence[Column[T]]) -> None:
        """Shows other columns."""
        self.beginResetModel()
        self.columns = tuple(columns)
        self.endResetModel()

    def arrange(self) -> None:
        """Filters and sorts the records; selection and editors stay with their records."""
        shown = [record for record in self.records.values() if self.wanted is None or self.wanted(record)]
        if self._sorted_by is not None and self._sorted_by.order is not None:
            shown.sort(key=self._sorted_by.order, reverse=self._descending)
        keys = [self.key(record) for record in shown]
        former, self.shown = self.shown, shown
        if keys == list(self.rows):
            changed = [row for row, (old, new) in enumerate(zip(former, shown, strict=True)) if old is not new]
            if changed:
                self.tell_changed(changed[0], changed[-1])
            return
        self.shown = former
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        places = [(self.key(former[index.row()]), index.column()) for index in before]
        self.shown, self.rows = shown, {key: row for row, key in enumerate(keys)}
        after = [self.index(self.rows[key], column) if key in self.rows else QModelIndex() for key, column in places]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def tell_changed(self, first: int, last: int) -> None:
        """Has the rows from `first` to `last` painted anew."""
        if self.shown and self.columns:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sorts by a column; by none where there is no such."""
        self._sorted_by = self.columns[column] if 0 <= column < len(self.columns) else None
        self._descending = order == Qt.SortOrder.DescendingOrder
        self.arrange()

    def rowCount(self, parent: Index | None = None) -> int:
        """Returns how many records are shown."""
        return 0 if parent is not None and parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index | None = None) -> int:
        """Returns how many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns what a heading shows, says or is aligned by."""
        if orientation is Qt.Orientation.Vertical:
            if self.row_words is None or role != Qt.ItemDataRole.DisplayRole:
                return None
            return self.row_words(self.shown[section])
        column = self.columns[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.heading
            case Qt.ItemDataRole.ToolTipRole:
                return paragraphs(*column.tip.splitlines())
            case Qt.ItemDataRole.TextAlignmentRole:
                return column.alignment
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns what a cell shows, says or is painted by."""
        record, column = self.shown[index.row()], self.columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.text(record)
            case Qt.ItemDataRole.EditRole if column.edited is not None:
                return column.edited(record)
            case Qt.ItemDataRole.CheckStateRole if column.ticked is not None:
                return Qt.CheckState.Checked if column.ticked(record) else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.ToolTipRole if column.cell_tip is not None:
                return column.cell_tip(record)
            case Qt.ItemDataRole.AccessibleTextRole if column.spoken is not None:
                return column.spoken(record)
            case Qt.ItemDataRole.BackgroundRole if column.ground is not None:
                return column.ground(record)
            case Qt.ItemDataRole.ForegroundRole if column.ground is not None:
                return ink_on(column.ground(record))
            case Qt.ItemDataRole.TextAlignmentRole:
                is_spanning = index.column() and self.spanning is not None and self.spanning(record) == index.column()
                return Qt.AlignmentFlag.AlignCenter if is_spanning else column.alignment
            case Qt.ItemDataRole.FontRole if self.spanning is not None and self.spanning(record) == 0:
                return self._strong
            case _ if role == RECORD:
                return record
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Returns whether a cell can be edited or ticked."""
        column, record = self.columns[index.column()], self.shown[index.row()]
        flags = super().flags(index)
        if column.edited is not None and column.edited(record) is not None:
            flags |= Qt.ItemFlag.ItemIsEditable
        if column.ticked is not None and column.may_tick(record):
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Requests another text or tick; it is shown once the record has it."""
        record, edited = self.shown[index.row()], self.columns[index.column()].edited
        if role == Qt.ItemDataRole.CheckStateRole:
            self.tick_requested.emit(record, Qt.CheckState(value) is Qt.CheckState.Checked)
            return False
        if role == Qt.ItemDataRole.EditRole and edited is not None and str(value).strip() != edited(record):
            self.edit_requested.emit(record, str(value).strip())
        return False
