import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from fooler_gui.widgets.log_slider import LogSlider, SliderWithNumber
from fooler_gui.widgets.number_fields import NumberSpinBox, over_decades


@pytest.fixture
def slider(qtbot):
    slider = LogSlider(1e-8, 1e3)
    qtbot.addWidget(slider)
    slider.resize(240, 22)
    return slider


@pytest.fixture
def parent(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


@pytest.fixture
def pair(parent):
    spin_box = NumberSpinBox(0.0, 1e6, over_decades(1e-8), parent)
    slider = LogSlider(1e-8, 1e3, parent=parent)
    slider.resize(240, 22)
    return SliderWithNumber(slider, spin_box, parent)


def recorded(signal):
    values = []
    signal.connect(lambda *value: values.append(*value))
    return values


@pytest.mark.parametrize("number", [0.0, 1e-8, 1e-5, 0.5, 1.0, 10.0, 1e3])
def test_round_numbers_have_a_position_of_their_own(slider, number):
    slider.set_number(number)
    assert slider.number() == number


def test_a_number_beyond_the_range_moves_the_handle_to_the_end(slider):
    slider.set_number(1e6)
    assert slider.value() == slider.maximum()
    slider.set_number(1e-12)
    assert slider.number() == 1e-8


def test_setting_a_number_sends_nothing(slider):
    moved = recorded(slider.number_changed)
    slider.set_number(3.0)
    assert moved == []


def test_a_click_at_the_left_end_is_exactly_zero(qtbot, slider):
    slider.set_number(1.0)
    moved = recorded(slider.number_changed)
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(8, 11))
    assert moved == [0.0]


def test_a_click_at_the_right_end_is_the_highest_number(qtbot, slider):
    moved = recorded(slider.number_changed)
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(235, 11))
    assert moved == [1e3]


def test_the_notch_for_no_limit_lies_at_the_right(qtbot):
    slider = LogSlider(1.0, 60.0, positions_per_decade=20, zero_at_right=True)
    qtbot.addWidget(slider)
    slider.resize(120, 22)
    moved = recorded(slider.number_changed)
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(97, 11))
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(114, 11))
    assert moved == [60.0, 0.0]


def test_keys_move_by_a_tenth_of_a_decade_and_by_decades(qtbot, slider):
    slider.set_number(1.0)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.number() == 1.3
    qtbot.keyClick(slider, Qt.Key.Key_PageDown)
    assert slider.number() == 0.13


def test_a_drag_is_one_edit(qtbot, pair):
    changed, finished = recorded(pair.changed), []
    pair.edit_end_requested.connect(lambda: finished.append(pair.number()))
    slider = pair.slider
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(100, 11))
    for x in (110, 120, 130):
        qtbot.mouseMove(slider, QPoint(x, 11))
    assert finished == []
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(130, 11))
    assert changed == sorted(changed)
    assert len(changed) >= 3
    assert finished == [changed[-1]]


def test_slider_and_number_follow_each_other(pair):
    changed = recorded(pair.changed)
    pair.spin_box.setValue(0.1)
    assert pair.slider.number() == 0.1
    pair.slider.setValue(0)
    assert pair.spin_box.value() == 0.0
    assert changed == [0.1, 0.0]


def test_the_number_keeps_the_digits_that_the_slider_has_not(pair):
    changed = recorded(pair.changed)
    pair.spin_box.setValue(0.1234)
    assert pair.number() == 0.1234
    assert changed == [0.1234]


def test_setting_the_pair_sends_nothing(pair):
    changed = recorded(pair.changed)
    pair.set_number(2e5)
    assert pair.number() == 2e5
    assert pair.slider.number() == 1e3
    assert changed == []
