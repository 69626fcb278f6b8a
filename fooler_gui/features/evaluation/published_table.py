"""Figures of an evaluation beside published ones of the same net and of others. Used by the evaluation page."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QStyle,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from fooler_gui.core.evaluation_report import FIGURE_NAMES, TEST, EvaluationReport, set_info
from fooler_gui.core.published import PUBLISHED, Comparison, PublishedValue, beside_published
from fooler_gui.features.evaluation.evaluation_words import NONE, figure_text, set_title, why_missing
from fooler_gui.widgets.colours import DONE, INK, RESTARTED
from fooler_gui.widgets.panel_layout import SPACING, heading
from fooler_gui.widgets.quiet_table import Column, QuietTable, RoomyCell
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs

IN_BAND = "✓ in the band"
OUTSIDE = "✗ outside"
ANOTHER_NET = "– another net"
NO_FIGURE = "– no figure"
_GROUNDS = {IN_BAND: DONE, OUTSIDE: RESTARTED}

_BAND_TIP = (
    "Between which values a reasonable run of the same net lies, ends included. Bands are this program's own, set "
    "before it was first evaluated, and only for classifiers with the same layers. One that was retrained need not lie "
    "in them."
)
_COLUMNS = (
    Column(words="Figure", tip=paragraphs("What was measured, under the name of the set."), of_words=True),
    Column(words="Ours", tip=paragraphs("That of the classifier evaluated, shown as it is.")),
    Column(words="Published", tip=paragraphs("As its authors published it.")),
    Column(words="Band", tip=paragraphs(_BAND_TIP)),
    Column(
        words="Ours is",
        tip=paragraphs("Whether ours lies in the band. Beside a value of another net, ours need not be like it."),
        of_words=True,
    ),
    Column(words="Net", tip=paragraphs("What the published value was measured on."), of_words=True),
    Column(words="Source", tip=paragraphs("Where it was published."), of_words=True),
)
_FIGURE, _OURS, _VERDICT, _NET, _SOURCE = 0, 1, 4, 5, 6
_SELECT = "Select a row to read how its published value was computed."
_WIDEST_BAND = "99.00 – 100.00 %"
_DETAIL_LINES = 4


class _Verdict(RoomyCell):
    """A verdict, on a chip of its colour where it is about a band."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paints the cell."""
        words = index.data()
        ground = _GROUNDS.get(words)
        bare = QStyleOptionViewItem(option)
        self.initStyleOption(bare, index)
        bare.text = ""
        bare.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, bare, painter, bare.widget)
        chip = QRectF(bare.rect).adjusted(SPACING, 2, -1, -2)
        chip.setWidth(min(bare.fontMetrics.horizontalAdvance(words) + SPACING, chip.width()))
        painter.save()
        if ground is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(chip, 3, 3)
        selected = bare.state & QStyle.StateFlag.State_Selected
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        painter.setPen(bare.palette.color(role) if ground is None else QColor(INK))
        painter.setFont(bare.font)
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, words)
        painter.restore()


class PublishedTable(QWidget):
    """Every published value in the order of the sets, with ours beside it. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("published")
        self._comparisons: tuple[Comparison, ...] = ()
        self._report: EvaluationReport | None = None
        self._going = False
        self._rows: list[int | str] = []
        """Of each row the place of its value among the published ones, or the set that it is the heading of."""
        self._summary = heading("")
        self._summary.setObjectName("published_summary")
        self._summary.setWordWrap(True)
        self._table = self._make_table()
        self._detail = QLabel(_SELECT, self)
        self._detail.setObjectName("published_detail")
        self._detail.setFont(tabular_font(self._detail.font()))
        self._detail.setWordWrap(True)
        self._detail.setTextFormat(Qt.TextFormat.PlainText)
        self._detail.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._detail.setMinimumHeight(_DETAIL_LINES * self._detail.fontMetrics().lineSpacing())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACING)
        layout.addWidget(self._summary)
        layout.addWidget(self._table, 1)
        layout.addWidget(self._detail)
        self.set_report(None, going=False)

        self._table.currentCellChanged.connect(self._show_detail)

    def set_report(self, report: EvaluationReport | None, *, going: bool) -> None:
        """Writes the figures of `report` beside the published ones; `going` says whether more may come."""
        self._report, self._going = report, going
        self._comparisons = () if report is None else beside_published(report)
        for row, subject in enumerate(self._rows):
            if isinstance(subject, str):
                self._table.set_text(row, _FIGURE, self._set_words(subject))
            else:
                ours, verdict = self._ours(subject)
                self._table.set_text(row, _OURS, ours)
                self._table.set_text(row, _VERDICT, verdict)
        self._summary.setText(_summary(self._comparisons, report))
        self._show_detail()

    def _make_table(self) -> QuietTable:
        table = QuietTable("published_table", "Figures beside published values", _COLUMNS, self)
        for name, group in itertools.groupby(enumerate(PUBLISHED), key=lambda entry: entry[1].name):
            row = self._add_row(table, name)
            table.set_text(row, _FIGURE, set_title(name))
            table.setSpan(row, 0, 1, len(_COLUMNS))
            item = table.item(row, _FIGURE)
            strong = item.font()
            strong.setBold(True)
            item.setFont(strong)
            for place, value in group:
                row = self._add_row(table, place)
                table.set_row(row, _published_texts(value))
                for column in (_NET, _SOURCE):
                    table.item(row, column).setToolTip(paragraphs(table.item(row, column).text()))
        table.setItemDelegateForColumn(_VERDICT, _Verdict(table))
        table.setWordWrap(False)
        self._fix_widths(table)
        return table

    def _add_row(self, table: QuietTable, subject: int | str) -> int:
        self._rows.append(subject)
        table.setRowCount(len(self._rows))
        return len(self._rows) - 1

    @staticmethod
    def _fix_widths(table: QuietTable) -> None:
        """Keeps widths as figures come; nets and sources share what is left."""
        header = table.horizontalHeader()
        metrics = table.fontMetrics()
        widest = {
            _OURS: figure_text("", 1.0),
            _OURS + 1: "Published",
            _VERDICT - 1: _WIDEST_BAND,
            _VERDICT: max((*_GROUNDS, ANOTHER_NET, NO_FIGURE), key=metrics.horizontalAdvance) + NONE,
        }
        for column, text in widest.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, metrics.horizontalAdvance(text) + 2 * SPACING)
        for column in (_NET, _SOURCE):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    def _set_words(self, name: str) -> str:
        missing = why_missing(self._report, name, going=self._going)
        return set_title(name) + (f" · {missing}" if missing and self._report is not None else "")

    def _ours(self, place: int) -> tuple[str, str]:
        """Returns our figure beside a published value, and how it stands to the band."""
        if not self._comparisons:
            return NONE, ""
        comparison = self._comparisons[place]
        published = comparison.published
        missing = why_missing(self._report, published.name, going=self._going)
        ours = figure_text(published.figure, comparison.ours)
        if missing or ours == NONE:
            return NONE, missing or NO_FIGURE
        return ours, {None: ANOTHER_NET, True: IN_BAND, False: OUTSIDE}[comparison.in_band]

    def _show_detail(self) -> None:
        row = self._table.currentRow()
        subject = self._rows[row] if 0 <= row < len(self._rows) else None
        if subject is None:
            self._detail.setText(_SELECT)
        elif isinstance(subject, str):
            tip = "Digits that the classifier was not trained on." if subject == TEST else set_info(subject).tip
            self._detail.setText(f"{set_title(subject)}: {tip}")
        else:
            value = PUBLISHED[subject]
            ours, verdict = self._ours(subject)
            beside = f" · ours {ours}" if ours != NONE else ""
            band = f" · band {_band_text(value)}" if value.band is not None else ""
            note = _note_of(self._report, value.name)
            self._detail.setText(
                f"{set_title(value.name)}, {FIGURE_NAMES[value.figure]}: published "
                f"{figure_text(value.figure, value.value)}{beside}{band}{f' · {verdict}' if verdict else ''}\n"
                f"{value.convention}\nNet: {value.net}\nSource: {value.source}" + (f"\n{note}" if note else "")
            )


def _note_of(report: EvaluationReport | None, name: str) -> str:
    return next((one.note for one in report.sets if one.name == name), "") if report is not None else ""


def _published_texts(value: PublishedValue) -> tuple[str, ...]:
    name = FIGURE_NAMES[value.figure]
    return name, NONE, figure_text(value.figure, value.value), _band_text(value), "", value.net, value.source


def _band_text(value: PublishedValue) -> str:
    if value.band is None:
        return ""
    lowest, highest = (figure_text(value.figure, end) for end in (value.band.lowest, value.band.highest))
    return f"{lowest.removesuffix(' %')} – {highest}"


def _summary(comparisons: Sequence[Comparison], report: EvaluationReport | None) -> str:
    """Returns how many of our figures lie in their bands."""
    if report is None:
        return "No figures yet. Press Evaluate, and they stand beside these published values."
    told = [comparison.in_band for comparison in comparisons if comparison.in_band is not None]
    waiting = sum(comparison.published.name in report.missing for comparison in comparisons)
    words = f"{sum(told)} of {len(told)} figures with a band lie in it."
    if waiting:
        words += f" {waiting} published values are of sets that are not loaded."
    return words
