"""Some of the images that a round drove towards each label."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget

from fooler_gui.core.class_words import class_word
from fooler_gui.core.messages import RoundFinished
from fooler_gui.exports.figures import caption_rows, draw_figure, fitting_scale
from fooler_gui.widgets.panel_layout import Part, QuietLabel, column_of, fill
from fooler_gui.widgets.pictures import to_qimage

_SCALE = 2
_EMPTY = "No round yet."
_BEFORE = "There are no images before the first round. Select a later round."


class RoundGallery(QWidget):
    """A row of images for each label, each with its final probability below. Main thread only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: Image.Image | None = None
        self._names: tuple[str, ...] = ()
        self._words = QuietLabel(_EMPTY, self)
        self._words.setObjectName("round_gallery_words")
        self._shown = QLabel()
        self._shown.setObjectName("round_gallery_picture")
        self._shown.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._area = QScrollArea(self)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidget(self._shown)
        self._area.setWidgetResizable(True)
        self._area.hide()
        column_of(self._words, fill(self._area), Part(), on=self)

    def set_class_names(self, names: Sequence[str]) -> None:
        """Sets the names of the classes of the next round shown."""
        self._names = tuple(names)

    def set_round(self, finished: RoundFinished | None) -> None:
        """Shows the images of a round, or says why there are none."""
        has_images = finished is not None and finished.images.size > 0
        self._area.setVisible(has_images)
        if finished is None or not has_images:
            self._picture = None
            self._shown.setPixmap(QPixmap())
            self._words.setText(_EMPTY if finished is None else _BEFORE)
            return
        captions = caption_rows(finished.probabilities)
        scale = fitting_scale(finished.images.shape[2:4], _SCALE)
        self._picture = draw_figure(finished.images, finished.label_names, captions, scale)
        self._shown.setPixmap(QPixmap.fromImage(to_qimage(self._picture)))
        number = finished.report.number
        self._words.setText(
            f"Some of the images that round {number} drove towards each {class_word(self._names)}, with the "
            "probability that the classifier before it finally gave them."
        )
        self._shown.setAccessibleName(self._words.text())

    def picture(self) -> Image.Image | None:
        """Returns the shown picture, or None if there are no images."""
        return self._picture
