"""What a run has made of an image of something: original, difference and result, with the distance."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QLabel, QWidget

from fooler_gui.core.arrays import FloatArray
from fooler_gui.widgets.panel_layout import SPACING, STRETCH, QuietLabel, column_of
from fooler_gui.widgets.pixel_picture import PixelPicture
from fooler_gui.widgets.slot_images import image_from_array
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs

_WIDTH = 88
_MARGIN = 2
_FACTORS = (1, 2, 5, 10, 20, 50, 100)
_TIPS = {
    "original": "The image that this slot started from.",
    "difference": "Result minus original, times this factor: grey is no change, lighter is brighter, darker is darker.",
    "result": "The image in the save on screen.",
}
_DISTANCE_TIP = (
    "How far result and original are apart: the root of the sum of the squared changes of all pixels, whose values are "
    "from 0 to 1."
)
_REINITIALISED = "Reinitialised: made from noise now, not from the original."


class ChangeStrip(QWidget):
    """Shows the three pictures below each other. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("change_strip")
        self.setFixedWidth(_WIDTH + SPACING)
        self._pictures, self._titles = {}, {}
        parts: list[QWidget] = []
        for name, tip in _TIPS.items():
            title, picture = QLabel(name.capitalize()), PixelPicture()
            title.setObjectName(f"change_{name}_title")
            picture.setObjectName(f"change_{name}")
            picture.setAccessibleName(name.capitalize())
            picture.setToolTip(paragraphs(tip))
            picture.setFixedWidth(_WIDTH)
            self._titles[name], self._pictures[name] = title, picture
            parts += [title, picture]
        self._distance = QuietLabel("")
        self._distance.setObjectName("change_distance")
        self._distance.setFont(tabular_font(self._distance.font()))
        column_of(*parts, self._distance, STRETCH, on=self, gap=0, margins=(SPACING // 2, _MARGIN))

    def show_change(self, original: FloatArray, result: FloatArray, *, reinitialised: bool = False) -> None:
        """Shows how `result` differs from `original`, both (H, W, C) float32.

        Args:
            original: What the slot started from.
            result: Its image now.
            reinitialised: Whether the image now comes from noise in place of the original.
        """
        difference = result - original
        largest = float(np.abs(difference).max())
        factor = _factor(largest)
        shown = np.clip(0.5 + 0.5 * factor * difference, 0, 1).astype(np.float32)
        for name, image in (("original", original), ("difference", shown), ("result", result)):
            self._pictures[name].set_image(image_from_array(image))
        self._titles["difference"].setText(f"Difference × {factor}")
        distance = f"Euclidean distance from the original: {np.linalg.norm(difference):.2f}"
        self._distance.setText(_REINITIALISED if reinitialised else distance)
        self._distance.setToolTip(paragraphs(f"The largest change of a pixel is {largest:.2f}.", _DISTANCE_TIP))


def _factor(largest: float) -> int:
    """Returns the largest round factor that keeps changes of up to `largest` within black and white."""
    fitting = [factor for factor in _FACTORS if factor * largest <= 1]
    return fitting[-1] if fitting and largest > 0 else 1
