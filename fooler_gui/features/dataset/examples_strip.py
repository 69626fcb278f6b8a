"""An image of each class, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fooler_gui.widgets.slot_images import image_from_array

_GAP = 2
_LEAST, _MOST = 24, 40
"""Sides of a thumbnail, in logical pixels."""


class ExamplesStrip(QWidget):
    """Thumbnails in one row, as many as fit; the class is in the tooltip. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dataset_examples")
        self.setAccessibleName("An image of each class")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._images: list[QImage] = []
        self._names: tuple[str, ...] = ()

    def set_examples(self, examples: npt.NDArray[np.uint8], names: Sequence[str]) -> None:
        """Shows `examples` (K, H, W, C) of the first K classes called `names`; hides itself if K is 0."""
        self._images = [image_from_array(example.astype(np.float32) / 255) for example in examples]
        self._names = tuple(names)
        self.setVisible(bool(self._images))
        self.setFixedHeight(self._side())
        self.update()

    def sizeHint(self) -> QSize:
        """Returns the height of a thumbnail."""
        return QSize(_LEAST, self._side())

    def boxes(self) -> list[QRect]:
        """Returns where the thumbnails are, in logical pixels; those that have no room are left out."""
        side = self._side()
        room = max(1, (self.width() + _GAP) // (side + _GAP))
        return [QRect(place * (side + _GAP), 0, side, side) for place in range(min(room, len(self._images)))]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws each image in its box, in its own proportions."""
        with QPainter(self) as painter:
            for box, image in zip(self.boxes(), self._images, strict=False):
                size = image.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
                target = QRect(0, 0, size.width(), size.height())
                target.moveCenter(box.center())
                smooth = image.width() > size.width() * self.devicePixelRatioF()
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
                painter.drawImage(target, image)

    def event(self, event: QEvent) -> bool:
        """Shows the name of the class under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            for box, name in zip(self.boxes(), self._names, strict=False):
                if box.contains(event.pos()):
                    QToolTip.showText(event.globalPos(), name, self)
                    return True
        return super().event(event)

    def resizeEvent(self, event: object) -> None:
        """Gives the thumbnails their height."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self.setFixedHeight(self._side())

    def _side(self) -> int:
        """Returns the side of a thumbnail: so that all fit, within bounds."""
        count = max(1, len(self._images))
        return max(_LEAST, min(_MOST, (self.width() + _GAP) // count - _GAP))
