import pytest
from PySide6.QtCore import QPoint, Qt

from fooler_gui.widgets.handle_slider import HANDLE_RADIUS, HandleSlider


class TenPixelsEach(HandleSlider):
    def x_of(self, position):
        return 20.0 + 10 * position

    def position_at(self, x):
        return round((x - 20) / 10)


@pytest.fixture
def slider(qtbot):
    slider = TenPixelsEach()
    qtbot.addWidget(slider)
    slider.setRange(0, 20)
    slider.setValue(5)
    slider.resize(240, 20)
    return slider


def press(qtbot, slider, x, button=Qt.MouseButton.LeftButton):
    qtbot.mousePress(slider, button, pos=QPoint(x, 10))


def test_a_handle_is_grabbed_where_it_is_pressed(qtbot, slider):
    off = int(HANDLE_RADIUS)
    press(qtbot, slider, 70 + off)
    assert slider.value() == 5
    qtbot.mouseMove(slider, QPoint(90 + off, 10))
    assert slider.value() == 7
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(90 + off, 10))
    assert not slider.isSliderDown()
    qtbot.mouseMove(slider, QPoint(150, 10))
    assert slider.value() == 7


def test_a_press_beside_the_handle_moves_it_there(qtbot, slider):
    press(qtbot, slider, 143)
    assert slider.value() == 12
    qtbot.mouseMove(slider, QPoint(163, 10))
    assert slider.value() == 14


def test_other_buttons_move_nothing(qtbot, slider):
    press(qtbot, slider, 143, Qt.MouseButton.RightButton)
    assert slider.value() == 5
    assert not slider.isSliderDown()
