"""A button that is a picture with words below it, on the stage's grey."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fooler_gui.widgets.colours import INK, PAPER, SELECTED
from fooler_gui.widgets.shortcut_keys import keep_space

_FRAME = 4
"""The room around the picture for the outlines that show what is chosen, under the mouse, or has the focus."""
_GAP = 4
_FADED = 0.35


class PictureCard(QAbstractButton):
    """Shows a square picture with its text below; its owner decides whether it is the chosen one. Main thread only.

    Args:
        text: What it offers.
        name: Its object name.
        tip: What a click does.
        parent: Owner.
    """

    def __init__(self, text: str, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QImage()
        self._side = 96
        self._is_chosen = False
        self.setText(text)
        self.setObjectName(name)
        self.setAccessibleName(text)
        self.setToolTip(tip)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        keep_space(self)

    def set_picture(self, picture: QImage) -> None:
        """Shows `picture`; one of fewer pixels than the card keeps them crisp."""
        self._picture = picture
        self.update()

    def set_words(self, text: str) -> None:
        """Shows `text` below the picture."""
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def is_chosen(self) -> bool:
        """Returns whether it is outlined as the chosen one."""
        return self._is_chosen

    def set_chosen(self, chosen: bool) -> None:
        """Outlines it as the chosen one, or not."""
        self._is_chosen = chosen
        self.setAccessibleDescription("Chosen" if chosen else "")
        self.update()

    def set_side(self, side: int) -> None:
        """Makes the picture `side` pixels wide and high."""
        if side != self._side:
            self._side = side
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Returns the room for picture and text."""
        metrics = self.fontMetrics()
        width = max(self._side, metrics.horizontalAdvance(self.text())) + 2 * _FRAME
        return QSize(width, self._side + 2 * _FRAME + _GAP + metrics.height())

    def minimumSizeHint(self) -> QSize:
        """Returns `sizeHint`: nothing of it is cut off."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws picture, text and outlines."""
        box = QRect((self.width() - self._side) // 2, _FRAME, self._side, self._side)
        with QPainter(self) as painter:
            if not self.isEnabled():
                painter.setOpacity(_FADED)
            small = max(self._picture.width(), self._picture.height()) < self._side
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not small)
            painter.drawImage(box, self._picture)
            painter.setOpacity(1.0)
            if self._is_chosen:
                _outline(painter, box, _FRAME, QColor(PAPER))
                _outline(painter, box, _FRAME - 1, QColor(SELECTED))
            elif self.isEnabled() and (self.underMouse() or self.isDown()):
                _outline(painter, box, 2, QColor(PAPER))
            words = QRect(0, box.bottom() + 1 + _FRAME + _GAP, self.width(), self.fontMetrics().height())
            painter.setPen(QColor(INK))
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())
            if self.hasFocus():
                painter.setPen(QPen(QColor(INK), 1, Qt.PenStyle.DotLine))
                painter.drawRect(words.adjusted(0, -1, -1, 0))


def _outline(painter: QPainter, box: QRect, width: int, colour: QColor) -> None:
    """Draws a frame of `width` around `box`."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    outer = box.adjusted(-width, -width, width, width)
    for side in (
        QRect(outer.left(), outer.top(), outer.width(), width),
        QRect(outer.left(), box.bottom() + 1, outer.width(), width),
        QRect(outer.left(), box.top(), width, box.height()),
        QRect(box.right() + 1, box.top(), width, box.height()),
    ):
        painter.drawRect(side)
