"""How sure every classifier of a sequence of rounds is of the images of every round, as a table of colours."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from fooler_gui.core.formats import format_probability
from fooler_gui.core.round_report import RoundReport, matrix
from fooler_gui.features.rounds.round_plot import BEFORE
from fooler_gui.widgets.colours import RESTARTED
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel
from fooler_gui.widgets.probability_scale import ink_on, scale_colour
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs

EMPTY = "No round yet."
_TITLE = "Mean probability of their label that images of a round (row) get from a classifier (column)"
_NOTE = "Left of the line: classifiers from before the images. Right of it: classifiers retrained since."
_LINE_PIXELS = 2
_CELL_PADDING = 12
_MOST_ROWS_WITHOUT_SCROLLING = 8


class _Cell(QStyledItemDelegate):
    """A number on its colour; a line parts the classifiers before a round's retraining from those after it."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paints one cell."""
        box = option.rect
        ink = index.data(Qt.ItemDataRole.ForegroundRole).color()
        painter.save()
        painter.fillRect(box, index.data(Qt.ItemDataRole.BackgroundRole))
        painter.setFont(index.data(Qt.ItemDataRole.FontRole))
        painter.setPen(ink)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, index.data())
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.drawRect(box.adjusted(3, 3, -4, -4))
        if index.column() == index.row() + 1:
            line = QColor(RESTARTED)
            painter.fillRect(box.left(), box.top(), _LINE_PIXELS, box.height(), line)
            if index.row() + 1 < index.model().rowCount():
                painter.fillRect(box.left(), box.bottom() + 1 - _LINE_PIXELS, box.width(), _LINE_PIXELS, line)
        painter.restore()


class RoundsMatrix(QWidget):
    """A row for the images of each round, a column for each classifier; scrolls when there are many.

    Main thread only.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rounds_matrix")
        self._empty = QuietLabel(EMPTY, self)
        self._empty.setObjectName("rounds_matrix_empty")
        self._title = QuietLabel(_TITLE, self)
        self._note = QuietLabel(_NOTE, self)
        self._note.setObjectName("rounds_matrix_note")
        self._table = self._make_table()
        self._shown: tuple[tuple[float, ...], ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACING // 2)
        layout.addWidget(self._empty)
        layout.addWidget(self._title)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._note)
        layout.addStretch(0)
        self.set_reports(())

    def set_reports(self, reports: tuple[RoundReport, ...]) -> None:
        """Shows the matrix of `reports`, that of the classifier before the first round in front."""
        rows = matrix(tuple(reports))
        self._empty.setVisible(not rows)
        for widget in (self._title, self._table, self._note):
            widget.setVisible(bool(rows))
        table, grown = self._table, len(rows) != self._table.rowCount()
        table.setRowCount(len(rows))
        table.setColumnCount(len(rows) + 1 if rows else 0)
        rounds = [report.number for report in reports[1:]] if rows else []
        table.setVerticalHeaderLabels([f"images of round {number}" for number in rounds])
        table.setHorizontalHeaderLabels([BEFORE, *map(str, rounds)] if rows else [])
        shown, self._shown = self._shown, rows
        for row, scores in enumerate(rows):
            known = shown[row] if row < len(shown) else ()
            for column, score in enumerate(scores):
                if column < len(known) and known[column] == score:
                    continue  # with many rounds there are many cells, of which few are new
                table.setItem(row, column, self._item(rounds[row], rounds[column - 1] if column else 0, score))
        if not rows:
            return
        self._fit_table(len(rows))
        if grown:
            table.scrollToItem(table.item(len(rows) - 1, len(rows)))

    def _fit_table(self, rows: int) -> None:
        """Keeps a few rows in sight, and lets no empty ground stand below the last one."""
        table = self._table
        table.verticalHeader().setFixedWidth(table.verticalHeader().sizeHint().width() + SPACING)
        row, header = table.verticalHeader().defaultSectionSize(), table.horizontalHeader().sizeHint().height()
        bar = table.horizontalScrollBar().sizeHint().height()
        table.setMinimumHeight(header + row * min(rows, _MOST_ROWS_WITHOUT_SCROLLING) + bar)
        table.setMaximumHeight(header + row * rows + bar)

    def _item(self, made: int, classifier: int, score: float) -> QTableWidgetItem:
        ground = scale_colour(score)
        item = QTableWidgetItem(format_probability(score))
        item.setBackground(ground)
        item.setForeground(ink_on(ground))
        item.setFont(tabular_font(self.font()))
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        sentence = _sentence(made, classifier, score)
        item.setToolTip(paragraphs(sentence))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, sentence)
        return item

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(self)
        table.setObjectName("rounds_matrix_table")
        table.setAccessibleName(_TITLE)
        table.setItemDelegate(_Cell(table))
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setTabKeyNavigation(False)
        table.setCornerButtonEnabled(False)
        table.viewport().setAutoFillBackground(False)
        metrics = QFontMetrics(self.font())
        wide = max(metrics.horizontalAdvance(text) for text in (BEFORE, ">.9999")) + _CELL_PADDING
        for header, size in (
            (table.horizontalHeader(), wide),
            (table.verticalHeader(), metrics.height() + _CELL_PADDING // 2),
        ):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setMinimumSectionSize(1)
            header.setDefaultSectionSize(size)
            header.setSectionsClickable(False)
            header.setHighlightSections(False)
        table.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        return table


def _sentence(made: int, classifier: int, score: float) -> str:
    by = f"The classifier after round {classifier}" if classifier else "The classifier before the first round"
    since = "retrained since" if classifier >= made else "from before them"
    return (
        f"{by}, {since}, gives the images of round {made} a mean probability of their label of "
        f"{format_probability(score)}."
    )
