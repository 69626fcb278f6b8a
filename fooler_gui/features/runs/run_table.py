"""Runs, a line each, with their images. Used by the run browser."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QTableView, QWidget

from fooler_gui.core.formats import format_bytes, format_moment, format_probability
from fooler_gui.core.run_summary import DAMAGED, FINISHED, GOING_ON, UNFINISHED, RunSummary, labels_in_words
from fooler_gui.widgets.panel_layout import SPACING
from fooler_gui.widgets.quiet_table import Column, RoomyCell
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.thumbnails import MARGIN, paint_strip, thumbnail_mosaic
from fooler_gui.widgets.tooltips import paragraphs

STATE_SIGNS = {FINISHED: "✓", UNFINISHED: "⚠", GOING_ON: "…", DAMAGED: "✗"}
_ON_SCREEN = "▶ on screen"

_SUMMARY_ROLE = Qt.ItemDataRole.UserRole
_THUMBNAIL = 28 + 2 * MARGIN
_THUMBNAILS_SHOWN = 4
_ROW_HEIGHT = _THUMBNAIL + 6

_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class _RunColumn(Column):
    """A column that knows what it says of a run, what it is sorted by, and for how much text it needs room."""

    text: Callable[[RunSummary], str]
    key: Callable[[RunSummary], Any]
    widest: str = ""


def run_title(summary: RunSummary) -> str:
    """Returns the name of a run, or that of its folder where it has none."""
    return summary.name or summary.folder.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]


def _number(value: float) -> float:
    return -1.0 if math.isnan(value) else value


_COLUMNS = (
    _RunColumn(
        words="Images",
        tip=paragraphs("Some images of the last save. Widen the column to see more of them."),
        of_words=True,
        text=lambda _run: "",
        key=lambda run: run.found,
    ),
    _RunColumn(
        words="Name",
        tip=paragraphs("A name of yours, or else that of the folder. F2 edits it."),
        of_words=True,
        text=run_title,
        key=lambda run: (not run.name, run_title(run).casefold()),
    ),
    _RunColumn(
        words="State",
        tip=paragraphs("Whether the run ended, goes on, broke off, or cannot be read."),
        of_words=True,
        text=lambda run: f"{STATE_SIGNS[run.state]} {run.state}",
        key=lambda run: run.state,
        widest="⚠ unfinished",
    ),
    _RunColumn(
        words="Digits",
        tip=paragraphs("What the images are driven towards."),
        of_words=True,
        text=lambda run: labels_in_words(run.label_names) or "–",
        key=lambda run: (len(run.labels), run.labels),
        widest="0–2, 7–9",
    ),
    _RunColumn(
        words="Begun",
        tip=paragraphs("When the run began."),
        of_words=True,
        text=lambda run: format_moment(run.begun),
        key=lambda run: run.moment,
        widest="0000-00-00 00:00",
    ),
    _RunColumn(
        words="Steps",
        tip=paragraphs("How many steps were done."),
        text=lambda run: "–" if run.spec is None else f"{run.steps:,}",
        key=lambda run: run.steps,
        widest="000,000",
    ),
    _RunColumn(
        words="Found",
        tip=paragraphs("How many images are over the run's threshold."),
        text=lambda run: "–" if math.isnan(run.lowest) else f"{run.found:,} of {run.images:,}",
        key=lambda run: run.found,
        widest="00 of 00",
    ),
    _RunColumn(
        words="Lowest p",
        tip=paragraphs("The lowest correct classification probability of the last save."),
        text=lambda run: format_probability(run.lowest),
        key=lambda run: _number(run.lowest),
        widest=">.9999",
    ),
    _RunColumn(
        words="Size",
        tip=paragraphs("What the run takes on disk."),
        text=lambda run: format_bytes(run.bytes),
        key=lambda run: run.bytes,
        widest="000 MB",
    ),
)
_IMAGES, _NAME, _BEGUN, _STATE = (
    next(place for place, column in enumerate(_COLUMNS) if column.words == words)
    for words in ("Images", "Name", "Begun", "State")
)


class _RunModel(QAbstractTableModel):
    """Signals: renamed: (str, str) A folder, and what its run is to be called."""

    renamed = Signal(str, str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._runs: list[RunSummary] = []
        self._rows: dict[str, int] = {}
        self._strips: dict[str, QImage] = {}
        self._on_screen = ""

    def run(self, folder: str) -> RunSummary | None:
        row = self._rows.get(folder)
        return None if row is None else self._runs[row]

    def runs(self) -> tuple[RunSummary, ...]:
        return tuple(self._runs)

    def row_of(self, folder: str) -> int:
        return self._rows[folder]

    def strip(self, run: RunSummary) -> QImage:
        """Returns the images of a run in one row; made when they are first seen."""
        strip = self._strips.get(run.folder)
        if strip is None:
            strip = self._strips[run.folder] = thumbnail_mosaic(run.thumbnails, max(1, len(run.thumbnails)))
        return strip

    def set_runs(self, runs: Sequence[RunSummary]) -> None:
        self.beginResetModel()
        self._runs = list({run.folder: run for run in runs}.values())
        self._strips.clear()
        self._count_rows()
        self.endResetModel()

    def put(self, runs: Iterable[RunSummary]) -> None:
        """Shows `runs` in place of those of the same folders, the others beside those that are there."""
        fresh: dict[str, RunSummary] = {}
        for run in runs:
            row = self._rows.get(run.folder)
            if row is None:
                fresh[run.folder] = run
                continue
            self._runs[row] = run
            self._strips.pop(run.folder, None)
            self.dataChanged.emit(self.index(row, 0), self.index(row, len(_COLUMNS) - 1))
        if fresh:
            first = len(self._runs)
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            self._runs.extend(fresh.values())
            self._count_rows()
            self.endInsertRows()

    def remove(self, folders: Iterable[str]) -> None:
        for folder in folders:
            row = self._rows.get(folder)
            if row is None:
                continue
            self.beginRemoveRows(QModelIndex(), row, row)
            del self._runs[row]
            self._strips.pop(folder, None)
            self._count_rows()
            self.endRemoveRows()

    def set_on_screen(self, folder: str) -> None:
        former, self._on_screen = self._on_screen, folder
        for changed in (former, folder):
            if changed in self._rows:
                index = self.index(self._rows[changed], _STATE)
                self.dataChanged.emit(index, index)

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._runs)

    def columnCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = _COLUMNS[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.words
            case Qt.ItemDataRole.ToolTipRole:
                return column.tip
            case Qt.ItemDataRole.TextAlignmentRole:
                return column.alignment
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        run, column = self._runs[index.row()], _COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                is_on_screen = index.column() == _STATE and run.folder == self._on_screen
                return _ON_SCREEN if is_on_screen else column.text(run)
            case Qt.ItemDataRole.EditRole:
                return run.name
            case Qt.ItemDataRole.ToolTipRole:
                return paragraphs(run.sentence if index.column() == _STATE else run.folder)
            case Qt.ItemDataRole.TextAlignmentRole:
                return column.alignment
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == _IMAGES:
                return f"{len(run.thumbnails)} images"
            case _ if role == _SUMMARY_ROLE:
                return run
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        run = self._runs[index.row()]
        if index.column() == _NAME and run.spec is not None and run.state != GOING_ON:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Asks for another name; it is shown once it is written."""
        run = self._runs[index.row()]
        if role == Qt.ItemDataRole.EditRole and str(value).strip() != run.name:
            self.renamed.emit(run.folder, str(value).strip())
        return False

    def _count_rows(self) -> None:
        self._rows = {run.folder: row for row, run in enumerate(self._runs)}


class _Order(QSortFilterProxyModel):
    """Keeps the runs that are wanted, in the order of a column."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._wanted = ""

    def want(self, wanted: str) -> None:
        self._wanted = wanted
        self.setFilterFixedString(wanted)  # has every row asked for anew

    def filterAcceptsRow(self, row: int, parent: _Index) -> bool:
        return self.sourceModel().index(row, 0, parent).data(_SUMMARY_ROLE).matches(self._wanted)

    def lessThan(self, left: _Index, right: _Index) -> bool:
        key = _COLUMNS[left.column()].key
        return key(left.data(_SUMMARY_ROLE)) < key(right.data(_SUMMARY_ROLE))


class _RunCell(RoomyCell):
    """Paints the images of a run, and the name of a folder more quietly than one that was given."""

    def __init__(self, model: _RunModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model

    def initStyleOption(self, option: QStyleOptionViewItem, index: _Index) -> None:
        super().initStyleOption(option, index)
        if index.column() == _NAME and not index.data(_SUMMARY_ROLE).name:
            quiet = option.palette.color(QPalette.ColorRole.PlaceholderText)
            option.palette.setColor(QPalette.ColorRole.Text, quiet)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        if index.column() == _IMAGES:
            run = index.data(_SUMMARY_ROLE)
            if len(run.thumbnails):
                margin = SPACING // 4
                box = option.rect.adjusted(2 * margin, margin, -margin, -margin)
                paint_strip(painter, box, self._model.strip(run), len(run.thumbnails))


class RunTable(QTableView):
    """The runs that are wanted, of which several can be selected. Main thread only.

    Signals:
        selection_moved: The selected runs are others.
        open_wished: (str) The folder of a run that was double-clicked, or chosen with the Return key.
        delete_wished: The Delete key was pressed.
        renamed: (str, str) A folder, and what its run is to be called.
        menu_wished: Where (QPoint, of the screen) the menu of the selected runs was asked for.
        count_changed: More or fewer runs are shown.
    """

    selection_moved = Signal()
    open_wished = Signal(str)
    delete_wished = Signal()
    renamed = Signal(str, str)
    menu_wished = Signal(QPoint)
    count_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run_table")
        self.setAccessibleName("Runs")
        self.setFont(tabular_font(self.font()))
        self._runs = _RunModel(self)
        self._order = _Order(self)
        self._order.setSourceModel(self._runs)
        self.setModel(self._order)
        self.setItemDelegate(_RunCell(self._runs, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(max(_ROW_HEIGHT, self.fontMetrics().height() + SPACING))
        self._size_columns()
        self.setSortingEnabled(True)
        self.sortByColumn(_BEGUN, Qt.SortOrder.DescendingOrder)

        self.selectionModel().selectionChanged.connect(self.selection_moved)
        self.doubleClicked.connect(lambda index: self.open_wished.emit(index.data(_SUMMARY_ROLE).folder))
        self.customContextMenuRequested.connect(lambda at: self.menu_wished.emit(self.viewport().mapToGlobal(at)))
        self._runs.renamed.connect(self.renamed)
        for changed in (self._order.rowsInserted, self._order.rowsRemoved, self._order.modelReset):
            changed.connect(self.count_changed)

    def runs(self) -> tuple[RunSummary, ...]:
        """Returns every run, wanted or not."""
        return self._runs.runs()

    def run(self, folder: str) -> RunSummary | None:
        """Returns the run in `folder`; None where it is not listed."""
        return self._runs.run(folder)

    def set_runs(self, runs: Sequence[RunSummary]) -> None:
        """Lists `runs` and no others; what is selected stays so."""
        selected = [run.folder for run in self.selected()]
        self._runs.set_runs(runs)
        self.select(selected)

    def put(self, runs: Sequence[RunSummary]) -> None:
        """Lists `runs` in place of those of the same folders, and beside the others."""
        changed = {run.folder for run in runs}
        self._runs.put(runs)
        if any(run.folder in changed for run in self.selected()):
            self.selection_moved.emit()

    def remove(self, folders: Iterable[str]) -> None:
        """Lists the runs in `folders` no longer."""
        self._runs.remove(folders)

    def want(self, wanted: str) -> None:
        """Shows only what is `wanted` (`RunSummary.matches`)."""
        self._order.want(wanted)

    def set_on_screen(self, folder: str) -> None:
        """Marks the run that is on screen."""
        self._runs.set_on_screen(folder)

    def shown_count(self) -> int:
        """Returns how many runs are shown."""
        return self._order.rowCount()

    def shown(self) -> list[str]:
        """Returns the folders of the runs that are shown, from above."""
        return [self._order.index(row, 0).data(_SUMMARY_ROLE).folder for row in range(self._order.rowCount())]

    def selected(self) -> list[RunSummary]:
        """Returns the selected runs, from above."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._order.index(row, 0).data(_SUMMARY_ROLE) for row in rows]

    def select(self, folders: Iterable[str]) -> None:
        """Selects the runs in `folders` that are shown, and scrolls to the first of them."""
        flags = QItemSelectionModel.SelectionFlag
        self.clearSelection()
        for folder in folders:
            if self._runs.run(folder) is None:
                continue
            index = self._order.mapFromSource(self._runs.index(self._runs.row_of(folder), _NAME))
            if index.isValid():
                if not self.selectionModel().hasSelection():
                    self.selectionModel().setCurrentIndex(index, flags.NoUpdate)
                    self.scrollTo(index)
                self.selectionModel().select(index, flags.Select | flags.Rows)

    def select_row(self, row: int) -> None:
        """Selects the run in `row`, or the last one where there are fewer."""
        if self.shown_count():
            self.selectRow(min(row, self.shown_count() - 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Opens, names and deletes by keys."""
        if event.matches(QKeySequence.StandardKey.Delete):
            self.delete_wished.emit()
        elif event.key() == Qt.Key.Key_F2 and self.currentIndex().isValid():
            self.edit(self.currentIndex().siblingAtColumn(_NAME))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected():
            self.open_wished.emit(self.selected()[0].folder)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Gives the names what room the other columns leave."""
        super().resizeEvent(event)
        self._fill()

    def _size_columns(self) -> None:
        header, measure = self.horizontalHeader(), self.fontMetrics().horizontalAdvance
        header.setHighlightSections(False)
        header.setMinimumSectionSize(_THUMBNAIL + SPACING)
        for place, column in enumerate(_COLUMNS):
            header.resizeSection(place, max(measure(column.widest), measure(column.words) + 2 * SPACING) + 2 * SPACING)
        header.resizeSection(_IMAGES, _THUMBNAILS_SHOWN * _THUMBNAIL + SPACING)
        self._least_name = measure("Strong diversity, averages")
        header.sectionResized.connect(lambda place, *_sizes: place == _NAME or self._fill())

    def _fill(self) -> None:
        header = self.horizontalHeader()
        others = header.length() - header.sectionSize(_NAME)
        header.resizeSection(_NAME, max(self._least_name, self.viewport().width() - others))
