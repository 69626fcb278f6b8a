from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from fake_engine import info
from inspections import make_inspection, make_maps
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from fooler_gui.core.classifier_info import LayerFacts
from fooler_gui.features.inspector import inside
from fooler_gui.features.inspector.inside import InsidePanel
from fooler_gui.features.inspector.inside_words import between_words, scale_words, shape_words
from fooler_gui.features.inspector.map_grid import MapGrid, Place, arranged, brightest_of, coloured
from fooler_gui.widgets.colours import CHANGED, SELECTED_ON_DARK, STAGE
from fooler_gui.widgets.panel_layout import VerticalScrollArea
from fooler_gui.widgets.pixel_picture import PixelPicture

LAYERS = ("inputs", "conv0", "fc")
RUN = "the run on screen"


@pytest.fixture
def area(qtbot: QtBot) -> VerticalScrollArea:
    area = VerticalScrollArea(InsidePanel())
    qtbot.addWidget(area)
    area.resize(316, 700)
    with qtbot.waitExposed(area):
        area.show()
    return area


@pytest.fixture
def panel(area: VerticalScrollArea) -> InsidePanel:
    made = area.widget()
    made.set_classifier(info("net"))
    return made


def look(panel: InsidePanel, maps=None, step: int = 7, **details: object) -> None:
    panel.wait_for(RUN, 1, 0)
    details = {"layers": LAYERS} | details
    panel.show_inspection(make_inspection(1, 0, step, (4, 4, 1), maps=make_maps() if maps is None else maps, **details))


def button(panel: InsidePanel, name: str) -> QAbstractButton:
    found = panel.findChild(QAbstractButton, f"net_layer_{name}")
    assert found is not None
    return found


def text(panel: InsidePanel, name: str) -> str:
    return panel.findChild(QLabel, f"inside_{name}").text()


def is_seen(panel: InsidePanel, name: str) -> bool:
    return panel.findChild(QLabel, f"inside_{name}").isVisible()


def maps_of(panel: InsidePanel, side: str) -> MapGrid:
    return panel.findChild(MapGrid, f"inside_{side}_maps")


def greys(grid: MapGrid) -> list[list[int]]:
    return [
        [image.pixelColor(x, y).red() for y in range(image.height()) for x in range(image.width())]
        for image in grid.images()
    ]


def test_every_layer_is_told_in_order_and_the_recorded_ones_are_buttons(panel: InsidePanel) -> None:
    rows = [row for row in panel.findChildren(QLabel) if row.parent().parent().objectName() == "net_picture"]
    assert [row.text() for row in rows] == ["filters · 2 maps of 4 × 4", "flatten · 8 units", "softmax · 3 units"]
    buttons = panel.findChildren(QAbstractButton)
    assert [made.accessibleName() for made in buttons] == [
        "inputs: 4 × 4, grey",
        "conv0: 2 maps of 2 × 2",
        "fc: 5 units",
    ]
    tops = [made.mapTo(panel, QPoint()).y() for made in (buttons[0], rows[0], buttons[1], rows[1], buttons[2], rows[2])]
    assert tops == sorted(tops)


def test_a_layer_is_chosen_by_a_click_or_by_the_arrow_keys(panel: InsidePanel, qtbot: QtBot) -> None:
    assert panel.layer() == "conv0"
    with qtbot.waitSignal(panel.layer_changed) as chosen:
        qtbot.mouseClick(button(panel, "fc"), Qt.MouseButton.LeftButton)
    assert (chosen.args, panel.layer()) == (["fc"], "fc")
    panel.activateWindow()
    button(panel, "fc").setFocus()
    qtbot.keyClick(button(panel, "fc"), Qt.Key.Key_Up)
    assert panel.layer() == "conv0"
    qtbot.keyClick(button(panel, "conv0"), Qt.Key.Key_Up)
    assert panel.layer() == "inputs"
    assert [made.isChecked() for made in panel.findChildren(QAbstractButton)] == [True, False, False]


def test_the_chosen_layer_stays_with_another_net_that_records_it(panel: InsidePanel) -> None:
    button(panel, "fc").click()
    panel.set_classifier(dataclasses.replace(info("other"), recorded_layers=("inputs", "fc")))
    assert panel.layer() == "fc"
    panel.set_classifier(dataclasses.replace(info("third"), recorded_layers=("inputs", "filters")))
    assert panel.layer() == "filters"
    panel.set_classifier(info("net"))
    assert panel.layer() == "fc"


def test_without_a_classifier_or_images_it_says_what_to_do(panel: InsidePanel) -> None:
    assert text(panel, "message") == inside.NO_IMAGES
    assert "Press Space" in inside.NO_IMAGES
    button(panel, "fc").click()
    assert text(panel, "message") == inside.NO_IMAGES
    panel.set_classifier(None)
    assert text(panel, "message") == "There is no classifier yet. Train one, or open one."
    assert not button(panel, "fc").isVisible()
    assert panel.layer() == ""


def test_maps_of_the_image_stand_beside_those_of_the_nearest_in_the_same_scale(panel: InsidePanel) -> None:
    look(panel, make_maps(own=[[[0, 1], [2, 3]]], nearest=[[[4, 0], [2, 2]]]))
    brightest = np.percentile([0, 1, 2, 3, 4, 0, 2, 2], 99.5)  # 3.965
    assert greys(maps_of(panel, "own")) == [[round(255 * value / brightest) for value in (0, 1, 2, 3)]]
    assert greys(maps_of(panel, "nearest")) == [[255, 0, *[round(255 * 2 / brightest)] * 2]]
    assert text(panel, "scale") == "Black 0, white 3.96 and more; the same on both sides."
    assert maps_of(panel, "own").y() == maps_of(panel, "nearest").y()
    assert text(panel, "distance") == "Distance 0.2000 (mean squared difference)"
    assert text(panel, "own_caption") == "This image\nstep 7"
    assert text(panel, "nearest_caption") == "Nearest 1\nno. 1,002"
    assert not panel.findChild(PixelPicture, "inside_nearest_picture").image().isNull()
    assert text(panel, "title") == "conv0 · 2 maps of 2 × 2"
    assert not is_seen(panel, "message")
    assert not is_seen(panel, "lacking")
    assert not is_seen(panel, "count")


def test_each_layer_is_told_in_a_sentence_what_is_compared_and_what_the_cost_does(panel: InsidePanel) -> None:
    expected = {
        "inputs": "Compared here: the pixels themselves, each with the one at the same place.",
        "conv0": "Compared here: how strongly each of 2 learned patterns is found at each of 2 × 2 places.",
        "fc": "Compared here: how strongly each of the 5 units responds to the whole image.",
    }
    cost = " The reference cost, one over the distance, drives the image away from this training image of 1."
    for name, words in expected.items():
        button(panel, name).click()
        assert text(panel, "message") == (inside.NO_IMAGES if name == "inputs" else inside.LOOKING)
        look(panel, make_maps(name))
        assert text(panel, "sentence") == words + cost


def test_a_reference_cost_without_a_share_is_told_to_count_nothing(panel: InsidePanel) -> None:
    panel.wait_for(RUN, 1, 0)
    looked = make_inspection(1, 0, 7, (4, 4, 1), layers=LAYERS, maps=make_maps())
    terms = tuple(dataclasses.replace(term, share=0.0) for term in looked.terms)
    panel.show_inspection(dataclasses.replace(looked, terms=terms))
    assert text(panel, "sentence").endswith("counts nothing here: its coefficient is 0.")


def test_units_are_the_pixels_of_one_picture_and_signs_have_colours(panel: InsidePanel) -> None:
    button(panel, "fc").click()
    own = np.float32([-2, 0, 2, 1, 0]).reshape(5, 1, 1)
    look(panel, make_maps("fc", own, np.zeros_like(own)))
    (picture,) = maps_of(panel, "own").images()
    assert picture.size() == QSize(3, 2)
    colours = [QColor(picture.pixelColor(x, y)).name().upper() for y in range(2) for x in range(3)]
    assert (colours[0], colours[1], colours[2], colours[4], colours[5]) == (
        SELECTED_ON_DARK,
        "#000000",
        CHANGED,
        "#000000",
        STAGE,
    )
    assert text(panel, "scale") == "Blue −2 and less, black 0, orange 2 and more; the same on both sides."


def test_taken_unit_by_unit_the_nearest_values_stand_beside_without_a_picture(panel: InsidePanel) -> None:
    button(panel, "fc").click()
    own = np.float32([1, 2, 3]).reshape(3, 1, 1)
    look(panel, make_maps("fc", own, own, by_unit=True), per_unit=("fc",))
    assert text(panel, "nearest_caption") == "Nearest values\nunit by unit"
    assert not panel.findChild(PixelPicture, "inside_nearest_picture").isVisible()
    assert "2016 program" in text(panel, "sentence")


def test_without_training_images_the_maps_stand_alone_and_it_says_what_is_lacking(panel: InsidePanel) -> None:
    look(panel, make_maps(own=np.ones((2, 2, 2))))
    assert is_seen(panel, "lacking")
    assert "no dataset is in use" in text(panel, "lacking")
    assert not maps_of(panel, "nearest").isVisible()
    assert "reference cost" not in text(panel, "sentence")
    assert not is_seen(panel, "distance")


def test_of_many_maps_it_is_told_how_many_are_shown(panel: InsidePanel) -> None:
    own = np.ones((2, 2, 2))
    look(panel, make_maps(own=own, nearest=own, count=512))
    assert text(panel, "count") == "The 2 strongest of 512 maps are shown."
    assert is_seen(panel, "count")


def test_maps_stay_until_newer_ones_of_the_same_image_come(panel: InsidePanel, qtbot: QtBot) -> None:
    look(panel, step=7)
    panel.wait_for(RUN, 1, 0)
    assert not is_seen(panel, "message")
    look(panel, step=8)
    qtbot.waitUntil(lambda: text(panel, "own_caption").endswith("step 8"))
    for run, slot in ((RUN, 1), ("another run", 1)):
        panel.wait_for(run, 1, slot)
        assert text(panel, "message") == inside.LOOKING
        assert is_seen(panel, "message")
        assert not maps_of(panel, "own").isVisible()
        panel.show_inspection(make_inspection(1, slot, 9, (4, 4, 1), layers=LAYERS, maps=make_maps()))
        assert maps_of(panel, "own").isVisible()


def test_an_inspection_without_maps_or_with_those_of_another_layer_is_left_out(panel: InsidePanel) -> None:
    panel.wait_for(RUN, 1, 0)
    for maps in (None, make_maps("fc")):
        panel.show_inspection(make_inspection(1, 0, 7, (4, 4, 1), layers=LAYERS, maps=maps))
        assert text(panel, "message") == inside.LOOKING


def test_what_is_pointed_at_is_outlined_on_both_sides_and_told(panel: InsidePanel, qtbot: QtBot) -> None:
    look(panel)
    panel.window().resize(1000, 900)
    qtbot.waitUntil(lambda: panel.width() > 900)
    own, nearest = maps_of(panel, "own"), maps_of(panel, "nearest")
    place = Place(1, 0, 1)
    point = next(
        QPoint(x, y)
        for y in range(own.height())
        for x in range(own.width())
        if own.place_at(QPointF(x + 0.5, y + 0.5)) == place
    )
    before = [grid.grab().toImage() for grid in (own, nearest)]
    qtbot.mouseMove(own, point)
    assert own._words_at(place) == "Map 2 of 2, row 1, column 2: 5 · nearest 6"
    for grid, image in zip((own, nearest), before, strict=True):
        qtbot.waitUntil(lambda grid=grid, image=image: grid.grab().toImage() != image)
    assert "The strongest is map 2 of 2" in own.accessibleDescription()


def test_where_there_is_room_the_maps_are_beside_the_net(panel: InsidePanel, qtbot: QtBot) -> None:
    look(panel)
    net, title = panel.findChild(QAbstractButton, "net_layer_inputs"), panel.findChild(QLabel, "inside_title")
    assert title.mapTo(panel, QPoint()).y() > net.mapTo(panel, QPoint()).y() + 50
    panel.window().resize(1000, 700)
    qtbot.waitUntil(lambda: title.mapTo(panel, QPoint()).x() > 300)
    assert title.mapTo(panel, QPoint()).y() < net.mapTo(panel, QPoint()).y() + 50


@pytest.mark.parametrize(
    ("count", "side", "room", "expected"),
    [
        (1, 28, 150, (1, 5.0)),
        (32, 14, 150, (5, 2.0)),  # 7 rows of 30
        (64, 7, 150, (6, 3.0)),  # with 4 pixels a pixel 13 rows of 30 would be more than 2.5 times as high
        (2, 300, 150, (1, 0.5)),
    ],
)
def test_maps_are_enlarged_by_the_greatest_whole_factor_that_is_not_too_tall(
    count: int, side: int, room: int, expected: tuple[int, float]
) -> None:
    assert arranged(count, side, side, room) == expected


def test_values_that_are_no_numbers_and_maps_of_zeros_alone_can_be_shown() -> None:
    assert brightest_of(np.zeros((2, 2, 2), np.float32)) == 1.0
    odd = np.float32([[[np.nan, np.inf], [-np.inf, 1]]])
    assert brightest_of(odd) == 1.0
    assert coloured(odd, 1.0, signed=False).ravel().tolist() == [0, 1, 0, 1]


def test_of_many_layers_between_two_recorded_ones_their_number_and_kinds_are_told() -> None:
    kinds = ("Conv2D", "ReLU", "Conv2D", "Add", "Dropout")
    layers = [LayerFacts(f"layer{place}", kind, (4, 4, 8), 0) for place, kind in enumerate(kinds)]
    assert between_words(layers) == ["5 layers: Conv2D, ReLU, Add, …"]
    assert between_words(layers[:1]) == ["layer0 · 8 maps of 4 × 4"]


@pytest.mark.parametrize(
    ("shape", "words"),
    [((1, 1, 32), "1 × 1 × 32 units"), ((16, 64), "16 × 64 units"), ((1,), "1 unit"), ((9, 9, 1), "1 map of 9 × 9")],
)
def test_layers_of_any_shape_are_told(shape: tuple[int, ...], words: str) -> None:
    assert shape_words(LayerFacts("a", "B", shape, 0)) == words


def test_a_scale_is_told_in_three_digits() -> None:
    assert scale_words(0.012345, signed=False).startswith("Black 0, white 0.0123 and more")
