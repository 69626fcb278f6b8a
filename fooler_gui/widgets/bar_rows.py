"""Rows of a name, a bar and a number, drawn as one widget, so that many can change at little cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from fooler_gui.widgets.panel_layout import SPACING
from fooler_gui.widgets.theme import tabular_font

_GAP = SPACING / 2
_LARGEST_NAME = 0.45
"""Share of the width that names may take; longer ones are truncated."""
_BAR = 0.55
"""Height of a bar, relative to the font's."""
_TIGHTEST, _WIDEST = 1.1, 1.6
"""Height of a row, relative to the font's."""
_GROUND_OPACITY, _FILL_OPACITY = 0.08, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class BarRow:
    """One row.

    Attributes:
        name: Text on the left.
        share: Filled share of the bar, 0 to 1; a number that is not finite counts as 0.
        text: The number on the right.
        strong: Whether it is emphasised.
    """

    name: str
    share: float
    text: str
    strong: bool = False


class BarRows(QWidget):
    """Draws rows below each other, spread slightly over the available height. Main thread only.

    Args:
        name_like: A text that gives the least width of names, so that the columns of several widgets align.
        text_like: A text that gives the least width of numbers, so that nothing jumps.
        parent: Owner.
    """

    def __init__(self, name_like: str = "", text_like: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[BarRow, ...] = ()
        self._like = BarRow(name=name_like, share=0.0, text=text_like)
        self._take_font()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.setSizePolicy(policy)

    def rows(self) -> tuple[BarRow, ...]:
        """Returns the rows."""
        return self._rows

    def set_rows(self, rows: Sequence[BarRow]) -> None:
        """Shows `rows` and updates the accessible description."""
        if (new := tuple(rows)) == self._rows:
            return
        as_many, self._rows = len(new) == len(self._rows), new
        self.setAccessibleDescription("; ".join(f"{row.name}: {row.text}" for row in new))
        if not as_many:
            self.updateGeometry()
        self.update()

    def row_height(self) -> float:
        """Returns the distance between rows, in pixels."""
        height = QFontMetricsF(self._font).height()
        return min(max(self.height() / max(1, len(self._rows)), _TIGHTEST * height), _WIDEST * height)

    def sizeHint(self) -> QSize:
        """Returns room for the closely spaced rows."""
        height = _TIGHTEST * QFontMetricsF(self._font).height() * len(self._rows)
        return QSize(120, math.ceil(height))

    def minimumSizeHint(self) -> QSize:
        """Returns the least width at which bars are distinguishable."""
        return QSize(96, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        """Takes the new font when it changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._take_font()
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the rows."""
        with QPainter(self) as painter:
            names, numbers = self._columns()
            height = self.row_height()
            for index, row in enumerate(self._rows):
                self._paint_row(painter, row, QRectF(0, index * height, self.width(), height), names, numbers)

    def _paint_row(self, painter: QPainter, row: BarRow, box: QRectF, names: float, numbers: float) -> None:
        palette = self.palette()
        text = palette.color(QPalette.ColorRole.WindowText)
        ink = text if row.strong else palette.color(QPalette.ColorRole.PlaceholderText)
        font = self._strong_font if row.strong else self._font
        metrics = QFontMetricsF(font)
        name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, names)
        painter.setFont(font)
        painter.setPen(text)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.setPen(ink)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.text)
        thick = round(_BAR * metrics.height())
        left, right = math.ceil(names + _GAP), math.floor(box.width() - numbers - _GAP)
        bar = QRectF(left, round(box.center().y() - thick / 2), max(0, right - left), thick)
        painter.fillRect(bar, _faded(text, _GROUND_OPACITY))
        if math.isfinite(row.share) and row.share > 0:
            bar.setWidth(max(1.0, round(min(row.share, 1.0) * bar.width())))
            painter.fillRect(bar, text if row.strong else _faded(text, _FILL_OPACITY))

    def _columns(self) -> tuple[float, float]:
        """Returns the widths of the columns of names and numbers."""
        rows = (*self._rows, self._like)
        advance = QFontMetricsF(self._strong_font).horizontalAdvance
        names = min(max(advance(row.name) for row in rows), _LARGEST_NAME * self.width())
        return names, max(advance(row.text) for row in rows)

    def _take_font(self) -> None:
        self._font = tabular_font(self.font())
        self._strong_font = QFont(self._font)
        self._strong_font.setBold(True)
        self.update()


def _faded(colour: QColor, opacity: float) -> QColor:
    faded = QColor(colour)
    faded.setAlphaF(opacity)
    return faded
