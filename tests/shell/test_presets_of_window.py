"""Presets of coefficients that also set some of the descent, in the whole window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from open_window import OpenWindow
from PySide6.QtWidgets import QComboBox, QSpinBox

from fooler_gui.core.coefficient_presets import DESCENT_OF_PRESETS, coefficient_presets
from fooler_gui.core.settings import DescentSettings
from fooler_gui.exports.preset_file import write_preset

ROBUST = replace(DescentSettings(), **DESCENT_OF_PRESETS["recognisable"])


def preset_box(opened: OpenWindow) -> QComboBox:
    box = opened.window.coefficients.findChild(QComboBox, "coefficient_preset")
    assert box is not None
    return box


def transformations(opened: OpenWindow) -> int:
    editor = opened.window.descent.findChild(QSpinBox, "transformations")
    assert editor is not None
    return editor.value()


def test_a_preset_sets_coefficients_and_descent_of_the_next_run_and_undo_takes_both_back(opened: OpenWindow) -> None:
    opened.begin()
    before = opened.model.setup
    preset_box(opened).setCurrentText("recognisable")
    expected = coefficient_presets(tuple(before.coefficients.layer_cost_coeffs))["recognisable"]
    assert (opened.model.setup.coefficients, opened.model.setup.descent) == (expected, ROBUST)
    assert transformations(opened) == ROBUST.transformations
    opened.action("undo").trigger()
    assert (opened.model.present_setup().coefficients, opened.model.setup.descent) == (
        before.coefficients,
        before.descent,
    )
    assert transformations(opened) == 0


def test_a_descent_changed_in_its_panel_is_a_change_of_the_preset(opened: OpenWindow) -> None:
    opened.begin()
    preset_box(opened).setCurrentText("recognisable")
    editor = opened.window.descent.findChild(QSpinBox, "transformations")
    assert editor is not None
    editor.setValue(3)
    assert opened.model.present_setup().descent == replace(ROBUST, transformations=3)
    assert preset_box(opened).currentText() == "recognisable, changed"


def test_coefficients_that_are_opened_bring_the_descent_of_their_file(opened: OpenWindow, tmp_path: Path) -> None:
    opened.begin()
    coefficients = opened.model.setup.coefficients.with_terms(total_variation=2.0)
    write_preset(tmp_path / "robust.toml", "robust", coefficients, {"transformations": 4})
    write_preset(tmp_path / "plain.toml", "plain", coefficients, {})
    opened.lab.setups.open(tmp_path / "robust.toml")
    assert opened.model.present_setup().coefficients == coefficients
    assert opened.model.setup.descent == replace(DescentSettings(), transformations=4)
    opened.lab.setups.open(tmp_path / "plain.toml")
    assert opened.model.present_setup().descent.transformations == 4
