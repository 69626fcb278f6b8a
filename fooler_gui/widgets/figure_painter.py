"""Draws a figure's images and texts with a QPainter, as laid out by `figures.lay_out_figure`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.class_words import short_name
from fooler_gui.core.mosaic import to_bytes
from fooler_gui.exports.figures import (
    CAPTION_GAP,
    CAPTION_PIXELS,
    INK,
    MARGIN,
    NAME_PIXELS,
    TITLE_PIXELS,
    FigureLayout,
)
from fooler_gui.widgets.pictures import to_qimage
from fooler_gui.widgets.theme import tabular_font

_SHARP, _SHARP_SIDE = 4, 128
"""Each pixel is enlarged by this factor, so that viewers do not blur it; less if the image becomes larger than this."""

_Flag = Qt.AlignmentFlag


def paint_figure(
    painter: QPainter,
    layout: FigureLayout,
    images: FloatArray,
    row_names: Sequence[str],
    captions: Sequence[Sequence[str]],
    title: str,
) -> None:
    """Draws a figure; the arguments must be those that `layout` was made for (`figures.draw_figure`)."""
    painter.setPen(QColor(*INK))
    width, _ = layout.size
    _write(painter, QRectF(MARGIN, MARGIN, width, TITLE_PIXELS), TITLE_PIXELS, title, _Flag.AlignLeft)
    for row, rectangles in enumerate(layout.cells):
        _, y, _, height = rectangles[0]
        _write(painter, QRectF(MARGIN, y, width, height), NAME_PIXELS, short_name(row_names[row]), _Flag.AlignLeft)
        for column, (x, y, width_, height) in enumerate(rectangles):
            painter.drawImage(QRectF(x, y, width_, height), to_qimage(_enlarged(images[row, column])))
            below = QRectF(x - width_, y + height + CAPTION_GAP, 3 * width_, CAPTION_PIXELS + CAPTION_GAP)
            _write(painter, below, CAPTION_PIXELS, captions[row][column], _Flag.AlignHCenter)


def _write(painter: QPainter, box: QRectF, pixels: int, text: str, align: Qt.AlignmentFlag) -> None:
    font = tabular_font(QFont(painter.font()))
    font.setPixelSize(pixels)
    painter.setFont(font)
    painter.drawText(box, align | _Flag.AlignVCenter | Qt.TextFlag.TextDontClip, text)


def _enlarged(image: FloatArray) -> Image.Image:
    factor = max(1, min(_SHARP, _SHARP_SIDE // max(image.shape[:2])))
    pixels = to_bytes(image).repeat(factor, axis=0).repeat(factor, axis=1)
    return Image.fromarray(np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels))
