from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from pytestqt.qtbot import QtBot
from saves import by_nets, make_save

from fooler_gui.features.run.batch_grid import BatchGrid
from fooler_gui.widgets.grid_layout import arrange
from fooler_gui.widgets.grid_overlay import GridOverlay
from fooler_gui.widgets.net_chips import NetChips
from fooler_gui.widgets.probability_scale import scale_colour

NETS = np.float32([[0.25, 1.0], [0.75, 0.0]])
"""Of two nets on two images."""


@pytest.fixture
def chips(qtbot: QtBot) -> NetChips:
    font = QFont()
    font.setPixelSize(11)
    return NetChips(font, 1.0)


def drawn(chips: NetChips, width: int, height: int) -> QImage:
    """Returns two images of `width` × 10 beside each other with their chips, on red."""
    picture = QImage(2 * width, 10 + height, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    with QPainter(picture) as painter:
        chips.draw(painter, [(0, 0, width, 10), (width, 0, width, 10)], NETS, height)
    return picture


def test_each_net_has_a_chip_of_its_probability_below_each_image(chips: NetChips) -> None:
    picture = drawn(chips, 20, chips.low_height)
    bottom = picture.height() - 1
    for x, probability in ((4, 0.25), (15, 0.75), (24, 1.0), (35, 0.0)):
        assert picture.pixelColor(x, bottom).name() == scale_colour(probability).name()
        assert picture.pixelColor(x, 10) == QColor("red"), "a line is left between image and chip"


def test_a_chip_says_the_percent_where_there_is_room(chips: NetChips) -> None:
    def colours(width: int, height: int) -> set[str]:
        picture = drawn(chips, width, height)
        return {picture.pixelColor(x, y).name() for x in range(width // 2 - 2) for y in range(13, 10 + height)}

    assert len(colours(80, chips.height)) > 1
    assert len(colours(20, chips.height)) == 1
    assert len(colours(80, chips.low_height)) == 1


@pytest.mark.parametrize("groups", [1, 10])
def test_images_leave_room_for_chips_only_where_an_ensemble_is_fooled(qtbot: QtBot, groups: int) -> None:
    font, names = QFont(), tuple(map(str, range(10)))
    alone, ensemble = (GridOverlay(font, 1.0, names, nets).captions for nets in (1, 3))
    layouts = [
        arrange(groups=groups, slots=8, image=(28, 28), room=(652, 388), names=20, captions=captions, scroll_bar=14)
        for captions in (alone, ensemble)
    ]
    assert [layout.captions.chips > 0 for layout in layouts] == [False, True]
    for layout in layouts:
        assert layout.size[1] <= 388
        assert layout.cells.height >= layout.image[0] + layout.captions.height


def test_the_grid_rearranges_itself_for_an_ensemble_and_tells_each_net(qtbot: QtBot) -> None:
    grid = BatchGrid()
    qtbot.addWidget(grid)
    grid.resize(660, 420)
    grid.set_class_names(tuple(map(str, range(10))))
    grid.set_net_names(("first", "second"))
    save = make_save(probabilities=0.9995)
    grid.show_save(save)
    alone = grid.image_rect(3, 0)
    grid.show_save(by_nets(save, 0.25))
    assert grid.image_rect(3, 0) != alone
    assert grid.describe(3, 0).endswith("By net: first .9995 · second .2500.")
    grid.show_save(save)
    assert grid.image_rect(3, 0) == alone
    assert "By net" not in grid.describe(3, 0)
