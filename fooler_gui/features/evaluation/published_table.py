"""Figures of an evaluation beside published ones, of the same net and of others."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLabel, QStyleOptionViewItem, QWidget

from fooler_gui.core.evaluation_report import FIGURE_NAMES, TEST, EvaluationReport, set_info
from fooler_gui.core.published import PUBLISHED, Comparison, PublishedValue, beside_published
from fooler_gui.features.evaluation.evaluation_words import NONE, figure_text, set_title, why_missing
from fooler_gui.widgets.colours import DONE, REINITIALISED
from fooler_gui.widgets.panel_layout import column_of, fill, heading
from fooler_gui.widgets.record_column import Column, paint_chip
from fooler_gui.widgets.record_table import RecordTable
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs

IN_BAND = "✓ in the band"
OUTSIDE = "✗ outside"
ANOTHER_NET = "– another net"
NO_FIGURE = "– no figure"
_GROUNDS = {IN_BAND: DONE, OUTSIDE: REINITIALISED}

_BAND_TIP = (
    "The range, ends included, in which a reasonable run of the same net lies. Bands are this program's own, set "
    "before its first evaluation, and only for classifiers with the same layers. A retrained one may lie outside."
)
_SELECT = "Select a row to read how its published value was computed."
_WIDEST_BAND = "99.00 – 100.00 %"
_DETAIL_LINES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """A published value with ours beside it, or the heading of a set if there is no value."""

    name: str
    place: int
    published: PublishedValue | None = None
    heading: str = ""
    ours: str = ""
    verdict: str = ""


def _of_published(text: Callable[[PublishedValue], str]) -> Callable[[_Line], str]:
    """Returns a function of a line: `text` of its published value, "" for a heading."""
    return lambda line: "" if line.published is None else text(line.published)


def _paint_verdict(painter: QPainter, option: QStyleOptionViewItem, line: _Line) -> None:
    """Paints a verdict, on a chip of its colour if it is about a band."""
    paint_chip(painter, option, _GROUNDS.get(line.verdict))


_COLUMNS: tuple[Column[_Line], ...] = (
    Column(
        words="Figure",
        tip="What was measured, under the name of the set.",
        text=lambda line: line.heading if line.published is None else FIGURE_NAMES[line.published.figure],
        of_words=True,
    ),
    Column(
        words="Ours",
        tip="That of the evaluated classifier.",
        text=lambda line: line.ours,
        widest=figure_text("", 1.0),
    ),
    Column(
        words="Published",
        tip="As its authors published it.",
        text=_of_published(lambda value: figure_text(value.figure, value.value)),
        widest="Published",
    ),
    Column(words="Band", tip=_BAND_TIP, text=_of_published(lambda value: _band_text(value)), widest=_WIDEST_BAND),
    Column(
        words="Ours is",
        tip="Whether ours lies in the band. It need not be similar to the value of another net.",
        text=lambda line: line.verdict,
        of_words=True,
        widest=f"{ANOTHER_NET}{NONE}",
        paint=_paint_verdict,
    ),
    Column(
        words="Net",
        tip="What the published value was measured on.",
        text=_of_published(lambda value: value.net),
        cell_tip=_of_published(lambda value: paragraphs(value.net)),
        of_words=True,
        share=1,
    ),
    Column(
        words="Source",
        tip="Where it was published.",
        text=_of_published(lambda value: value.source),
        cell_tip=_of_published(lambda value: paragraphs(value.source)),
        of_words=True,
        share=1,
    ),
)


class PublishedTable(QWidget):
    """Every published value, by set, with ours beside it. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("published")
        self._comparisons: tuple[Comparison, ...] = ()
        self._report: EvaluationReport | None = None
        self._going = False
        self._summary = heading("")
        self._summary.setObjectName("published_summary")
        self._summary.setWordWrap(True)
        self._table = RecordTable(
            "published_table",
            "Figures beside published values",
            _COLUMNS,
            lambda line: (line.name, line.place),
            span=lambda line: 0 if line.published is None else None,
            parent=self,
        )
        self._detail = QLabel(_SELECT, self)
        self._detail.setObjectName("published_detail")
        self._detail.setFont(tabular_font(self._detail.font()))
        self._detail.setWordWrap(True)
        self._detail.setTextFormat(Qt.TextFormat.PlainText)
        self._detail.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._detail.setMinimumHeight(_DETAIL_LINES * self._detail.fontMetrics().lineSpacing())
        column_of(self._summary, fill(self._table), self._detail, on=self)
        self.set_report(None, going=False)

        self._table.selection_changed.connect(self._show_detail)

    def set_report(self, report: EvaluationReport | None, *, going: bool) -> None:
        """Shows the figures of `report` beside the published ones; `going` says whether more may follow."""
        self._report, self._going = report, going
        self._comparisons = () if report is None else beside_published(report)
        self._table.set_records(self._lines())
        self._summary.setText(_summary(self._comparisons, report))
        self._show_detail()

    def _lines(self) -> Iterator[_Line]:
        for name, group in itertools.groupby(enumerate(PUBLISHED), key=lambda entry: entry[1].name):
            yield _Line(name=name, place=-1, heading=self._set_words(name))
            for place, value in group:
                ours, verdict = self._ours(place)
                yield _Line(name=name, place=place, published=value, ours=ours, verdict=verdict)

    def _set_words(self, name: str) -> str:
        missing = why_missing(self._report, name, going=self._going)
        return set_title(name) + (f" · {missing}" if missing and self._report is not None else "")

    def _ours(self, place: int) -> tuple[str, str]:
        """Returns our figure beside a published value, and the verdict on its band."""
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
        line = next(iter(self._table.selected()), None)
        if line is None:
            self._detail.setText(_SELECT)
        elif line.published is None:
            tip = (
                "Test images, which the classifier was not trained on."
                if line.name == TEST
                else set_info(line.name).tip
            )
            self._detail.setText(f"{set_title(line.name)}: {tip}")
        else:
            value = line.published
            beside = f" · ours {line.ours}" if line.ours != NONE else ""
            verdict = f" · {line.verdict}" if line.verdict else ""
            band = f" · band {_band_text(value)}" if value.band is not None else ""
            note = _note_of(self._report, value.name)
            self._detail.setText(
                f"{set_title(value.name)}, {FIGURE_NAMES[value.figure]}: published "
                f"{figure_text(value.figure, value.value)}{beside}{band}{verdict}\n"
                f"{value.convention}\nNet: {value.net}\nSource: {value.source}" + (f"\n{note}" if note else "")
            )


def _note_of(report: EvaluationReport | None, name: str) -> str:
    return next((one.note for one in report.sets if one.name == name), "") if report is not None else ""


def _band_text(value: PublishedValue) -> str:
    if value.band is None:
        return ""
    lowest, highest = (figure_text(value.figure, end) for end in (value.band.lowest, value.band.highest))
    return f"{lowest.removesuffix(' %')} – {highest}"


def _summary(comparisons: Sequence[Comparison], report: EvaluationReport | None) -> str:
    """Returns how many of our figures lie in their bands."""
    if report is None:
        return "No figures yet. Press Evaluate to see them beside these published values."
    in_band = [comparison.in_band for comparison in comparisons if comparison.in_band is not None]
    waiting = sum(comparison.published.name in report.missing for comparison in comparisons)
    words = f"{sum(in_band)} of {len(in_band)} figures with a band lie in it."
    if waiting:
        words += f" {waiting} published values are of sets that are not loaded."
    return words
