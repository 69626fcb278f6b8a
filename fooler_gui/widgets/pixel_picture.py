"""One image, enlarged by a whole factor or smoothly reduced, on the stage's grey."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fooler_gui.widgets.colours import STAGE
from fooler_gui.widgets.slot_images import scaled_image

_USUAL_PIXELS = 28
"""The assumed size before there is an image, so that the layout does not jump."""


class PixelPicture(QWidget):
    """Shows an image enlarged by a whole factor; its height follows from its width. Main thread only.

    An image with more pixels than there is room for is smoothly reduced instead.

    Args:
        margin: Minimum grey margin around the image, in logical pixels.
        parent: Owner.
    """

    def __init__(self, margin: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._margin = margin
        self._image = QImage()
        self._size = QSize(_USUAL_PIXELS, _USUAL_PIXELS)
        self._words_at: Callable[[int, int], str] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def image(self) -> QImage:
        """Returns the image in its own pixels, or a null image."""
        return self._image

    def set_image(self, image: QImage) -> None:
        """Shows `image`, or only grey if it is null."""
        self._image = image
        if not image.isNull() and image.size() != self._size:
            self._size = image.size()
            self.updateGeometry()
        self.update()

    def set_words_at(self, words_at: Callable[[int, int], str] | None) -> None:
        """Sets the tooltip of each pixel: `words_at` returns it for its row and column, from 0."""
        self._words_at = words_at

    def image_rect(self) -> QRect:
        """Returns the rectangle of the image, in device pixels from the widget's corner."""
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        margin = round(self._margin * ratio)
        size = self._size * self._scale(width - 2 * margin, height - 2 * margin)
        return QRect((width - size.width()) // 2, (height - size.height()) // 2, size.width(), size.height())

    def pixel_at(self, position: QPointF) -> tuple[int, int] | None:
        """Returns the row and column of the image's pixel at a point of the widget, or None."""
        place, box = (position * self.devicePixelRatioF()).toPoint(), self.image_rect()
        if self._image.isNull() or not box.contains(place):
            return None
        inside = place - box.topLeft()
        return inside.y() * self._size.height() // box.height(), inside.x() * self._size.width() // box.width()

    def heightForWidth(self, width: int) -> int:
        """Returns the height of the largest image in `width`, with the grey around it."""
        ratio = self.devicePixelRatioF()
        scale = self._scale(round((width - 2 * self._margin) * ratio), None)
        return math.ceil(self._size.height() * scale / ratio) + 2 * self._margin

    def hasHeightForWidth(self) -> bool:
        """Returns True."""
        return True

    def sizeHint(self) -> QSize:
        """Returns room for an image three times its size."""
        return self._size * 3 + QSize(2, 2) * self._margin

    def minimumSizeHint(self) -> QSize:
        """Returns room for an image of a usual size."""
        return QSize(1, 1) * (_USUAL_PIXELS + 2 * self._margin)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the grey and the image."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(STAGE))
            painter.scale(1 / self.devicePixelRatioF(), 1 / self.devicePixelRatioF())
            box = self.image_rect()
            is_reduced = box.width() < self._image.width()
            painter.drawImage(box, scaled_image(self._image, box.size()) if is_reduced else self._image)

    def event(self, event: QEvent) -> bool:
        """Shows the tooltip of the pixel under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._words_at is not None:
            pixel = self.pixel_at(QPointF(event.pos()))
            if pixel is not None:
                QToolTip.showText(event.globalPos(), self._words_at(*pixel), self)
                return True
        return super().event(event)

    def _scale(self, width: int, height: int | None) -> float:
        """Returns the device pixels per pixel within this room: a whole number, or less than one."""
        scale = width / self._size.width()
        if height is not None:
            scale = min(scale, height / self._size.height())
        return math.floor(scale) if scale >= 1 else max(scale, 0.0)
