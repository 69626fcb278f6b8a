"""Small images of runs, combined into one picture."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.mosaic import Cells, compose
from fooler_gui.widgets.colours import STAGE

MARGIN = 1
"""Width of the grey around each thumbnail, in its own pixels."""


def thumbnail_mosaic(thumbnails: FloatArray, columns: int) -> QImage:
    """Returns `thumbnails` in rows, each with grey around it; a null image if there are none.

    Args:
        thumbnails: (K, H, W, C); if C is neither 1 nor 3 the first channel is shown.
        columns: The most thumbnails in a row.
    """
    count, height, width, channels = thumbnails.shape
    if not count:
        return QImage()
    across = min(columns, count)
    cells = Cells(
        rows=-(-count // across),
        columns=across,
        height=height + 2 * MARGIN,
        width=width + 2 * MARGIN,
        top=MARGIN,
        left=MARGIN,
    )
    shown = thumbnails if channels in (1, 3) else thumbnails[..., :1]
    pixels = compose(shown, cells, QColor(STAGE).red())
    rows, across, _ = pixels.shape
    return QImage(pixels.data, across, rows, 4 * across, QImage.Format.Format_RGB32).copy()


def paint_strip(painter: QPainter, box: QRect, strip: QImage, count: int) -> None:
    """Paints as many whole thumbnails of a strip as fit into `box`, from the left, in whole screen pixels.

    Args:
        painter: A widget's painter.
        box: In the widget's pixels.
        strip: A mosaic of one row.
        count: How many thumbnails it holds, at least 1.
    """
    ratio = painter.device().devicePixelRatioF()
    room, height, cell = round(box.width() * ratio), round(box.height() * ratio), strip.width() // count
    scale = min(room / cell, height / strip.height())
    scale = float(int(scale)) if scale >= 1 else scale
    shown = min(count, int(room / (cell * scale)))
    down = (height - round(strip.height() * scale)) // 2
    target = QRectF(round(box.x() * ratio), round(box.y() * ratio) + down, shown * cell * scale, strip.height() * scale)
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    painter.drawImage(target, strip, QRectF(0, 0, shown * cell, strip.height()))
    painter.restore()
