import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtWidgets import QToolTip

from fooler_gui.widgets.colours import STAGE
from fooler_gui.widgets.pixel_picture import PixelPicture


@pytest.fixture
def picture(qtbot):
    picture = PixelPicture(margin=4)
    qtbot.addWidget(picture)
    picture.resize(180, 180)
    return picture


def checks(height: int, width: int) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    for row, column in np.ndindex(height, width):
        image.setPixelColor(column, row, QColor("white" if (row + column) % 2 else "black"))
    return image


@pytest.mark.parametrize(
    ("size", "rect"),
    [
        ((28, 28), QRect(6, 6, 168, 168)),  # 6 times
        ((32, 32), QRect(10, 10, 160, 160)),  # 5 times
        ((10, 20), QRect(10, 50, 160, 80)),  # 8 times
    ],
)
def test_an_image_is_as_large_as_whole_pixels_allow_and_in_the_middle(picture, size, rect):
    picture.set_image(checks(*size))
    assert picture.image_rect() == rect


def test_every_pixel_is_a_square_of_one_colour_on_the_grey_of_the_stage(picture):
    picture.set_image(checks(28, 28))
    shown = picture.grab().toImage()
    assert shown.pixelColor(5, 90).name() == STAGE
    assert shown.pixelColor(174, 90).name() == STAGE
    for row, column in ((0, 0), (0, 1), (27, 27), (13, 20)):
        colours = {
            shown.pixelColor(6 + 6 * column + x, 6 + 6 * row + y).name() for x, y in ((0, 0), (5, 0), (0, 5), (5, 5))
        }
        assert colours == {"#ffffff" if (row + column) % 2 else "#000000"}


def test_the_height_follows_the_width(picture):
    picture.set_image(checks(28, 28))
    assert picture.hasHeightForWidth()
    assert [picture.heightForWidth(width) for width in (176, 203, 204)] == [176, 176, 204]
    picture.set_image(checks(10, 20))
    assert picture.heightForWidth(168) == 88


def test_an_image_with_more_pixels_than_there_is_room_is_made_smaller(picture):
    picture.set_image(checks(344, 172))
    assert picture.image_rect() == QRect(47, 4, 86, 172)


def test_without_an_image_there_is_grey(picture):
    picture.set_image(checks(28, 28))
    picture.set_image(QImage())
    assert picture.image().isNull()
    assert picture.grab().toImage().pixelColor(90, 90).name() == STAGE
    assert picture.pixel_at(QPointF(90, 90)) is None


def test_the_pixel_under_the_mouse_is_told(picture, qtbot, monkeypatch):
    picture.set_image(checks(28, 28))
    assert picture.pixel_at(QPointF(6, 6)) == (0, 0)
    assert picture.pixel_at(QPointF(173, 12)) == (1, 27)
    assert picture.pixel_at(QPointF(5, 90)) is None
    tips = []
    monkeypatch.setattr(QToolTip, "showText", lambda _place, text, *_: tips.append(text))
    picture.set_words_at(lambda row, column: f"{row} and {column}")
    picture.event(QHelpEvent(QHelpEvent.Type.ToolTip, QPoint(20, 50), QPoint(20, 50)))
    assert tips == ["7 and 2"]


@pytest.mark.parametrize("side", [0, 1, 8])
def test_there_may_be_no_room_at_all(picture, side):
    picture.set_image(checks(28, 28))
    picture.resize(side, side)
    assert picture.image_rect().isEmpty()
    assert picture.pixel_at(QPointF(0, 0)) is None
    picture.grab()
