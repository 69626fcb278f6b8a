from __future__ import annotations

import tomllib

from export_samples import CHANGED
from saves import LAYERS

from fooler_gui.core.preset_file import read_preset
from fooler_gui.exports.preset_file import write_preset


def test_a_written_preset_is_read_back(tmp_path):
    path = tmp_path / "mine.toml"
    write_preset(path, "strong “batch”", CHANGED, {})
    preset = read_preset(path)
    assert preset.name == "strong “batch”"
    assert preset.coefficients(LAYERS) == CHANGED


def test_a_written_preset_names_its_format_and_every_coefficient(tmp_path):
    path = tmp_path / "mine.toml"
    write_preset(path, "mine", CHANGED, {})
    assert tomllib.loads(path.read_text()) == {
        "format": 1,
        "name": "mine",
        "misclassification_coeff": 10.0,
        "reference_cost_coeff": 0.5,
        "batch_cost_coeff": 2.0,
        "layer_cost_coeffs": {"inputs": 1e-5, "conv0": 1e-4, "conv1": 1e-3, "fc": 1e-2},
    }


def test_a_written_preset_names_terms_that_are_off_by_default_only_where_they_are_on(tmp_path):
    path = tmp_path / "near.toml"
    near = CHANGED.with_terms(closeness=0.5)
    write_preset(path, "near", near, {})
    assert tomllib.loads(path.read_text())["term_coeffs"] == {"closeness": 0.5}
    assert read_preset(path).coefficients(LAYERS) == near


def test_the_descent_that_goes_with_coefficients_is_written_and_read_back(tmp_path):
    path = tmp_path / "robust.toml"
    write_preset(path, "robust", CHANGED, {"transformations": 4, "objective": "margin"})
    assert tomllib.loads(path.read_text())["descent"] == {"transformations": 4, "objective": "margin"}
    preset = read_preset(path)
    assert preset.descent == {"transformations": 4, "objective": "margin"}
    assert preset.coefficients(LAYERS) == CHANGED
