"""Second opinions on an image, and how many found images fool the others, too."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.class_words import class_name, class_word, short_name
from fooler_gui.core.formats import format_probability
from fooler_gui.core.inspection import FooledShare, Opinion
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, column_of, empty_grid
from fooler_gui.widgets.pixel_picture import PixelPicture
from fooler_gui.widgets.slot_images import image_from_array
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs

WAITING = "Shown with the next inspection."
FOOLED_LATER = "How many found images fool them, too, is shown once the run is paused or has ended."
_UNKNOWN = "–"
_SIDE = 56
_GAP = SPACING // 2
_TIPS = {
    "independent net": "A small net that was trained separately and never saw a found image.",
    "nearest neighbours": "The training images nearest in pixels; each votes for its class.",
}


class OpinionsView(QWidget):
    """A line for each opinion, pictures of the nearest neighbours, and the share of images that fool the others.

    Main thread only.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector_opinions")
        self._waiting = QuietLabel(WAITING, self)
        self._waiting.setObjectName("opinions_waiting")
        self._lines: dict[str, tuple[QLabel, QLabel]] = {}
        self._grid = empty_grid()
        self._grid.setColumnStretch(1, 1)
        self._neighbours = _Neighbours(self)
        self._fooled = QuietLabel(FOOLED_LATER, self)
        self._fooled.setObjectName("opinions_fooled")
        column_of(self._waiting, self._grid, self._neighbours, self._fooled, on=self)

    def set_opinions(self, opinions: Sequence[Opinion], label: int, names: Sequence[str]) -> None:
        """Shows `opinions` on an image driven towards `label`; `names` are the classes' names."""
        self._waiting.hide()
        for who in self._lines.keys() - {opinion.who for opinion in opinions}:
            for part in self._lines.pop(who):
                part.hide()
                part.deleteLater()
        for opinion in opinions:
            if opinion.who not in self._lines:
                self._add_line(opinion.who)
            self._lines[opinion.who][1].setText(_verdict(opinion, label, names))
        voters = [opinion for opinion in opinions if len(opinion.neighbours)]
        if voters:
            labels = [class_name(names, voter) for voter in voters[0].neighbour_labels]
            self._neighbours.set_images(voters[0].neighbours, labels)
        self._neighbours.setVisible(bool(voters))

    def set_fooled(self, fooled: Sequence[FooledShare]) -> None:
        """Shows how many of the run's found images fool the others; empty if unknown."""
        self._fooled.setText(_fooled_sentence(fooled) if fooled else FOOLED_LATER)

    def blank(self) -> None:
        """Removes the opinions; the lines stay."""
        self._waiting.setVisible(not self._lines)
        for _, verdict in self._lines.values():
            verdict.setText(_UNKNOWN)
        self._neighbours.blank()
        self._fooled.setText(FOOLED_LATER)

    def _add_line(self, who: str) -> None:
        name, verdict = QuietLabel(_sentence_case(who) if who in _TIPS else short_name(who), self), QLabel(self)
        name.setWordWrap(False)
        name.setBuddy(verdict)
        verdict.setObjectName(f"opinion_{who.replace(' ', '_')}")
        verdict.setFont(tabular_font(verdict.font()))
        verdict.setWordWrap(True)
        for part in (name, verdict):
            part.setToolTip(paragraphs(_TIPS.get(who, f"{who}, one of the other nets that are open.")))
        row = self._grid.rowCount()
        self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(verdict, row, 1)
        self._lines[who] = name, verdict


class _Neighbours(QWidget):
    """Small pictures with their classes below, in as many columns as fit."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("opinion_neighbours")
        self.setAccessibleName("Nearest training images in pixels")
        self._tiles: list[tuple[PixelPicture, QLabel]] = []
        self.hide()

    def set_images(self, images: FloatArray, names: Sequence[str]) -> None:
        """Shows `images` (K, H, W, C), nearest first, with their `names`."""
        if len(images) != len(self._tiles):
            self._make_tiles(len(images))
        for (picture, caption), image, name in zip(self._tiles, images, names, strict=True):
            picture.set_image(image_from_array(image))
            caption.setText(caption.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, _SIDE))
            caption.setToolTip(name)
        self.setAccessibleDescription(f"The nearest first: {', '.join(names)}")

    def blank(self) -> None:
        """Removes the images; their tiles stay."""
        for picture, caption in self._tiles:
            picture.set_image(QImage())
            caption.clear()
        self.setAccessibleDescription("")

    def hasHeightForWidth(self) -> bool:
        """Returns True."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Returns the height of all rows."""
        rows = -(-len(self._tiles) // self._columns(width))
        return rows * (self._tile_height() + _GAP) - _GAP if rows else 0

    def sizeHint(self) -> QSize:
        """Returns room for all in one row."""
        return QSize(len(self._tiles) * (_SIDE + _GAP) - _GAP, self._tile_height())

    def minimumSizeHint(self) -> QSize:
        """Returns room for one."""
        return QSize(_SIDE, self._tile_height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arranges the pictures."""
        super().resizeEvent(event)
        self._arrange()

    def _make_tiles(self, count: int) -> None:
        for tile in self._tiles:
            for part in tile:
                part.hide()
                part.deleteLater()
        self._tiles = [(PixelPicture(parent=self), QLabel(self)) for _ in range(count)]
        for picture, caption in self._tiles:
            caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            caption.setTextFormat(Qt.TextFormat.PlainText)
            picture.show()
            caption.show()
        self._arrange()
        self.updateGeometry()

    def _arrange(self) -> None:
        columns, height = self._columns(self.width()), self._tile_height()
        for index, (picture, caption) in enumerate(self._tiles):
            row, column = divmod(index, columns)
            x, y = column * (_SIDE + _GAP), row * (height + _GAP)
            picture.setGeometry(QRect(x, y, _SIDE, _SIDE))
            caption.setGeometry(QRect(x, y + _SIDE, _SIDE, height - _SIDE))

    def _columns(self, width: int) -> int:
        return max(1, (width + _GAP) // (_SIDE + _GAP))

    def _tile_height(self) -> int:
        return _SIDE + self.fontMetrics().height()


def _verdict(opinion: Opinion, label: int, names: Sequence[str]) -> str:
    """Returns an opinion, and whether it is the label: ``= also a 3 · .9871``, ``≠ sees an 8 · 4 of 5``."""
    if not np.isfinite(opinion.probabilities).all():
        return _UNKNOWN
    top, votes = int(opinion.probabilities.argmax()), opinion.neighbour_labels
    confidence = (
        f"{votes.count(top)} of {len(votes)}" if votes else format_probability(float(opinion.probabilities[top]))
    )
    seen = _seen(names, top)
    return f"= also {seen} · {confidence}" if top == label else f"≠ sees {seen} · {confidence}"


def _fooled_sentence(fooled: Sequence[FooledShare]) -> str:
    """Returns how many images fool the others: ``Of 80 images over the threshold, the independent net calls 12 …``."""
    images = fooled[0].images
    if images == 0:
        return "No image of the run is over the threshold yet, so none can fool the others."
    first, *others = fooled
    more = "".join(f", the {share.who} {share.fooled}" for share in others)
    plural = "image" if images == 1 else "images"
    verb = "call" if first.who.endswith("s") else "calls"
    return f"Of {images:,} {plural} over the threshold, the {first.who} {verb} {first.fooled} their label too{more}."


def _seen(names: Sequence[str], label: int) -> str:
    """Returns a class's name as it is said of an image: with an article if the classes are digits."""
    name = class_name(names, label)
    if class_word(names) != "digit":
        return name
    return f"{'an' if name == '8' else 'a'} {name}"


def _sentence_case(words: str) -> str:
    return words[:1].upper() + words[1:]
