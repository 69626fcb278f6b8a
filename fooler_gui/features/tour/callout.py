"""What a step of the tour shows: a frame around a control, and a box of words beside it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from fooler_gui.widgets.panel_layout import SPACING, STRETCH, QuietLabel, column_of, heading, row_of
from fooler_gui.widgets.shortcut_keys import keep_space
from fooler_gui.widgets.theme import blue_on

_WIDTH = 280
"""Not wider than the columns of docks, which the words of the centre stand over."""
_GAP = 12
_FRAME = 3


class TargetFrame(QWidget):
    """A frame around a control of the window, through which it can be used."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("tour_frame")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the frame."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(blue_on(self.palette()), _FRAME))
            half = _FRAME / 2
            painter.drawRoundedRect(self.rect().toRectF().adjusted(half, half, -half, -half), 6, 6)


class Callout(QWidget):
    """A box of words with buttons. Main thread only.

    Signals:
        next_requested: Go on without what the step waits for.
        leave_requested: Leave the tour.
    """

    next_requested = Signal()
    leave_requested = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("tour_callout")
        self.setFixedWidth(_WIDTH)
        self._title = heading("")
        self._title.setObjectName("tour_title")
        self._words = QLabel(self)
        self._words.setObjectName("tour_words")
        self._words.setWordWrap(True)
        self._place = QuietLabel("", self)
        self._leave = QPushButton("&Leave the tour", self)
        self._leave.setObjectName("tour_leave")
        self._next = QPushButton("&Next", self)
        self._next.setObjectName("tour_next")
        for button in (self._leave, self._next):
            keep_space(button)
        buttons = row_of(self._place, STRETCH, self._leave, self._next)
        self._column = column_of(self._title, self._words, buttons, on=self, margins=2 * SPACING)
        self._next.clicked.connect(self.next_requested)
        self._leave.clicked.connect(self.leave_requested)
        self.hide()

    def show_step(self, title: str, words: str, place: str, *, is_last: bool = False) -> None:
        """Shows the words of a step, and its place in the tour; the last one can only be left."""
        self._title.setText(title)
        self._words.setText(words)
        self._place.setText(place)
        self._next.setVisible(not is_last)
        self._leave.setText("&Close" if is_last else "&Leave the tour")
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        self._column.activate()
        self.resize(self.wished_size())

    def wished_size(self) -> QSize:
        """Returns the size that holds all words."""
        return QSize(_WIDTH, self._column.heightForWidth(_WIDTH))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the box."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(self.palette().color(QPalette.ColorRole.Base))
            painter.setPen(QPen(blue_on(self.palette()), 1.5))
            painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), 6, 6)


def place_beside(around: QRect, box: QSize, room: QRect, *, sideways: bool = False) -> QPoint:
    """Returns where a `box` is placed so that it lies in `room` beside `around`, and covers as little of it as it can.

    It is preferred below a small rectangle, and at the right of a large one; if `sideways`, always at the left.
    """
    beside = (
        QPoint(around.right() + _GAP, around.top()),
        QPoint(around.left() - _GAP - box.width(), around.top()),
    )
    below = (
        QPoint(around.left(), around.bottom() + _GAP),
        QPoint(around.left(), around.top() - _GAP - box.height()),
    )
    inner = room.adjusted(_GAP, _GAP, -_GAP, -_GAP)

    def inside(wish: QPoint) -> QPoint:
        x = max(inner.left(), min(wish.x(), inner.right() - box.width()))
        y = max(inner.top(), min(wish.y(), inner.bottom() - box.height()))
        return QPoint(x, y)

    def covered(place: QPoint) -> int:
        common = QRect(place, box).intersected(around)
        return common.width() * common.height()

    if sideways:
        wishes = (*reversed(beside), *below)
    elif around.height() < box.height() // 2:
        wishes = (*below, *beside)
    else:
        wishes = (*beside, *below)
    return min(map(inside, wishes), key=covered)
