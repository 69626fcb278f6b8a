"""Small buttons: one clearly painted as picked or not, and one that shows a choice and opens a list."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from fooler_gui.widgets.colours import SELECTED
from fooler_gui.widgets.icons import icon
from fooler_gui.widgets.shortcut_keys import keep_space

_ADDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_HEIGHT = 26
_PADDING = 7
_ICON = 16
_RADIUS = 4.0
_LIST_WIDTH = 152
_ARROW = 4.0


class PickButton(QAbstractButton):
    """A small checkable button with text; its owner decides what is checked after a click.

    Args:
        text: What it says.
        parent: Owner.
        icon_name: The name of the icon before the text; "" for none.

    Signals:
        pick_requested: (bool) Whether it is added or removed (Space, Ctrl- or Shift-click) rather than picked alone.
    """

    pick_requested = Signal(bool)

    def __init__(self, text: str, parent: QWidget | None = None, *, icon_name: str = "") -> None:
        super().__init__(parent)
        self._adding = False
        self._icon_name = icon_name
        self.setText(text)
        self.setCheckable(True)
        keep_space(self)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(self._on_clicked)

    def sizeHint(self) -> QSize:
        """Returns the room for icon and text, and no more."""
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2 * _PADDING + self._icon_width()
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
        with QPainter(self) as painter:
            painter.setClipRect(event.rect())
            text = _paint_ground(painter, self)
            painter.setPen(text)
            room = self.rect().adjusted(self._icon_width(), 0, 0, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self.text())
            if self._icon_name:
                place = QRect(_PADDING, (self.height() - _ICON) // 2, _ICON, _ICON)
                icon(self._icon_name, text).paint(painter, place)

    def _icon_width(self) -> int:
        return _ICON + _PADDING // 2 if self._icon_name else 0

    def _on_clicked(self) -> None:
        adding, self._adding = self._adding, False
        self.pick_requested.emit(adding)


class ListButton(QAbstractButton):
    """A button of fixed width that shows a choice, elided if it is long, and an arrow: it opens a list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        keep_space(self)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_choice(self, text: str) -> None:
        """Shows `text`."""
        self.setText(text)
        self.update()

    def sizeHint(self) -> QSize:
        """Returns the same width for every choice, so that nothing beside it moves."""
        return QSize(_LIST_WIDTH, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Returns `sizeHint`."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws the choice and the arrow."""
        with QPainter(self) as painter:
            painter.setClipRect(event.rect())
            text = _paint_ground(painter, self)
            room = self.rect().adjusted(_PADDING + 1, 0, -round(2 * _PADDING + 2 * _ARROW), 0)
            words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
            painter.setPen(text)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
            middle = QPointF(self.width() - _PADDING - _ARROW, self.height() / 2)
            painter.setBrush(text)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawPolygon(
                [
                    middle + QPointF(-_ARROW, -_ARROW / 2),
                    middle + QPointF(_ARROW, -_ARROW / 2),
                    middle + QPointF(0, _ARROW / 2),
                ]
            )


def _paint_ground(painter: QPainter, button: QAbstractButton) -> QColor:
    """Draws the ground, outline and focus of `button`; returns the colour of its text."""
    palette = button.palette()
    text = palette.color(QPalette.ColorRole.ButtonText)
    outline = QColor(text)
    outline.setAlphaF(0.3)
    fill = palette.color(QPalette.ColorRole.Button)
    if button.isChecked():
        fill = QColor(SELECTED)
        text = QColor(Qt.GlobalColor.white)
    if button.underMouse() and button.isEnabled():
        outline.setAlphaF(0.7)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if not button.isEnabled():
        painter.setOpacity(0.5)
    area = QRectF(button.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setPen(QPen(outline, 1))
    painter.setBrush(fill)
    painter.drawRoundedRect(area, _RADIUS, _RADIUS)
    if button.hasFocus():
        painter.setPen(QPen(text, 1, Qt.PenStyle.DotLine))
        painter.drawRoundedRect(area.adjusted(2, 2, -2, -2), _RADIUS - 2, _RADIUS - 2)
    return text
