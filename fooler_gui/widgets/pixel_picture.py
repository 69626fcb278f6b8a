"""One image, enlarged to whole pixels on the stage's grey. Panels may use it."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fooler_gui.widgets.colours import STAGE

_USUAL_PIXELS = 28
"""Of an image that is still to come, so that it finds its room."""


class PixelPicture(QWidget):
    """Shows an image as large as whole pixels allow, as high as its width asks for. Main thread only.

    An image with more pixels than there is room is made smaller instead.

    Args:
        margin: Least width of the grey around the image, in logical pixels.
        parent: The widget that holds it.
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
        """Returns the image in its own pixels; a null one where there is none."""
        return self._image

    def set_image(self, image: QImage) -> None:
        """Shows `image`, or nothing but grey if it is null."""
        self._image = image
        if not image.isNull() and image.size() != self._size:
            self._size = image.size()
            self.updateGeometry()
        self.update()

    def set_words_at(self, words_at: Callable[[int, int], str] | None) -> None:
        """Lets the tooltip over an image be what `words_at` returns for the row and column of a pixel, from 0."""
        self._words_at = words_at

    def image_rect(self) -> QRect:
        """Returns where the image is drawn, in device pixels from the widget's corner."""
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        margin = round(self._margin * ratio)
        size = self._size * self._scale(width - 2 * margin, height - 2 * margin)
        return QRect((width - size.width()) // 2, (height - size.height()) // 2, size.width(), size.height())

    def pixel_at(self, position: QPointF) -> tuple[int, int] | None:
        """Returns the row and column of the image's pixel at a point of the widget, or None where there is none."""
        place, box = (position * self.devicePixelRatioF()).toPoint(), self.image_rect()
        if self._image.isNull() or not box.contains(place):
            return None
        inside = place - box.topLeft()
        return inside.y() * self._size.height() // box.height(), inside.x() * self._size.width() // box.width()

    def heightForWidth(self, width: int) -> int:
        """Returns the height of the image at its largest in `width`, and of the grey around it."""
        ratio = self.devicePixelRatioF()
        scale = self._scale(round((width - 2 * self._margin) * ratio), None)
        return math.ceil(self._size.height() * scale / ratio) + 2 * self._margin

    def hasHeightForWidth(self) -> bool:
        """Returns that it has."""
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
            painter.drawImage(self.image_rect(), self._image)

    def event(self, event: QEvent) -> bool:
        """Tells of the pixel under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._words_at is not None:
            pixel = self.pixel_at(QPointF(event.pos()))
            if pixel is not None:
                QToolTip.showText(event.globalPos(), self._words_at(*pixel), self)
                return True
        return super().event(event)

    def _scale(self, width: int, height: int | None) -> float:
        """Returns how many device pixels a pixel takes within so much room: a whole number, or less than one."""
        scale = width / self._size.width()
        if height is not None:
            scale = min(scale, height / self._size.height())
        return math.floor(scale) if scale >= 1 else max(scale, 0.0)
