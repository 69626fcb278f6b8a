"""A table for records of any kind: its columns are declared, its rows are the records.

It asks only for visible cells, so that ten thousand records cost no more than ten.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QItemSelectionModel, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from fooler_gui.widgets.panel_layout import SPACING
from fooler_gui.widgets.record_column import Column
from fooler_gui.widgets.record_model import RECORD, Index, RecordModel
from fooler_gui.widgets.theme import tabular_font

T = TypeVar("T")


class _Cell(QStyledItemDelegate):
    """A cell with some padding, and its column's colour or painting."""

    def __init__(self, table: RecordTable[Any]) -> None:
        super().__init__(table)
        self._table = table

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return super().sizeHint(option, index) + QSize(SPACING // 2, 0)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        column = self._table.columns()[index.column()]
        role = column.role
        if column.ticked is not None:  # Fusion outlines a box in a darker shade of the window, unseen in the dark
            option.palette.setColor(QPalette.ColorRole.Window, option.palette.color(QPalette.ColorRole.PlaceholderText))
        if role is not None:
            option.palette.setColor(QPalette.ColorRole.Text, option.palette.color(role(index.data(RECORD))))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        paint = self._table.columns()[index.column()].paint
        if paint is None:
            super().paint(painter, option, index)
            return
        bare = QStyleOptionViewItem(option)
        self.initStyleOption(bare, index)
        text, bare.text = bare.text, ""
        self._table.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, bare, painter, self._table)
        bare.text = text
        painter.save()
        paint(painter, bare, index.data(RECORD))
        painter.restore()


class RecordTable(QTableView, Generic[T]):
    """One row per record, editable only where a column says so. Main thread only.

    Ctrl+C copies the selected rows, or all if none is, with headings and tabs between cells.

    Args:
        name: Its object name.
        accessible_name: What it lists.
        columns: From the left.
        key: Returns what identifies a record when it changes, also in the selection.
        empty: The text shown if there are no records.
        several: Whether several records can be selected.
        span: Returns the column from which a record's text spans all columns, or None: from the first column it is a
            heading, from another it is centred.
        row_words: Returns a record's row header, which does not scroll with the columns.
        row_height: The minimum, in pixels.
        tight: Whether rows are closely spaced.
        padding: Space in each column besides its widest text, in pixels.
        parent: Owner.

    Signals:
        selection_changed: Other records are selected, or a selected one has changed.
        shown_changed: The number of records, or of shown ones, has changed.
        open_requested: (record) It was double-clicked, or chosen with Return.
        delete_requested: The Delete key was pressed.
        menu_requested: (QPoint) Where on the screen to open the context menu of the selected records.
        edit_requested: (record, str) The new text.
        tick_requested: (record, bool) Whether it is to be ticked.
    """

    selection_changed = Signal()
    shown_changed = Signal()
    open_requested = Signal(object)
    delete_requested = Signal()
    menu_requested = Signal(QPoint)
    edit_requested = Signal(object, str)
    tick_requested = Signal(object, bool)

    def __init__(
        self,
        name: str,
        accessible_name: str,
        columns: Sequence[Column[T]],
        key: Callable[[T], Hashable],
        *,
        empty: str = "",
        several: bool = False,
        span: Callable[[T], int | None] | None = None,
        row_words: Callable[[T], str] | None = None,
        row_height: int = 0,
        tight: bool = False,
        padding: int = 2 * SPACING,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._empty = empty
        self._padding = padding
        self._selected: list[T] = []
        self._counts = 0, 0
        self._records: RecordModel[T] = RecordModel(columns, key, span, row_words, self)
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setFont(tabular_font(self.font()))
        self._records.take_font(self.font())
        self.setModel(self._records)
        self.setItemDelegate(_Cell(self))
        modes = QAbstractItemView.SelectionMode
        self.setSelectionMode(modes.ExtendedSelection if several else modes.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().setVisible(row_words is not None)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(1)
        line = self.fontMetrics().height() + (SPACING // 4 if tight else SPACING)
        self.verticalHeader().setDefaultSectionSize(max(row_height, line))
        self.horizontalHeader().setHighlightSections(False)
        self._size_columns()
        self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(any(column.order is not None for column in columns))

        self._records.edit_requested.connect(self.edit_requested)
        self._records.tick_requested.connect(self.tick_requested)
        self.selectionModel().selectionChanged.connect(self._tell_selection)
        self.doubleClicked.connect(lambda index: self.open_requested.emit(index.data(RECORD)))
        self.customContextMenuRequested.connect(lambda at: self.menu_requested.emit(self.viewport().mapToGlobal(at)))
        self.horizontalHeader().geometriesChanged.connect(self._share_width)
        self.horizontalHeader().sectionResized.connect(self._on_section_resized)

    def columns(self) -> tuple[Column[T], ...]:
        """Returns the columns, from the left."""
        return self._records.columns

    def set_columns(self, columns: Sequence[Column[T]]) -> None:
        """Shows other columns of the same records."""
        self._records.set_columns(columns)
        self._size_columns()

    def records(self) -> tuple[T, ...]:
        """Returns every record, shown or not."""
        return tuple(self._records.records.values())

    def record(self, key: Hashable) -> T | None:
        """Returns the record with this key, or None."""
        return self._records.records.get(key)

    def set_records(self, records: Iterable[T]) -> None:
        """Lists exactly `records`; the selection stays."""
        self._records.records = {self._records.key(record): record for record in records}
        self._arrange()

    def put(self, records: Iterable[T]) -> None:
        """Adds `records`, replacing those with the same keys."""
        self._records.records.update((self._records.key(record), record) for record in records)
        self._arrange()

    def remove(self, keys: Iterable[Hashable]) -> None:
        """Removes the records with these keys."""
        for key in keys:
            self._records.records.pop(key, None)
        self._arrange()

    def want(self, wanted: Callable[[T], bool] | None) -> None:
        """Shows only the records that are `wanted`; None shows all."""
        self._records.wanted = wanted
        self._arrange()

    def refresh(self) -> None:
        """Updates the headings and the visible cells."""
        self._records.tell_changed(0, len(self._records.shown) - 1)
        self._records.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns()) - 1)

    def shown(self) -> tuple[T, ...]:
        """Returns the shown records, from the top."""
        return tuple(self._records.shown)

    def cells(self) -> list[list[str]]:
        """Returns the texts of the shown records, from the top and the left."""
        return [self._texts(record) for record in self._records.shown]

    def selected(self) -> list[T]:
        """Returns the selected records, from the top."""
        selection = self.selectionModel().selection()
        ranges = (selection.at(place) for place in range(selection.count()))
        rows = sorted({row for part in ranges for row in range(part.top(), part.bottom() + 1)})
        return [self._records.shown[row] for row in rows]

    def select(self, keys: Iterable[Hashable]) -> None:
        """Selects the shown records with these keys, and scrolls to the first."""
        flags = QItemSelectionModel.SelectionFlag
        self.clearSelection()
        for key in keys:
            if (row := self._records.rows.get(key)) is None:
                continue
            index = self._records.index(row, 0)
            if not self.selectionModel().hasSelection():
                self.selectionModel().setCurrentIndex(index, flags.NoUpdate)
                self.scrollTo(index)
            self.selectionModel().select(index, flags.Select | flags.Rows)

    def select_row(self, row: int) -> None:
        """Selects the record in `row`, or the last one if there are fewer."""
        shown = self._records.shown
        self.select(self._records.key(record) for record in shown[: row + 1][-1:])

    def fit_height(self, most: int | None = None) -> None:
        """Makes the table as high as its records, or as `most` of them, beyond which it scrolls."""
        rows = len(self._records.shown)
        is_whole = most is None or rows <= most
        policies = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policies.ScrollBarAlwaysOff if is_whole else policies.ScrollBarAsNeeded)
        rows = rows if most is None else min(rows, most)
        header = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(header + rows * self.verticalHeader().defaultSectionSize() + 2 * self.frameWidth())

    def fit_width(self) -> None:
        """Makes the table never narrower than its columns, so that it does not scroll sideways."""
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(sum(map(self._least_width, range(len(self.columns())))) + 2 * self.frameWidth())

    def copy(self) -> None:
        """Copies the selected records, or all, as text with headings and tabs between cells."""
        lines = [[column.heading for column in self.columns()], *map(self._texts, self.selected() or self.shown())]
        text = "\n".join("\t".join(" ".join(cell.split()) for cell in line) for line in lines)
        QGuiApplication.clipboard().setText(text + "\n")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Opens, renames, deletes and copies by keys."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Delete):
            self.delete_requested.emit()
        elif event.key() == Qt.Key.Key_F2 and self.currentIndex().isValid():
            place = next((place for place, column in enumerate(self.columns()) if column.edited is not None), None)
            if place is not None:
                self.edit(self.currentIndex().siblingAtColumn(place))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected():
            self.open_requested.emit(self.selected()[0])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Shows the `empty` text if there are no records."""
        super().paintEvent(event)
        if self._empty and not self._records.shown:
            with QPainter(self.viewport()) as painter:
                painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
                room = self.viewport().rect().adjusted(SPACING, SPACING, -SPACING, -SPACING)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Distributes the width."""
        super().resizeEvent(event)
        self._share_width()

    def _texts(self, record: T) -> list[str]:
        return [column.text(record) for column in self.columns()]

    def _arrange(self) -> None:
        self._records.arrange()
        span = self._records.spanning
        if span is not None:
            self.clearSpans()
            columns = len(self.columns())
            for row, record in enumerate(self._records.shown):
                if (first := span(record)) is not None and columns - first > 1:
                    self.setSpan(row, first, 1, columns - first)
        counts = len(self._records.shown), len(self._records.records)
        if counts != self._counts:
            self._counts = counts
            self.shown_changed.emit()
        self._tell_selection()

    def _tell_selection(self) -> None:
        """Emits `selection_changed` once, whether by the user or because records changed or were removed."""
        selected = self.selected()
        if list(map(id, selected)) != list(map(id, self._selected)):
            self._selected = selected
            self.selection_changed.emit()

    def _size_columns(self) -> None:
        header, measure = self.horizontalHeader(), self.fontMetrics().horizontalAdvance
        modes = QHeaderView.ResizeMode
        for place, column in enumerate(self.columns()):
            is_fixed = bool(column.widest or column.share)
            header.setSectionResizeMode(place, modes.Interactive if is_fixed else modes.ResizeToContents)
            if is_fixed:
                header.resizeSection(place, self._least_width(place))
        self._share_width()
        header.setMinimumSectionSize(measure("0") + SPACING)

    def _least_width(self, place: int) -> int:
        column, measure = self.columns()[place], QFontMetricsF(self.font()).horizontalAdvance
        heading = max(map(measure, column.heading.splitlines()), default=0.0)
        if column.order is not None:
            heading += 2 * SPACING  # the arrow of the sort order
        return math.ceil(max(heading, measure(column.widest))) + self._padding

    def _on_section_resized(self, place: int) -> None:
        if not self.columns()[place].share:
            self._share_width()

    def _share_width(self) -> None:
        """Distributes the remaining width to the columns with a share; if it is too small the table scrolls."""
        header, columns = self.horizontalHeader(), self.columns()
        sharing = [place for place, column in enumerate(columns) if column.share]
        if not sharing:
            return
        least = {place: self._least_width(place) for place in sharing}
        room = self.viewport().width() - header.length() + sum(header.sectionSize(place) for place in sharing)
        spare = max(room - sum(least.values()), 0)
        shares = sum(columns[place].share for place in sharing)
        for place in sharing:
            header.resizeSection(place, least[place] + spare * columns[place].share // shares)
