from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from press_watch import SURE_AFTER, Pressable, PressWatch
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPushButton,
    QRadioButton,
    QStyle,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot
from reachable import place_to_press

from fooler_gui.core.run_control import RunControl
from fooler_gui.session.background import Background
from fooler_gui.widgets.pick_button import PickButton


class Canvas(QWidget):
    """Shows a bar that no property reveals; a restless one is longer each time it is painted."""

    def __init__(self, parent: QWidget, *, restless: bool = False) -> None:
        super().__init__(parent)
        self.setMinimumSize(100, 20)
        self.length = 0
        self._restless = restless

    def paintEvent(self, _event: QPaintEvent) -> None:
        self.length += self._restless
        with QPainter(self) as painter:
            painter.fillRect(0, 0, self.length, 20, Qt.GlobalColor.red)


class Room:
    """A window with a field that has the focus, a label, a canvas, and room for what is pressed."""

    def __init__(self, qtbot: QtBot, app: QApplication) -> None:
        self.app = app
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        centre = QWidget(self.window)
        self.column = QVBoxLayout(centre)
        self.field, self.label, self.canvas = QLineEdit(centre), QLabel("as before", centre), Canvas(centre)
        for widget in (self.field, self.label, self.canvas):
            self.column.addWidget(widget)
        self.window.setCentralWidget(centre)
        self.window.show()
        self.watch = PressWatch(app)

    def add(self, widget: QWidget) -> None:
        self.column.addWidget(widget)
        self.app.processEvents()

    def press(self, pressable: Pressable, times: int = SURE_AFTER) -> None:
        if isinstance(pressable, QAbstractButton):
            self.add(pressable)
        for _ in range(times):
            self.app.processEvents()
            self.watch.observe(pressable, lambda: _press(pressable))


def _press(pressable: Pressable) -> None:
    if isinstance(pressable, QAction):
        pressable.trigger()
    else:
        QTest.mouseClick(pressable, Qt.MouseButton.LeftButton, pos=place_to_press(pressable))


@pytest.fixture
def room(qtbot: QtBot, qapp: QApplication) -> Iterator[Room]:
    made = Room(qtbot, qapp)
    with made.watch.watching():
        yield made


def _named(button: QAbstractButton, *, checkable: bool = False) -> QAbstractButton:
    button.setObjectName("planted")
    button.setText("Planted")
    if checkable:
        button.setCheckable(True)
    return button


@pytest.mark.parametrize("checkable", [False, True])
@pytest.mark.parametrize("kind", [QPushButton, QToolButton, lambda: PickButton("")])
def test_a_button_that_nothing_is_connected_to_is_dead(
    room: Room, kind: Callable[[], QAbstractButton], checkable: bool
) -> None:
    room.press(_named(kind(), checkable=checkable), times=2 * SURE_AFTER)
    assert room.watch.dead() == ["/planted"]


@pytest.mark.parametrize("checkable", [False, True])
def test_an_action_that_nothing_is_connected_to_is_dead_unless_it_holds_a_choice(room: Room, checkable: bool) -> None:
    action = QAction("Planted", room.window, checkable=checkable)
    room.window.addToolBar("tools").addAction(action)
    room.press(action, times=2 * SURE_AFTER)
    assert room.watch.dead() == ([] if checkable else ["/Planted"])


def test_what_goes_on_in_the_window_besides_is_not_taken_for_an_answer(room: Room) -> None:
    clock = QTimer(room.window, interval=0)
    clock.timeout.connect(lambda: room.label.setText(room.label.text() + "."))
    clock.start()
    room.add(Canvas(room.window, restless=True))
    room.press(_named(QPushButton()))
    assert len(room.label.text()) > len("as before")
    assert room.watch.dead() == ["/planted"]


def test_what_is_typed_before_counts_before_and_is_no_answer(room: Room) -> None:
    room.field.editingFinished.connect(lambda: room.label.setText("typed"))
    room.field.setFocus()
    room.app.processEvents()
    QTest.keyClicks(room.field, "7")
    room.press(_named(QPushButton()), times=1)
    assert room.label.text() == "typed"
    assert (room.watch.pressed.total(), room.watch.followed.total()) == (1, 0)


def test_a_single_press_in_vain_is_no_proof(room: Room) -> None:
    button = _named(QPushButton())
    room.press(button, times=SURE_AFTER - 1)
    assert room.watch.dead() == []
    assert room.watch.unsettled([button]) == [button]


def test_to_choose_what_is_chosen_is_not_counted(room: Room) -> None:
    room.add(QRadioButton("the other", room.window))
    radio = _named(QRadioButton())
    radio.setChecked(True)
    room.press(radio)
    assert room.watch.pressed.total() == 0


def _tell(room: Room, _button: QAbstractButton) -> None:
    room.label.setText("otherwise")


def _hide(room: Room, _button: QAbstractButton) -> None:
    room.label.hide()


def _paint(room: Room, _button: QAbstractButton) -> None:
    room.canvas.length += 10


def _forbid(_room: Room, button: QAbstractButton) -> None:
    button.setEnabled(False)


def _draw_icon(room: Room, button: QAbstractButton) -> None:
    button.setIcon(room.window.style().standardIcon(QStyle.StandardPixmap.SP_MediaPause))


def _copy(room: Room, _button: QAbstractButton) -> None:
    room.app.clipboard().setText("as before")


def _go_to_the_front(room: Room, _button: QAbstractButton) -> None:
    room.window.raise_()


def _order_a_stop(_room: Room, _button: QAbstractButton) -> None:
    RunControl().stop()


def _work_beside(room: Room, _button: QAbstractButton) -> None:
    background = Background(room.window)
    background.do(lambda: None, lambda _nothing: None)
    background.end()


@pytest.mark.parametrize(
    "act",
    [
        _tell,
        _hide,
        _paint,
        _forbid,
        _draw_icon,
        _copy,
        _go_to_the_front,
        _order_a_stop,
        _work_beside,
    ],
)
def test_whatever_follows_is_noticed(room: Room, act: Callable[[Room, QAbstractButton], None]) -> None:
    button = _named(QPushButton())
    button.clicked.connect(lambda: act(room, button))
    room.press(button, times=1)
    assert room.watch.followed == {"/planted": 1}


def test_a_question_that_is_answered_at_once_is_noticed(room: Room) -> None:
    button = _named(QPushButton())
    button.clicked.connect(room.watch.noted(lambda: True))
    room.press(button, times=1)
    assert room.watch.followed == {"/planted": 1}


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_menu_that_opens_and_is_closed_is_noticed(room: Room) -> None:
    button = _named(QToolButton())
    menu = QMenu(button)
    menu.addAction("Never chosen")
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    menu.aboutToShow.connect(lambda: QTimer.singleShot(0, menu.close))
    room.press(button, times=2)
    assert not menu.isVisible()
    assert room.watch.followed == {"/planted": 2}


def test_the_mark_of_a_box_is_what_follows(room: Room) -> None:
    box = _named(QCheckBox())
    room.press(box, times=2)
    assert room.watch.followed == {"/planted": 2}
