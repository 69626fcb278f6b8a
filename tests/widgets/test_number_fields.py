import pytest
from PySide6.QtCore import QLocale, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtWidgets import QApplication, QMainWindow

from fooler_gui.widgets.number_fields import (
    TOWARDS_ONE,
    NumberSpinBox,
    WholeSpinBox,
    over_decades,
)


@pytest.fixture
def spin_box(qtbot):
    box = NumberSpinBox(0.0, 1e6, over_decades(1e-8))
    qtbot.addWidget(box)
    return box


def type_number(qtbot, box, text):
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Qt.Key.Key_Return)


def turn_wheel(box):
    up, nowhere = QPoint(0, 120), QPoint(0, 0)
    event = QWheelEvent(
        QPointF(5, 5), box.mapToGlobal(QPointF(5, 5)), nowhere, up, Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, event)
    return event


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-4, "1e-4"), (0.5, "0.5"), (10.0, "10"), (0.0, "0"), (1e6, "1e6"), (0.9999999, "0.9999999"), (1e-8, "1e-8")],
)
def test_a_number_is_shown_in_its_shortest_text(spin_box, value, text):
    spin_box.setValue(value)
    assert spin_box.text() == text


@pytest.mark.parametrize(
    ("typed", "value"),
    [("1e-4", 1e-4), ("0.25", 0.25), (".5", 0.5), ("2E3", 2000.0), ("0,5", 0.5), ("1,000", 1000.0), ("1'000", 1000.0)],
)
def test_typed_numbers_are_understood(qtbot, spin_box, typed, value):
    type_number(qtbot, spin_box, typed)
    assert spin_box.value() == value


def test_nothing_is_sent_before_typing_is_finished(qtbot, spin_box):
    values = []
    spin_box.valueChanged.connect(values.append)
    type_number(qtbot, spin_box, "1e-4")
    assert values == [1e-4]


def test_too_large_a_number_becomes_the_largest(qtbot, spin_box):
    type_number(qtbot, spin_box, "5e9")
    assert spin_box.value() == 1e6


@pytest.mark.parametrize("typed", ["nan", "-", "-3", "abc", "1.000,5", "1,00,000"])
def test_what_is_no_number_of_the_range_cannot_be_typed(qtbot, spin_box, typed):
    spin_box.setValue(7.0)
    type_number(qtbot, spin_box, typed)
    assert spin_box.value() == 7.0


def test_an_unfinished_exponent_leaves_the_former_number(qtbot, spin_box):
    spin_box.setValue(7.0)
    type_number(qtbot, spin_box, "1e-")
    assert spin_box.value() == 7.0


@pytest.mark.parametrize(
    ("typed", "value"),
    [("12", 12), ("1,000", 1000), ("1e3", 1000), ("250,000", 100_000), ("1.000", 7), ("0,5", 7), ("1,5", 7), ("-3", 7),
     ("0", 7), ("1,00,000", 7)],
)  # fmt: skip
def test_a_typed_whole_number_is_meant_or_the_former_stays(qtbot, typed, value):
    box = WholeSpinBox(1, 100_000)
    qtbot.addWidget(box)
    box.set_unit("steps")
    box.setValue(7)
    type_number(qtbot, box, typed)
    assert (box.value(), box.text()) == (value, f"{value:,} steps")


def test_a_field_with_a_unit_is_as_wide_for_1_as_for_more(qtbot):
    box = WholeSpinBox(1, 100_000)
    qtbot.addWidget(box)
    box.set_unit("steps")
    widths = set()
    for value in (1, 2, 100_000):
        box.setValue(value)
        widths.add(box.sizeHint().width())
    assert len(widths) == 1


@pytest.mark.parametrize("make", [lambda: NumberSpinBox(0.0, 1e6, over_decades(1e-8)), lambda: WholeSpinBox(0, 10**6)])
@pytest.mark.parametrize("name", ["de_DE", "ar_EG", "fa_IR", "hi_IN", "ja_JP"])
def test_numbers_are_shown_and_read_alike_in_every_locale(qtbot, make, name):
    box = make()
    qtbot.addWidget(box)
    box.setLocale(QLocale(name))
    type_number(qtbot, box, "12,345")
    assert (box.value(), box.text()) == (12_345, "12345")
    box.selectAll()
    box.lineEdit().insert("٤٢")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert (box.value(), box.text()) == (42, "42")


def test_arrow_keys_walk_over_decades(qtbot, spin_box):
    spin_box.setValue(1e-3)
    qtbot.keyClick(spin_box, Qt.Key.Key_Up)
    assert spin_box.value() == 2e-3
    qtbot.keyClick(spin_box, Qt.Key.Key_PageDown)
    assert spin_box.value() == 2e-4


def test_arrow_keys_walk_towards_a_probability_of_one(qtbot):
    box = NumberSpinBox(0.0, 1.0, TOWARDS_ONE)
    qtbot.addWidget(box)
    box.setValue(0.999)
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert box.text() == "0.9995"


@pytest.mark.parametrize("make", [lambda: NumberSpinBox(0.0, 1e6, over_decades(1e-8)), lambda: WholeSpinBox(0, 100)])
def test_the_wheel_is_left_alone_without_the_focus(qtbot, make):
    box = make()
    qtbot.addWidget(box)
    box.setValue(5)
    event = turn_wheel(box)
    assert box.value() == 5
    assert not event.isAccepted()


def test_the_wheel_steps_with_the_focus(qtbot, spin_box):
    spin_box.setValue(5)
    spin_box.show()
    qtbot.waitExposed(spin_box)
    spin_box.activateWindow()
    spin_box.setFocus()
    qtbot.waitUntil(spin_box.hasFocus, timeout=2000)
    turn_wheel(spin_box)
    assert spin_box.value() == 10


def test_space_and_undo_in_a_field_are_the_windows(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    box = NumberSpinBox(0.0, 1e6, over_decades(1e-8))
    window.setCentralWidget(box)
    triggered = []
    for name, key in (("run", "Space"), ("undo", "Ctrl+Z")):
        action = QAction(name, window)
        action.setShortcut(key)
        action.triggered.connect(lambda _=False, name=name: triggered.append(name))
        window.addAction(action)
    window.show()
    window.activateWindow()
    box.setFocus()
    qtbot.waitUntil(box.hasFocus, timeout=2000)
    qtbot.keyClick(box, Qt.Key.Key_Space)
    qtbot.keyClick(box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert triggered == ["run", "undo"]
