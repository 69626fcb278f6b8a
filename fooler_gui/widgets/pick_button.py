"""A small button, clearly painted as picked or not."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from fooler_gui.widgets.colours import SELECTED
from fooler_gui.widgets.shortcut_keys import keep_space

_ADDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_HEIGHT = 26
_PADDING = 7
_RADIUS = 4.0


class PickButton(QAbstractButton):
    """A small checkable button with text; its owner decides what is checked after a click.

    Signals:
        pick_requested: (bool) Whether it is added or removed (Space, Ctrl- or Shift-click) rather than picked alone.
    """

    pick_requested = Signal(bool)

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._adding = False
        self.setText(text)
        self.setCheckable(True)
        keep_space(self)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(self._on_clicked)

    def sizeHint(self) -> QSize:
        """Returns the room for the text, and no more."""
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2 * _PADDING
        return QSize(max(width, _HEIGHT - 2), _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Returns `sizeHint`: the text is never truncated."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leaves the arrow keys to the owner; Space adds or removes."""
        if event.key() in _ARROWS:
            event.ignore()
            return
        self._adding = True
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Notes whether Ctrl or Shift is held."""
        self._adding = bool(event.modifiers() & _ADDING)
        super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the button, filled when it is picked."""
        palette = self.palette()
        text = palette.color(QPalette.ColorRole.ButtonText)
        outline = QColor(text)
        outline.setAlphaF(0.3)
        fill = palette.color(QPalette.ColorRole.Button)
        if self.isChecked():
            fill = QColor(SELECTED)
            text = QColor(Qt.GlobalColor.white)
        if self.underMouse() and self.isEnabled():
            outline.setAlphaF(0.7)
        with QPainter(self) as painter:
            painter.setClipRect(event.rect())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if not self.isEnabled():
                painter.setOpacity(0.5)
            area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.setPen(QPen(outline, 1))
            painter.setBrush(fill)
            painter.drawRoundedRect(area, _RADIUS, _RADIUS)
            if self.hasFocus():
                painter.setPen(QPen(text, 1, Qt.PenStyle.DotLine))
                painter.drawRoundedRect(area.adjusted(2, 2, -2, -2), _RADIUS - 2, _RADIUS - 2)
            painter.setPen(text)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())

    def _on_clicked(self) -> None:
        adding, self._adding = self._adding, False
        self.pick_requested.emit(adding)
