import math

import pytest
from PySide6.QtGui import QColor, QFont, QPalette

from fooler_gui.widgets.bar_rows import BarRow, BarRows
from fooler_gui.widgets.theme import dark_palette, light_palette


@pytest.fixture
def bars(qtbot):
    bars = BarRows("reference", "0.0e-0")
    qtbot.addWidget(bars)
    bars.resize(240, 60)
    return bars


def row(name="a", share=0.5, text="1", strong=False):
    return BarRow(name=name, share=share, text=text, strong=strong)


def filled_pixels(bars, index):
    """How many pixels of a row's bar, which is strong, are filled."""
    image = bars.grab().toImage()
    y = round((index + 0.5) * bars.row_height())
    ink = bars.palette().color(QPalette.ColorRole.WindowText)
    return max(
        (len(run) for run in "".join("x" if image.pixelColor(x, y) == ink else " " for x in range(240)).split()),
        default=0,
    )


def test_a_bar_is_as_long_as_its_share(bars):
    bars.set_rows([row(share=1.0, strong=True), row(share=0.5, strong=True), row(share=0.0, strong=True)])
    whole, half, none = (filled_pixels(bars, index) for index in range(3))
    assert whole > 80
    assert abs(half - whole / 2) <= 1
    assert none < 6


def test_the_smallest_share_is_still_seen(bars):
    bars.set_rows([row(share=1e-12)])
    image = bars.grab().toImage()
    bars.set_rows([row(share=0.0)])
    assert image != bars.grab().toImage()


@pytest.mark.parametrize("share", [math.nan, math.inf, -1.0, 7.0])
def test_no_number_breaks_a_bar(bars, share):
    bars.set_rows([row(share=share, strong=True)])
    bars.grab()
    assert (filled_pixels(bars, 0) > 80) is (share == 7.0)


def test_the_rows_can_be_read_as_text(bars):
    bars.set_rows([row("cat", text=".2500"), row("dog", text=".7500")])
    assert bars.accessibleDescription() == "cat: .2500; dog: .7500"


def test_bars_begin_and_end_where_those_of_others_do(bars, qtbot):
    other = BarRows("reference", "0.0e-0")
    qtbot.addWidget(other)
    other.resize(bars.size())
    bars.set_rows([row("a", share=1.0, text="1", strong=True)])
    other.set_rows([row("bb", share=1.0, text="22", strong=True)])
    assert filled_pixels(bars, 0) == filled_pixels(other, 0)


def test_a_long_name_is_cut_and_leaves_room_for_its_bar(bars):
    bars.set_rows([row("an ankle boot with a very long name that never ends", share=1.0, strong=True)])
    assert filled_pixels(bars, 0) > 50


def test_rows_spread_over_the_height_but_not_without_end(bars):
    bars.set_rows([row()] * 3)
    bars.resize(240, 60)
    assert bars.row_height() == 20
    bars.resize(240, 600)
    assert bars.row_height() < 40
    bars.resize(240, 3)
    assert 3 * bars.row_height() >= bars.minimumSizeHint().height() - 1


def test_a_larger_font_needs_more_room(bars):
    bars.set_rows([row()] * 3)
    before = bars.sizeHint().height()
    font = QFont(bars.font())
    font.setPointSizeF(2 * font.pointSizeF())
    bars.setFont(font)
    assert bars.sizeHint().height() > 1.7 * before


@pytest.mark.parametrize("palette", [light_palette, dark_palette])
def test_bars_take_the_palettes_colours(bars, palette):
    bars.setPalette(palette())
    bars.set_rows([row(share=1.0, strong=True)])
    assert filled_pixels(bars, 0) > 80
    assert bars.palette().color(QPalette.ColorRole.WindowText) != QColor("#000000")


def test_no_rows_are_nothing(bars):
    bars.set_rows([])
    assert bars.sizeHint().height() == 0
    bars.grab()
