import itertools

import numpy as np
import pytest
from pyqtgraph import FillBetweenItem, PlotCurveItem, TextItem
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QWidget
from saves import make_save

from fooler_gui.core.reference_settings import ReferenceCount
from fooler_gui.features.run.costs_plot import CostsPlot, layer_colour
from fooler_gui.features.run.plots import PlotsPanel
from fooler_gui.features.run.probability_plot import ProbabilityPlot
from fooler_gui.session.run_series import RAW, WEIGHTED, RunSeries
from fooler_gui.widgets.plot import spread

NAMES = tuple(str(label) for label in range(10))


@pytest.fixture
def panel(qtbot):
    panel = PlotsPanel()
    qtbot.addWidget(panel)
    panel.resize(660, 220)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.show_run(RunSeries(), NAMES)
    return panel


def add_saves(panel, saves):
    for save in saves:
        panel._series.append(save)
    panel.refresh()


def lines(plot):
    return [item for item in plot.getPlotItem().items if isinstance(item, PlotCurveItem)]


def probability_plot(panel) -> ProbabilityPlot:
    return panel.findChild(ProbabilityPlot, "probability_plot")


def costs_plot(panel) -> CostsPlot:
    return panel.findChild(CostsPlot, "costs_plot")


def labels(plot):
    """Returns the texts at the ends of the lines, from the bottom."""
    return [label.text for label in plot.placed_labels()]


def curves(plot):
    return [
        (item.xData, item.yData)
        for item in plot.getPlotItem().items
        if hasattr(item, "xData") and item.xData is not None and len(item.xData)
    ]


def has_curve(plot, x, y):
    return any(
        len(known) == len(x) and np.allclose(known, x) and np.allclose(values, y) for known, values in curves(plot)
    )


# The numbers


def test_every_save_is_kept_and_one_of_the_same_step_replaces_the_last():
    series = RunSeries()
    for step in range(1000):
        series.append(make_save(step=step, slots=2, shape=(2, 2, 1), probabilities=[step / 1000, 1.0]))
    series.append(make_save(step=999, slots=2, shape=(2, 2, 1), probabilities=[0.25, 0.75]))
    assert len(series) == 1000
    view = series.view(0, 999, 10_000)
    np.testing.assert_array_equal(view.steps, np.arange(1000))
    np.testing.assert_allclose(view.minimum[:-1], np.arange(999) / 1000, atol=1e-7)
    assert (view.minimum[-1], view.mean[-1], view.maximum[-1]) == (0.25, 0.5, 0.75)


def test_a_thinned_view_keeps_the_newest_value_and_every_extreme():
    series = RunSeries()
    for step in range(10_000):
        low = 0.0 if step == 4321 else 0.5
        series.append(make_save(step=step, slots=1, shape=(1, 1, 1), probabilities=low))
    view = series.view(0, 10_000, 300)
    assert 2 <= len(view.steps) <= 300
    assert view.steps[-1] == 9999
    assert view.minimum.min() == 0
    close = series.view(4300, 4310, 300)
    np.testing.assert_array_equal(close.steps, np.arange(4299, 4312))


def test_activations_have_a_track_of_their_own_from_the_first_save_that_has_them():
    series = RunSeries()
    series.append(make_save(step=0, slots=2, probabilities=[0.1, 0.2]))
    assert series.measure == "probability"
    series.append(make_save(step=1, slots=2, probabilities=[0.3, 0.4], activations=[2.0, 6.0]))
    series.append(make_save(step=1, slots=2, probabilities=[0.3, 0.4], activations=[3.0, 5.0]))
    view = series.view(0, 1, 10, series.measure)
    assert view.measure == "activation"
    np.testing.assert_array_equal(view.slots, [[np.nan, np.nan], [3.0, 5.0]])
    np.testing.assert_array_equal(view.minimum, [np.nan, 3.0])
    assert (view.mean[-1], view.maximum[-1]) == (4.0, 5.0)
    np.testing.assert_allclose(series.view(0, 1, 10).slots, [[0.1, 0.2], [0.3, 0.4]], atol=1e-7)
    series.append(make_save(step=2, slots=2, probabilities=[0.5, 0.6]))
    assert series.measure == "probability"
    np.testing.assert_array_equal(series.view(0, 2, 1, "activation").maximum[:1], [5.0])


def test_costs_are_the_mean_over_the_labels_and_zero_costs_are_left_out():
    series = RunSeries()
    series.append(make_save(labels=(1, 2), layers=("inputs", "fc"), cost_factor=2.0))
    costs = series.view(0, 0, 2).costs
    np.testing.assert_allclose(costs[RAW], [[2.0, 1.0, 4.0, 2.0, 0.5, np.nan, np.nan]])
    np.testing.assert_allclose(costs[WEIGHTED], [[1.0, 0.5, 2.0, 1.0, 5.0, np.nan, np.nan]])
    single = RunSeries()
    single.append(make_save(slots=1, layers=("inputs",)))
    assert np.isnan(single.view(0, 0, 2).costs[RAW][0, 1])


def test_saves_of_another_run_begin_anew_and_reinitialised_slots_survive_a_replaced_save():
    series = RunSeries()
    series.append(make_save(step=5, reinitialised=[(0, 1)]))
    series.append(make_save(step=5))
    assert series.view(0, 9, 9).reinitialised.tolist() == [5]
    series.append(make_save(step=6, slots=4))
    assert len(series) == 1
    series.append(make_save(step=2, slots=4))
    assert series.last_step == 2
    assert len(series.view(0, 9, 9).steps) == 1


def test_a_slot_has_a_history_of_its_own():
    series = RunSeries()
    for step in range(3):
        series.append(make_save((4, 7), 2, (1, 1, 1), step, probabilities=np.array([[0.1, 0.2], [0.3, 0.4]]) + step))
    steps, probabilities = series.slot_history(7, 0, 100)
    np.testing.assert_array_equal(steps, [0, 1, 2])
    np.testing.assert_allclose(probabilities, [0.3, 1.3, 2.3], atol=1e-6)
    np.testing.assert_allclose(series.slot_history(4, 1, 100)[1], [0.2, 1.2, 2.2], atol=1e-6)


def test_a_long_history_is_thinned_and_ends_with_the_newest():
    series = RunSeries()
    for step in range(10_000):
        series.append(make_save(step=step, slots=1, shape=(1, 1, 1), probabilities=step / 10_000))
    steps, probabilities = series.slot_history(3, 0, 200)
    assert len(steps) == len(probabilities) == 200
    assert (steps[-1], probabilities[-1]) == (9999, pytest.approx(0.9999))


@pytest.mark.parametrize(("label", "slot"), [(4, 0), (3, 2), (3, -1)])
def test_a_slot_that_is_not_in_the_run_has_no_history(label, slot):
    series = RunSeries()
    assert len(series.slot_history(label, slot, 100)[0]) == 0
    series.append(make_save(slots=2))
    assert [len(part) for part in series.slot_history(label, slot, 100)] == [0, 0]


def test_an_empty_series_has_an_empty_view():
    view = RunSeries().view(0, 10, 100)
    assert len(view.steps) == len(view.minimum) == len(view.slots) == 0


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], []), ([5.0], [5.0]), ([1.0, 5.0, 9.0], [1.0, 5.0, 9.0]), ([5.0, 5.0, 5.0], [4.0, 5.0, 6.0])],
)
def test_texts_are_moved_apart_as_little_as_needed(values, expected):
    assert spread(values, 1.0, 0.0, 10.0) == pytest.approx(expected)


def test_texts_moved_apart_stay_within_bounds():
    assert spread([9.9, 10.0, 10.0], 1.0, 0.0, 10.0) == pytest.approx([8.0, 9.0, 10.0])
    assert spread([0.0, 0.0], 1.0, 0.5, 10.0) == pytest.approx([0.5, 1.5])


# The panel


def test_probabilities_are_drawn_against_their_steps(panel, qtbot):
    saves = [make_save(step=step, probabilities=np.linspace(0.1, 0.5, 8) + step / 100) for step in range(0, 40, 2)]
    add_saves(panel, saves[:10])
    add_saves(panel, saves[10:])
    steps = np.arange(0, 40, 2)
    qtbot.waitUntil(lambda: has_curve(probability_plot(panel), steps, 0.1 + steps / 100), timeout=2000)
    assert has_curve(probability_plot(panel), steps, 0.3 + steps / 100)
    slots = [values for known, values in curves(probability_plot(panel)) if len(known) == 8 * 21]
    assert len(slots) == 1
    assert np.isnan(slots[0]).sum() == 8
    assert labels(probability_plot(panel)) == ["lowest .4800", "mean .6800"]


def test_with_the_objective_unit_the_plot_shows_activations_and_afterwards_probabilities_again(panel, qtbot):
    plot, title = probability_plot(panel), panel.findChild(QLabel, "probability_title")
    activations = np.array([[-1.0, 1.0, 7.0]])
    add_saves(panel, [make_save(step=step, slots=3, activations=activations * step) for step in range(1, 4)])
    qtbot.waitUntil(lambda: has_curve(plot, np.arange(1, 4), -np.arange(1.0, 4)), timeout=2000)
    assert labels(plot) == ["lowest −3.00", "mean 7.00"]
    assert title.text() == "Activation of the unit"
    bottom, top = plot.viewRange()[1]
    assert bottom < -3
    assert top > 21
    add_saves(panel, [make_save(step=4, slots=3, probabilities=[0.5, 0.6, 0.7])])
    qtbot.waitUntil(lambda: labels(plot) == ["lowest .5000", "mean .6000"], timeout=2000)
    assert title.text().startswith("Probability of")
    assert plot.viewRange()[1][1] < 2


def test_a_save_that_comes_after_a_pause_is_drawn_in_both_plots_at_once(panel, qtbot):
    for step in range(3):
        qtbot.waitUntil(lambda: not panel.findChild(QTimer).isActive(), timeout=2000)
        add_saves(panel, [make_save(step=step, probabilities=[step / 10] * 8)])
        assert labels(probability_plot(panel)) == [f"{which} .{step}000" for which in ("lowest", "mean")]
        assert any(len(known) == step + 1 for known, _ in curves(costs_plot(panel)))


def test_plots_take_turns_when_saves_come_without_end(panel, qtbot):
    steps = itertools.count()

    def both_are_drawn() -> bool:
        add_saves(panel, [make_save(step=next(steps))])
        return bool(labels(probability_plot(panel))) and bool(labels(costs_plot(panel)))

    qtbot.waitUntil(both_are_drawn, timeout=2000)


def test_many_slots_are_drawn_as_a_band(panel, qtbot):
    probabilities = np.linspace(0.1, 0.9, 80).reshape(10, 8)
    add_saves(panel, [make_save(labels=range(10), step=step, probabilities=probabilities) for step in range(3)])
    qtbot.waitUntil(lambda: has_curve(probability_plot(panel), np.arange(3), [0.1] * 3), timeout=2000)
    band = next(item for item in probability_plot(panel).getPlotItem().items if isinstance(item, FillBetweenItem))
    assert band.isVisible()
    assert sorted(curve.yData[0] for curve in band.curves) == pytest.approx([0.1, 0.9])
    assert not [known for known, _ in curves(probability_plot(panel)) if len(known) > 3]


def test_costs_are_drawn_weighted_or_raw(panel, qtbot):
    add_saves(panel, [make_save(step=step, layers=("inputs", "fc"), cost_factor=1 + step) for step in range(5)])
    steps, factor = np.arange(5), 1 + np.arange(5)
    plot = costs_plot(panel)
    qtbot.waitUntil(lambda: has_curve(plot, steps, np.log10(0.5 * factor)), timeout=2000)
    assert len(curves(plot)) == 5
    assert labels(plot) == ["inputs 1.2e0", "inputs 2.5e0", "fc 2.5e0", "fc 5.0e0", "misclass. 1.2e1"]
    combo = panel.findChild(QComboBox, "cost_weighting")
    assert combo.currentText() == "weighted"
    combo.setCurrentText("raw")
    assert has_curve(plot, steps, np.log10(factor))
    assert has_curve(plot, steps, np.log10(0.25 * factor))
    assert "inputs 5.0e0" in labels(plot)


def test_a_term_that_is_computed_has_a_line_and_a_label_of_its_own(panel, qtbot):
    optional = {"closeness": 0.005, "total_variation": 0.05}
    add_saves(panel, [make_save(step=step, layers=("fc",), optional=optional) for step in range(5)])
    plot = costs_plot(panel)
    qtbot.waitUntil(lambda: has_curve(plot, np.arange(5), [np.log10(0.01)] * 5), timeout=2000)
    assert has_curve(plot, np.arange(5), [np.log10(0.1)] * 5)
    assert len(curves(plot)) == 5
    assert labels(plot) == ["closeness 1.0e-2", "variation 1.0e-1", "fc 2.5e-1", "fc 5.0e-1", "misclass. 2.5e0"]


def test_lines_of_other_costs_take_the_place_of_the_former(panel, qtbot):
    add_saves(panel, [make_save(step=step, layers=("inputs", "fc")) for step in range(3)])
    plot = costs_plot(panel)
    qtbot.waitUntil(lambda: len(curves(plot)) == 5, timeout=2000)
    add_saves(panel, [make_save(step=step, layers=()) for step in range(3)])
    qtbot.waitUntil(lambda: len(curves(plot)) == 1, timeout=2000)
    assert labels(plot) == ["misclass. 2.5e0"]


def test_one_slot_has_no_batch_cost_to_draw(panel, qtbot):
    add_saves(panel, [make_save(step=step, slots=1, layers=("fc",)) for step in range(3)])
    qtbot.waitUntil(lambda: bool(labels(costs_plot(panel))), timeout=2000)
    assert [text.split()[0] for text in labels(costs_plot(panel))] == ["fc", "misclass."]


def test_reinitialised_slots_are_ticks_at_the_bottom(panel, qtbot):
    add_saves(panel, [make_save(step=step, reinitialised=[(0, 1)] if step in (3, 7) else ()) for step in range(10)])
    expected = [3, 3, 7, 7]
    qtbot.waitUntil(lambda: any(list(known) == expected for known, _ in curves(probability_plot(panel))), timeout=2000)


def test_changes_are_marked_in_both_plots_and_told_at_the_mouse(panel, qtbot):
    add_saves(panel, [make_save(step=step) for step in range(60)])
    qtbot.waitUntil(lambda: bool(labels(probability_plot(panel))), timeout=2000)
    marks = [(37, "fc coefficient 0.03"), (37, "learning rate 0.02"), (50, "fc coefficient 0.1")]
    panel.set_marks(marks[:1])
    panel.set_marks(marks)
    for plot in (probability_plot(panel), costs_plot(panel)):
        assert plot.marks() == marks
        view = plot.getViewBox()
        place = QPointF(plot.mapFromScene(view.mapViewToScene(QPointF(37, 0.5))))
        assert plot.mark_text_at(place) == "Step 37: fc coefficient 0.03\nStep 37: learning rate 0.02"
        away = QPointF(plot.mapFromScene(view.mapViewToScene(QPointF(20, 0.5))))
        assert plot.mark_text_at(away) == ""


@pytest.mark.parametrize("size", [(660, 220), (1200, 400)])
def test_before_a_run_it_is_said_in_the_middle_that_there_is_none(panel, qtbot, size):
    panel.resize(*size)
    for plot in (probability_plot(panel), costs_plot(panel)):
        message = next(item for item in plot.items() if isinstance(item, TextItem))
        assert message.toPlainText() == "No run yet."

        def is_in_the_middle(plot=plot, message=message) -> bool:
            place = plot.mapFromScene(plot.getViewBox().mapViewToScene(message.pos()))
            return abs(place.x() - plot.width() / 2) < 40 and abs(place.y() - plot.height() / 2) < 40

        qtbot.waitUntil(is_in_the_middle, timeout=2000)


def test_the_panel_tells_the_history_of_a_slot(panel):
    add_saves(panel, [make_save(step=step, slots=2, probabilities=[0.5, step / 10]) for step in range(3)])
    steps, probabilities = panel._series.slot_history(3, 1, 50)
    assert steps.tolist() == [0, 1, 2]
    assert probabilities == pytest.approx([0, 0.1, 0.2])


def test_a_new_run_clears_everything(panel, qtbot):
    add_saves(panel, [make_save(step=step) for step in range(5)])
    panel.set_marks([(3, "x")])
    qtbot.waitUntil(lambda: bool(curves(costs_plot(panel))), timeout=2000)
    panel.show_run(RunSeries(), NAMES)
    for plot in (probability_plot(panel), costs_plot(panel)):
        assert plot.marks() == []
        assert curves(plot) == []
        assert labels(plot) == []


def test_nothing_is_drawn_while_hidden_and_everything_when_shown(panel, qtbot):
    panel.hide()
    add_saves(panel, [make_save(step=step) for step in range(5)])
    assert not any(timer.isActive() for timer in panel.findChildren(QTimer))
    assert curves(costs_plot(panel)) == []
    panel.show()
    qtbot.waitUntil(lambda: bool(curves(costs_plot(panel))), timeout=2000)


def test_the_plots_follow_the_newest_step_until_a_person_looks_closer(panel, qtbot):
    plot = probability_plot(panel)
    add_saves(panel, [make_save(step=step) for step in range(100)])
    qtbot.waitUntil(lambda: plot.visible_steps()[1] > 99, timeout=2000)
    plot.getViewBox().setXRange(10, 20, padding=0)
    plot.getViewBox().sigRangeChangedManually.emit([True, False])
    add_saves(panel, [make_save(step=step) for step in range(100, 300)])
    qtbot.waitUntil(lambda: labels(plot) != [] and costs_plot(panel).visible_steps()[1] > 299, timeout=2000)
    assert plot.visible_steps() == pytest.approx((10, 20))
    plot.follow()
    qtbot.waitUntil(lambda: plot.visible_steps()[1] > 299, timeout=2000)


def test_the_palette_colours_the_ground(panel):
    for ground in ("#1e1e1e", "#ffffff"):
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Base, QColor(ground))
        panel.setPalette(palette)
        for plot in (probability_plot(panel), costs_plot(panel)):
            assert plot.backgroundBrush().color() == QColor(ground)


def test_every_line_takes_the_colours_of_a_palette_that_came_while_it_ran(panel, qtbot):
    add_saves(panel, [make_save(step=step) for step in range(5)])
    qtbot.waitUntil(lambda: bool(curves(costs_plot(panel))), timeout=2000)
    for colour in ("#e8e8e8", "#1b1b1b"):
        palette = panel.palette()
        palette.setColor(QPalette.ColorRole.Text, QColor(colour))
        panel.setPalette(palette)
        pens = {line.opts["pen"].color().name() for line in lines(costs_plot(panel))}
        assert colour in pens
        assert not pens & ({"#e8e8e8", "#1b1b1b"} - {colour})


def test_texts_stand_in_their_colours_at_the_right_of_the_newest_step(panel, qtbot):
    plot = costs_plot(panel)
    add_saves(panel, [make_save(step=step, layers=("fc",)) for step in range(20)])
    qtbot.waitUntil(lambda: bool(plot.placed_labels()), timeout=2000)
    picture = plot.grab().toImage()
    label = plot.placed_labels()[0]
    place = plot.mapFromScene(plot.getViewBox().mapViewToScene(QPointF(19, label.y)))
    seen = [
        picture.pixelColor(x, y)
        for x in range(place.x() + 3, min(place.x() + 60, picture.width()))
        for y in range(place.y() - 5, place.y() + 5)
    ]
    wanted = np.array(label.colour(plot.palette()).getRgb()[:3])
    assert min(np.abs(np.array(colour.getRgb()[:3]) - wanted).max() for colour in seen) < 24


def test_the_end_of_a_cost_s_line_shows_its_line_style(panel, qtbot):
    plot = costs_plot(panel)
    add_saves(panel, [make_save(step=step) for step in range(5)])
    qtbot.waitUntil(lambda: bool(labels(plot)), timeout=2000)
    styles = {line.name: line.style for line in plot.series()}
    of_fc = [label for label in plot.placed_labels() if label.text.startswith("fc ")]
    assert {styles[label.sample_of] for label in of_fc} == {Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine}
    assert not plot.grab().isNull()


def test_texts_that_have_no_room_are_left_out_from_below(panel, qtbot):
    plot = costs_plot(panel)
    plot.setFixedHeight(120)
    layers = [f"conv{index}" for index in range(8)]
    add_saves(panel, [make_save(step=step, layers=layers) for step in range(5)])
    qtbot.waitUntil(lambda: bool(labels(plot)), timeout=2000)
    view = plot.getViewBox()
    shown = plot.placed_labels()
    assert 0 < len(shown) < 2 * len(layers) + 1
    assert any("misclass." in label.text for label in shown)
    top = view.viewRange()[1][1]
    assert all(label.y < top for label in shown)
    heights = sorted(view.mapViewToScene(QPointF(0, label.y)).y() for label in shown)
    assert min(np.diff(heights)) > 8


@pytest.mark.parametrize("references", [None, ReferenceCount(2_000, 5_000)])
def test_all_costs_of_the_article_s_classifier_are_named_on_a_small_screen(panel, qtbot, references):
    panel.resize(738, 210)
    panel.show_run(RunSeries(), NAMES, references)
    add_saves(panel, [make_save(step=step, layers=("inputs", "conv0", "conv1", "fc")) for step in range(5)])
    plot = costs_plot(panel)
    qtbot.waitUntil(lambda: len(labels(plot)) == 9, timeout=2000)
    heights = [plot.getViewBox().mapViewToScene(QPointF(0, label.y)).y() for label in plot.placed_labels()]
    assert np.diff(sorted(heights)).min() >= 1.19 * plot.label_measures().capHeight()


def test_no_number_stands_at_the_very_end_of_a_logarithmic_axis(panel):
    axis = costs_plot(panel).getAxis("left")
    ((_, ticks),) = axis.tickValues(-4.0, 1.0, 150.0)
    assert ticks == [-3.0, -2.0, -1.0, 0.0]


@pytest.mark.parametrize("dark", [True, False])
def test_layers_have_colours_that_can_be_read_and_told_apart(dark):
    colours = [layer_colour(index, 4, dark) for index in range(4)]
    assert len({colour.name() for colour in colours}) == 4
    assert all((colour.lightnessF() > 0.55) if dark else (colour.lightnessF() < 0.4) for colour in colours)
    assert layer_colour(0, 1, dark).isValid()


# The cursor


def draw_61_saves(panel, qtbot):
    add_saves(panel, [make_save(step=step, slots=2) for step in range(61)])
    qtbot.waitUntil(lambda: not panel._due, timeout=2000)


def column_at(plot, step):
    return round(plot.getViewBox().childGroup.sceneTransform().map(QPointF(step, 0)).x() - 0.5)


def dark_share(plot, column):
    """Returns which share of a pixel column within the axes is in the colour of the text."""
    image = plot.viewport().grab().toImage()
    room = plot.getViewBox().sceneBoundingRect()
    text = plot.palette().color(QPalette.ColorRole.Text).rgb()
    rows = range(int(room.top()) + 1, int(room.bottom()))
    return max(sum(image.pixel(x, y) == text for y in rows) / len(rows) for x in (column - 1, column, column + 1))


def test_a_cursor_is_a_line_from_top_to_bottom_in_both_plots(panel, qtbot):
    draw_61_saves(panel, qtbot)
    for plot in (probability_plot(panel), costs_plot(panel)):
        assert dark_share(plot, column_at(plot, 41)) < 0.5
    panel.set_cursor(41)
    for plot in (probability_plot(panel), costs_plot(panel)):
        assert dark_share(plot, column_at(plot, 41)) > 0.95
    panel.set_cursor(20)
    for plot in (probability_plot(panel), costs_plot(panel)):
        assert dark_share(plot, column_at(plot, 41)) < 0.5
        assert dark_share(plot, column_at(plot, 20)) > 0.95
    panel.set_cursor(None)
    for plot in (probability_plot(panel), costs_plot(panel)):
        assert dark_share(plot, column_at(plot, 20)) < 0.5


def test_a_cursor_that_moves_has_only_strips_of_the_plot_painted(panel, qtbot):
    draw_61_saves(panel, qtbot)
    plot = probability_plot(panel)
    painted = PaintedPixels(plot.viewport())
    panel.set_cursor(10)
    qtbot.waitUntil(lambda: len(painted.counts) > 0, timeout=2000)
    painted.counts.clear()
    panel.set_cursor(50)
    qtbot.waitUntil(lambda: len(painted.counts) > 0, timeout=2000)
    assert sum(painted.counts) < plot.viewport().width() * plot.viewport().height() / 10
    painted.counts.clear()
    panel.set_cursor(50)
    QApplication.processEvents()
    assert painted.counts == []


def test_a_cursor_out_of_sight_or_of_a_former_run_is_not_drawn(panel, qtbot):
    draw_61_saves(panel, qtbot)
    panel.set_cursor(5000)
    plot = probability_plot(panel)
    painted = PaintedPixels(plot.viewport())
    plot.viewport().repaint()
    assert painted.counts
    panel.set_cursor(5)
    panel.show_run(RunSeries(), NAMES)
    plot.prepare_to_paint()
    assert dark_share(plot, column_at(plot, 5)) < 0.5


class PaintedPixels(QObject):
    """Counts how many pixels of a widget each painting covers."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.counts: list[int] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.counts.append(sum(part.width() * part.height() for part in event.region()))
        return super().eventFilter(watched, event)


@pytest.mark.parametrize(
    ("references", "told"),
    [
        (ReferenceCount(2_000, 5_000), "2,000 of 5,000 training images are references"),
        (ReferenceCount(0, 0), "No reference cost: there are no training images."),
    ],
)
def test_references_that_are_not_all_training_images_are_told_below_the_costs(panel, references, told):
    label = panel.findChild(QLabel, "references_used")
    assert not label.isVisible()
    panel.show_run(RunSeries(), NAMES, references)
    assert (label.text(), label.isVisible()) == (told, True)
    assert told in label.toolTip()
    QApplication.processEvents()
    assert label.geometry().top() >= costs_plot(panel).geometry().bottom()
    panel.show_run(RunSeries(), NAMES, ReferenceCount(5_000, 5_000))
    assert not label.isVisible()


def test_the_end_of_a_long_name_of_a_layer_stands_at_its_line_and_is_not_cut_off(panel, qtbot):
    layers = ("inputs", "block_12_expand_relu", "block_9_expand_relu")
    add_saves(panel, [make_save(step=step, layers=layers) for step in range(3)])
    plot = costs_plot(panel)
    qtbot.waitUntil(lambda: bool(labels(plot)), timeout=2000)
    room = plot.label_measures().horizontalAdvance("misclass. 0.0e-0")
    shortened = [text for text in labels(plot) if text.startswith("…")]
    assert shortened
    assert all(text.split()[0].endswith("relu") for text in shortened)
    assert all(plot.label_measures().horizontalAdvance(text) <= room for text in labels(plot))


def test_a_long_name_of_a_class_does_not_widen_the_plots(panel):
    narrow = panel.minimumSizeHint().width()
    names = ("0", "1", "2", "Bernese mountain dog", *NAMES[4:])
    panel.show_run(RunSeries(), names)
    add_saves(panel, [make_save(step=0)])
    assert panel.findChild(QLabel, "probability_title").text() == "Probability of “Bernese mountain dog”"
    assert panel.minimumSizeHint().width() == narrow
