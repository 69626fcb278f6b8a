from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from fooler_gui.widgets.plot import Plot
from fooler_gui.widgets.plot_series import Axis, Band, Bars, EndLabel, Line, faded, fixed, ink
from fooler_gui.widgets.theme import dark_palette, light_palette

STEPS, LOSS = Axis(title="Step"), Axis(title="Loss", unit="nats", logarithmic=True)
FIRST, SECOND = Line(name="first"), Line(name="second", symbol="o", style=Qt.PenStyle.DashLine)


def made(qtbot: QtBot, x: Axis = STEPS, y: Axis = LOSS, **options: object) -> Plot:
    plot = Plot("plot", "Loss by step", "What it costs.", x, y, **options)
    qtbot.addWidget(plot)
    plot.resize(400, 240)
    plot.take_colours(light_palette())
    plot.set_y_range(-1, 1)
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


def ink_in(plot: Plot, left: int, top: int, width: int, height: int) -> int:
    image = plot.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    return sum(
        image.pixelColor(x, y).value() < 128 for x in range(left, left + width) for y in range(top, top + height)
    )


def test_an_axis_is_called_by_its_title_and_unit() -> None:
    assert (STEPS.words, LOSS.words) == ("Step", "Loss, nats")


def test_titles_stand_along_the_axes_and_nowhere_without_them(qtbot: QtBot) -> None:
    plot, bare = made(qtbot), made(qtbot, Axis(title=""), Axis(title="", logarithmic=True))
    left, bottom = (0, 60, 14, 100), (180, 226, 100, 14)
    assert ink_in(plot, *left) > 20
    assert ink_in(plot, *bottom) > 10
    assert ink_in(bare, *left) == ink_in(bare, *bottom) == 0


def test_series_that_stay_keep_their_items_and_numbers(qtbot: QtBot) -> None:
    plot = made(qtbot, series=[FIRST])
    plot.draw_line("first", [0, 1, 2], [0.0, 0.5, np.nan])
    (curve,) = plot.getPlotItem().listDataItems()
    plot.set_series([FIRST, SECOND])
    assert plot.series() == (FIRST, SECOND)
    assert plot.getPlotItem().listDataItems()[0] is curve
    assert curve.xData.tolist() == [0, 1, 2]
    plot.set_series([SECOND])
    assert curve not in plot.getPlotItem().items
    plot.erase()
    assert plot.getPlotItem().listDataItems()[0].getData() == (None, None)


def test_series_and_texts_take_the_colours_of_their_role_in_each_theme(qtbot: QtBot) -> None:
    plot = made(qtbot, series=[FIRST, Bars(name="bars", colour=fixed("#0072B2"))])
    plot.draw_bars("bars", [1], [0.0], [1.0], 0.5)
    plot.set_end_labels([EndLabel(y=0.5, text="0.5")])
    for palette in (light_palette(), dark_palette()):
        plot.take_colours(palette)
        curve, bars = (item for item in plot.getPlotItem().items if hasattr(item, "opts"))
        assert curve.opts["pen"].color() == ink(palette)
        assert bars.opts["brush"].color().name() == "#0072b2"
        assert plot.placed_labels()[0].colour(palette) == ink(palette)
    assert faded(0.5)(dark_palette()).alphaF() == pytest.approx(0.5, abs=0.01)


def test_a_band_is_seen_while_it_has_numbers(qtbot: QtBot) -> None:
    plot = made(qtbot, series=[Band(name="band", colour=faded(0.2))])
    plot.draw_band("band", [0, 1], [0.1, 0.1], [0.2, 0.3])
    (band,) = (item for item in plot.getPlotItem().items if hasattr(item, "curves"))
    assert band.isVisible()
    plot.erase()
    assert not band.isVisible()


def test_the_span_is_seen_whole_with_room_for_the_texts_at_the_ends(qtbot: QtBot) -> None:
    plot = made(qtbot, series=[FIRST], widest_label="a text at the end", left_pixels=20)
    plot.set_span(0, 100)
    left, right = plot.visible_steps()
    assert left == pytest.approx(-20 / plot.x_pixels())
    assert (right - 100) * plot.x_pixels() > plot.fontMetrics().horizontalAdvance("a text at the end") * 0.9
    place = plot.mapFromScene(plot.getViewBox().mapViewToScene(QPointF(50, 0)))
    assert plot.x_at(QPointF(place)) == pytest.approx(50, abs=1)


def test_a_logarithmic_axis_names_twos_and_fives_where_they_have_room(qtbot: QtBot) -> None:
    axis = made(qtbot).getAxis("left")
    ((_, many),) = axis.tickValues(-0.9, 0.9, 200.0)
    assert np.power(10, many) == pytest.approx([0.2, 0.5, 1, 2, 5])
    ((_, few),) = axis.tickValues(-0.9, 0.9, 40.0)
    assert few == [0.0]
    assert axis.logTickStrings(many, 1, 1) == ["0.2", "0.5", "1", "2", "5"]
