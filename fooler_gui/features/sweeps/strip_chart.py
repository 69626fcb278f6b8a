"""Every cell of a sweep as a point, a strip for each setting, with the setting's figure and its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fooler_gui.core.formats import format_count
from fooler_gui.features.sweeps.sweep_words import setting_words, title_of, values_words
from fooler_gui.sweeps.figure_words import figure_text, interval_text
from fooler_gui.sweeps.pivot import Strip
from fooler_gui.widgets.colours import CHANGED, SELECTED, SELECTED_ON_DARK
from fooler_gui.widgets.panel_layout import SPACING
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs

_ROW = 44
_POINT, _CHOSEN_POINT = 5, 11
_NEAR = 8
_MOST_POINTS = 2_000
"""Of a strip that are painted; of more, evenly chosen ones."""
_MOST_LABEL = 0.4
"""Share of the width for the words of the settings."""
_TICKS = 4
_LEAST_WIDTH = 320
_SPREAD = 0.55
"""Share of a strip's height over which its points are spread, so that equal ones stay apart."""
_GOLDEN = 0.618034
_DARK = 128


class StripChart(QWidget):
    """Paints a strip of points for each setting; a point is chosen with the mouse or the keys. Main thread only.

    Signals:
        cell_chosen: (int) The place of the chosen cell.
    """

    cell_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figure = ""
        self._strips: tuple[Strip, ...] = ()
        self._ends = 0.0, 1.0
        self._widest = 0
        self._chosen: tuple[int, int] | None = None
        self.setObjectName("sweep_strips")
        self.setFont(tabular_font(self.font()))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_strips(self, figure: str, strips: Sequence[Strip]) -> None:
        """Shows the cells of every setting by a figure."""
        place = self._chosen_place()
        self._figure, self._strips = figure, tuple(strips)
        self._chosen = self._point_of(place)
        words = (self._options_in_words(), *(values_words(strip.values) for strip in strips))
        self._widest = max(map(self.fontMetrics().horizontalAdvance, words))
        figures = np.concatenate([strip.figures for strip in strips]) if strips else np.zeros(0)
        ends = [end for strip in strips if strip.interval for end in (strip.interval.low, strip.interval.high)]
        known = np.append(figures, ends)
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        margin = (high - low) / 50 or max(abs(high) / 10, 0.1)
        self._ends = low - margin, high + margin
        self.setAccessibleName(f"{title_of(figure)} of every cell, a strip for each setting")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Returns room for all strips and the axis."""
        return QSize(_LEAST_WIDTH, self._top() + _ROW * len(self._strips) + SPACING)

    def minimumSizeHint(self) -> QSize:
        """Returns room for all strips and the axis."""
        return self.sizeHint()

    def point_of(self, place: int) -> QPoint | None:
        """Returns where the cell at `place` is painted; None if it has no point."""
        found = self._point_of(place)
        return None if found is None else self._points(found[0])[found[1]].toPoint()

    def event(self, event: QEvent) -> bool:
        """Shows the tooltip of a strip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            row = self._row_at(event.pos())
            words = "" if row is None else self._words_of(row)
            QToolTip.showText(event.globalPos(), paragraphs(*words.split("\n")), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Chooses the point next to the mouse."""
        row = self._row_at(event.position().toPoint())
        if row is None or not self._strips[row].places.size:
            return
        points = self._points(row)
        away = [QLineF(event.position(), point).length() for point in points]
        nearest = int(np.argmin(away))
        if away[nearest] <= _NEAR:
            self._choose(row, nearest)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves to the next lower or higher point of the strip, or to the next strip."""
        moves: dict[int, tuple[int, int]] = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        if event.key() in moves and any(strip.places.size for strip in self._strips):
            self._move(*moves[event.key()])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the axis and the visible strips."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if self._strips:
                self._paint_axis(painter)
            for row in range(len(self._strips)):
                if self._row_box(row).intersects(event.rect()):
                    self._paint_strip(painter, row)

    def _choose(self, row: int, point: int) -> None:
        self._chosen = row, point
        self.setAccessibleDescription(self._words_of(row))
        self.update()
        self.cell_chosen.emit(int(self._strips[row].places[point]))

    def _move(self, down: int, right: int) -> None:
        filled = [row for row, strip in enumerate(self._strips) if strip.places.size]
        if self._chosen is None:
            self._choose(filled[0], int(np.argmin(self._strips[filled[0]].figures)))
            return
        row, point = self._chosen
        row = filled[min(max(filled.index(row) + down, 0), len(filled) - 1)]
        order = np.argsort(self._strips[row].figures, kind="stable")
        if down:
            wanted = self._strips[self._chosen[0]].figures[point]
            self._choose(row, int(np.argmin(np.abs(self._strips[row].figures - wanted))))
        else:
            rank = int(np.flatnonzero(order == point)[0]) + right
            self._choose(row, int(order[min(max(rank, 0), len(order) - 1)]))

    def _chosen_place(self) -> int | None:
        return None if self._chosen is None else int(self._strips[self._chosen[0]].places[self._chosen[1]])

    def _point_of(self, place: int | None) -> tuple[int, int] | None:
        for row, strip in enumerate(self._strips):
            found = np.flatnonzero(strip.places == place)
            if len(found):
                return row, int(found[0])
        return None

    def _words_of(self, row: int) -> str:
        strip = self._strips[row]
        words = setting_words(strip.values)
        if strip.interval is None:
            return f"{words}\nNo cell has this figure yet."
        told = interval_text(self._figure, strip.interval)
        return f"{words}\n{title_of(self._figure)} {told}, {format_count(len(strip.places), 'cell')}"

    def _options_in_words(self) -> str:
        return " · ".join(map(title_of, self._strips[0].values)) if self._strips else ""

    def _label_width(self) -> int:
        return min(self._widest + 2 * SPACING, round(_MOST_LABEL * self.width()))

    def _top(self) -> int:
        return 2 * self.fontMetrics().height() + 2 * SPACING

    def _row_box(self, row: int) -> QRect:
        return QRect(0, self._top() + row * _ROW, self.width(), _ROW)

    def _row_at(self, position: QPoint) -> int | None:
        row = (position.y() - self._top()) // _ROW
        return row if 0 <= row < len(self._strips) else None

    def _x(self, figures: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        low, high = self._ends
        left = self._label_width() + SPACING
        return left + (figures - low) / (high - low) * (self.width() - left - 4 * SPACING)

    def _points(self, row: int) -> list[QPointF]:
        strip, box = self._strips[row], self._row_box(row)
        offsets = ((np.arange(len(strip.places)) + 1) * _GOLDEN % 1 - 0.5) * _SPREAD * _ROW
        middle = box.top() + _ROW / 2
        return [
            QPointF(x, y) for x, y in zip(self._x(strip.figures).tolist(), (middle + offsets).tolist(), strict=True)
        ]

    def _paint_axis(self, painter: QPainter) -> None:
        quiet = self.palette().color(QPalette.ColorRole.PlaceholderText)
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        metrics = self.fontMetrics()
        painter.drawText(QPoint(SPACING, SPACING // 2 + metrics.ascent()), title_of(self._figure))
        bottom = self._row_box(len(self._strips) - 1).bottom()
        painter.setPen(quiet)
        room = self._label_width() - 2 * SPACING
        options = metrics.elidedText(self._options_in_words(), Qt.TextElideMode.ElideRight, room)
        above = QRect(SPACING, self._top() - metrics.height() - SPACING // 2, room, metrics.height())
        painter.drawText(above, Qt.AlignmentFlag.AlignRight, options)
        for value in _ticks(*self._ends):
            x = float(self._x(np.array(value)))
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Mid), 1))
            painter.drawLine(QLineF(x, self._top(), x, bottom))
            painter.setPen(quiet)
            text = figure_text(self._figure, value)
            half = metrics.horizontalAdvance(text)
            box = QRect(round(x) - half, self._top() - metrics.height() - SPACING // 2, 2 * half, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_strip(self, painter: QPainter, row: int) -> None:
        strip, box = self._strips[row], self._row_box(row)
        text = self.palette().color(QPalette.ColorRole.Text)
        room = QRect(SPACING, box.top(), self._label_width() - 2 * SPACING, box.height())
        words = values_words(strip.values)
        elided = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, room.width())
        painter.setPen(text)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, elided)
        is_dark = self.palette().color(QPalette.ColorRole.Base).lightness() < _DARK
        points = QColor(SELECTED_ON_DARK if is_dark else SELECTED)
        points.setAlphaF(0.6)
        painter.setPen(QPen(points, _POINT, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        shown = self._points(row)
        painter.drawPoints(shown[:: 1 + len(shown) // _MOST_POINTS])
        if strip.interval is not None:
            low, value, high = self._x(
                np.array([strip.interval.low, strip.interval.value, strip.interval.high])
            ).tolist()
            middle = box.center().y() + 0.5
            painter.setPen(QPen(text, 2))
            painter.drawLine(QLineF(low, middle, high, middle))
            painter.drawLine(QLineF(value, middle - _ROW / 3, value, middle + _ROW / 3))
        if self._chosen is not None and self._chosen[0] == row:
            point = self._points(row)[self._chosen[1]]
            painter.setPen(QPen(text, 1.5))
            painter.setBrush(QColor(CHANGED))
            painter.drawEllipse(point, _CHOSEN_POINT / 2, _CHOSEN_POINT / 2)
            painter.setBrush(Qt.BrushStyle.NoBrush)


def _ticks(low: float, high: float) -> list[float]:
    """Returns round numbers from `low` to `high`, a few."""
    step = (high - low) / _TICKS
    scale = 10.0 ** math.floor(math.log10(step))
    step = next(factor * scale for factor in (1, 2, 5, 10) if factor * scale >= step)
    return [count * step for count in range(math.ceil(low / step), math.floor(high / step) + 1)]
