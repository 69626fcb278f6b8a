"""A pad to draw an image on, with a brush, an eraser, undo and clear."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from fooler_gui.core.arrays import FloatArray
from fooler_gui.widgets.slot_images import Shape, array_from_image

BRUSHES = {"Fine": 0.05, "Medium": 0.09, "Broad": 0.15}
"""The width of each brush, as a share of the pad's longer side."""
_SIDE = 308
_MOST_UNDONE = 50


class DrawingPad(QWidget):
    """Draws with mouse or pen. Main thread only.

    Args:
        shape: (H, W, C) of the image.
        dark: Whether one draws light on dark, as in the dataset, or dark on light.
        parent: Owner.

    Signals:
        image_changed: The drawing changed.

    Attributes:
        brush: The width of the brush, a share of the longer side.
        colour: What the brush paints.
        erases: Whether the brush paints the ground.
    """

    image_changed = Signal()

    def __init__(self, shape: Shape, *, dark: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drawing_pad")
        self.setAccessibleName("Drawing pad")
        self.setToolTip("Draw with mouse or pen")
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._shape = shape
        self._ground = QColor("black" if dark else "white")
        self.colour = QColor("white" if dark else "black")
        self.brush = BRUSHES["Medium"]
        self.erases = False
        height, width, _ = shape
        scale = max(1, _SIDE // max(height, width))
        self._canvas = QImage(width * scale, height * scale, QImage.Format.Format_RGB32)
        self._canvas.fill(self._ground)
        self._former: list[QImage] = []
        self._from: QPointF | None = None
        self.setFixedSize(self._canvas.size())

    def image(self) -> FloatArray:
        """Returns the drawing as (H, W, C) float32 in [0, 1]."""
        return array_from_image(self._canvas, self._shape)

    def can_undo(self) -> bool:
        """Returns whether there is something to undo."""
        return bool(self._former)

    def undo(self) -> None:
        """Takes back the last stroke, or the last clearing."""
        if self._former:
            self._canvas = self._former.pop()
            self._tell()

    def clear(self) -> None:
        """Makes the pad empty; this can be undone."""
        self._keep()
        self._canvas.fill(self._ground)
        self._tell()

    def sizeHint(self) -> QSize:
        """Returns the size of the canvas."""
        return self._canvas.size()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begins a stroke."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._keep()
            self._from = event.position()
            self._draw_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Goes on with the stroke."""
        if self._from is not None:
            self._draw_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ends the stroke."""
        self._from = None
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the canvas."""
        with QPainter(self) as painter:
            painter.drawImage(QRectF(self.rect()), self._canvas)

    def _draw_to(self, place: QPointF) -> None:
        assert self._from is not None
        width = self.brush * max(self._canvas.width(), self._canvas.height())
        pen = QPen(self._ground if self.erases else self.colour, width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        with QPainter(self._canvas) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(pen)
            if place == self._from:
                painter.drawPoint(place)
            else:
                painter.drawLine(self._from, place)
        self._from = place
        self._tell()

    def _keep(self) -> None:
        self._former = [*self._former[1 - _MOST_UNDONE :], self._canvas.copy()]

    def _tell(self) -> None:
        self.update()
        self.image_changed.emit()
