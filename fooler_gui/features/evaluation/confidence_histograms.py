"""Histograms of a classifier's confidence in the images of each set."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fooler_gui.core.evaluation_report import TEST, EvaluationReport
from fooler_gui.core.formats import format_share
from fooler_gui.features.evaluation.evaluation_words import NOTHING_YET, set_title, shown_sets, why_missing
from fooler_gui.widgets.panel_layout import SPACING, STRETCH, QuietLabel, column_of, empty_grid
from fooler_gui.widgets.theme import blue_on, tabular_font
from fooler_gui.widgets.tooltips import paragraphs

_NOTE = (
    "Share of a set's images by confidence, their highest probability, both in per cent. The thin line shows the test "
    "images. A classifier that knows what it does not know is confident only about these."
)
_LEAST_WIDTH = 220
_HEIGHT = 152
_MOST_COLUMNS = 4
_LEFT, _TICK = 40, 4
_X_TITLE, _Y_TITLE = "Confidence, %", "Images, %"


class ConfidenceHistograms(QWidget):
    """Histograms of the test images and of each set, with the same axes. It does not scroll by itself.

    Main thread only.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("confidence")
        self._histograms: dict[str, _Histogram] = {}
        self._columns = 0
        self._note = QuietLabel(NOTHING_YET, self)
        self._note.setObjectName("confidence_note")
        self._grid = empty_grid(gap=2 * SPACING, row_gap=2 * SPACING)
        column_of(self._note, self._grid, STRETCH, on=self)

    def set_report(self, report: EvaluationReport | None, *, going: bool) -> None:
        """Draws the histograms of `report`; `going` says whether more sets may follow."""
        self._note.setText(NOTHING_YET if report is None else _NOTE)
        counts = {} if report is None else {figures.name: figures.histogram for figures in report.sets}
        names = () if report is None else (TEST, *shown_sets(report))
        if names != tuple(self._histograms):
            self._make(names)
        for name, histogram in self._histograms.items():
            assert report is not None
            histogram.set_counts(
                report.test.histogram if name == TEST else counts.get(name, ()),
                () if name == TEST else report.test.histogram,
                why_missing(report, name, going=going),
            )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Uses as many columns as fit."""
        super().resizeEvent(event)
        self._lay_out()

    def _make(self, names: tuple[str, ...]) -> None:
        for name in [name for name in self._histograms if name not in names]:
            histogram = self._histograms.pop(name)
            histogram.hide()
            histogram.deleteLater()
        self._histograms = {name: self._histograms.get(name) or _Histogram(name, self) for name in names}
        self._columns = 0
        self._lay_out()

    def _lay_out(self) -> None:
        columns = min(_MOST_COLUMNS, max(1, self.width() // (_LEAST_WIDTH + 2 * SPACING)))
        if columns == self._columns:
            return
        for column in range(_MOST_COLUMNS):
            self._grid.setColumnStretch(column, int(column < columns))
        for place, histogram in enumerate(self._histograms.values()):
            self._grid.addWidget(histogram, *divmod(place, columns))
        self._columns = columns


class _Histogram(QWidget):
    """One set over the line of the test images, or why the set is missing."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._title = set_title(name)
        self._counts: tuple[int, ...] = ()
        self._test: tuple[int, ...] = ()
        self._missing = ""
        self._small: QFont = tabular_font(self.font())
        self._small.setPointSizeF(max(7.0, self.font().pointSizeF() * 0.9))
        self.setObjectName(f"confidence_{name}")
        self.setAccessibleName(f"Confidence: {self._title}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show()

    def sizeHint(self) -> QSize:
        return QSize(_LEAST_WIDTH, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_WIDTH // 2, _HEIGHT)

    def set_counts(self, counts: tuple[int, ...], test: tuple[int, ...], missing: str) -> None:
        if (counts, test, missing) == (self._counts, self._test, self._missing):
            return
        self._counts, self._test, self._missing = counts, test, missing
        words = missing or f"{sum(counts):,} images, {self._sentence(len(counts) - 1)}"
        self.setAccessibleDescription(words)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Shows the tooltip of the bin under the mouse."""
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), paragraphs(self.tip_at(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def tip_at(self, position: QPointF) -> str:
        """Returns what the bin at a point of the widget holds, or why the set is missing."""
        if not self._counts:
            return f"{self._title}: {self._missing}."
        area = self._area()
        place = int((position.x() - area.left()) / area.width() * len(self._counts))
        return f"{self._title}: {self._sentence(min(max(place, 0), len(self._counts) - 1))}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws title, axes, bars and the line of the test images."""
        palette = self.palette()
        text, quiet = palette.color(QPalette.ColorRole.Text), palette.color(QPalette.ColorRole.PlaceholderText)
        area = self._area()
        with QPainter(self) as painter:
            painter.setClipRect(event.rect())
            self._draw_title(painter, text, quiet)
            painter.fillRect(area, palette.color(QPalette.ColorRole.Base))
            if self._counts:
                fill = quiet if not self._test else blue_on(palette)
                self._draw_bars(painter, area, fill)
                painter.setPen(QPen(text, 1))
                painter.drawPath(_outline(self._test, area))
            else:
                painter.setPen(quiet)
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._missing)
            self._draw_axes(painter, area, text, quiet)

    def _area(self) -> QRectF:
        line = QFontMetricsF(self._small).height()
        return QRectF(_LEFT, line + _TICK, self.width() - _LEFT - 2 * SPACING, self.height() - 3 * line - 3 * _TICK)

    def _draw_title(self, painter: QPainter, text: QColor, quiet: QColor) -> None:
        strong = QFont(self._small)
        strong.setBold(True)
        left = _LEFT - SPACING
        line = QRectF(left, 0, self.width() - left - 2 * SPACING, QFontMetricsF(strong).height())
        count = f"{sum(self._counts):,}" if self._counts else ""
        room = line.width() - QFontMetricsF(self._small).horizontalAdvance(count) - SPACING
        painter.setFont(strong)
        painter.setPen(text)
        title = QFontMetricsF(strong).elidedText(self._title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, title)
        painter.setFont(self._small)
        painter.setPen(quiet)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, count)

    def _draw_bars(self, painter: QPainter, area: QRectF, fill: QColor) -> None:
        """Draws a bar for each bin that holds images, visible however few they are."""
        wide, images = area.width() / len(self._counts), max(1, sum(self._counts))
        for place, count in enumerate(self._counts):
            if count:
                high = max(1.0, area.height() * count / images)
                left, right = round(area.left() + place * wide), round(area.left() + (place + 1) * wide)
                painter.fillRect(QRectF(left, area.bottom() - high, right - left - 1, high), fill)

    def _draw_axes(self, painter: QPainter, area: QRectF, text: QColor, quiet: QColor) -> None:
        painter.setFont(self._small)
        height = QFontMetricsF(self._small).height()
        for share in (0.0, 0.5, 1.0):
            x, y = area.left() + share * area.width(), area.bottom() - share * area.height()
            painter.setPen(quiet)
            painter.drawLine(QPointF(area.left() - _TICK, y), QPointF(area.left(), y))
            painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + _TICK))
            painter.setPen(text)
            words = f"{100 * share:.0f}"
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - height / 2, area.left() - 2 * _TICK, height), right, words)
            below = QRectF(x - _LEFT / 2, area.bottom() + _TICK, _LEFT, height)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, words)
        centred = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextDontClip
        painter.drawText(QRectF(area.left(), area.bottom() + _TICK + height, area.width(), height), centred, _X_TITLE)
        painter.save()
        painter.translate(0, area.bottom())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, area.height(), height), centred, _Y_TITLE)
        painter.restore()
        painter.setPen(quiet)
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.drawLine(area.topLeft(), area.bottomLeft())

    def _sentence(self, place: int) -> str:
        count, images = self._counts[place], max(1, sum(self._counts))
        lowest, highest = (f"{100 * end / len(self._counts):.0f}" for end in (place, place + 1))
        words = f"{count:,} with a confidence of {lowest} to {highest} %, which are {format_share(count / images, 2)}"
        if self._test:
            share = self._test[place] / max(1, sum(self._test))
            words += f"; of the test images {format_share(share, 2)} have it"
        return f"{words}."


def _outline(counts: tuple[int, ...], area: QRectF) -> QPainterPath:
    """Returns the line over the bars of `counts`."""
    path, images = QPainterPath(area.bottomLeft()), max(1, sum(counts))
    for place, count in enumerate(counts):
        y = area.bottom() - area.height() * count / images
        for end in (place, place + 1):
            path.lineTo(area.left() + end * area.width() / len(counts), y)
    return path
