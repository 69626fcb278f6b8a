"""The mean probability that each round's images get from each round's classifier, as a coloured table."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QAbstractItemView, QFrame, QStyle, QStyleOptionViewItem, QWidget

from fooler_gui.core.formats import format_probability
from fooler_gui.core.round_report import RoundReport, matrix
from fooler_gui.features.rounds.round_plot import BEFORE
from fooler_gui.widgets.colours import REINITIALISED
from fooler_gui.widgets.panel_layout import SPACING, Part, QuietLabel, column_of, fill
from fooler_gui.widgets.probability_scale import scale_colour
from fooler_gui.widgets.record_column import Column
from fooler_gui.widgets.record_table import RecordTable
from fooler_gui.widgets.tooltips import paragraphs

EMPTY = "No round yet."
_TITLE = "Mean probability of their label that a round's images (row) get from a classifier (column)"
_NOTE = "Left of the line: classifiers older than the images. Right: classifiers retrained since."
_LINE_PIXELS = 2
_MOST_ROWS_WITHOUT_SCROLLING = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """The images of a round, with the mean probability of their label from every classifier."""

    round: int
    scores: tuple[float, ...]
    is_last: bool


class RoundsMatrix(QWidget):
    """A row for the images of each round, a column for each classifier; scrolls if there are many.

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
        column_of(self._empty, self._title, fill(self._table), self._note, Part(), on=self, gap=SPACING // 2)
        self.set_reports(())

    def set_reports(self, reports: tuple[RoundReport, ...]) -> None:
        """Shows the matrix of `reports`, beginning with that before the first round."""
        rows = matrix(tuple(reports))
        self._empty.setVisible(not rows)
        for widget in (self._title, self._table, self._note):
            widget.setVisible(bool(rows))
        rounds = [report.number for report in reports[1:]] if rows else []
        classifiers = [0, *rounds] if rows else []
        grown = len(classifiers) != len(self._table.columns())
        if grown:
            self._table.set_columns([_make_column(place, number) for place, number in enumerate(classifiers)])
        self._table.set_records(
            _Row(round=number, scores=scores, is_last=number == rounds[-1])
            for number, scores in zip(rounds, rows, strict=True)
        )
        if not rows:
            return
        self._fit_table(len(rows))
        if grown:
            self._table.scrollTo(self._table.model().index(len(rows) - 1, len(rows)))

    def _fit_table(self, rows: int) -> None:
        """Keeps a few rows visible, without empty space below the last one."""
        table = self._table
        table.verticalHeader().setFixedWidth(table.verticalHeader().sizeHint().width() + SPACING)
        row, header = table.verticalHeader().defaultSectionSize(), table.horizontalHeader().sizeHint().height()
        bar = table.horizontalScrollBar().sizeHint().height()
        table.setMinimumHeight(header + row * min(rows, _MOST_ROWS_WITHOUT_SCROLLING) + bar)
        table.setMaximumHeight(header + row * rows + bar)

    def _make_table(self) -> RecordTable[_Row]:
        table: RecordTable[_Row] = RecordTable(
            "rounds_matrix_table",
            _TITLE,
            (),
            lambda row: row.round,
            row_words=lambda row: f"images of round {row.round}",
            parent=self,
        )
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setCornerButtonEnabled(False)
        table.viewport().setAutoFillBackground(False)
        for header in (table.horizontalHeader(), table.verticalHeader()):
            header.setSectionsClickable(False)
            header.setHighlightSections(False)
        table.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        return table


def _make_column(place: int, classifier: int) -> Column[_Row]:
    """Returns the column of a classifier: numbers on their colours."""

    def sentence(row: _Row) -> str:
        return _sentence(row.round, classifier, row.scores[place])

    def paint(painter: QPainter, option: QStyleOptionViewItem, row: _Row) -> None:
        """Paints a number, and the line between classifiers before and after a round's retraining."""
        box = option.rect
        painter.setFont(option.font)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, option.text)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.drawRect(box.adjusted(3, 3, -4, -4))
        if classifier == row.round:
            line = QColor(REINITIALISED)
            painter.fillRect(box.left(), box.top(), _LINE_PIXELS, box.height(), line)
            if not row.is_last:
                painter.fillRect(box.left(), box.bottom() + 1 - _LINE_PIXELS, box.width(), _LINE_PIXELS, line)

    return Column(
        words=str(classifier) if classifier else BEFORE,
        tip=f"{_classifier_words(classifier)}: the mean probability that it gives the images of each round of their "
        "label. Less means harder to fool.",
        text=lambda row: format_probability(row.scores[place]),
        centred=True,
        widest=">.9999",
        cell_tip=lambda row: paragraphs(sentence(row)),
        spoken=sentence,
        ground=lambda row: scale_colour(row.scores[place]),
        paint=paint,
    )


def _classifier_words(classifier: int) -> str:
    return f"The classifier after round {classifier}" if classifier else "The classifier before the first round"


def _sentence(made: int, classifier: int, score: float) -> str:
    by = _classifier_words(classifier)
    since = "retrained since" if classifier >= made else "older than them"
    return (
        f"{by}, {since}, gives the images of round {made} a mean probability of their label of "
        f"{format_probability(score)}."
    )
