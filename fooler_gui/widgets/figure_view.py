"""Shows a figure of the article pixel by pixel, as it is exported."""

from __future__ import annotations

from PIL import Image
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from fooler_gui.widgets.colours import INK, STAGE
from fooler_gui.widgets.panel_layout import SPACING
from fooler_gui.widgets.pictures import to_qimage

_LEAST_WIDTH = 200
_SINGLE_STEP = 20


class FigureView(QAbstractScrollArea):
    """A scrolling picture on the stage's grey, or a text if there is none. Main thread only."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """Makes an empty view whose object name is `name`."""
        super().__init__(parent)
        self.setObjectName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumWidth(_LEAST_WIDTH)
        self._image: QImage | None = None
        self._words = ""
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.setSingleStep(_SINGLE_STEP)

    def set_words(self, words: str) -> None:
        """Shows `words` in place of a picture."""
        self._words, self._image = words, None
        self.setAccessibleName(words)
        self._fit()

    def set_picture(self, picture: Image.Image, description: str) -> None:
        """Shows `picture`, with `description` for assistive programs."""
        before, self._image = self.sizeHint(), to_qimage(picture)
        self.setAccessibleName(description)
        if self.sizeHint() != before:
            self.updateGeometry()
        self._fit()

    def sizeHint(self) -> QSize:
        """Returns room for the whole picture."""
        return QSize(600, 600) if self._image is None else self._sheet()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Adapts the scroll bars to the new size."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the visible part of the picture, or the text."""
        view = self.viewport()
        with QPainter(view) as painter:
            painter.fillRect(event.rect(), QColor(STAGE))
            if self._image is None:
                margin = 2 * SPACING
                painter.setPen(QColor(INK))
                painter.drawText(
                    view.rect().adjusted(margin, margin, -margin, -margin),
                    Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
                    self._words,
                )
                return
            place = QRect(self._corner(), self._image.size())
            seen = place & event.rect()
            painter.drawImage(seen, self._image.copy(seen.translated(-place.topLeft())))

    def _corner(self) -> QPoint:
        """Returns the picture's upper left corner in the viewport; it is centred if there is room."""
        room, sheet = self.viewport().size(), self._sheet()
        left = max((room.width() - sheet.width()) // 2, 0) + SPACING - self.horizontalScrollBar().value()
        top = max((room.height() - sheet.height()) // 2, 0) + SPACING - self.verticalScrollBar().value()
        return QPoint(left, top)

    def _sheet(self) -> QSize:
        """Returns the picture's size with a margin around it."""
        return QSize() if self._image is None else self._image.size() + QSize(2 * SPACING, 2 * SPACING)

    def _fit(self) -> None:
        room, sheet = self.viewport().size(), self._sheet()
        for bar, length, seen in (
            (self.horizontalScrollBar(), sheet.width(), room.width()),
            (self.verticalScrollBar(), sheet.height(), room.height()),
        ):
            bar.setRange(0, max(length - seen, 0))
            bar.setPageStep(seen)
        self.viewport().update()
