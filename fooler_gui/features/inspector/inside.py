"""Inside the net: what each recorded layer makes of the selected image, beside its nearest training image there."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QSizePolicy, QWidget

from fooler_gui.core.class_words import class_name
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.inspection import InspectedLayer, Inspection, LayerMaps
from fooler_gui.core.lab_state import NO_CLASSIFIER
from fooler_gui.core.terms import known_terms
from fooler_gui.features.inspector.inside_words import (
    compared_words,
    cost_words,
    distance_words,
    place_words,
    scale_words,
    shape_words,
    shown_words,
)
from fooler_gui.features.inspector.map_grid import MapGrid, Place, brightest_of, coloured
from fooler_gui.features.inspector.net_picture import NetPicture
from fooler_gui.widgets.debounce import Debounce
from fooler_gui.widgets.panel_layout import (
    SPACING,
    STRETCH,
    QuietLabel,
    at,
    column_of,
    empty_grid,
    fill,
    heading,
    row_of,
)
from fooler_gui.widgets.pixel_picture import PixelPicture
from fooler_gui.widgets.slot_images import image_from_array
from fooler_gui.widgets.theme import tabular_font

NO_IMAGES = (
    "No images yet. Press Space to run; this then shows what the chosen layer makes of the image that is selected in "
    "the grid."
)
LOOKING = "Looking … The first look at a label records what its training images do; that can take some seconds."
NO_TRAINING_IMAGES = (
    "There are no training images of this label to compare with, as no dataset is in use. Open one under Dataset and "
    "classifier."
)
_BESIDE = 640
"""From this width on the maps are beside the net, not below it."""
_MAPS_MS = 100
"""Maps that change more often cannot be followed."""
_PICTURE_SIDE = 56
_NET_WIDTH = 300


class InsidePanel(QWidget):
    """Shows the layers of the classifier in use, and the maps of one of them. Main thread only.

    It draws nothing while hidden.

    Signals:
        layer_changed: (str) Another layer was chosen.
    """

    layer_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inside_panel")
        self._info: ClassifierInfo | None = None
        self._shown: Inspection | None = None
        self._is_new = False
        self._awaited: tuple[object, int, int] | None = None
        self._net = NetPicture(self)
        self._build()
        self._due = Debounce(self, _MAPS_MS)
        self._due.value_changed.connect(self._show)
        self._net.layer_changed.connect(self._on_layer_changed)
        self.set_classifier(None)

    def set_classifier(self, info: ClassifierInfo | None) -> None:
        """Shows the layers of the classifier in use, or what to do without one."""
        if info is None or info != self._info:
            self._info = info
            self.clear(NO_CLASSIFIER if info is None else NO_IMAGES)
        self._net.setVisible(info is not None)
        if info is not None:
            self._net.set_net(info)

    def layer(self) -> str:
        """Returns the name of the chosen layer; "" without a classifier."""
        return "" if self._info is None else self._net.layer()

    def wait_for(self, run: object, label: int, slot: int) -> None:
        """Expects maps of this image of `run`; those on screen stay if they are of it, too."""
        if self._awaited != (run, label, slot):
            self._awaited = run, label, slot
            self._forget(LOOKING)

    def clear(self, message: str) -> None:
        """Shows the net alone, and `message`, which says what to do."""
        self._awaited = None
        self._forget(message)

    def show_inspection(self, inspection: Inspection) -> None:
        """Shows the maps of an inspection, unless they are of another layer than the chosen one."""
        if inspection.maps is None or inspection.maps.layer != self.layer() or inspection is self._shown:
            return
        first, self._shown, self._is_new = self._shown is None, inspection, True
        if first:
            self._show()
        else:
            self._due.submit(None)

    def showEvent(self, event: QShowEvent) -> None:
        """Draws what came while it was hidden."""
        super().showEvent(event)
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Puts the maps beside the net where there is room."""
        super().resizeEvent(event)
        is_wide = self.width() >= _BESIDE
        self._halves.setDirection(QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom)
        self._net.setMinimumWidth(_NET_WIDTH if is_wide else 0)
        self._net.setMaximumWidth(_NET_WIDTH if is_wide else self.maximumWidth())

    @Slot(str)
    def _on_layer_changed(self, name: str) -> None:
        self._forget(self._message.text() if self._awaited is None else LOOKING)
        self.layer_changed.emit(name)

    def _forget(self, message: str) -> None:
        self._due.cancel()
        self._shown = None
        self._message.setText(message)
        self._message.show()
        self._maps_side.hide()

    @Slot()
    def _show(self) -> None:
        shown, info = self._shown, self._info
        if shown is None or info is None or not self._is_new or not self.isVisible():
            return
        self._is_new = False
        maps = self._maps_of(shown)
        compared = next(layer for layer in shown.layers if layer.name == maps.layer)
        name = class_name(info.class_names, shown.label)
        self._show_words(info, shown, maps, compared, name)
        self._show_maps(maps, is_input=maps.layer == info.recorded_layers[0])
        self._own_picture.set_image(image_from_array(shown.image))
        self._own_caption.setText(f"This image\nstep {shown.step:,}")
        self._own_caption.setToolTip(f"Slot {shown.slot + 1} of {name} at step {shown.step:,}")
        self._show_nearest(compared, maps, name)
        self._message.hide()
        self._maps_side.show()

    def _show_words(
        self, info: ClassifierInfo, shown: Inspection, maps: LayerMaps, compared: InspectedLayer, name: str
    ) -> None:
        is_input = maps.layer == info.recorded_layers[0]
        layer = next(layer for layer in info.layers if layer.name == maps.layer)
        self._title.setText(f"{layer.name} · {shape_words(layer, is_input=is_input)}")
        measuring = [term.name for term in known_terms().values() if term.measures_nearest]
        weighs = any(
            term.share > 0 for term in shown.terms if term.place.layer == maps.layer and term.place.term in measuring
        )
        sentences = compared_words(layer, is_input=is_input), cost_words(maps, weighs, name)
        self._sentence.setText(" ".join(filter(None, sentences)))
        self._distance.setText(distance_words(compared))
        self._distance.setVisible(maps.nearest is not None and bool(self._distance.text()))
        self._count.setText(shown_words(maps))
        self._count.setVisible(bool(self._count.text()))

    def _show_maps(self, maps: LayerMaps, *, is_input: bool) -> None:
        both = [part for part in (maps.own, maps.nearest) if part is not None]
        whole = np.concatenate(both)
        signed = bool((whole < 0).any())
        brightest = 1.0 if is_input else brightest_of(whole)
        self._scale.setText(scale_words(brightest, signed=signed))

        def words_at(place: Place) -> str:
            return place_words(maps, *place)

        for grid, part in zip((self._own_maps, self._nearest_maps), both, strict=False):
            grid.set_pictures(coloured(part, brightest, signed=signed), words_at)
            grid.setAccessibleDescription(_strongest_words(maps, part))
        self._nearest_head.setVisible(maps.nearest is not None)
        self._nearest_maps.setVisible(maps.nearest is not None)
        self._lacking.setVisible(maps.nearest is None)

    def _show_nearest(self, compared: InspectedLayer, maps: LayerMaps, name: str) -> None:
        nearest, index = compared.nearest, compared.nearest_index
        self._nearest_picture.setVisible(nearest is not None)
        self._nearest_picture.set_image(QImage() if nearest is None else image_from_array(nearest))
        if maps.is_by_unit:
            self._nearest_caption.setText("Nearest values\nunit by unit")
            self._nearest_caption.setToolTip("")
        elif index is not None:
            self._nearest_caption.setText(f"Nearest {name}\nno. {index + 1:,}")
            self._nearest_caption.setToolTip(f"Number {index + 1:,} of the training images of {name}")

    @staticmethod
    def _maps_of(inspection: Inspection) -> LayerMaps:
        assert inspection.maps is not None, "only inspections with maps are shown"
        return inspection.maps

    @Slot(object)
    def _point_at(self, place: Place | None) -> None:
        for grid in (self._own_maps, self._nearest_maps):
            grid.point_at(place)

    def _build(self) -> None:
        self._message = QuietLabel("", self)
        self._message.setObjectName("inside_message")
        self._title = heading("")
        self._title.setObjectName("inside_title")
        self._sentence, self._scale, self._count, self._lacking = (QuietLabel() for _ in range(4))
        self._distance = QLabel()
        self._distance.setWordWrap(True)
        self._lacking.setText(NO_TRAINING_IMAGES)
        for name in ("sentence", "distance", "scale", "count", "lacking"):
            label: QLabel = getattr(self, f"_{name}")
            label.setObjectName(f"inside_{name}")
            label.setFont(tabular_font(label.font()))
        own, nearest = self._made_head("own", "This image"), self._made_head("nearest", "The nearest training image")
        self._own_picture, self._own_caption, own_head = own
        self._nearest_picture, self._nearest_caption, self._nearest_head = nearest
        self._own_maps = self._made_maps("own", "Maps of this image")
        self._nearest_maps = self._made_maps("nearest", "Maps of the nearest training image")
        sides = empty_grid(row_gap=SPACING)
        for column, (head, maps) in enumerate(((own_head, self._own_maps), (self._nearest_head, self._nearest_maps))):
            sides.addWidget(head, 0, column)
            sides.addWidget(maps, 1, column)
        self._maps_side = QWidget(self)
        column_of(
            self._title,
            self._sentence,
            self._distance,
            self._lacking,
            sides,
            self._count,
            self._scale,
            on=self._maps_side,
        )
        beside = column_of(self._message, self._maps_side, STRETCH)
        net = at(Qt.AlignmentFlag.AlignTop, self._net)
        self._halves = row_of(net, fill(beside), gap=2 * SPACING, on=self, margins=SPACING)

    def _made_head(self, name: str, words: str) -> tuple[PixelPicture, QLabel, QWidget]:
        """Returns the picture and the caption above the maps of one side, and the widget that holds both."""
        head = QWidget(self)
        picture, caption = PixelPicture(parent=head), QLabel(head)
        picture.setFixedSize(_PICTURE_SIDE, _PICTURE_SIDE)
        picture.setObjectName(f"inside_{name}_picture")
        picture.setAccessibleName(words)
        caption.setObjectName(f"inside_{name}_caption")
        caption.setTextFormat(Qt.TextFormat.PlainText)
        caption.setFont(tabular_font(caption.font()))
        caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row_of(picture, fill(caption), on=head)
        return picture, caption, head

    def _made_maps(self, name: str, words: str) -> MapGrid:
        grid = MapGrid(self)
        grid.setObjectName(f"inside_{name}_maps")
        grid.setAccessibleName(words)
        grid.pointed_changed.connect(self._point_at)
        return grid


def _strongest_words(maps: LayerMaps, part: np.ndarray) -> str:
    strengths = np.nan_to_num(np.abs(part).mean(axis=(1, 2)))
    strongest = int(strengths.argmax())
    word = "unit" if maps.is_flat else "map"
    greatest = float(strengths[strongest])
    value = f"{greatest:.3g}" if math.isfinite(greatest) else "infinite"
    return f"The strongest is {word} {int(maps.numbers[strongest]) + 1:,} of {maps.count:,}, {value} on average."
