from __future__ import annotations

import numpy as np
import pytest

from fooler_gui.sweeps.pivot import Strip
from fooler_gui.sweeps.report.axis import Axis, axis_of
from fooler_gui.sweeps.report.markup import page_text, tag
from fooler_gui.sweeps.report.plots import strip_drawing
from fooler_gui.sweeps.statistics import Interval


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0, 1.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (3.2, 21.0, [5.0, 10.0, 15.0, 20.0]),
        (-0.03, 0.04, [-0.02, 0.0, 0.02, 0.04]),
        (2e-14, 4.1e-14, [2e-14, 2.5e-14, 3e-14, 3.5e-14, 4e-14]),
        (1e6, 1e6 + 2, [1e6, 1e6 + 0.5, 1e6 + 1, 1e6 + 1.5, 1e6 + 2]),
    ],
)
def test_an_axis_has_round_numbers(low: float, high: float, ticks: list[float]) -> None:
    assert Axis(low=low, high=high, length=100).ticks() == pytest.approx(ticks, rel=1e-9, abs=0)


def test_an_axis_of_decades_shows_logarithms_if_it_may() -> None:
    axis = axis_of([0.001, 0.02, 0.1], 200, may_be_logarithmic=True)
    assert axis.at(np.array([0.001, 0.01, 0.1])) == pytest.approx([0, 100, 200])
    assert axis.ticks() == pytest.approx([0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1])
    assert Axis(low=1e-6, high=1e6, length=9, logarithmic=True).ticks() == pytest.approx(
        [1e-6, 1e-4, 1e-2, 1, 1e2, 1e4, 1e6]
    )
    assert not axis_of([0.001, 0.1], 200).logarithmic
    assert not axis_of([0.0, 0.1], 200, may_be_logarithmic=True).logarithmic


def test_an_axis_has_room_also_for_a_single_value() -> None:
    for value in (0.0, 5.0, -5.0):
        axis = axis_of([value], 100)
        assert axis.low < value < axis.high
        assert float(axis.at(value)) == pytest.approx(50)


def test_a_share_has_the_whole_axis() -> None:
    axis = axis_of([0.4], 100, "fooling")
    assert (axis.low, axis.high) == (0.0, 1.0)


def test_text_stays_text_wherever_it_stands() -> None:
    page = tag("html", tag("body", "a <b> ", tag("i", "x"), " & ", "y", title='"><script>'))
    text = page_text(page)
    assert (
        text
        == '<!doctype html>\n<html><body title="&quot;&gt;<script&gt;">a &lt;b&gt; <i>x</i> &amp; y</body></html>\n'
    )


def strip(*figures: float) -> Strip:
    interval = Interval(value=2.0, low=1.0, high=3.0, count=len(figures))
    return Strip(values={"x": 1}, places=np.arange(len(figures)), figures=np.array(figures), interval=interval)


def test_a_strip_has_a_point_for_each_cell_where_its_figure_lies() -> None:
    drawing = strip_drawing("y", strip(0.0, 4.0), Axis(low=0.0, high=4.0, length=206))
    marks = {part.get("class"): part.get("d") for part in drawing}
    assert marks["cells"] == "M12.0 7.0h0M218.0 10.0h0"
    assert marks["interval"] == "M63.5 13.0H166.5"
    assert marks["value"] == "M115.0 3.0V23.0"
    assert drawing.get("aria-label") == "x 1: 2 (1 to 3), 2 cells"


def test_of_very_many_cells_a_strip_shows_some_of_every_size() -> None:
    many = strip(*np.linspace(0, 4, 10_001))
    drawing = strip_drawing("y", many, Axis(low=0.0, high=4.0, length=206))
    points = next(part.get("d", "") for part in drawing if part.get("class") == "cells").split("M")[1:]
    assert len(points) == 300
    assert (points[0].split()[0], points[-1].split()[0]) == ("12.0", "218.0")
    assert np.diff([float(point.split()[0]) for point in points]).max() < 1
