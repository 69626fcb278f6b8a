"""The line of a timeline: a place for every save, with marks where slots were reinitialised or something was changed.

Marks are counted per pixel column, so that a line of 100,000 saves is drawn as quickly as a short one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from fooler_gui.core.formats import format_count
from fooler_gui.widgets.colours import CHANGED, REINITIALISED
from fooler_gui.widgets.handle_slider import HANDLE_RADIUS, MARGIN, HandleSlider

_LANE = 10.0
_LANE_GAP = HANDLE_RADIUS + 1.5
"""Distance of the marks from the line, so that the handle hides none."""
_SHORTEST_TICK = 3.0
_NEAR_PIXELS = 4.0
_MOST_CHANGES_SHOWN = 5
_DASHES = [2.0, 1.0]

Places = npt.NDArray[np.int64]


class Change(NamedTuple):
    """A change: the place of the first save made with it, and what changed."""

    place: int
    text: str


class TimelineTrack(HandleSlider):
    """A horizontal slider over the places of saves, 0 to n − 1. Main thread only.

    Orange dashes above the line are changes; vermillion ticks below it are reinitialised slots, longer the more of them
    share a pixel.

    Args:
        parent: Owner.
        counts_saves: Whether a place is described by save and step, rather than by step alone.

    Signals:
        place_changed: (int) The place at the handle, when the user moved it; never emitted by a setter.
    """

    place_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, counts_saves: bool = True) -> None:
        super().__init__(parent)
        self._counts_saves = counts_saves
        self._steps: Places = np.empty(0, np.int64)
        self._reinitialised: Places = np.empty(0, np.int64)
        self._reinitialised_places: Places = np.empty(0, np.int64)
        self._changed: Places = np.empty(0, np.int64)
        self._changes: tuple[Change, ...] = ()
        self._message = ""
        self.valueChanged.connect(self.place_changed)

    def set_saves(self, steps: Places, reinitialised: Places, changes: Sequence[Change]) -> None:
        """Shows n saves; the handle keeps its place, or moves to the last one.

        Args:
            steps: (n,), never falling.
            reinitialised: (n,), how many slots were reinitialised at each.
            changes: Sorted by place.
        """
        self._steps, self._reinitialised, self._changes = steps, reinitialised, tuple(changes)
        self._reinitialised_places = np.flatnonzero(reinitialised)
        self._changed = np.array([change.place for change in changes], np.int64)
        with QSignalBlocker(self):
            self.setRange(0, max(0, len(steps) - 1))
        self.setPageStep(max(1, len(steps) // 10))
        self.update()

    def set_message(self, message: str) -> None:
        """Shows `message` in place of a line without saves."""
        self._message = message
        self.update()

    def set_place(self, place: int) -> None:
        """Moves the handle to `place`."""
        with QSignalBlocker(self):
            self.setValue(place)

    def words_at(self, place: int) -> str:
        """Returns the text of `place`: ``Step 37 · save 38 of 61``, or ``Step 37 of 60``."""
        step = f"Step {self._steps[place]:,}"
        count = len(self._steps)
        return f"{step} · save {place + 1:,} of {count:,}" if self._counts_saves else f"{step} of {self._steps[-1]:,}"

    def text_at(self, x: float) -> str:
        """Returns what is near the pixel `x`, line by line: save, reinitialised slots, changes; "" without saves."""
        if not len(self._steps):
            return ""
        first, last = self.position_at(x - _NEAR_PIXELS), self.position_at(x + _NEAR_PIXELS)
        return "\n".join(
            [
                self.words_at(self.position_at(x)),
                *self._reinitialised_lines(first, last),
                *self._change_lines(first, last),
            ]
        )

    def x_of(self, position: int) -> float:
        """Returns the x pixel of the handle's centre for the place `position`."""
        left, right = self._ends()
        return left + (right - left) * position / max(1, self.maximum())

    def position_at(self, x: float) -> int:
        """Returns the place nearest to the pixel `x`."""
        left, right = self._ends()
        return round(min(max((x - left) / (right - left), 0.0), 1.0) * self.maximum())

    def reinitialised_ticks(self) -> tuple[Places, Places]:
        """Returns the ascending (m,) pixel columns with a tick, and how many saves each stands for."""
        counts = np.bincount(self._columns(self._reinitialised_places))
        columns = np.flatnonzero(counts)
        return columns, counts[columns]

    def sizeHint(self) -> QSize:
        """Returns a width at which places are distinguishable."""
        return QSize(240, self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Returns the least room for the line with its marks."""
        return QSize(64, math.ceil(2 * (_LANE_GAP + _LANE)))

    def event(self, event: QEvent) -> bool:
        """Shows the tooltip of the save under the mouse."""
        if isinstance(event, QHelpEvent) and (text := self.text_at(event.pos().x())):
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the line, the marks and the handle, or the message."""
        with QPainter(self) as painter:
            painter.setClipRect(event.rect())
            if not len(self._steps):
                painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
                text = self.fontMetrics().elidedText(self._message, Qt.TextElideMode.ElideRight, self.width())
                painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
                return
            self._paint_reinitialised(painter)
            self._paint_changes(painter)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            left, right = self._ends()
            self.paint_groove(painter, self.groove_colour(), left, right)
            filled = self.palette().color(QPalette.ColorRole.Highlight)
            self.paint_groove(painter, filled, left, self.x_of(self.value()))
            self._paint_place(painter)
            self.paint_handle(painter)

    def _paint_reinitialised(self, painter: QPainter) -> None:
        columns, counts = self.reinitialised_ticks()
        if not len(columns):
            return
        top = self.height() / 2 + _LANE_GAP
        lengths = _SHORTEST_TICK + (_LANE - _SHORTEST_TICK) * counts / counts.max()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(REINITIALISED))
        width = 2 if len(columns) * 3 < self.width() else 1
        for column, length in zip(columns.tolist(), lengths.tolist(), strict=True):
            painter.drawRect(QRectF(column, top, width, length))

    def _paint_changes(self, painter: QPainter) -> None:
        bottom = self.height() / 2 - _LANE_GAP
        pen = QPen(QColor(CHANGED), 2)
        pen.setDashPattern(_DASHES)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        for column in np.unique(self._columns(self._changed)).tolist():
            painter.drawLine(QLineF(column + 1, bottom, column + 1, bottom - _LANE))

    def _paint_place(self, painter: QPainter) -> None:
        x, middle, reach = self.x_of(self.value()), self.height() / 2, _LANE_GAP + _LANE
        painter.setPen(QPen(self.outline_colour(), 1))
        painter.drawLine(QPointF(x, middle - reach), QPointF(x, middle + reach))

    def _reinitialised_lines(self, first: int, last: int) -> list[str]:
        begin, end = np.searchsorted(self._reinitialised_places, (first, last + 1))
        near = self._reinitialised_places[begin:end]
        if not len(near):
            return []
        count = int(self._reinitialised[near].sum())
        slots = f"{format_count(count, 'slot')} reinitialised"
        if len(near) == 1:
            return [f"Step {self._steps[near[0]]:,}: {slots}"]
        return [f"Steps {self._steps[near[0]]:,} to {self._steps[near[-1]]:,}: {slots}"]

    def _change_lines(self, first: int, last: int) -> list[str]:
        begin, end = np.searchsorted(self._changed, (first, last + 1))
        near = self._changes[begin:end]
        lines = [f"Step {self._steps[change.place]:,}: {change.text}" for change in near[:_MOST_CHANGES_SHOWN]]
        more = len(near) - _MOST_CHANGES_SHOWN
        return [*lines, f"and {format_count(more, 'more change')}"] if more > 0 else lines

    def _columns(self, places: Places) -> Places:
        """Returns the pixel columns of `places`."""
        left, right = self._ends()
        return np.floor(left + (right - left) * places / max(1, self.maximum())).astype(np.int64)

    def _ends(self) -> tuple[float, float]:
        return MARGIN, max(self.width() - MARGIN, MARGIN + 1)
