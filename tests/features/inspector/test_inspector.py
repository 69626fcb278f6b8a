from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from fake_engine import info
from inspections import make_balls, make_inspection
from pyqtgraph import PlotCurveItem
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QHelpEvent, QPalette
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QSpinBox, QToolButton, QToolTip, QWidget
from saves import by_nets, make_save

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.milestones import NAMES, Milestone
from fooler_gui.features.inspector.bound_plot import BoundPlot
from fooler_gui.features.inspector.inspector import InspectorPanel
from fooler_gui.features.inspector.inspector_milestones import MilestoneTable
from fooler_gui.features.inspector.slot_plot import SlotPlot
from fooler_gui.widgets.bar_rows import BarRow, BarRows
from fooler_gui.widgets.class_bars import ClassBars
from fooler_gui.widgets.colours import CHANGED, SELECTED
from fooler_gui.widgets.log_slider import LogSlider
from fooler_gui.widgets.panel_layout import VerticalScrollArea
from fooler_gui.widgets.pixel_picture import PixelPicture
from fooler_gui.widgets.theme import dark_palette, light_palette


def net(class_names, name="article", **changed) -> ClassifierInfo:
    return dataclasses.replace(
        info(name), class_names=tuple(class_names), input_shape=(28, 28, 1), sha256=name, **changed
    )


DIGITS = tuple(str(digit) for digit in range(10))


@pytest.fixture
def area(qtbot):
    area = VerticalScrollArea(InspectorPanel())
    qtbot.addWidget(area)
    area.resize(326, 900)
    with qtbot.waitExposed(area):
        area.show()
    return area


@pytest.fixture
def panel(area):
    panel = area.widget()
    panel.set_classifiers(net(DIGITS), net(DIGITS))
    return panel


def words(panel: QWidget, name: str) -> str:
    return panel.findChild(QLabel, name).text()


MILESTONE = Milestone(step=1, evaluations=1, distance=0.5, largest_change=0.25, least=0.0, greatest=1.0)


def milestones(panel: QWidget) -> MilestoneTable:
    return panel.findChild(MilestoneTable, "inspector_milestones")


def picture(panel: QWidget, name: str) -> PixelPicture:
    return panel.findChild(PixelPicture, name)


def bars(panel: QWidget) -> tuple[BarRow, ...]:
    return panel.findChild(ClassBars).rows()


def layer(panel: QWidget, name: str) -> QWidget:
    return panel.findChild(QWidget, f"inspector_layer_{name}")


def layer_bars(panel: QWidget, name: str) -> list[tuple[str, float, str, bool]]:
    rows = layer(panel, name).findChild(BarRows).rows()
    return [(row.name, pytest.approx(row.share), row.text, row.strong) for row in rows]


def other_bars(panel: QWidget) -> tuple[BarRow, ...]:
    return panel.findChild(BarRows, "inspector_other_costs").rows()


def slot_curve(panel: QWidget) -> PlotCurveItem:
    (curve,) = panel.findChild(SlotPlot).getPlotItem().listDataItems()
    return curve


def look(panel: InspectorPanel, **details: object) -> None:
    """Shows slot 4 of label 3 and an inspection of it."""
    shape = details.get("shape", (28, 28, 1))
    panel.show_slot(make_save(shape=shape, slots=8), 3, 3)
    panel.show_inspection(make_inspection(**details))


# The slot


def test_at_first_it_says_what_to_do(panel):
    assert words(panel, "inspector_message") == "Select an image in the grid to inspect it."
    assert panel.findChild(QLabel, "inspector_message").isVisible()
    assert not panel.findChild(QLabel, "inspector_title").isVisible()


def test_the_slot_is_named_with_its_step_and_probability(panel):
    save = make_save(step=1037, probabilities=np.linspace(0.2, 0.9993, 8))
    panel.show_slot(save, 3, 7)
    assert not panel.findChild(QLabel, "inspector_message").isVisible()
    assert words(panel, "inspector_title") == "3 · slot 8 of 8"
    assert words(panel, "inspector_numbers") == "Step 1,037 · p .9993 · over the threshold"
    panel.show_slot(make_save((7, 8), 2, pinned=[(1, 0)], probabilities=0.5), 8, 0)
    assert words(panel, "inspector_title") == "8 · slot 1 of 2"
    assert words(panel, "inspector_numbers") == "Step 0 · p .5000 · pinned"


def test_with_the_objective_unit_done_is_said_of_the_activation(panel):
    save = make_save(step=7, slots=2, probabilities=0.9995, activations=[2.0, 3.214], unit_done=3.0)
    panel.show_slot(save, 3, 1)
    assert words(panel, "inspector_numbers") == "Step 7 · activation 3.21 · over the activation goal · p .9995"
    panel.show_slot(save, 3, 0)
    assert words(panel, "inspector_numbers") == "Step 7 · activation 2.00 · p .9995"


def test_of_an_ensemble_each_net_is_told(panel):
    save = make_save(probabilities=0.9993)
    panel.set_net_names(("article", "second"))
    panel.show_slot(by_nets(save, 0.5), 3, 7)
    assert words(panel, "inspector_numbers") == "Step 0 · p .5000"
    assert words(panel, "inspector_by_net") == "By net: article .9993 · second .5000."
    panel.show_slot(make_save((7,), probabilities=0.9993), 7, 0)
    assert not panel.findChild(QLabel, "inspector_by_net").isVisible()


def test_classes_go_by_their_names_and_without_one_by_their_number(panel):
    panel.set_classifiers(net(["shirt", "shoe"]), None)
    panel.show_slot(make_save((1,)), 1, 0)
    assert words(panel, "inspector_title").startswith("shoe · ")
    panel.show_slot(make_save((5,)), 5, 0)
    assert words(panel, "inspector_title").startswith("5 · ")


def test_the_image_is_enlarged_by_a_whole_number_and_follows_every_save(panel):
    for step in range(3):
        save = make_save(step=step)
        panel.show_slot(save, 3, 5)
        shown = picture(panel, "inspector_picture").image()
        expected = np.rint(save.images[0, 5, :, :, 0] * 255)
        assert [shown.pixelColor(column, 11).red() for column in range(28)] == expected[11].tolist()
    assert picture(panel, "inspector_picture").image_rect().width() == 6 * 28


def test_numbers_follow_the_saves_a_little_later(panel, qtbot):
    for step in range(5):
        panel.show_slot(make_save(step=step, probabilities=step / 10), 3, 0)
    assert words(panel, "inspector_numbers") == "Step 0 · p .0000"
    qtbot.waitUntil(lambda: words(panel, "inspector_numbers") == "Step 4 · p .4000", timeout=2000)
    assert "Step 4" in picture(panel, "inspector_picture").accessibleDescription()


@pytest.mark.parametrize(("label", "slot"), [(4, 0), (3, 8), (3, -1)])
def test_a_slot_that_is_not_in_the_save_is_refused(panel, label, slot):
    with pytest.raises(ValueError, match=f"received label {label}, slot {slot}"):
        panel.show_slot(make_save(), label, slot)


@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3), (8, 20, 1), (100, 100, 1)])
def test_images_of_any_shape_are_shown(panel, shape):
    look(panel, shape=shape)
    for name in ("inspector_picture", "salience_picture"):
        size = picture(panel, name).image().size()
        assert (size.height(), size.width()) == shape[:2]
    panel.grab()


def test_clearing_says_why(panel):
    look(panel)
    panel.clear("The run was replaced.")
    assert words(panel, "inspector_message") == "The run was replaced."
    assert not panel.findChild(QLabel, "inspector_title").isVisible()
    panel.show_inspection(make_inspection())
    assert not panel.findChild(QLabel, "inspector_title").isVisible()


# The closer look


def test_all_classes_have_bars_and_the_label_stands_out(panel):
    look(panel)
    assert [row.name for row in bars(panel)] == list(DIGITS)
    assert [row.text for row in bars(panel)] == [".0100"] * 3 + [".9100"] + [".0100"] * 6
    assert [row.strong for row in bars(panel)] == [index == 3 for index in range(10)]
    assert bars(panel)[3].share == pytest.approx(0.91)
    assert "3: .9100" in panel.findChild(ClassBars).accessibleDescription()


def test_of_many_classes_the_most_probable_are_shown_with_the_label(panel):
    probabilities = np.full(50, 0.001)
    probabilities[[20, 30, 40]] = 0.4, 0.3, 0.2
    probabilities[49] = 0.0
    panel.set_classifiers(net([f"class {index}" for index in range(50)]), None)
    panel.show_slot(make_save((49,)), 49, 3)
    panel.show_inspection(make_inspection(49, probabilities=probabilities))
    names = [row.name for row in bars(panel)]
    assert names[:4] == ["class 20", "class 30", "class 40", "class 0"]
    assert names[-2:] == ["class 49", "39 others"]
    assert len(names) == 12
    assert bars(panel)[-1].text == ".0390"
    assert [row.name for row in bars(panel) if row.strong] == ["class 49"]


def test_bars_stand_beside_the_image_or_under_it_when_names_are_long(panel, qtbot):
    look(panel)
    image, rows = picture(panel, "inspector_picture"), panel.findChild(ClassBars)
    qtbot.waitUntil(lambda: rows.x() > image.geometry().right())
    panel.set_classifiers(net(["sandal, trainer or ankle boot"] * 10), None)
    qtbot.waitUntil(lambda: rows.y() > image.geometry().bottom())
    assert rows.x() == image.x()


def test_the_step_of_the_closer_look_is_told(panel, qtbot):
    panel.show_slot(make_save(step=37), 3, 3)
    assert words(panel, "inspector_as_of") == "Inspecting …"
    panel.show_inspection(make_inspection(step=35))
    assert words(panel, "inspector_as_of") == "Inspected at step 35."
    panel.show_inspection(make_inspection(step=36))
    qtbot.waitUntil(lambda: words(panel, "inspector_as_of") == "Inspected at step 36.", timeout=2000)


@pytest.mark.parametrize(("label", "slot"), [(4, 3), (3, 2)])
def test_an_inspection_of_another_slot_is_left_aside(panel, label, slot):
    panel.show_slot(make_save(), 3, 3)
    panel.show_inspection(make_inspection(label, slot))
    assert words(panel, "inspector_as_of") == "Inspecting …"
    assert {row.text for row in bars(panel)} == {"–"}


def test_nothing_is_kept_of_the_slot_before(panel, qtbot):
    look(panel, fooled=(12, 3))
    panel.set_history(np.arange(3.0), np.array([0.1, 0.2, 0.3]))
    panel.set_milestones(
        {"top class": Milestone(step=1, evaluations=1, distance=0.5, largest_change=0.25, least=0.0, greatest=1.0)}
    )
    panel.show_slot(make_save(), 3, 4)
    assert {row.text for row in bars(panel)} == {"–"}
    assert layer_bars(panel, "fc") == [("reference", 0, "–", False), ("batch", 0, "–", False)]
    assert words(layer(panel, "fc"), "layer_distance") == "–"
    assert layer(panel, "fc").findChild(PixelPicture).image().isNull()
    assert picture(panel, "salience_picture").image().isNull()
    assert words(panel, "opinion_independent_net") == "–"
    assert (
        words(panel, "opinions_fooled")
        == "How many found images fool them, too, is shown once the run is paused or has ended."
    )
    assert panel.findChild(SlotPlot).accessibleDescription() == "No saves yet."
    assert milestones(panel).cells()[0][1] == ""


def test_a_new_run_begins_without_a_closer_look(panel):
    panel.show_slot(make_save(step=60), 3, 3)
    panel.show_inspection(make_inspection(step=60))
    panel.show_slot(make_save(step=0), 3, 3)
    assert words(panel, "inspector_as_of") == "Inspecting …"


def test_nothing_is_drawn_while_hidden_and_everything_when_shown(panel, area, qtbot):
    area.hide()
    look(panel, step=35)
    panel.show_slot(make_save(step=36), 3, 3)
    panel.set_history(np.arange(3.0), np.array([0.1, 0.2, 0.3]))
    panel.set_milestones(
        {"top class": Milestone(step=1, evaluations=1, distance=0.5, largest_change=0.25, least=0.0, greatest=1.0)}
    )
    assert not any(timer.isActive() for timer in panel.findChildren(QTimer))
    assert picture(panel, "inspector_picture").image().isNull()
    with qtbot.waitExposed(area):
        area.show()
    assert not picture(panel, "inspector_picture").image().isNull()
    assert words(panel, "inspector_numbers").startswith("Step 36 ")
    assert words(panel, "inspector_as_of") == "Inspected at step 35."
    assert slot_curve(panel).yData.tolist() == [0.1, 0.2, 0.3]
    assert milestones(panel).cells()[0][1] == "1"


# Probability over the saves


def test_the_history_is_drawn_with_its_newest_value(panel, qtbot):
    panel.show_slot(make_save(step=9), 3, 3)
    plot = panel.findChild(SlotPlot)
    assert plot.accessibleDescription() == "No saves yet."
    panel.set_history(np.array([0.0, 3.0, 9.0]), np.array([0.1, 0.4, 0.9993]))
    qtbot.waitUntil(lambda: plot.accessibleDescription() == ".9993 at step 9", timeout=2000)
    assert slot_curve(panel).xData.tolist() == [0, 3, 9]
    assert [label.text for label in plot.placed_labels()] == [".9993"]


def test_a_history_of_no_numbers_is_no_error(panel, qtbot):
    panel.show_slot(make_save(), 3, 3)
    panel.set_history(np.array([0.0, 1.0]), np.array([0.5, np.nan]))
    plot = panel.findChild(SlotPlot)
    qtbot.waitUntil(lambda: plot.accessibleDescription().endswith(" at step 1"), timeout=2000)
    assert plot.placed_labels() == []


# Layers and costs


def test_each_layer_has_its_nearest_training_image_its_distance_and_its_shares(panel):
    look(panel, misclassification_share=0.05)
    for index, (name, reference, batch) in enumerate(
        [
            ("inputs", "1.0e-2", "5.0e-3"),
            ("conv0", "2.0e-2", "1.0e-2"),
            ("conv1", "3.0e-2", "1.5e-2"),
            ("fc", "4.0e-2", "2.0e-2"),
        ]
    ):
        row = layer(panel, name)
        grey = round(255 * index / 10)
        assert row.findChild(PixelPicture).image().pixelColor(5, 5) == QColor(grey, grey, grey)
        assert words(row, "layer_distance") == f"distance 0.{index + 1}000"
        share = (index + 1) / 5
        assert layer_bars(panel, name) == [("reference", share, reference, False), ("batch", share / 2, batch, False)]
        assert f"number {1001 + index:,} of the label" in row.toolTip()
    misclassification, *others = other_bars(panel)
    assert others == [BarRow(name=name, share=0.0, text="–", strong=False) for name in ("closeness", "variation")]
    assert misclassification == BarRow(name="misclass.", share=1.0, text="5.0e-2", strong=True)
    assert words(panel, "inspector_cost_summary") == (
        "Its share of the total cost is 2.0e-1; misclassification dominates (25 %)."
    )


def test_the_layer_that_weighs_most_is_named(panel):
    look(panel, misclassification_share=0.0, layers=("inputs", "fc"))
    assert layer_bars(panel, "fc")[0] == ("reference", 1.0, "2.0e-2", True)
    summary = "Its share of the total cost is 4.5e-2; the reference cost at fc dominates (44 %)."
    assert words(panel, "inspector_cost_summary") == summary
    assert other_bars(panel)[0].text == "0"


def test_terms_that_look_at_no_layer_have_a_bar_each_and_are_told_in_the_tip(panel):
    look(panel, optional={"closeness": 0.2, "total_variation": 0.1}, layers=("fc",))
    assert other_bars(panel) == (
        BarRow(name="misclass.", share=0.25, text="5.0e-2", strong=False),
        BarRow(name="closeness", share=1.0, text="2.0e-1", strong=True),
        BarRow(name="variation", share=0.5, text="1.0e-1", strong=False),
    )
    assert "closeness dominates" in words(panel, "inspector_cost_summary")
    tip = panel.findChild(BarRows, "inspector_other_costs").toolTip()
    for title, formula in (("misclassification", "mean(1 − p)"), ("closeness", "mean |x − s|² / P")):
        assert f"<p>{title}: its share of the weighted cost, which is the mean over all images" in tip.replace(
            "&#x27;", "'"
        )
        assert f"coefficients × {formula}" in tip


def test_a_term_that_was_not_computed_has_a_bar_that_says_why(panel):
    look(panel)
    assert [bar.text for bar in other_bars(panel)] == ["5.0e-2", "–", "–"]
    tip = panel.findChild(BarRows, "inspector_other_costs").toolTip()
    assert "closeness: none, for its coefficient is 0." in tip
    assert "total variation: none, for its coefficient is 0." in tip


def test_where_the_nearest_is_taken_unit_by_unit_there_is_no_picture_but_a_reason(panel):
    look(panel, per_unit=("fc",))
    row = layer(panel, "fc")
    assert words(row, "layer_distance") == "unit by unit 0.4000"
    assert row.findChild(PixelPicture).image().isNull()
    assert "there is no single nearest image" in row.toolTip()


def test_an_image_alone_has_no_batch_cost(panel):
    look(panel, alone=True)
    assert layer_bars(panel, "conv0")[1] == ("batch", 0, "–", False)
    assert "batch: none, for there are fewer than 2 images." in layer(panel, "conv0").toolTip()


def test_costs_that_are_no_numbers_are_told_as_such(panel):
    inspection = make_inspection(misclassification_share=np.nan, layers=("fc",))
    broken = dataclasses.replace(inspection.layers[0], distance=np.nan)
    terms = [
        dataclasses.replace(term, share=np.inf if term.place.term == "reference" else 0.0) if term.place.layer else term
        for term in inspection.terms
    ]
    panel.show_slot(make_save(), 3, 3)
    panel.show_inspection(dataclasses.replace(inspection, layers=(broken,), terms=tuple(terms)))
    assert words(panel, "inspector_cost_summary") == "It has no share of the cost."
    assert words(layer(panel, "fc"), "layer_distance") == "distance –"
    assert layer_bars(panel, "fc")[0][2] == "–"


def test_another_classifiers_layers_take_the_place_of_the_former(panel, qtbot):
    look(panel)
    panel.show_slot(make_save((3,), 4), 3, 3)
    panel.show_inspection(make_inspection(layers=("inputs", "fc")))
    qtbot.waitUntil(lambda: layer(panel, "conv1") is None)
    assert layer(panel, "fc").isVisible()


# Salient features


def tooltip_at(panel, row, column):
    view = picture(panel, "salience_picture")
    box, size = view.image_rect(), view.image().size()
    x, y = (column + 0.5) * box.width() / size.width(), (row + 0.5) * box.height() / size.height()
    place = (box.topLeft() + QPoint(int(x), int(y))) / view.devicePixelRatioF()
    QGuiApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, place, view.mapToGlobal(place)))
    return QToolTip.text()


def salient(panel, row, column):
    return picture(panel, "salience_picture").image().pixelColor(column, row)


@pytest.fixture
def gradient():
    """Zero but for three pixels: +4, −2 and +1."""
    gradient = np.zeros((28, 28, 1), np.float32)
    gradient[0, 0], gradient[0, 1], gradient[0, 2] = 4.0, -2.0, 1.0
    return gradient


def test_a_pixel_that_raises_the_probability_is_orange_and_one_that_lowers_it_blue(panel, gradient):
    look(panel, gradient=gradient, image=np.zeros((28, 28, 1)))
    panel.set_salience_settings({"binary": True, "overlaid": False, "strongest": 0})
    assert salient(panel, 0, 0).name().upper() == CHANGED
    assert salient(panel, 0, 1).name().upper() == SELECTED
    assert salient(panel, 0, 2).name().upper() == CHANGED
    assert salient(panel, 0, 3) == QColor("black")
    legend = words(panel, "salience_legend")
    assert "+ brighter raises p" in legend
    assert "− brighter lowers p" in legend


def test_of_a_coloured_image_all_channels_count_or_one_alone(panel):
    gradient = np.zeros((6, 5, 3), np.float32)
    gradient[0, 0], gradient[2, 3] = (4.0, -3.0, 0.0), (0.0, 0.5, -2.0)
    look(panel, gradient=gradient, shape=(6, 5, 3))
    channel = panel.findChild(QComboBox, "channel")
    assert channel.isVisible()
    assert channel.currentText() == "all together"
    assert words(panel, "salience_words") == "The strongest is row 3, column 4: −1.5e0 for a whole unit of brightness."
    assert tooltip_at(panel, 0, 0) == "row 1, column 1: +1.0e0 (red +4.0e0, green −3.0e0, blue +0.0e0)"
    channel.setCurrentText("red")
    assert words(panel, "salience_words") == "The strongest is row 1, column 1: +4.0e0 for a whole unit of red."
    assert tooltip_at(panel, 0, 0).startswith("row 1, column 1: +4.0e0 (")
    channel.setCurrentText("blue")
    assert words(panel, "salience_words") == "The strongest is row 3, column 4: −2.0e0 for a whole unit of blue."


def test_a_grey_image_has_no_channels_to_choose_and_ignores_the_chosen_one(panel, gradient):
    panel.set_salience_settings({"channel": "blue"})
    look(panel, gradient=gradient)
    assert not panel.findChild(QComboBox, "channel").isVisible()
    assert words(panel, "salience_words") == "The strongest is row 1, column 1: +4.0e0 for a whole unit of brightness."
    assert tooltip_at(panel, 0, 0) == "row 1, column 1: +4.0e0"


def test_scaled_colours_are_as_strong_as_the_gradient(panel, gradient):
    look(panel, gradient=gradient)
    panel.set_salience_settings({"overlaid": False})
    assert salient(panel, 0, 0).name().upper() == CHANGED
    assert salient(panel, 0, 1) == QColor(0, 0x72 // 2, 0xB2 // 2)
    assert salient(panel, 0, 2) == QColor(round(0xE6 / 4), round(0x9F / 4), 0)


def test_colours_lie_over_the_image_which_has_half_its_contrast(panel, gradient):
    look(panel, gradient=gradient, image=np.ones((28, 28, 1)))
    assert salient(panel, 0, 0).name().upper() == CHANGED
    assert salient(panel, 5, 5) == QColor(191, 191, 191)


def test_one_part_leaves_the_other_out(panel, gradient):
    look(panel, gradient=gradient)
    panel.set_salience_settings({"part": "negative", "overlaid": False})
    assert salient(panel, 0, 0) == QColor("black")
    assert salient(panel, 0, 1).name().upper() == SELECTED
    assert "raises" not in words(panel, "salience_legend")


def test_only_the_strongest_pixels_are_coloured(panel, gradient, qtbot):
    look(panel, gradient=gradient)
    panel.set_salience_settings({"binary": True, "overlaid": False})
    number = panel.findChild(QSpinBox, "salience_strongest")
    assert number.text() == "100 of 784"
    number.setValue(2)
    assert [salient(panel, 0, column) == QColor("black") for column in range(3)] == [False, False, True]
    assert panel.salience_settings()["strongest"] == 2


def test_the_slider_and_the_number_go_together_and_the_right_end_is_all(panel, qtbot):
    look(panel)
    slider = panel.findChild(LogSlider, "salience_strongest_slider")
    number = panel.findChild(QSpinBox, "salience_strongest")
    assert slider.number() == 100
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 9, slider.height() // 2))
    assert number.text() == "784 of 784"
    assert panel.salience_settings()["strongest"] == 0
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(9, slider.height() // 2))
    assert number.value() == panel.salience_settings()["strongest"] == 1
    number.setValue(784)
    assert slider.number() == 0


def test_the_number_of_pixels_is_that_of_the_image(panel):
    panel.set_salience_settings({"strongest": 50})
    look(panel, shape=(8, 10, 3))
    assert [box.text() for box in panel.findChildren(QSpinBox) if box.isVisible()] == ["50 of 80"]
    panel.set_salience_settings({"strongest": 300})
    assert [box.text() for box in panel.findChildren(QSpinBox) if box.isVisible()] == ["80 of 80"]


def test_the_strongest_pixel_is_told(panel, gradient):
    look(panel, gradient=gradient)
    said = "The strongest is row 1, column 1: +4.0e0 for a whole unit of brightness."
    assert words(panel, "salience_words") == said
    assert picture(panel, "salience_picture").accessibleDescription() == said
    panel.set_salience_settings({"part": "negative"})
    assert words(panel, "salience_words").startswith("The strongest is row 1, column 2: −2.0e0 ")


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_a_gradient_of_nothing_is_said_to_be_zero(panel, value):
    look(panel, gradient=np.full((28, 28, 1), value))
    assert words(panel, "salience_words") == "The gradient is zero here."


def test_an_empty_part_is_said_to_be_empty(panel):
    look(panel, gradient=np.ones((28, 28, 1)))
    panel.set_salience_settings({"part": "negative"})
    assert words(panel, "salience_words") == "No pixel lowers the probability here."


def test_what_is_chosen_is_drawn_at_once_and_remembered(panel, qtbot):
    look(panel, gradient=np.ones((28, 28, 1)), image=np.zeros((28, 28, 1)))
    panel.findChild(QComboBox, "part").setCurrentText("positive")
    panel.findChild(QCheckBox, "overlaid").click()
    panel.findChild(QCheckBox, "binary").click()
    panel.findChild(QSpinBox, "salience_strongest").setValue(784)
    assert salient(panel, 27, 27).name().upper() == CHANGED
    chosen = {"part": "positive", "channel": "all together", "strongest": 0, "binary": True, "overlaid": False}
    assert panel.salience_settings() == chosen
    panel.set_salience_settings({})
    assert panel.salience_settings() == {
        "part": "signed", "channel": "all together", "strongest": 100, "binary": False, "overlaid": True
    }  # fmt: skip
    panel.set_salience_settings(chosen)
    assert panel.salience_settings() == chosen


def test_settings_that_are_not_allowed_take_their_defaults(panel):
    panel.set_salience_settings({"part": "both", "strongest": -4, "binary": True, "colour": "red"})
    assert panel.salience_settings() == {
        "part": "signed", "channel": "all together", "strongest": 100, "binary": True, "overlaid": True
    }  # fmt: skip


# Second opinion


@pytest.mark.parametrize(
    ("net", "neighbours", "said"),
    [
        (3, (3, 3, 5, 3, 3), ("= also a 3 · .7500", "= also a 3 · 4 of 5")),
        (8, (8, 8, 8, 1, 2), ("≠ sees an 8 · .7500", "≠ sees an 8 · 3 of 5")),
        (5, (1, 0), ("≠ sees a 5 · .7500", "≠ sees a 0 · 1 of 2")),
    ],
)
def test_others_say_what_they_see_and_whether_that_is_the_label(panel, net, neighbours, said):
    look(panel, net_sees=net, neighbour_labels=neighbours)
    assert (words(panel, "opinion_independent_net"), words(panel, "opinion_nearest_neighbours")) == said


def test_the_nearest_neighbours_are_shown_with_their_classes(panel):
    look(panel)
    row = panel.findChild(QWidget, "opinion_neighbours")
    assert row.isVisible()
    assert [label.text() for label in row.findChildren(QLabel)] == ["3", "3", "5", "3", "3"]
    expected = make_inspection().opinions[1].neighbours
    for shown, image in zip(row.findChildren(PixelPicture), expected, strict=True):
        assert shown.image().pixelColor(4, 9).red() == round(255 * float(image[9, 4, 0]))
    assert row.accessibleDescription() == "The nearest first: 3, 3, 5, 3, 3"


def test_neighbours_flow_where_there_is_little_room(panel):
    look(panel)
    row = panel.findChild(QWidget, "opinion_neighbours")
    one, two = row.heightForWidth(296), row.heightForWidth(295)
    assert one == row.sizeHint().height()
    assert two > 2 * one


def test_without_an_independent_net_there_is_one_opinion_less(panel, qtbot):
    look(panel)
    inspection = make_inspection(step=1)
    panel.show_slot(make_save((3,), 5), 3, 3)
    panel.show_inspection(dataclasses.replace(inspection, opinions=inspection.opinions[1:]))
    qtbot.waitUntil(lambda: panel.findChild(QLabel, "opinion_independent_net") is None)
    assert words(panel, "opinion_nearest_neighbours") == "= also a 3 · 4 of 5"


def test_an_opinion_of_no_numbers_is_none(panel):
    inspection = make_inspection()
    blind = dataclasses.replace(inspection.opinions[0], probabilities=np.full(10, np.nan, np.float32))
    panel.show_slot(make_save(), 3, 3)
    panel.show_inspection(dataclasses.replace(inspection, opinions=(blind,)))
    assert words(panel, "opinion_independent_net") == "–"
    assert not panel.findChild(QWidget, "opinion_neighbours").isVisible()


@pytest.mark.parametrize(
    ("fooled", "images", "said"),
    [
        ((), 80, "How many found images fool them, too, is shown once the run is paused or has ended."),
        (
            (12, 3),
            80,
            "Of 80 images over the threshold, the independent net calls 12 their label too, the nearest neighbours 3.",
        ),
        ((1,), 1, "Of 1 image over the threshold, the independent net calls 1 their label too."),
        ((0, 0), 0, "No image of the run is over the threshold yet, so none can fool the others."),
    ],
)
def test_it_is_told_how_many_images_fool_the_others_too(panel, fooled, images, said):
    look(panel, fooled=fooled, images=images)
    assert words(panel, "opinions_fooled") == said


# Milestones


def test_milestones_are_told_with_their_step_gradients_distance_and_pixels(panel):
    panel.show_slot(make_save(), 3, 3)
    panel.set_milestones(
        {
            "top class": Milestone(
                step=1003, evaluations=1200, distance=0.634, largest_change=0.126, least=0.0, greatest=1.0
            ),
            "p > 0.99": Milestone(
                step=1006, evaluations=1206, distance=1.5, largest_change=None, least=-0.25, greatest=1.204
            ),
        }
    )

    def cells(name):
        return next(texts for title, *texts in milestones(panel).cells() if title == name)

    assert cells("top class") == ["1,003", "1,200", "0.63", "0.13", "0 … 1"]
    assert cells("p > 0.99") == ["1,006", "1,206", "1.50", "–", "−0.25 … 1.2"]
    assert cells("p > 0.999") == cells("p > 0.9999") == ["", "", "", "", "not yet"]
    spoken = milestones(panel).model().index(1, 1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "p > 0.99, step: 1,006"
    panel.set_milestones({})
    assert all(cells(name) == ["", "", "", "", "not yet"] for name in NAMES)


# The panel


def test_sections_can_be_folded(panel, qtbot):
    look(panel)
    everything = ("nearest", "salience", "guarantee", "opinions", "milestones")
    assert panel.open_sections() == everything
    qtbot.mouseClick(panel.findChild(QToolButton, "inspector_salience_disclosure"), Qt.MouseButton.LeftButton)
    assert panel.open_sections() == ("nearest", "guarantee", "opinions", "milestones")
    assert not picture(panel, "salience_picture").isVisible()
    panel.set_open_sections(["salience", "no such section"])
    assert panel.open_sections() == ("salience",)


def test_tab_leads_down_the_panel(panel, qtbot):
    look(panel, shape=(8, 8, 1))  # whose number of pixels has another field
    start = panel.findChild(QToolButton, "inspector_nearest_disclosure")
    names, widget = [], start
    while True:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            names.append(widget.objectName())
        widget = widget.nextInFocusChain()
        if widget is start:
            break
    wanted = [
        "inspector_nearest_disclosure",
        "inspector_salience_disclosure",
        "part",
        "binary",
        "overlaid",
        "salience_strongest_slider",
        "salience_strongest",
        "inspector_opinions_disclosure",
        "inspector_milestones_disclosure",
    ]
    assert [name for name in names if name in wanted] == wanted


def test_every_control_has_a_name_for_assistive_programs(panel):
    look(panel)
    for kind in (QToolButton, QSpinBox, QComboBox, QCheckBox, LogSlider, PixelPicture, BarRows, SlotPlot):
        for widget in panel.findChildren(kind):
            if widget.isVisible() and widget.parent() is not panel.findChild(QWidget, "opinion_neighbours"):
                assert widget.accessibleName(), widget.objectName()


@pytest.mark.parametrize("palette", [light_palette, dark_palette])
def test_a_palette_that_comes_while_it_is_shown_reaches_the_plot(panel, area, palette):
    look(panel)
    area.setPalette(palette())
    ground = palette().color(QPalette.ColorRole.Base)
    assert panel.findChild(SlotPlot).backgroundBrush().color() == ground


def test_it_fits_into_a_narrow_dock(panel, area, qtbot):
    look(panel, fooled=(12, 3))
    area.resize(300, 500)
    qtbot.waitUntil(lambda: area.width() == 300)
    assert panel.width() <= area.viewport().width()
    for widget in panel.findChildren(QWidget):
        if widget.isVisible():
            assert widget.mapTo(panel, widget.rect().topRight()).x() <= panel.width(), widget.objectName()


def test_hundreds_of_slots_are_no_more_than_eight(panel):
    panel.show_slot(make_save(slots=200, shape=(4, 4, 1)), 3, 199)
    assert words(panel, "inspector_title") == "3 · slot 200 of 200"


# Of another classifier


def test_numbers_of_two_classifiers_say_whose_they_are(panel):
    panel.set_classifiers(net(DIGITS, "first"), net(DIGITS, "second"))
    panel.show_slot(make_save(step=53, probabilities=0.9999), 3, 3)
    assert words(panel, "inspector_numbers") == "Step 53 · made for first: .9999 · over the threshold"
    assert words(panel, "inspector_as_of") == "Inspecting …"
    panel.show_inspection(make_inspection(step=53, probabilities=(0.0, 0.0, 0.0, 0.2392, *[0.1268] * 6)))
    assert words(panel, "inspector_as_of") == "Inspected with second, in use now: .2392 at step 53."


def test_a_classifier_that_cannot_look_at_the_images_says_so(panel):
    panel.set_classifiers(net(DIGITS, "first"), net(DIGITS[:2], "second"))
    panel.show_slot(make_save(), 3, 3)
    assert words(panel, "inspector_as_of").startswith("second, in use now, cannot inspect this image")


def test_without_a_classifier_in_use_none_is_waited_for(panel):
    panel.set_classifiers(net(DIGITS, "first"), None)
    panel.show_slot(make_save(), 3, 3)
    assert words(panel, "inspector_as_of") == "There is no classifier yet. Train one, or open one."


# The guarantee


@pytest.fixture
def sure(panel):
    panel.set_classifiers(net(DIGITS), net(DIGITS, "sure", has_guarantee=True))
    return panel


def figures(panel: QWidget) -> dict[str, str]:
    named = (label.accessibleName() for label in panel.findChild(QWidget, "certified_facts").findChildren(QLabel))
    return dict(name.split(": ") for name in named if name)


def test_without_a_guarantee_nothing_is_said_of_one(panel):
    look(panel)
    assert not panel.findChild(QToolButton, "inspector_guarantee_disclosure").isVisible()


def test_the_promise_is_told_in_a_sentence_in_figures_and_as_a_plot(sure):
    look(sure, certified=make_balls())
    assert sure.findChild(QToolButton, "inspector_guarantee_disclosure").isVisible()
    assert words(sure, "certified_words") == (
        "No image within 4.00 of this one, 50 % of the way to the nearest training image, is given more than 11 %."
    )
    assert figures(sure) == {
        "Certified radius, 11 %": "4.00",
        "Certified radius, 50 %": "4.25",
        "Certified radius, 99.9 %": "5.00",
        "Nearest training image": "8.00",
    }
    plot = sure.findChild(BoundPlot)
    assert plot.isVisible()
    assert plot.accessibleDescription() == "At the image itself at most 10.00 %."
    nearest, bound, *own = plot.getPlotItem().listDataItems()
    np.testing.assert_array_equal(nearest.getData()[0], [8, 8])
    np.testing.assert_allclose(bound.getData()[1], np.linspace(0.1, 1, 11))
    np.testing.assert_allclose(own[0].getData(), [[0], [0.91]], rtol=1e-6)


def test_the_promise_is_of_the_lowest_confidence_that_there_is_one_for(sure):
    look(sure, certified=make_balls((0, 1.5, 2), nearest=None))
    assert words(sure, "certified_words") == "No image within 1.50 of this one is given more than 50 %."
    assert figures(sure)["Nearest training image"] == "–"


def test_where_nothing_is_certified_that_is_said(sure):
    look(sure, certified=make_balls((0, 0, 0)))
    assert words(sure, "certified_words").startswith("Nothing is certified here")


def test_the_bound_is_told_at_the_mouse(sure, qtbot):
    look(sure, certified=make_balls())
    plot = sure.findChild(BoundPlot)
    view = plot.getViewBox()
    for reach, words_there in ((-3, "Within 0.00: at most 10.00 %."), (4.5, "Within 5.00: at most 55.00 %.")):
        place = plot.mapFromScene(view.mapViewToScene(QPointF(reach, 0.5)))
        assert plot.words_at(QPointF(place)) == words_there


def test_the_promise_waits_for_the_next_inspection(sure):
    look(sure, certified=make_balls())
    sure.show_slot(make_save(slots=8), 3, 4)
    assert sure.findChild(QLabel, "certified_waiting").isVisible()
    assert not sure.findChild(QLabel, "certified_words").isVisible()
    assert not sure.findChild(BoundPlot).isVisible()
