"""Chips below the images of the grid: how sure each net of an ensemble is of an image's label.

Main thread only. Lengths are device pixels.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from fooler_gui.core.arrays import FloatArray
from fooler_gui.widgets.grid_layout import Box
from fooler_gui.widgets.probability_scale import ink_on, scale_colour

_WIDEST = "100"


class NetChips:
    """Draws chips in one font, for one pixel ratio.

    A chip has the colour of its probability and, if there is room, the whole percent: 99 for all but certainty.

    Args:
        font: Its size in device pixels.
        ratio: Device pixels per pixel of the widget.
    """

    def __init__(self, font: QFont, ratio: float) -> None:
        metrics = QFontMetricsF(font)
        self._font = font
        self._text_width, self._text_height = metrics.horizontalAdvance(_WIDEST), metrics.capHeight()
        self._above, self._between = round(3 * ratio), round(2 * ratio)
        self.height = self._above + round(self._text_height + 4 * ratio)
        self.low_height = self._above + round(4 * ratio)

    def draw(self, painter: QPainter, boxes: Sequence[Box], probabilities: FloatArray, height: int) -> None:
        """Draws a chip for each net below each image.

        Args:
            painter: Draws in device pixels.
            boxes: Those of B images.
            probabilities: (N, B), of the images' labels by N nets, the first net's chips on the left.
            height: `height`, or `low_height` for chips without text.
        """
        painter.setFont(self._font)
        for (left, top, width, high), by_net in zip(boxes, probabilities.T.tolist(), strict=True):
            each = (width + self._between) / len(by_net)
            has_text = height == self.height and each - self._between >= self._text_width
            for place, probability in enumerate(by_net):
                start, end = round(left + place * each), round(left + (place + 1) * each) - self._between
                chip = QRectF(start, top + high + self._above, max(1, end - start), height - self._above)
                colour = scale_colour(probability)
                painter.fillRect(chip, colour)
                if has_text:
                    painter.setPen(ink_on(colour))
                    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, str(int(100 * probability)))
