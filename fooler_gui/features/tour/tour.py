"""Leads through the window: points at one control after another and waits for what a person does."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer, Signal, Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from fooler_gui.features.tour.callout import Callout, TargetFrame, place_beside
from fooler_gui.features.tour.tour_steps import LAST_WORDS, STEPS, Before
from fooler_gui.session.model import SessionModel

_MOVES = (
    QEvent.Type.Resize,
    QEvent.Type.Move,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.LayoutRequest,
)
_AROUND = 4


class Tour(QObject):
    """The tour of a window.

    Args:
        window: Holds the controls that the steps name.
        model: The session's model, whose changes the steps wait for.

    Signals:
        ended: It is over, or a person has left it.
    """

    ended = Signal()

    def __init__(self, window: QMainWindow, model: SessionModel) -> None:
        super().__init__(window)
        self._window = window
        self._model = model
        self._place = -1
        self._before = Before.now(model)
        self._target: QWidget | None = None
        self._frame = TargetFrame(window)
        self._callout = Callout(window)
        self._callout.next_requested.connect(self._go_on)
        self._callout.leave_requested.connect(self.leave)
        for changed in (
            model.state_changed,
            model.run_changed,
            model.selection_changed,
            model.setup_changed,
            model.classifier_changed,
            model.retraining_changed,
        ):
            changed.connect(self._look)

    @property
    def place(self) -> int:
        """The number of the present step, from 0; that of the last words is one more, and -1 is none."""
        return self._place

    @Slot()
    def begin(self) -> None:
        """Shows the first step that is not done yet."""
        self._place = -1
        self._go_on()
        self._look()

    @Slot()
    def leave(self) -> None:
        """Ends the tour, wherever it is."""
        if self._place >= 0:
            self._place = -1
            self._point_at(None)
            self._callout.hide()
            self.ended.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the control when it or the window changes its place."""
        if event.type() in _MOVES and self._place >= 0:
            QTimer.singleShot(0, self, self._arrange)
        return super().eventFilter(watched, event)

    @Slot()
    def _look(self) -> None:
        """Goes on as soon as what the step waits for has happened."""
        while 0 <= self._place < len(STEPS) and STEPS[self._place].is_done(self._model, self._before):
            self._go_on()

    @Slot()
    def _go_on(self) -> None:
        self._place += 1
        self._before = Before.now(self._model)
        if self._place < len(STEPS):
            step = STEPS[self._place]
            self._point_at(self._window.findChild(QWidget, step.target))
            self._callout.show_step(step.title, step.words, f"{self._place + 1} of {len(STEPS)}")
        else:
            self._point_at(None)
            self._callout.show_step("You have seen it all", LAST_WORDS, "", is_last=True)
        self._arrange()

    def _point_at(self, target: QWidget | None) -> None:
        if self._target is not None:
            self._target.removeEventFilter(self)
        self._window.removeEventFilter(self)
        self._target = target
        self._frame.setVisible(target is not None)
        if self._place >= 0:
            self._window.installEventFilter(self)
        if target is not None:
            target.installEventFilter(self)
            if (dock := _dock_of(target)) is not None:
                dock.show()
                dock.raise_()

    @Slot()
    def _arrange(self) -> None:
        """Places frame and words beside the control; in the window's middle without one."""
        if self._place < 0:
            return
        room, size = self._window.rect(), self._callout.wished_size()
        seen = self._seen()
        self._frame.setVisible(not seen.isEmpty())
        if seen.isEmpty():
            middle = room.center()
            self._callout.move(middle.x() - size.width() // 2, middle.y() - size.height() // 2)
        else:
            self._frame.setGeometry(seen.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND).intersected(room))
            column = self._column()
            around = QRect(seen)
            if column is not None:
                around.setLeft(column.geometry().left())
                around.setRight(column.geometry().right())
            self._callout.move(place_beside(around, size, room, sideways=column is not None))
        self._callout.resize(size)
        for part in (self._frame, self._callout):
            part.raise_()
        self._callout.show()

    def _column(self) -> QWidget | None:
        """Returns the dock or the centre of the window, which the control is in; None in a toolbar or floating."""
        dock, centre, target = _dock_of(self._target), self._window.centralWidget(), self._target
        if dock is not None:
            return None if dock.isFloating() else dock
        if centre is None or target is None:
            return None
        return centre if centre is target or centre.isAncestorOf(target) else None

    def _seen(self) -> QRect:
        """Returns the part of the control that can be seen, in the window's coordinates; empty if there is none."""
        target = self._target
        if target is None or not target.isVisibleTo(self._window):
            return QRect()
        seen = self._window.rect()
        around: QWidget | None = target
        while around is not None and around is not self._window:
            seen &= QRect(around.mapTo(self._window, QPoint(0, 0)), around.size())
            around = around.parentWidget()
        return seen


def _dock_of(widget: QWidget | None) -> QDockWidget | None:
    """Returns the dock that `widget` is in, or is; None if there is none."""
    dock: QObject | None = widget
    while dock is not None and not isinstance(dock, QDockWidget):
        dock = dock.parent()
    return dock
