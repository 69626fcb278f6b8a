from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from fooler_gui.core.formats import format_probability
from fooler_gui.widgets.caption_writer import CaptionWriter
from fooler_gui.widgets.colours import DONE, INK
from fooler_gui.widgets.grid_signs import GridSigns


def canvas() -> QImage:
    image = QImage(240, 120, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    return image


def pixels(image: QImage) -> np.ndarray:
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4).copy()


def font_of(size: int) -> QFont:
    font = QFont()
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setPixelSize(size)
    return font


@pytest.mark.parametrize("size", [10, 13, 26])
def test_texts_written_together_look_like_each_drawn_by_itself(qapp, size):
    texts = [format_probability(value) for value in (0.0, 0.12345, 0.99987, 0.99999, 1.0, float("nan"))]
    places = [(20 + 80.0 * (index % 3), 30.5 + 40 * (index // 3)) for index in range(len(texts))]
    together, alone = canvas(), canvas()
    with QPainter(together) as painter:
        painter.setPen(QColor(INK))
        CaptionWriter(font_of(size)).write(painter, [(text, *place) for text, place in zip(texts, places, strict=True)])
    with QPainter(alone) as painter:
        painter.setPen(QColor(INK))
        painter.setFont(font_of(size))
        for text, (middle, baseline) in zip(texts, places, strict=True):
            painter.drawText(QPointF(middle - painter.fontMetrics().horizontalAdvance(text) / 2, baseline), text)
    assert pixels(alone)[..., 3].any()
    np.testing.assert_array_equal(pixels(together), pixels(alone))


def test_nothing_to_write_leaves_the_picture_as_it_is(qapp):
    image = canvas()
    with QPainter(image) as painter:
        CaptionWriter(font_of(12)).write(painter, [])
    assert not pixels(image).any()


@pytest.mark.parametrize("fraction", [0.0, 0.5])
def test_a_sign_looks_the_same_the_second_time_and_elsewhere(qapp, fraction):
    signs, side = GridSigns(font_of(16)), 16
    image = canvas()
    with QPainter(image) as painter:
        for x in (10, 90):
            signs.draw_done(painter, QPointF(x + fraction, 10 + fraction))
            signs.draw_pin(painter, QPointF(x + fraction, 40))
            signs.draw_reinitialised(painter, QPointF(x, 70 + fraction), 12, upright=False)
            signs.draw_reinitialised(painter, QPointF(x + 50, 10), 12, upright=True)
    seen = pixels(image)
    np.testing.assert_array_equal(seen[:, 5:85], seen[:, 85:165])
    chip = QColor(DONE)
    blue_green_red = seen[10 + 2, 10 + side // 2, :3].astype(int)
    assert np.abs(blue_green_red - (chip.blue(), chip.green(), chip.red())).max() <= 2
    for top, left in ((10, 10), (40, 10), (70, 10), (10, 60)):
        assert seen[top : top + side, left : left + side, 3].any()


def test_reinitialised_slots_are_told_apart_by_their_number(qapp):
    signs, pictures = GridSigns(font_of(16)), []
    for reinitialisations in (1, 7):
        image = canvas()
        with QPainter(image) as painter:
            signs.draw_reinitialised(painter, QPointF(10, 10), reinitialisations, upright=False)
        pictures.append(pixels(image))
    assert (pictures[0] != pictures[1]).any()
