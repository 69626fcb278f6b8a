"""A figure of a sweep over two varied options as a coloured grid, and again for each value of a third."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fooler_gui.core.formats import format_count
from fooler_gui.features.sweeps.questions import HeatQuestion
from fooler_gui.features.sweeps.sweep_words import setting_words, title_of, value_text
from fooler_gui.sweeps.figure_words import figure_text, interval_text
from fooler_gui.sweeps.grouping import FOOLING, SHARES
from fooler_gui.sweeps.pivot import Pivot
from fooler_gui.sweeps.statistics import Interval
from fooler_gui.widgets.panel_layout import SPACING
from fooler_gui.widgets.probability_scale import ink_on, scale_colour
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs

_SQUARE = QSize(58, 30)
_WIDEST_SQUARE = 110
_LEGEND = QSize(160, 10)
_STOPS = 8
_MOST_SQUARES = 5_000
_TOO_MANY = f"There are more than {_MOST_SQUARES:,} combinations of these values; choose settings with fewer."
_MOVES: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class _Place(NamedTuple):
    """A square by the places of its grid, its row and its column."""

    panel: int
    row: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where everything is, in pixels.

    Attributes:
        top: Of the first grid, below the scale.
        label: The width of the values down, 0 without them.
        titles: The height of what stands above a grid.
        square: The size of a square.
        panel: The size of a grid with all that belongs to it.
        beside: How many grids stand beside each other.
        panels: How many there are.
    """

    top: int
    label: int
    titles: int
    square: QSize
    panel: QSize
    beside: int
    panels: int

    @property
    def bottom(self) -> int:
        """The height of all."""
        return self.top + math.ceil(max(1, self.panels) / self.beside) * self.panel.height()

    @property
    def first_square(self) -> QPoint:
        """The corner of a grid's first square, from that of the grid."""
        return QPoint(SPACING + self.label, self.titles)

    def panel_box(self, panel: int) -> QRect:
        """Returns the place of a grid."""
        down, right = divmod(panel, self.beside)
        return QRect(QPoint(right * self.panel.width(), self.top + down * self.panel.height()), self.panel)


class HeatMap(QWidget):
    """Paints a pivot; a square is chosen with the mouse or the arrow keys. Main thread only.

    Signals:
        setting_chosen: (object) The values of the options of the chosen square.
    """

    setting_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._question = HeatQuestion(figure="", across="")
        self._pivot: Pivot | None = None
        self._ends = 0.0, 0.0
        self._layouts: dict[int, _Layout] = {}
        self._chosen: _Place | None = None
        self.setObjectName("sweep_heat_map")
        self.setFont(tabular_font(self.font()))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_pivot(self, question: HeatQuestion, pivot: Pivot) -> None:
        """Shows the answer to `question`."""
        if question != self._question:
            self._chosen = None
        squares = len(pivot.panels) * len(pivot.down) * len(pivot.across)
        self._question, self._layouts = question, {}
        self._pivot = pivot if squares <= _MOST_SQUARES else Pivot(across=(), down=(), panels=())
        values = [interval.value for _, interval in self._squares() if interval is not None]
        self._ends = (min(values), max(values)) if values else (math.nan, math.nan)
        self.setAccessibleName(f"{title_of(question.figure)} over {self._options_in_words()}")
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        """Returns the height of all grids in `width`."""
        return self._layout_in(width).bottom

    def hasHeightForWidth(self) -> bool:
        """Returns True."""
        return True

    def sizeHint(self) -> QSize:
        """Returns room for one grid beside the other, as far as they fit."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Returns room for one grid."""
        return QSize(self._layout_in(1).panel.width(), self._layout_in(max(self.width(), 1)).bottom)

    def words_at(self, position: QPoint) -> str:
        """Returns what stands at a point, in a sentence; "" for nothing."""
        place = self._place_at(position)
        return "" if place is None else self._words_of(place)

    def event(self, event: QEvent) -> bool:
        """Shows the tooltip of a square."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self.words_at(event.pos())
            QToolTip.showText(event.globalPos(), paragraphs(*words.split("\n")), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Chooses the square under the mouse."""
        place = self._place_at(event.position().toPoint())
        if place is not None:
            self._choose(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves to the neighbouring square, also of the next grid."""
        if event.key() in _MOVES and self._pivot is not None and self._pivot.panels:
            self._move(*_MOVES[event.key()])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the grids and the scale."""
        if self._pivot is None:
            return
        with QPainter(self) as painter:
            if not self._pivot.panels:
                painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
                flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(self.rect().adjusted(SPACING, SPACING, -SPACING, -SPACING), flags, _TOO_MANY)
                return
            self._paint_legend(painter)
            for panel in range(len(self._pivot.panels)):
                if self._panel_box(panel).intersects(event.rect()):
                    self._paint_panel(painter, panel)

    def _squares(self) -> Iterator[tuple[_Place, Interval | None]]:
        assert self._pivot is not None
        for panel, one in enumerate(self._pivot.panels):
            for row, line in enumerate(one.grid):
                for column, interval in enumerate(line):
                    yield _Place(panel, row, column), interval

    def _interval(self, place: _Place) -> Interval | None:
        assert self._pivot is not None
        return self._pivot.panels[place.panel].grid[place.row][place.column]

    def _values(self, place: _Place) -> Mapping[str, Any]:
        assert self._pivot is not None
        question, pivot = self._question, self._pivot
        values = {
            question.across: pivot.across[place.column],
            question.down: pivot.down[place.row],
            question.by: pivot.panels[place.panel].value,
        }
        return {name: value for name, value in values.items() if name is not None}

    def _words_of(self, place: _Place) -> str:
        interval, figure = self._interval(place), self._question.figure
        if interval is None:
            return f"{setting_words(self._values(place))}\nNo cell has this figure yet."
        of = "image" if figure == FOOLING else "cell"
        told = f"{title_of(figure)} {interval_text(figure, interval)}, of {format_count(interval.count, of)}"
        return f"{setting_words(self._values(place))}\n{told}"

    def _options_in_words(self) -> str:
        question = self._question
        options = (question.across, question.down, question.by)
        return " and ".join(title_of(name).lower() for name in options if name is not None)

    def _choose(self, place: _Place) -> None:
        self._chosen = place
        self.setAccessibleDescription(self._words_of(place))
        self.update()
        self.setting_chosen.emit(dict(self._values(place)))

    def _move(self, down: int, right: int) -> None:
        assert self._pivot is not None
        panel, row, column = self._chosen or _Place(0, 0, -right if right > 0 else 0)
        panels, rows, columns = len(self._pivot.panels), len(self._pivot.down), len(self._pivot.across)
        column += right
        panel = min(max(panel + (column >= columns) - (column < 0), 0), panels - 1)
        beyond = 0 if right > 0 else columns - 1
        inside = 0 <= column < columns
        place = _Place(panel, min(max(row + down, 0), rows - 1), column if inside else beyond)
        if inside or panel != (self._chosen or place).panel:
            self._choose(place)

    def _layout_in(self, width: int) -> _Layout:
        """Returns where everything is in `width`."""
        if width not in self._layouts:
            self._layouts = {width: self._laid_out(width)}
        return self._layouts[width]

    def _laid_out(self, width: int) -> _Layout:
        question, pivot, measure = self._question, self._pivot, self.fontMetrics().horizontalAdvance
        across, down = ((), ()) if pivot is None else (pivot.across, pivot.down)
        label = 0
        if question.down is not None:
            label = max(map(measure, (title_of(question.down), *map(value_text, down)))) + SPACING
        words = [value_text(value) for value in across]
        words += [figure_text(question.figure, end) for end in self._ends if not math.isnan(end)]
        square = max(_SQUARE.width(), *(measure(word) + SPACING for word in words), 0)
        panels, columns = 0 if pivot is None else len(pivot.panels), max(1, len(across))
        if panels == 1:
            square = max(square, (width - label - 2 * SPACING) // columns)
        square = min(square, _WIDEST_SQUARE)
        line = self.fontMetrics().height()
        titles = (2 + (question.by is not None)) * (line + SPACING // 2)
        panel = QSize(
            label + max(columns * square, measure(title_of(question.across))) + 2 * SPACING,
            titles + len(down) * _SQUARE.height() + 2 * SPACING,
        )
        return _Layout(
            top=line + _LEGEND.height() + 3 * SPACING,
            label=label,
            titles=titles,
            square=QSize(square, _SQUARE.height()),
            panel=panel,
            beside=max(1, width // panel.width()),
            panels=panels,
        )

    def _panel_box(self, panel: int) -> QRect:
        return self._layout_in(self.width()).panel_box(panel)

    def _square_box(self, place: _Place) -> QRect:
        layout = self._layout_in(self.width())
        corner = layout.panel_box(place.panel).topLeft() + layout.first_square
        return QRect(
            corner + QPoint(place.column * layout.square.width(), place.row * layout.square.height()), layout.square
        )

    def _place_at(self, position: QPoint) -> _Place | None:
        if self._pivot is None:
            return None
        layout = self._layout_in(self.width())
        for panel in range(len(self._pivot.panels)):
            inside = position - layout.panel_box(panel).topLeft() - layout.first_square
            row, column = inside.y() // layout.square.height(), inside.x() // layout.square.width()
            if 0 <= row < len(self._pivot.down) and 0 <= column < len(self._pivot.across):
                return _Place(panel, row, column)
        return None

    def _colour(self, value: float) -> QColor:
        low, high = self._ends
        return scale_colour((value - low) / (high - low) if high > low else 0.5)

    def _paint_legend(self, painter: QPainter) -> None:
        low, high = self._ends
        quiet, figure = self.palette().color(QPalette.ColorRole.PlaceholderText), self._question.figure
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        title = f"{title_of(figure)}{'' if figure in SHARES else ', median'}"
        painter.drawText(QPoint(SPACING, SPACING // 2 + self.fontMetrics().ascent()), title)
        if math.isnan(low):
            return
        top = self.fontMetrics().height() + SPACING
        texts = figure_text(figure, low), figure_text(figure, high)
        start = SPACING + self.fontMetrics().horizontalAdvance(texts[0]) + SPACING // 2
        bar = QRect(QPoint(start, top), _LEGEND)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        for stop in range(_STOPS + 1):
            gradient.setColorAt(stop / _STOPS, self._colour(low + (high - low) * stop / _STOPS))
        painter.fillRect(bar, gradient)
        painter.setPen(quiet)
        base = top + _LEGEND.height()
        painter.drawText(QPoint(SPACING, base), texts[0])
        painter.drawText(QPoint(bar.right() + SPACING // 2, base), texts[1] if high > low else "")

    def _paint_panel(self, painter: QPainter, panel: int) -> None:
        assert self._pivot is not None
        across, down, by = self._question.across, self._question.down, self._question.by
        box, step = self._panel_box(panel), self.fontMetrics().height() + SPACING // 2
        text, quiet = (
            self.palette().color(role) for role in (QPalette.ColorRole.Text, QPalette.ColorRole.PlaceholderText)
        )
        left, top = box.left() + SPACING, box.top()
        flags = Qt.AlignmentFlag.AlignVCenter
        if by is not None:
            painter.setPen(text)
            title = f"{title_of(by)} {value_text(self._pivot.panels[panel].value)}"
            painter.drawText(QRect(left, top, box.width() - 2 * SPACING, step), flags, title)
            top += step
        painter.setPen(quiet)
        grid = self._layout_in(self.width()).label
        if down is not None:
            painter.drawText(QRect(left, top + step, grid, step), flags, title_of(down))
        painter.drawText(QRect(left + grid, top, box.width() - grid, step), flags, title_of(across))
        for column, value in enumerate(self._pivot.across):
            square = self._square_box(_Place(panel, 0, column))
            above = QRect(square.left(), square.top() - step, square.width(), step)
            painter.drawText(above, flags | Qt.AlignmentFlag.AlignHCenter, value_text(value))
        for row, value in enumerate(self._pivot.down):
            square = self._square_box(_Place(panel, row, 0))
            painter.setPen(quiet)
            if down is not None:
                beside = QRect(left, square.top(), grid - SPACING, square.height())
                painter.drawText(beside, flags | Qt.AlignmentFlag.AlignRight, value_text(value))
            for column in range(len(self._pivot.across)):
                self._paint_square(painter, _Place(panel, row, column))

    def _paint_square(self, painter: QPainter, place: _Place) -> None:
        box, interval = self._square_box(place).adjusted(0, 0, -1, -1), self._interval(place)
        centred = Qt.AlignmentFlag.AlignCenter
        if interval is None:
            painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
            painter.drawText(box, centred, "–")
        else:
            ground = self._colour(interval.value)
            painter.fillRect(box, ground)
            painter.setPen(ink_on(ground))
            painter.drawText(box, centred, figure_text(self._question.figure, interval.value))
        if place == self._chosen:
            for role, width in ((QPalette.ColorRole.Base, 5), (QPalette.ColorRole.Text, 3)):
                painter.setPen(QPen(self.palette().color(role), width))
                painter.drawRect(box.adjusted(1, 1, -2, -2))
