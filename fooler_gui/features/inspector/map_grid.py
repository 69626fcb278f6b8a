"""A grid of small pictures: the feature maps of a layer, or the units of a flat one, on the stage's grey."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fooler_gui.core.arrays import FloatArray
from fooler_gui.widgets.colours import CHANGED, PAPER, SELECTED, SELECTED_ON_DARK, STAGE
from fooler_gui.widgets.slot_images import image_from_array, scaled_image

_GAP = 2
"""Grey between neighbours, in device pixels."""
_TALLEST = 2.5
"""A grid is at most so many times as high as it is wide."""
_ASSUMED_WIDTH = 150
_BRIGHTEST_SHARE = 99.5
"""The percentile of the absolute values that is brightest, so that a few do not make all others dark."""


class Place(NamedTuple):
    """A pixel of the grid: its tile, and its row and column there, from 0."""

    tile: int
    row: int
    column: int


def brightest_of(maps: FloatArray) -> float:
    """Returns the value from which on `maps` are brightest: the greatest of nearly all values; 1 if all are 0."""
    finite: FloatArray = np.abs(maps[np.isfinite(maps)])
    greatest = float(np.percentile(finite, _BRIGHTEST_SHARE)) if finite.size else 0.0
    return greatest or float(finite.max(initial=0.0)) or 1.0


def coloured(maps: FloatArray, brightest: float, *, signed: bool) -> FloatArray:
    """Returns `maps` (N, h, w) as pictures (N, h, w, 1 or 3) in [0, 1].

    Args:
        maps: The values.
        brightest: From this value on a picture is brightest.
        signed: Whether values below zero are told apart by colour: blue below, orange above, black at zero.
    """
    strength = np.clip(np.nan_to_num(maps, posinf=brightest, neginf=-brightest) / brightest, -1, 1)[..., np.newaxis]
    pictures: FloatArray = np.maximum(strength, 0)
    if signed:
        pictures = pictures * _channels(CHANGED) + np.maximum(-strength, 0) * _channels(SELECTED_ON_DARK)
    return pictures


@lru_cache(maxsize=32)
def arranged(count: int, width: int, height: int, room: int) -> tuple[int, float]:
    """Returns the columns of a grid `room` device pixels wide, and the device pixels of a pixel.

    Args:
        count: How many pictures there are, from 1.
        width: Of each.
        height: Of each.
        room: The grid's width.
    """
    best = (1, 0.0)
    for columns in range(1, count + 1):
        scale = (room - (columns - 1) * _GAP) / columns / width
        scale = math.floor(scale) if scale >= 1 else max(scale, 0.0)
        whole = -(-count // columns) * (height * scale + _GAP)
        if scale > 0 and scale >= best[1] and (whole <= _TALLEST * room or columns == count):
            best = columns, scale
    return best


class MapGrid(QWidget):
    """Shows pictures enlarged by a whole factor; its height follows from its width. Main thread only.

    Signals:
        pointed_changed: (object) The `Place` under the mouse, or None.
    """

    pointed_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: list[QImage] = []
        self._is_flat = False
        self._units = 0
        self._pointed: Place | None = None
        self._words_at: Callable[[Place], str] = lambda _place: ""
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_pictures(self, pictures: FloatArray, words_at: Callable[[Place], str]) -> None:
        """Shows `pictures` (N, h, w, 1 or 3); those of 1 × 1 as the pixels of one.

        Args:
            pictures: In [0, 1].
            words_at: Returns the tooltip of a place.
        """
        before = self._count_and_size()
        self._words_at, self._units = words_at, len(pictures)
        self._is_flat = pictures.shape[1:3] == (1, 1) and len(pictures) > 1
        tiles = _together(pictures) if self._is_flat else pictures
        self._images = [image_from_array(tile) for tile in tiles]
        if self._count_and_size() != before:
            self.updateGeometry()
        self.update()

    def images(self) -> list[QImage]:
        """Returns the pictures in their own pixels."""
        return self._images

    def point_at(self, place: Place | None) -> None:
        """Outlines the map, or the unit, at `place`."""
        if place != self._pointed:
            self._pointed = place
            self.update()

    def place_at(self, position: QPointF) -> Place | None:
        """Returns the place at a point of the widget, or None."""
        point = (position * self.devicePixelRatioF()).toPoint()
        for tile, image in enumerate(self._images):
            box = self._box(tile)
            if box.contains(point):
                inside = point - box.topLeft()
                row = inside.y() * image.height() // box.height()
                column = inside.x() * image.width() // box.width()
                unit = row * image.width() + column
                if not self._is_flat:
                    return Place(tile, row, column)
                return Place(unit, 0, 0) if unit < self._units else None
        return None

    def heightForWidth(self, width: int) -> int:
        """Returns the height of all rows."""
        if not self._images:
            return 0
        ratio = self.devicePixelRatioF()
        count, size = self._count_and_size()
        columns, scale = arranged(count, size.width(), size.height(), round(width * ratio))
        rows = -(-count // columns)
        return math.ceil((rows * (round(size.height() * scale) + _GAP) - _GAP) / ratio)

    def hasHeightForWidth(self) -> bool:
        """Returns True."""
        return True

    def sizeHint(self) -> QSize:
        """Returns room for pictures of a usual size."""
        return QSize(_ASSUMED_WIDTH, self.heightForWidth(_ASSUMED_WIDTH))

    def minimumSizeHint(self) -> QSize:
        """Returns the least useful width."""
        return QSize(_ASSUMED_WIDTH // 2, 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the grey, the pictures and the outline of what is pointed at."""
        ratio = self.devicePixelRatioF()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(STAGE))
            painter.scale(1 / ratio, 1 / ratio)
            for tile, image in enumerate(self._images):
                box = self._box(tile)
                is_reduced = box.width() < image.width()
                painter.drawImage(box, scaled_image(image, box.size()) if is_reduced else image)
            box, around = self._pointed_box(), 2 if self._is_flat else 0
            for colour, out in ((PAPER, around), (SELECTED, around - 1)):
                painter.setPen(QPen(QColor(colour), 1))
                if not box.isEmpty():
                    painter.drawRect(box.adjusted(-out, -out, out - 1, out - 1))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tells what is under the mouse."""
        self.pointed_changed.emit(self.place_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Tells that the mouse has left."""
        super().leaveEvent(event)
        self.pointed_changed.emit(None)

    def event(self, event: QEvent) -> bool:
        """Shows the tooltip of what is under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self.place_at(QPointF(event.pos()))
            if place is not None:
                QToolTip.showText(event.globalPos(), self._words_at(place), self)
                return True
        return super().event(event)

    def _count_and_size(self) -> tuple[int, QSize]:
        return len(self._images), self._images[0].size() if self._images else QSize()

    def _box(self, tile: int) -> QRect:
        """Returns the rectangle of a picture, in device pixels."""
        count, size = self._count_and_size()
        room = round(self.width() * self.devicePixelRatioF())
        columns, scale = arranged(count, size.width(), size.height(), room)
        width, height = max(1, round(size.width() * scale)), max(1, round(size.height() * scale))
        row, column = divmod(tile, columns)
        left = (room - columns * (width + _GAP) + _GAP) // 2
        return QRect(left + column * (width + _GAP), row * (height + _GAP), width, height)

    def _pointed_box(self) -> QRect:
        if self._pointed is None or self._pointed.tile >= self._units:
            return QRect()
        if not self._is_flat:
            return self._box(self._pointed.tile)
        box, across = self._box(0), self._images[0].width()
        row, column = divmod(self._pointed.tile, across)
        side = max(1, box.width() // across)
        return QRect(box.left() + column * side, box.top() + row * side, side, side)


def _channels(name: str) -> FloatArray:
    colour = QColor(name)
    return np.array([colour.redF(), colour.greenF(), colour.blueF()], np.float32)


def _together(units: FloatArray) -> FloatArray:
    """Returns pictures (N, 1, 1, C) as the pixels, row by row, of one almost square picture (1, H, W, C)."""
    count, channels = len(units), units.shape[-1]
    across = math.ceil(math.sqrt(count))
    down = -(-count // across)
    whole = np.full((down * across, channels), QColor(STAGE).redF(), np.float32)
    whole[:count] = units.reshape(count, channels)
    return whole.reshape(1, down, across, channels)
