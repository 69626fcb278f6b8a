from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest
from colour_checks import has_colour
from pyqtgraph import PlotCurveItem, ScatterPlotItem
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolTip
from rounds_samples import make_fresh, make_report, make_reports, without_control

from fooler_gui.features.rounds.round_plot import RoundPlot
from fooler_gui.features.rounds.rounds_chart import RoundsChart
from fooler_gui.widgets.theme import dark_palette, light_palette


@pytest.fixture
def chart(qtbot):
    made = RoundsChart()
    qtbot.addWidget(made)
    made.setPalette(light_palette())
    made.resize(640, 420)
    with qtbot.waitExposed(made):
        made.show()
    return made


def fooled_plot(chart) -> RoundPlot:
    return chart.findChild(RoundPlot, "rounds_fooled_plot")


def accuracy_plot(chart) -> RoundPlot:
    return chart.findChild(RoundPlot, "rounds_accuracy_plot")


def curves(plot):
    return [item for item in plot.getPlotItem().items if isinstance(item, PlotCurveItem)]


def values(plot, name):
    return next(line.values for line in plot.lines() if line.name == name)


def labels(plot):
    return [label.text for label in reversed(plot.placed_labels())]


def tick_texts(plot):
    return [text for _, text in plot.ticks()]


# What is drawn


def test_uniform_noise_is_drawn_within_each_step_limit(chart):
    reports = (
        make_report(0, fresh=(make_fresh("uniform", (0.5, 0.8, 1.0), (0.0, 0.1, 0.25)),)),
        make_report(1, fresh=(make_fresh("uniform", (0.25, 0.5, 0.75), (0.0, 0.0, 0.25)),)),
    )
    chart.set_reports(reports)
    plot = fooled_plot(chart)
    assert [line.name for line in plot.lines()] == ["noise (1,000)", "noise (300)", "noise (60)"]
    assert values(plot, "noise (60)") == pytest.approx((50, 25))
    assert values(plot, "noise (300)") == pytest.approx((80, 50))
    assert values(plot, "noise (1,000)") == pytest.approx((100, 75))
    for line, curve in zip(plot.lines(), curves(plot), strict=True):
        assert list(curve.xData) == [0, 1]
        assert tuple(curve.yData) == line.values


def test_of_many_step_limits_the_first_the_middle_and_the_last_are_drawn(chart):
    fresh = make_fresh("uniform", (0.1, 0.2, 0.3, 0.4, 0.5), (0.0,) * 5, within=(10, 20, 30, 40, 50))
    chart.set_reports((make_report(0, fresh=(fresh,)),))
    assert {line.name: line.values for line in fooled_plot(chart).lines()} == {
        "noise (10)": pytest.approx((10,)),
        "noise (30)": pytest.approx((30,)),
        "noise (50)": pytest.approx((50,)),
    }


def test_the_held_out_kind_that_fools_most_is_drawn_whichever_it_is_in_a_round(chart):
    trained_on = make_fresh("permuted", (1.0, 1.0), held_out=False)
    chart.set_reports(
        (
            make_report(
                0, fresh=(trained_on, make_fresh("blurred", (0.9, 0.4)), make_fresh("sparse", (0.1, 0.6), (0.0, 0.1)))
            ),
            make_report(1, fresh=(trained_on, make_fresh("blurred", (0.1, 0.3)), make_fresh("sparse", (0.1, 0.2)))),
        )
    )
    assert values(fooled_plot(chart), "held out (300)") == pytest.approx((60, 30))


def test_every_line_has_a_style_and_markers_of_its_own(chart):
    chart.set_reports(make_reports(3))
    for plot in (fooled_plot(chart), accuracy_plot(chart)):
        lines = plot.lines()
        assert len({line.style for line in lines}) == len({line.symbol for line in lines}) == len(lines) > 1
        pens = [curve.opts["pen"] for curve in curves(plot)]
        assert [pen.style() for pen in pens] == [line.style for line in lines]
        scatters = [item for item in plot.getPlotItem().items if isinstance(item, ScatterPlotItem)]
        assert [scatter.opts["symbol"] for scatter in scatters] == [line.symbol for line in lines]


def test_names_and_newest_values_stand_at_the_lines_ends_from_above(chart):
    report = make_report(
        1, fresh=(make_fresh("uniform", (0.1, 0.2, 0.3)), make_fresh("sparse", (0.1, 0.9))), test_accuracy=0.98765
    )
    chart.set_reports((make_report(0), dataclasses.replace(report, control_accuracy=0.99)))
    assert labels(fooled_plot(chart)) == [
        "held out (300) 90.0 %",
        "noise (1,000) 30.0 %",
        "noise (300) 20.0 %",
        "noise (60) 10.0 %",
    ]
    assert labels(accuracy_plot(chart)) == ["control 99.00 %", "classifier 98.77 %"]
    assert fooled_plot(chart).accessibleDescription().startswith("held out (300) 90.0 %; noise")


def test_texts_at_the_ends_stand_apart_and_inside_where_all_are_0(chart):
    nothing = (make_fresh("uniform", (0.0, 0.0, 0.0)), make_fresh("sparse", (0.0, 0.0)))
    chart.set_reports((make_report(0), make_report(1, fresh=nothing)))
    plot = fooled_plot(chart)
    heights = [label.y for label in plot.placed_labels()]
    pixels = np.array(heights) * plot.getViewBox().height() / np.ptp(plot.getViewBox().viewRange()[1])
    assert np.diff(pixels).min() >= plot.fontMetrics().capHeight()
    assert len(heights) == 4
    assert -4 <= min(heights) <= max(heights) <= 104


def test_fooling_is_seen_from_0_to_100_per_cent_whatever_the_values(chart):
    chart.set_reports(make_reports(2))
    low, high = fooled_plot(chart).getViewBox().viewRange()[1]
    assert low <= 0 < 100 <= high < 110
    assert low > -10


def test_accuracies_are_seen_whole_and_with_the_control_beside(chart):
    reports = make_reports(4)
    chart.set_reports(reports)
    plot = accuracy_plot(chart)
    assert values(plot, "classifier") == pytest.approx([100 * report.test_accuracy for report in reports])
    assert values(plot, "control") == pytest.approx([100 * report.control_accuracy for report in reports])
    control = next(line for line in plot.lines() if line.name == "control")
    assert control.style is Qt.PenStyle.DashLine
    drawn = np.concatenate([line.values for line in plot.lines()])
    low, high = plot.getViewBox().viewRange()[1]
    assert low < drawn.min() <= drawn.max() < high
    assert high - low < 3


@pytest.mark.parametrize("lowest", [0.981, 0.9896, 0.95, 0.9, 0.61, 0.3, 0.1])
@pytest.mark.parametrize("highest", [0.9901, 0.9915, 1.0])
def test_accuracies_have_few_round_numbers_at_their_axis(chart, lowest, highest):
    chart.set_reports((make_report(0, test_accuracy=highest), make_report(1, test_accuracy=lowest)))
    plot = accuracy_plot(chart)
    (ticks,) = plot.getAxis("left")._tickLevels
    low, high = plot.getViewBox().viewRange()[1]
    assert 2 <= len(ticks) <= 6
    assert all(low < place < high and place <= 100 and float(text) == pytest.approx(place) for place, text in ticks)


def test_without_a_control_there_is_one_line(chart):
    chart.set_reports(without_control(make_reports(3)))
    assert [line.name for line in accuracy_plot(chart).lines()] == ["classifier"]
    assert labels(accuracy_plot(chart)) == ["classifier 99.05 %"]


def test_a_control_of_some_rounds_is_drawn_where_there_is_one(chart):
    reports = make_reports(2)
    chart.set_reports((*reports[:2], *without_control(reports[2:])))
    drawn = values(accuracy_plot(chart), "control")
    assert drawn[:2] == pytest.approx((99.2, 99.22))
    assert math.isnan(drawn[2])
    assert labels(accuracy_plot(chart)) == ["classifier 99.10 %"]


def test_without_fresh_images_nothing_is_drawn(chart):
    chart.set_reports((make_report(0, fresh=()),))
    assert fooled_plot(chart).lines() == ()
    assert labels(fooled_plot(chart)) == []


# Rounds


def test_the_axis_names_the_classifier_before_and_every_round(chart):
    chart.set_reports(make_reports(5))
    for plot in (fooled_plot(chart), accuracy_plot(chart)):
        assert tick_texts(plot) == ["before", "1", "2", "3", "4", "5"]


def test_one_report_is_a_point_at_the_left(chart):
    chart.set_reports(make_reports(0))
    plot = fooled_plot(chart)
    assert tick_texts(plot) == ["before"]
    assert all(len(line.values) == 1 for line in plot.lines())
    left, right = plot.getViewBox().viewRange()[0]
    assert left < 0 < right
    assert -left < 0.2 * (right - left)
    assert len(labels(plot)) == 4


def test_of_50_rounds_some_are_named_and_marked_and_all_are_drawn(chart):
    chart.set_reports(make_reports(50))
    plot = fooled_plot(chart)
    texts = tick_texts(plot)
    assert (texts[0], texts[-1]) == ("before", "50")
    assert 4 < len(texts) < 15
    assert all(len(curve.xData) == 51 for curve in curves(plot))
    scatter = next(item for item in plot.getPlotItem().items if isinstance(item, ScatterPlotItem))
    assert 4 < len(scatter.data) < 15
    assert scatter.data["x"][-1] == 50


@pytest.mark.parametrize("rounds", [7, 23, 50])
@pytest.mark.parametrize("width", [300, 420, 900])
def test_the_newest_round_is_named_and_no_two_names_touch(chart, qtbot, rounds, width):
    chart.resize(width, 420)
    chart.set_reports(make_reports(rounds))
    qtbot.waitUntil(lambda: fooled_plot(chart).width() == width)
    plot = fooled_plot(chart)
    assert tick_texts(plot)[-1] == str(rounds)
    left, right = plot.getViewBox().viewRange()[0]
    pixel = plot.getViewBox().width() / (right - left)
    ticks = plot.ticks()
    for (one, text), (other, more) in itertools.pairwise(ticks):
        wide = plot.fontMetrics().horizontalAdvance(text + more) / 2
        assert (other - one) * pixel > 0.9 * wide


def test_new_reports_take_the_place_of_the_old_ones(chart):
    chart.set_reports(make_reports(5))
    chart.set_reports(make_reports(1))
    plot = fooled_plot(chart)
    assert len(curves(plot)) == 4
    assert all(len(curve.xData) == 2 for curve in curves(plot))


# Words


def test_no_round_says_so(chart):
    empty = chart.findChild(QLabel, "rounds_chart_empty")
    assert empty.text() == "No round yet."
    assert empty.isVisible()
    assert not fooled_plot(chart).isVisible()
    assert not accuracy_plot(chart).isVisible()
    chart.set_reports(make_reports(0))
    assert not empty.isVisible()
    assert fooled_plot(chart).isVisible()
    chart.set_reports(())
    assert empty.isVisible()
    assert fooled_plot(chart).lines() == ()


def test_tooltips_say_what_is_counted(chart):
    assert "may have come to show their label" in fooled_plot(chart).toolTip()
    assert "no round trains on" in fooled_plot(chart).toolTip()
    assert "test images" in accuracy_plot(chart).toolTip()


def test_under_the_mouse_stand_the_values_of_the_nearest_round(chart):
    chart.set_reports((make_report(0), make_report(1), make_report(2, fresh=(
        make_fresh("uniform", (0.1, 0.2, 0.3), (0.0, 0.01, 0.05)), make_fresh("sparse", (0.1, 0.42), (0.0, 0.02)),
    ))))  # fmt: skip
    plot = fooled_plot(chart)
    place = plot.mapFromScene(plot.getViewBox().mapViewToScene(QPointF(1.8, 50)))
    sentence = plot.sentence_at(QPointF(place))
    assert sentence == (
        "After round 2: uniform noise fools it 10.0 % within 60 steps (independent net agrees: 0.0 %), "
        "20.0 % within 300 steps (independent net agrees: 1.0 %), "
        "30.0 % within 1,000 steps (independent net agrees: 5.0 %); "
        "the worst held-out kind, sparse, 42.0 % within 300 steps (independent net agrees: 2.0 %)."
    )
    event = QHelpEvent(QEvent.Type.ToolTip, place, plot.viewport().mapToGlobal(QPoint(place)))
    QApplication.sendEvent(plot.viewport(), event)
    assert sentence in QToolTip.text()
    QToolTip.hideText()


def test_under_the_mouse_stand_accuracies_with_two_places(chart):
    chart.set_reports(make_reports(1))
    plot = accuracy_plot(chart)
    assert plot.sentence_at(QPointF(0, 0)) == (
        "Before the first round: 99.20 % of the test images are read right, the control 99.20 %."
    )


# Colours


def test_the_colours_follow_the_theme(chart, qtbot):
    chart.set_reports(make_reports(3))
    assert has_colour(chart, "#0072B2")
    assert has_colour(fooled_plot(chart), "#ffffff")
    chart.setPalette(dark_palette())
    assert has_colour(fooled_plot(chart), "#1f1f1f")
    assert not has_colour(fooled_plot(chart), "#ffffff")
    assert has_colour(fooled_plot(chart), "#56B4E9")
    assert not has_colour(fooled_plot(chart), "#0072B2")
    assert [line.colour(dark_palette()) for line in accuracy_plot(chart).lines()] == [
        QColor("#e8e8e8"),
        QColor("#a3a3a3"),
    ]
