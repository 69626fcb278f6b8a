"""One image in every recorded layer: its nearest training image, and its own share of each cost. For the inspector."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from fooler_gui.core.formats import format_share, format_two_digits
from fooler_gui.core.messages import InspectedLayer
from fooler_gui.panels.slot_images import image_from_array
from fooler_gui.widgets.bar_rows import BarRow, BarRows
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel
from fooler_gui.widgets.pixel_picture import PixelPicture
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs

PICTURE_SIDE = 56
WAITING = "Told at the next closer look."
_UNKNOWN = "–"
_REFERENCE, _BATCH, _MISCLASSIFICATION = "reference", "batch", "misclass."
_NEAREST_TIP = (
    "The training image of the label that the image is nearest to in this layer: d, the mean squared difference over "
    "the layer's units, is least."
)
_PER_UNIT_TIP = (
    "As in the 2016 program, the nearest value among all training images of the label is taken for each unit of this "
    "layer alone, so there is no one nearest image. The distance is the mean squared difference to these values."
)
_REFERENCE_TIP = (
    "reference: its own share of the layer's weighted reference cost, coefficients × 1 / D, where D is the mean of all "
    "images' distances to their nearest. It is split in proportion to one over each image's own distance: who is "
    "nearest has the most of it."
)
_BATCH_TIP = "batch: likewise, by the mean distance to the other images of the batch"
_ALONE_TIP = "batch: none, for there are no other images in the batch."
_MISCLASSIFICATION_TIP = (
    "Its own share of the weighted misclassification cost: coefficient × (1 − p) / number of images, where p is its "
    "probability of the label."
)


class LayersView(QWidget):
    """A row for each recorded layer, one for the misclassification cost, and which term weighs most.

    Main thread only.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector_layers")
        self._summary = QuietLabel(WAITING, self)
        self._summary.setObjectName("inspector_cost_summary")
        self._layers: list[_LayerRow] = []
        self._misclassification = BarRows(_REFERENCE, format_two_digits(0.0) + "0", self)
        self._misclassification.setObjectName("inspector_misclassification")
        self._misclassification.setAccessibleName("Share of the misclassification cost")
        self._misclassification.setToolTip(paragraphs(_MISCLASSIFICATION_TIP))
        last = QHBoxLayout()
        last.addSpacing(PICTURE_SIDE + SPACING)
        last.addWidget(self._misclassification)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACING)
        self._layout.addWidget(self._summary)
        self._layout.addLayout(last)

    def set_layers(self, layers: Sequence[InspectedLayer], misclassification_share: float) -> None:
        """Shows `layers`, from the inputs up, and the share of the misclassification cost."""
        self._make_rows([layer.name for layer in layers])
        terms = {(layer.name, _REFERENCE): layer.reference_share for layer in layers}
        terms |= {(layer.name, _BATCH): layer.batch_share for layer in layers}
        terms["", _MISCLASSIFICATION] = misclassification_share
        finite = {term: share for term, share in terms.items() if math.isfinite(share) and share > 0}
        weightiest = max(finite, key=finite.__getitem__, default=None)
        largest = finite[weightiest] if weightiest else 1.0

        def bar(layer: str, kind: str) -> BarRow:
            share, term = terms[layer, kind], (layer, kind)
            return BarRow(name=kind, share=share / largest, text=_cost(share), strong=term == weightiest)

        for row, layer in zip(self._layers, layers, strict=True):
            batch = bar(layer.name, _BATCH) if layer.batch_distance is not None else _unknown(_BATCH)
            row.set_layer(layer, (bar(layer.name, _REFERENCE), batch))
        self._misclassification.set_rows([bar("", _MISCLASSIFICATION)])
        self._summary.setText(_summary(sum(finite.values()), weightiest, largest))

    def blank(self) -> None:
        """Takes pictures and numbers away; the rows stay."""
        for row in self._layers:
            row.blank()
        self._misclassification.set_rows([_unknown(_MISCLASSIFICATION)] if self._layers else [])
        self._summary.setText(WAITING)

    def _make_rows(self, names: list[str]) -> None:
        if names == [row.name for row in self._layers]:
            return
        for row in self._layers:
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._layers = [_LayerRow(name, self) for name in names]
        for index, row in enumerate(self._layers):
            self._layout.insertWidget(1 + index, row)


class _LayerRow(QWidget):
    """A layer's nearest training image, the distance to it, and a bar for each cost."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = name
        self.setObjectName(f"inspector_layer_{name}")
        self._picture = PixelPicture(parent=self)
        self._picture.setFixedSize(PICTURE_SIDE, PICTURE_SIDE)
        self._picture.setAccessibleName(f"Nearest training image at {name}")
        title = QLabel(name, self)
        self._distance = QLabel(self)
        self._distance.setObjectName("layer_distance")
        self._distance.setFont(tabular_font(self._distance.font()))
        self._bars = BarRows(_REFERENCE, format_two_digits(0.0) + "0", self)
        self._bars.setAccessibleName(f"Shares of the costs at {name}")
        top = QHBoxLayout()
        top.setSpacing(SPACING)
        top.addWidget(title, 1)
        top.addWidget(self._distance, 0, Qt.AlignmentFlag.AlignRight)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addLayout(top)
        words.addWidget(self._bars)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACING)
        layout.addWidget(self._picture)
        layout.addLayout(words, 1)
        self.blank()

    def set_layer(self, layer: InspectedLayer, bars: Sequence[BarRow]) -> None:
        by_unit = layer.nearest is None
        self._picture.set_image(QImage() if layer.nearest is None else image_from_array(layer.nearest))
        text = _distance(layer.reference_distance)
        self._distance.setText(f"unit by unit {text}" if by_unit else f"distance {text}")
        self._bars.set_rows(bars)
        index = layer.nearest_index
        which = "" if index is None else f"It is number {index + 1:,} of the label's training images."
        others = layer.batch_distance
        batch = _ALONE_TIP if others is None else f"{_BATCH_TIP}, which is {_distance(others)}."
        tip = paragraphs(_PER_UNIT_TIP if by_unit else f"{_NEAREST_TIP} {which}", _REFERENCE_TIP, batch)
        if tip != self.toolTip():
            self.setToolTip(tip)
            self._picture.setAccessibleDescription(_PER_UNIT_TIP if by_unit else which)

    def blank(self) -> None:
        self._picture.set_image(QImage())
        self._picture.setAccessibleDescription("")
        self._distance.setText(_UNKNOWN)
        self._bars.set_rows([_unknown(_REFERENCE), _unknown(_BATCH)])
        self.setToolTip("")


def _unknown(name: str) -> BarRow:
    return BarRow(name=name, share=0.0, text=_UNKNOWN)


def _cost(share: float) -> str:
    return "0" if share == 0 else format_two_digits(share)


def _distance(distance: float) -> str:
    """Returns a mean squared difference with about four digits that do not jump: ``0.0412``, ``153.20``."""
    if not math.isfinite(distance):
        return _UNKNOWN
    return f"{distance:.4f}" if distance < 10 else f"{distance:,.2f}"


def _summary(total: float, weightiest: tuple[str, str] | None, largest: float) -> str:
    """Returns the image's share of the whole cost, and the (layer, kind) of term that weighs most in it."""
    if weightiest is None:
        return "It has no share of the cost."
    layer, kind = weightiest
    term = f"the {kind} cost at {layer}" if layer else "misclassification"
    return (
        f"Its share of the cost is {format_two_digits(total)}; {term} weighs most ({format_share(largest / total, 0)})."
    )
