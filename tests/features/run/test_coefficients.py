from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QUndoStack
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QScrollBar,
)
from saves import make_save

from fooler_gui.core.coefficient_presets import (
    DESCENT_OF_PRESETS,
    NOT_SCALED,
    coefficient_presets,
    usual_coefficients,
)
from fooler_gui.core.cost_facts import cost_shares
from fooler_gui.core.settings import CostCoefficients, DescentSettings, article_coefficients, no_penalties
from fooler_gui.features.run.coefficients import CoefficientsPanel

LAYERS = ("inputs", "conv0", "conv1", "fc")
NAMES = [
    "misclassification_coeff", "reference_cost_coeff", "batch_cost_coeff", "term_coeff_closeness",
    "term_coeff_total_variation",
    *(f"layer_cost_coeff_{layer}" for layer in LAYERS),
]  # fmt: skip


@pytest.fixture
def stack(qtbot):
    return QUndoStack()


@pytest.fixture
def panel(qtbot, stack):
    panel = CoefficientsPanel(stack)
    qtbot.addWidget(panel)
    panel.set_recorded_layers(LAYERS)
    panel.resize(300, 500)
    panel.show()
    return panel


def spin_box(panel, name):
    return panel.findChild(QDoubleSpinBox, name)


def preset_box(panel):
    return panel.findChild(QComboBox, "coefficient_preset")


def finish_edit(panel, name):
    spin_box(panel, name).editingFinished.emit()


def texts(stack):
    return [stack.command(index).text() for index in range(stack.count())]


@pytest.mark.parametrize(
    ("name", "title", "formula"),
    [("closeness", "closeness", "|x − s|² / P"), ("total_variation", "total variation", "Σ |x<sub>i</sub> − x")],
)
def test_terms_that_are_off_at_first_have_a_slider_a_title_and_a_tip(panel, name, title, formula):
    box, slider = spin_box(panel, f"term_coeff_{name}"), panel.findChild(QAbstractSlider, f"term_coeff_{name}_slider")
    assert (box.value(), slider.value()) == (0.0, slider.minimum())
    assert box.accessibleName() == f"{title} coefficient"
    (label,) = [label for label in panel.findChildren(QLabel) if label.text() == title]
    assert label.buddy() is box
    for widget in (label, slider, box):
        effect, _, computed = widget.toolTip().removesuffix("</p>").split("</p>")
        assert effect.startswith(f"<p><b>More {title}</b>: images ")
        assert effect.endswith("; 0 turns it off.")
        assert computed.startswith(f"<p>It adds {title} coefficient × mean ")
        assert formula in computed
    box.setValue(0.25)
    assert panel.coefficients() == article_coefficients(LAYERS).with_terms(**{name: 0.25})


def test_there_is_a_line_for_each_coefficient_in_order(panel):
    lines = sorted((spin_box(panel, name).mapTo(panel, QPoint(0, 0)).y(), name) for name in NAMES)
    assert [name for _, name in lines] == NAMES
    for name in NAMES:
        assert panel.findChild(QAbstractSlider, f"{name}_slider") is not None
        assert spin_box(panel, name).accessibleName()
        assert "0 turns it off" in spin_box(panel, name).toolTip()


def test_it_begins_with_the_articles_coefficients(panel):
    assert panel.coefficients() == article_coefficients(LAYERS)
    assert spin_box(panel, "layer_cost_coeff_conv0").text() == "1e-4"
    assert preset_box(panel).currentText() == "article"


def test_without_a_classifier_it_says_what_will_appear(qtbot, stack):
    panel = CoefficientsPanel(stack)
    qtbot.addWidget(panel)
    assert panel.coefficients() == article_coefficients(())
    assert any("once a classifier is ready" in label.text() for label in panel.findChildren(QLabel))


def test_several_quick_edits_give_one_signal_with_the_latest_coefficients(qtbot, panel):
    received = []
    panel.coefficients_changed.connect(received.append)
    with qtbot.waitSignal(panel.coefficients_changed, timeout=2000):
        for value in (0.1, 0.2, 0.3):
            spin_box(panel, "layer_cost_coeff_fc").setValue(value)
        spin_box(panel, "batch_cost_coeff").setValue(2.0)
    expected = CostCoefficients(
        layer_cost_coeffs={"inputs": 1e-5, "conv0": 1e-4, "conv1": 1e-3, "fc": 0.3}, term_coeffs={"batch": 2.0}
    )
    assert received == [expected]
    assert panel.coefficients() == expected


def test_moving_a_slider_to_its_notch_turns_a_cost_off(qtbot, panel):
    with qtbot.waitSignal(panel.coefficients_changed, timeout=2000) as signal:
        panel.findChild(QAbstractSlider, "layer_cost_coeff_inputs_slider").setValue(0)
    assert signal.args[0].layer_cost_coeffs["inputs"] == 0.0


def test_coefficients_that_no_preset_has_are_changed_from_the_nearest(qtbot, panel):
    article = article_coefficients(LAYERS)
    panel.set_coefficients(no_penalties(LAYERS))
    assert preset_box(panel).currentText() == "no penalties"
    panel.set_coefficients(article.with_terms(reference=1.3))
    assert preset_box(panel).currentText() == "article, changed"
    panel.set_coefficients(no_penalties(LAYERS).with_terms(misclassification=2.0))
    assert preset_box(panel).currentText() == "no penalties, changed"


def test_set_coefficients_shows_them_without_a_signal_or_an_entry(qtbot, panel, stack):
    coefficients = CostCoefficients(
        layer_cost_coeffs={"inputs": 0.0, "conv0": 1.0, "conv1": 2.0, "fc": 3e-5},
        term_coeffs={"misclassification": 7.5},
    )
    spin_box(panel, "batch_cost_coeff").setValue(9.0)
    entries = stack.count()
    with qtbot.assertNotEmitted(panel.coefficients_changed, wait=150):
        panel.set_coefficients(coefficients)
    assert spin_box(panel, "misclassification_coeff").value() == 7.5
    assert spin_box(panel, "layer_cost_coeff_fc").text() == "3e-5"
    assert panel.coefficients() == coefficients
    assert stack.count() == entries


def test_a_preset_sets_everything_as_one_entry(qtbot, panel, stack):
    with qtbot.waitSignal(panel.coefficients_changed, timeout=2000) as signal:
        preset_box(panel).setCurrentText("no penalties")
    assert signal.args[0] == no_penalties(LAYERS)
    assert texts(stack) == ["coefficients article → no penalties"]
    stack.undo()
    assert panel.coefficients() == article_coefficients(LAYERS)
    assert preset_box(panel).currentText() == "article"


def test_a_changed_value_is_marked_and_can_be_reset(qtbot, panel):
    button = panel.findChild(QAbstractButton, "layer_cost_coeff_fc_reset")
    assert not button.isVisible()
    spin_box(panel, "layer_cost_coeff_fc").setValue(1.0)
    assert button.isVisible()
    assert "0.01" in button.toolTip()
    assert preset_box(panel).currentText() == "article, changed"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert spin_box(panel, "layer_cost_coeff_fc").value() == 0.01
    assert not button.isVisible()
    assert preset_box(panel).currentText() == "article"


def test_reset_all_is_one_entry_and_disabled_when_there_is_nothing_to_reset(qtbot, panel, stack):
    button = panel.findChild(QAbstractButton, "reset_coefficients_button")
    assert not button.isEnabled()
    assert "Nothing differs" in button.toolTip()
    spin_box(panel, "layer_cost_coeff_fc").setValue(1.0)
    spin_box(panel, "batch_cost_coeff").setValue(2.0)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert panel.coefficients() == article_coefficients(LAYERS)
    assert texts(stack)[-1] == "reset all coefficients"
    stack.undo()
    assert panel.coefficients().term_coeffs["batch"] == 2.0
    assert panel.coefficients().layer_cost_coeffs["fc"] == 1.0


def test_choosing_the_same_preset_again_resets_the_changes(panel):
    spin_box(panel, "batch_cost_coeff").setValue(2.0)
    preset_box(panel).setCurrentIndex(0)
    assert panel.coefficients() == article_coefficients(LAYERS)


def test_one_drag_is_one_entry(qtbot, panel, stack):
    slider = panel.findChild(QAbstractSlider, "layer_cost_coeff_fc_slider")
    for end in (15, -15):
        middle = slider.width() // 2
        qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(middle, slider.height() // 2))
        for x in range(middle, middle + end, end // 5):
            qtbot.mouseMove(slider, QPoint(x, slider.height() // 2))
        qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton)
    assert stack.count() == 2
    stack.undo()
    stack.undo()
    assert panel.coefficients() == article_coefficients(LAYERS)


def test_the_steps_of_one_edit_merge_and_another_coefficient_begins_a_new_entry(panel, stack):
    for value in (0.1, 0.5, 1.0):
        spin_box(panel, "layer_cost_coeff_fc").setValue(value)
    spin_box(panel, "batch_cost_coeff").setValue(2.0)
    assert texts(stack) == ["fc coefficient 0.01 → 1", "batch coefficient 0.5 → 2"]


def test_a_finished_edit_begins_a_new_entry(panel, stack):
    spin_box(panel, "layer_cost_coeff_conv0").setValue(1.0)
    finish_edit(panel, "layer_cost_coeff_conv0")
    spin_box(panel, "layer_cost_coeff_conv0").setValue(0.0)
    assert texts(stack) == ["conv0 coefficient 1e-4 → 1", "conv0 coefficient 1 → 0"]


def test_a_pause_begins_a_new_entry(qtbot, panel, stack):
    spin_box(panel, "batch_cost_coeff").setValue(1.0)
    qtbot.waitUntil(lambda: not any(timer.isActive() for timer in panel.findChildren(QTimer)), timeout=5000)
    spin_box(panel, "batch_cost_coeff").setValue(2.0)
    assert texts(stack) == ["batch coefficient 0.5 → 1", "batch coefficient 1 → 2"]


def test_an_edit_that_comes_back_leaves_no_entry(panel, stack):
    spin_box(panel, "batch_cost_coeff").setValue(2.0)
    spin_box(panel, "batch_cost_coeff").setValue(0.5)
    assert stack.count() == 0
    assert preset_box(panel).currentText() == "article"


def test_undo_and_redo_count_as_changes(qtbot, panel, stack):
    with qtbot.waitSignal(panel.coefficients_changed, timeout=2000):
        spin_box(panel, "layer_cost_coeff_fc").setValue(1.0)
    with qtbot.waitSignal(panel.coefficients_changed, timeout=2000) as undone:
        stack.undo()
    assert undone.args[0] == article_coefficients(LAYERS)
    assert spin_box(panel, "layer_cost_coeff_fc").value() == 0.01
    with qtbot.waitSignal(panel.coefficients_changed, timeout=2000) as redone:
        stack.redo()
    assert redone.args[0].layer_cost_coeffs["fc"] == 1.0


def test_other_layers_rebuild_the_lines_and_drop_entries_that_nothing_could_take(qtbot, panel, stack):
    spin_box(panel, "layer_cost_coeff_conv1").setValue(1.0)
    with qtbot.assertNotEmitted(panel.coefficients_changed, wait=150):
        panel.set_recorded_layers(["inputs", "fc"])
    assert panel.coefficients() == article_coefficients(["inputs", "fc"])
    assert spin_box(panel, "layer_cost_coeff_conv1") is None
    assert stack.count() == 0


@pytest.fixture
def descents(panel):
    """The settings of the descent that the panel asked for, which it is told as it is in the window."""
    asked = [DescentSettings()]

    def on_requested(changes):
        asked.append(replace(asked[-1], **changes))
        panel.set_descent(asked[-1])

    panel.descent_requested.connect(on_requested)
    return asked


def test_a_preset_that_sets_some_of_the_descent_is_one_entry_that_undo_takes_back(panel, stack, descents):
    preset_box(panel).setCurrentText("recognisable")
    assert panel.coefficients() == coefficient_presets(LAYERS)["recognisable"]
    assert descents[1:] == [replace(DescentSettings(), **DESCENT_OF_PRESETS["recognisable"])]
    assert preset_box(panel).currentText() == "recognisable"
    assert texts(stack) == ["coefficients article → recognisable"]
    stack.undo()
    assert panel.coefficients() == article_coefficients(LAYERS)
    assert descents[-1] == DescentSettings()
    stack.redo()
    preset_box(panel).setCurrentText("static")
    assert panel.coefficients() == article_coefficients(LAYERS)
    assert descents[-1] == DescentSettings()
    assert preset_box(panel).currentText() == "static"


def test_another_preset_takes_back_what_the_former_one_set_of_the_descent(panel, stack, descents):
    preset_box(panel).setCurrentText("Nguyen 2015")
    assert descents[-1].optimiser == "evolution"
    preset_box(panel).setCurrentText("article")
    assert descents[-1] == DescentSettings()
    assert texts(stack)[-1] == "coefficients Nguyen 2015 → article"
    stack.undo()
    assert descents[-1] == replace(DescentSettings(), **DESCENT_OF_PRESETS["nguyen"])
    preset_box(panel).setCurrentText("recognisable")
    assert descents[-1] == replace(DescentSettings(), **DESCENT_OF_PRESETS["recognisable"])


def test_another_preset_leaves_what_was_changed_since_the_former_one(panel, descents):
    preset_box(panel).setCurrentText("recognisable")
    descents.append(replace(descents[-1], transformations=1, save_frequency=5))
    panel.set_descent(descents[-1])
    preset_box(panel).setCurrentText("no penalties")
    assert descents[-1] == replace(DescentSettings(), transformations=1, save_frequency=5)


def test_other_presets_leave_the_descent_as_it_is(panel, descents):
    descents.append(replace(descents[-1], objective="margin", max_steps=90))
    panel.set_descent(descents[-1])
    preset_box(panel).setCurrentText("strong penalties")
    preset_box(panel).setCurrentText("no penalties")
    assert len(descents) == 2


def test_a_descent_that_differs_from_the_presets_is_marked_and_reset(panel, stack, descents):
    preset_box(panel).setCurrentText("recognisable")
    descents.append(replace(descents[-1], transformations=1, save_frequency=5))
    panel.set_descent(descents[-1])
    assert preset_box(panel).currentText() == "recognisable, changed"
    panel.findChild(QAbstractButton, "reset_coefficients_button").click()
    assert preset_box(panel).currentText() == "recognisable"
    assert descents[-1] == replace(DescentSettings(), **DESCENT_OF_PRESETS["recognisable"], save_frequency=5)
    assert texts(stack)[-1] == "reset all coefficients"
    stack.undo()
    assert descents[-1].transformations == 1


def test_the_preset_is_known_by_coefficients_and_descent(panel):
    panel.set_descent(replace(DescentSettings(), **DESCENT_OF_PRESETS["recognisable"]))
    panel.set_coefficients(coefficient_presets(LAYERS)["recognisable"])
    assert preset_box(panel).currentText() == "recognisable"
    panel.set_coefficients(article_coefficients(LAYERS))
    assert preset_box(panel).currentText() == "article"


def test_coefficients_of_a_file_bring_their_descent(panel, stack, descents):
    panel.change_coefficients(no_penalties(LAYERS), {"transformations": 4})
    assert panel.coefficients() == no_penalties(LAYERS)
    assert descents[-1] == DescentSettings(transformations=4)
    stack.undo()
    assert descents[-1] == DescentSettings()


DISTANCES = (0.1, 4e-6, 3.0, 7.0)


def shown_presets(panel):
    return [preset_box(panel).itemText(index) for index in range(preset_box(panel).count())]


def test_a_net_that_the_articles_values_do_not_fit_begins_with_those_scaled_to_it(qtbot, panel):
    with qtbot.assertNotEmitted(panel.coefficients_changed, wait=100):
        panel.set_recorded_layers(LAYERS, DISTANCES)
    assert preset_box(panel).currentText() == "scaled to this net"
    assert shown_presets(panel) == [
        "article", "scaled to this net", "no penalties", "strong diversity", "strong penalties", "recognisable",
        "static", "Nguyen 2015",
    ]  # fmt: skip
    assert panel.coefficients() == usual_coefficients(LAYERS, DISTANCES)
    panel.set_recorded_layers(LAYERS)
    assert preset_box(panel).currentText() == "article"
    assert shown_presets(panel) == [
        "article", "no penalties", "strong diversity", "strong penalties", "recognisable", "static",
        "Nguyen 2015",
    ]  # fmt: skip
    assert panel.coefficients() == article_coefficients(LAYERS)


def test_the_scaled_preset_is_chosen_changed_undone_and_reset_as_any(panel, stack):
    panel.set_recorded_layers(LAYERS, DISTANCES)
    preset_box(panel).setCurrentText("article")
    assert panel.coefficients() == article_coefficients(LAYERS)
    assert texts(stack) == ["coefficients scaled to this net → article"]
    stack.undo()
    assert panel.coefficients() == usual_coefficients(LAYERS, DISTANCES)
    spin_box(panel, "layer_cost_coeff_fc").setValue(1.0)
    assert preset_box(panel).currentText() == "scaled to this net, changed"
    panel.findChild(QAbstractButton, "layer_cost_coeff_fc_reset").click()
    assert panel.coefficients() == usual_coefficients(LAYERS, DISTANCES)


def test_a_preset_that_was_chosen_stays_with_another_net(panel, stack):
    preset_box(panel).setCurrentText("no penalties")
    panel.set_recorded_layers(LAYERS, DISTANCES)
    assert preset_box(panel).currentText() == "no penalties"
    assert panel.coefficients() == no_penalties(LAYERS)
    assert stack.count() == 0


def test_values_of_ones_own_stay_with_a_preset_and_those_of_terms_always(panel):
    panel.set_recorded_layers(LAYERS, DISTANCES)
    spin_box(panel, "layer_cost_coeff_fc").setValue(1.0)
    spin_box(panel, "misclassification_coeff").setValue(20.0)
    finish_edit(panel, "misclassification_coeff")
    doubled = tuple(2 * distance for distance in DISTANCES)
    panel.set_recorded_layers(LAYERS, doubled)
    expected = usual_coefficients(LAYERS, doubled).with_terms(misclassification=20.0)
    layers = {**expected.layer_cost_coeffs, "fc": 1.0}
    assert panel.coefficients() == replace(expected, layer_cost_coeffs=layers)
    panel.set_recorded_layers(LAYERS)
    assert panel.coefficients() == article_coefficients(LAYERS).with_terms(misclassification=20.0)


def test_why_there_is_no_scaled_preset_is_told(panel):
    note = panel.findChild(QLabel, "coefficients_note")
    assert not note.isVisible()
    panel.set_recorded_layers(LAYERS, (), NOT_SCALED)
    assert (note.isVisible(), note.text()) == (True, NOT_SCALED)
    panel.set_recorded_layers(LAYERS, DISTANCES)
    assert not note.isVisible()


def test_the_applied_line_keeps_its_room(qtbot, panel):
    label = panel.findChild(QLabel, "coefficients_applied")
    height = label.height()
    panel.set_applied("Applied at step 37.")
    assert label.text() == "Applied at step 37."
    panel.set_applied("")
    assert (label.isVisible(), label.height()) == (True, height)


def test_it_fits_a_narrow_dock(panel):
    assert panel.minimumSizeHint().width() <= 300


def test_every_control_has_a_name_for_screen_readers_and_a_tooltip(panel):
    for kind in (QAbstractSpinBox, QAbstractSlider, QAbstractButton, QComboBox):
        for control in panel.findChildren(kind):
            if not isinstance(control, QScrollBar):
                assert control.objectName(), control
                assert control.accessibleName(), control.objectName()
                assert control.toolTip(), control.objectName()


@pytest.mark.parametrize("layers", [(), ("inputs", "fc")])
def test_a_line_that_goes_while_it_is_edited_tells_nothing_more(panel, stack, qtbot, layers):
    field = spin_box(panel, "layer_cost_coeff_conv1")
    panel.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    field.selectAll()
    qtbot.keyClicks(field, "0.5")
    panel.set_recorded_layers(layers)
    field.clearFocus()
    field.interpretText()
    field.editingFinished.emit()
    assert panel.coefficients() == article_coefficients(layers)
    assert stack.count() == 0


def test_the_long_numbers_of_a_deeper_net_are_shown_rounded_and_kept_exact(qtbot, panel):
    layers = ("inputs", "conv0", "conv1", "conv2", "fc")
    panel.set_recorded_layers(layers)
    exact = article_coefficients(layers).layer_cost_coeffs
    boxes = [spin_box(panel, f"layer_cost_coeff_{layer}") for layer in layers]
    assert [box.text() for box in boxes] == ["1e-5", "5.62e-5", "3.16e-4", "1.78e-3", "0.01"]
    for box in boxes:
        assert box.fontMetrics().horizontalAdvance(box.text()) <= box.lineEdit().width()
        box.setFocus()
        box.interpretText()
        box.clearFocus()
    assert panel.coefficients().layer_cost_coeffs == exact
    boxes[1].lineEdit().setText("5.63e-5")
    boxes[1].interpretText()
    assert panel.coefficients().layer_cost_coeffs["conv0"] == 5.63e-5


def effect(panel):
    return panel.findChild(QLabel, "coefficient_effect")


def shares(panel):
    return {name: panel.findChild(QLabel, f"{name}_share").text() for name in NAMES}


def test_what_more_of_a_coefficient_will_do_is_told_where_it_is_pointed_at(qtbot, panel):
    assert effect(panel).text() == "Point at a coefficient to read what more of it will do."
    panel.activateWindow()
    spin_box(panel, "batch_cost_coeff").setFocus()
    told = "More batch: images differ more from each other; 0 turns it off at every layer."
    qtbot.waitUntil(lambda: effect(panel).text() == told)
    slider = panel.findChild(QAbstractSlider, "layer_cost_coeff_fc_slider")
    QApplication.sendEvent(slider, QEnterEvent(QPointF(1, 1), QPointF(1, 1), QPointF(1, 1)))
    assert effect(panel).text() == (
        "More fc: as this layer sees them, images keep further away from the training images, "
        "and images differ more from each other."
    )
    panel.findChild(QAbstractSlider, "reference_cost_coeff_slider").setValue(7)
    assert effect(panel).text().startswith("More reference: images keep further away from the training images")


def test_the_line_that_tells_the_effect_never_moves_what_is_around_it(panel):
    line, row = effect(panel), spin_box(panel, "batch_cost_coeff")
    panel.resize(panel.minimumSizeHint().width(), 500)
    places = (line.geometry(), row.mapTo(panel, QPoint(0, 0)))
    for name in NAMES:
        panel.findChild(QAbstractSlider, f"{name}_slider").setValue(5)
        assert line.heightForWidth(line.width()) <= line.height(), name
        assert (line.geometry(), row.mapTo(panel, QPoint(0, 0))) == places


def test_each_coefficient_shows_its_share_of_the_cost(panel):
    assert set(shares(panel).values()) == {""}
    # Of each layer (i + 1) / 2 of reference and (i + 1) / 4 of batch, and 2.5 of misclassification: 10 in total.
    panel.set_shares(cost_shares(make_save(layers=LAYERS)))
    assert shares(panel) == {
        "misclassification_coeff": "25 %",
        "reference_cost_coeff": "50 %",
        "batch_cost_coeff": "25 %",
        "term_coeff_closeness": "0 %",
        "term_coeff_total_variation": "0 %",
        "layer_cost_coeff_inputs": "8 %",
        "layer_cost_coeff_conv0": "15 %",
        "layer_cost_coeff_conv1": "22 %",
        "layer_cost_coeff_fc": "30 %",
    }
    panel.set_shares({})
    assert set(shares(panel).values()) == {""}
