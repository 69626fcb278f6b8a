"""One image in every recorded layer: its nearest training image, and its share of each cost."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QWidget

from fooler_gui.core.formats import format_distance, format_share, format_two_digits
from fooler_gui.core.inspection import InspectedLayer, InspectedTerm
from fooler_gui.core.save import TermPlace
from fooler_gui.core.terms import known_terms
from fooler_gui.widgets.bar_rows import BarRow, BarRows
from fooler_gui.widgets.panel_layout import SPACING, QuietLabel, at, column_of, fill, row_of
from fooler_gui.widgets.pixel_picture import PixelPicture
from fooler_gui.widgets.slot_images import image_from_array
from fooler_gui.widgets.theme import tabular_font
from fooler_gui.widgets.tooltips import paragraphs

PICTURE_SIDE = 56
WAITING = "Shown with the next inspection."
_UNKNOWN = "–"
_NEAREST_TIP = (
    "The label's training image nearest to the image in this layer, with the least mean squared difference d over the "
    "layer's units."
)
_PER_UNIT_TIP = (
    "As in the 2016 program, the nearest value among the label's training images is taken for each unit of this layer "
    "separately, so there is no single nearest image. The distance is the mean squared difference to these values."
)
_SPLIT_TIP = (
    "its share of the weighted cost, which is split in proportion to one over each image's own distance: the nearest "
    "image has the largest share"
)
_MEAN_TIP = "its share of the weighted cost, which is the mean over all images"


class LayersView(QWidget):
    """A row for each recorded layer, bars for terms without layers, and the largest cost.

    Main thread only.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector_layers")
        self._summary = QuietLabel(WAITING, self)
        self._summary.setObjectName("inspector_cost_summary")
        self._layers: list[_LayerRow] = []
        self._others = _term_bars(self)
        self._others.setObjectName("inspector_other_costs")
        self._others.setAccessibleName("Shares of the costs without layers")
        self._layout = column_of(self._summary, row_of(PICTURE_SIDE + SPACING, self._others), on=self)

    def set_layers(self, layers: Sequence[InspectedLayer], terms: Sequence[InspectedTerm]) -> None:
        """Shows `layers`, from the inputs up, and the image's share of each cost."""
        self._make_rows([layer.name for layer in layers])
        shares = {term.place: term.share for term in terms if math.isfinite(term.share) and term.share > 0}
        weightiest = max(shares, key=shares.__getitem__, default=None)
        largest = shares[weightiest] if weightiest else 1.0

        def bars(layer: str) -> tuple[list[InspectedTerm], list[BarRow]]:
            own = [term for term in terms if term.place.layer == layer]
            return own, [_bar(term, largest, strong=term.place == weightiest) for term in own]

        for row, layer in zip(self._layers, layers, strict=True):
            row.set_layer(layer, *bars(layer.name))
        others, rows = bars("")
        self._others.set_rows(rows)
        set_tip(self._others, paragraphs(*map(_term_tip, others)))
        self._summary.setText(_summary(sum(shares.values()), weightiest, largest))

    def blank(self) -> None:
        """Removes pictures and numbers; the rows stay."""
        for row in self._layers:
            row.blank()
        self._others.set_rows(_unknown_bars(of_layers=False) if self._layers else [])
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
        self._bars = _term_bars(self)
        self._bars.setAccessibleName(f"Shares of the costs at {name}")
        row_of(
            self._picture,
            fill(column_of(row_of(fill(title), at(Qt.AlignmentFlag.AlignRight, self._distance)), self._bars, gap=0)),
            on=self,
        )
        self.blank()

    def set_layer(self, layer: InspectedLayer, terms: Sequence[InspectedTerm], bars: Sequence[BarRow]) -> None:
        by_unit = layer.nearest is None
        self._picture.set_image(QImage() if layer.nearest is None else image_from_array(layer.nearest))
        text = _UNKNOWN if layer.distance is None else format_distance(layer.distance)
        self._distance.setText(f"unit by unit {text}" if by_unit else f"distance {text}")
        self._bars.set_rows(bars)
        index = layer.nearest_index
        which = "" if index is None else f"It is number {index + 1:,} of the label's training images."
        tip = paragraphs(_PER_UNIT_TIP if by_unit else f"{_NEAREST_TIP} {which}", *map(_term_tip, terms))
        if set_tip(self, tip):
            self._picture.setAccessibleDescription(_PER_UNIT_TIP if by_unit else which)

    def blank(self) -> None:
        self._picture.set_image(QImage())
        self._picture.setAccessibleDescription("")
        self._distance.setText(_UNKNOWN)
        self._bars.set_rows(_unknown_bars(of_layers=True))
        self.setToolTip("")


def set_tip(widget: QWidget, tip: str) -> bool:
    """Sets a widget's tooltip; returns whether it has changed."""
    changed = tip != widget.toolTip()
    if changed:
        widget.setToolTip(tip)
    return changed


def _term_bars(parent: QWidget) -> BarRows:
    widest = max((term.little_title for term in known_terms().values()), key=len)
    return BarRows(widest, format_two_digits(0.0) + "0", parent)


def _title(name: str) -> str:
    term = known_terms().get(name)
    return name if term is None else term.little_title


def _bar(term: InspectedTerm, largest: float, *, strong: bool) -> BarRow:
    text = _UNKNOWN if term.value is None else _cost(term.share)
    return BarRow(name=_title(term.place.term), share=term.share / largest, text=text, strong=strong)


def _unknown_bars(*, of_layers: bool) -> list[BarRow]:
    return [
        BarRow(name=term.little_title, share=0.0, text=_UNKNOWN)
        for term in known_terms().values()
        if term.is_of_layers is of_layers
    ]


def _term_tip(inspected: InspectedTerm) -> str:
    """Returns what an image's bar of a cost means, and its value."""
    term = known_terms().get(inspected.place.term)
    if term is None:
        return ""
    if inspected.value is None:
        why = f"there are fewer than {term.least_slots} images" if term.least_slots > 1 else "its coefficient is 0"
        return f"{term.title}: none, for {why}."
    own = f"Its own distance is {format_distance(inspected.value)}." if term.repels else ""
    return f"{term.title}: {_SPLIT_TIP if term.repels else _MEAN_TIP}, coefficients × {term.formula}. {own}".rstrip()


def _cost(share: float) -> str:
    return "0" if share == 0 else format_two_digits(share)


def _summary(total: float, weightiest: TermPlace | None, largest: float) -> str:
    """Returns the image's share of the total cost, and the largest cost in it."""
    if weightiest is None:
        return "It has no share of the cost."
    term = known_terms().get(weightiest.term)
    title = weightiest.term if term is None else term.title
    cost = f"the {title} cost at {weightiest.layer}" if weightiest.layer else title
    return (
        f"Its share of the total cost is {format_two_digits(total)}; {cost} dominates "
        f"({format_share(largest / total, 0)})."
    )
