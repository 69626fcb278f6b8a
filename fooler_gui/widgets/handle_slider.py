"""A slider whose handle is grabbed where it is pressed, and the look of such sliders.

Subclasses define where on it their positions are.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import QSlider, QWidget

HANDLE_RADIUS = 6.5
MARGIN = HANDLE_RADIUS + 1.5
"""From the ends of the widget to the handle's outermost centres."""
GROOVE = 3.0


class HandleSlider(QSlider):
    """A horizontal slider. Pressing the handle grabs it; pressing beside it moves it there first. Main thread only.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._grabbed_at = 0.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSingleStep(1)

    def x_of(self, position: int) -> float:
        """Returns the x pixel of the handle's centre for `position`."""
        raise NotImplementedError

    def position_at(self, x: float) -> int:
        """Returns the position nearest to the pixel `x`."""
        raise NotImplementedError

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Moves the handle here, or grabs it."""
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        off = event.position().x() - self.x_of(self.value())
        self._grabbed_at = off if abs(off) <= HANDLE_RADIUS else 0.0
        self.setSliderDown(True)
        self._drag_to(event)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drags the handle."""
        if self.isSliderDown():
            self._drag_to(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Releases the handle."""
        if event.button() == Qt.MouseButton.LeftButton and self.isSliderDown():
            self.setSliderDown(False)
            self.update()

    def groove_colour(self) -> QColor:
        """Returns the colour of the empty groove."""
        return self._faded_text(0.3 if self.isEnabled() else 0.15)

    def outline_colour(self) -> QColor:
        """Returns the colour of the handle's outline without the focus."""
        return self._faded_text(0.65 if self.isEnabled() else 0.25)

    def paint_groove(self, painter: QPainter, colour: QColor, left: float, right: float) -> None:
        """Draws the groove from the pixel `left` to `right`; leaves the brush set."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(left, self.height() / 2 - GROOVE / 2, right - left, GROOVE), 1.5, 1.5)

    def paint_handle(self, painter: QPainter) -> None:
        """Draws the handle."""
        outline, width = self.outline_colour(), 1.2
        if self.hasFocus():
            outline, width = self.palette().color(QPalette.ColorRole.Highlight), 2.4
        painter.setPen(QPen(outline, width))
        pressed = QPalette.ColorRole.Midlight if self.isSliderDown() else QPalette.ColorRole.Button
        painter.setBrush(self.palette().color(pressed))
        painter.drawEllipse(QPointF(self.x_of(self.value()), self.height() / 2), HANDLE_RADIUS, HANDLE_RADIUS)

    def _drag_to(self, event: QMouseEvent) -> None:
        self.setSliderPosition(self.position_at(event.position().x() - self._grabbed_at))

    def _faded_text(self, opacity: float) -> QColor:
        colour = QColor(self.palette().color(QPalette.ColorRole.WindowText))
        colour.setAlphaF(opacity)
        return colour
