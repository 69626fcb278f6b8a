from __future__ import annotations

import pytest

from fooler_gui.core.errors import LabError
from fooler_gui.core.preset_file import read_preset
from fooler_gui.core.settings import article_coefficients

LAYERS = ("inputs", "fc")


def test_a_file_with_some_coefficients_has_the_articles_others(tmp_path):
    path = tmp_path / "gentle.toml"
    path.write_text("batch_cost_coeff = 2\n[layer_cost_coeffs]\nfc = 0.5\n")
    preset = read_preset(path)
    coefficients = preset.coefficients(LAYERS)
    assert preset.name == "gentle"
    assert coefficients.term_coeffs["batch"] == 2.0
    assert coefficients.term_coeffs["reference"] == 0.5
    assert dict(coefficients.layer_cost_coeffs) == {"inputs": 1e-5, "fc": 0.5}


def test_a_file_may_give_a_coefficient_to_any_term(tmp_path):
    path = tmp_path / "near.toml"
    path.write_text("misclassification_coeff = 3\n[term_coeffs]\ncloseness = 2\n")
    expected = article_coefficients(LAYERS).with_terms(misclassification=3.0, closeness=2.0)
    assert read_preset(path).coefficients(LAYERS) == expected


def test_a_file_may_hold_settings_of_the_descent_that_go_with_it(tmp_path):
    path = tmp_path / "robust.toml"
    path.write_text("misclassification_coeff = 3\n[descent]\ntransformations = 4\nobjective = 'margin'\n")
    preset = read_preset(path)
    assert preset.descent == {"transformations": 4, "objective": "margin"}
    assert preset.coefficients(LAYERS) == article_coefficients(LAYERS).with_terms(misclassification=3.0)
    path.write_text("misclassification_coeff = 3\n")
    assert read_preset(path).descent == {}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("descent = 3", "Settings must be a table of learning_rate"),
        ("[descent]\nspeed = 3", "'speed' is not a setting here; known are learning_rate"),
        ("[descent]\ntransformations = -1", "transformations must be a whole number from 0 to 100; received -1"),
        ("misclassification_coeff = ", "must be written in TOML"),
        ("wrong = 1", "'wrong' is not a coefficient; known are "),
        ("batch_cost_coeff = -1", "batch_cost_coeff must be a number from 0 to 1000000; received -1"),
        ("batch_cost_coeff = inf", "batch_cost_coeff must be a number"),
        (
            "[term_coeffs]\nspeed = 1",
            "There is no term 'speed'; there are misclassification, reference, batch, closeness",
        ),
        (
            "batch_cost_coeff = 1\n[term_coeffs]\nbatch = 1",
            "The coefficient of batch must be given once; received it twice",
        ),
        ("layer_cost_coeffs = 3", "layer_cost_coeffs must be a table"),
        ("format = 2", "must hold coefficients of format 1; received 2"),
        ("name = 3", "must be a text of at most 100 characters"),
        (f"name = '{'a' * 101}'", "must be a text of at most 100 characters"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(tmp_path, text, sentence):
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(LabError, match=sentence) as caught:
        read_preset(path)
    assert "\n" not in str(caught.value)


def test_coefficients_of_another_classifiers_layers_are_refused(tmp_path):
    path = tmp_path / "deep.toml"
    path.write_text("[layer_cost_coeffs]\nconv7 = 1\n")
    with pytest.raises(LabError, match="records no layer 'conv7'; it records inputs, fc"):
        read_preset(path).coefficients(LAYERS)
