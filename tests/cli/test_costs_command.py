from __future__ import annotations

import json

import numpy as np
import pytest

from fooler_gui.core.cost_facts import layer_facts, term_facts
from fooler_gui.core.jobs import OpenClassifier
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import METHODS, CostCoefficients
from fooler_gui.data.array_file import read_images
from fooler_gui.engine.lab import Lab

LAYER_KEYS = {
    "name", "reference_distance", "batch_distance", "reference_cost", "batch_cost", "weighted_reference_cost",
    "weighted_batch_cost",
}  # fmt: skip


SLOT_KEYS = {"slot_reference_distances", "slot_batch_distances"}


def test_costs_are_those_of_the_engine(fooler, classifier_file, images_file, small_dataset, tmp_path):
    (tmp_path / "c.toml").write_text("misclassification_coeff = 3\n")
    outcome = fooler(
        "costs", "--label", 3, "--images", images_file, "--classifier", classifier_file, "--preset", "2016",
        "--coefficients", tmp_path / "c.toml", "--json",
    )  # fmt: skip
    facts = json.loads(outcome.out)
    lab = Lab(small_dataset)
    list(lab.perform(OpenClassifier(path=str(classifier_file)), RunControl()))
    images = read_images(images_file, (28, 28, 1))
    coefficients = CostCoefficients.from_dict({"misclassification_coeff": 3}, lab.classifier_info.recorded_layers)
    expected = lab.evaluate(3, images, None, METHODS["2016"], coefficients)
    assert (outcome.code, outcome.err) == (0, "")
    assert facts.keys() == {
        "layers", "misclassification_cost", "weighted_misclassification_cost", "closeness_cost",
        "weighted_closeness_cost", "total_variation_cost", "weighted_total_variation_cost", "total", "terms",
        "probabilities", "references",
    }  # fmt: skip
    of_label = int((lab.dataset.train_labels == 3).sum())
    assert facts["references"] == {"used": of_label, "available": of_label}
    assert facts["total"] == expected.costs.total
    assert facts["weighted_misclassification_cost"] == expected.costs.of("misclassification").weighted_cost
    assert (facts["closeness_cost"], facts["weighted_closeness_cost"]) == (None, 0.0)
    assert facts["terms"] == term_facts(expected.costs)
    assert facts["probabilities"] == expected.probabilities.tolist()
    for found, layer in zip(facts["layers"], expected.costs.layers, strict=True):
        assert found.keys() == LAYER_KEYS | SLOT_KEYS
        assert {key: found[key] for key in LAYER_KEYS} == {"name": layer, **layer_facts(expected.costs, layer)}
        for term in ("reference", "batch"):
            assert found[f"slot_{term}_distances"] == expected.costs.of(term, layer).slot_values.tolist()


def test_terms_that_are_off_by_default_are_computed_where_a_file_gives_them_a_coefficient(
    fooler, classifier_file, images_file, tmp_path
):
    (tmp_path / "c.toml").write_text("[term_coeffs]\ntotal_variation = 0.5\n")
    arguments = (
        "costs", "--label", 3, "--images", images_file, "--classifier", classifier_file,
        "--coefficients", tmp_path / "c.toml",
    )  # fmt: skip
    facts = json.loads(fooler(*arguments, "--json").out)
    images = read_images(images_file, (28, 28, 1)).astype(np.float64)
    neighbours = [np.abs(np.diff(images, axis=axis)).sum(axis=(1, 2, 3)) for axis in (1, 2)]
    assert facts["total_variation_cost"] == pytest.approx(float(np.mean(sum(neighbours) / 28**2)), rel=1e-5)
    assert facts["weighted_total_variation_cost"] == 0.5 * facts["total_variation_cost"]
    assert facts["closeness_cost"] is None
    weighted = [term["weighted_cost"] for term in facts["terms"]]
    assert facts["total"] == pytest.approx(sum(weighted), rel=1e-12)
    text = fooler(*arguments).out
    assert "Total variation cost" in text
    assert "not computed, as its coefficient is 0" in text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[term_coeffs]\nspeed = 1\n", "There is no term 'speed'; there are misclassification, reference, batch"),
        ("batch_cost_coeff = 1\n[term_coeffs]\nbatch = 1\n", "The coefficient of batch must be given once"),
        ("[term_coeffs]\ncloseness = -1\n", "term_coeffs.closeness must be a number from 0 to 1000000"),
        ("term_coeffs = 3\n", "term_coeffs must be a table of terms and numbers"),
    ],
)
def test_term_coefficients_that_are_none_are_refused_in_one_sentence(
    fooler, classifier_file, images_file, tmp_path, content, sentence
):
    (tmp_path / "c.toml").write_text(content)
    outcome = fooler(
        "costs", "--label", 3, "--images", images_file, "--classifier", classifier_file,
        "--coefficients", tmp_path / "c.toml",
    )  # fmt: skip
    assert outcome.code != 0
    assert sentence in outcome.err
    assert outcome.err.count("\n") == 1


def test_own_references_replace_the_training_images(fooler, classifier_file, images_file):
    outcome = fooler(
        "costs", "--label", 3, "--images", images_file, "--references", images_file, "--classifier", classifier_file,
        "--json",
    )  # fmt: skip
    distances = [layer["reference_distance"] for layer in json.loads(outcome.out)["layers"]]
    assert distances == pytest.approx([0] * len(distances), abs=1e-9)


def test_closeness_is_measured_from_the_start_images_and_is_0_without_them(
    fooler, classifier_file, images_file, tmp_path
):
    (tmp_path / "c.toml").write_text("[term_coeffs]\ncloseness = 2\n")
    images = read_images(images_file, (28, 28, 1))
    np.save(tmp_path / "starts.npy", np.abs(images - 0.5))
    arguments = (
        "costs", "--label", 3, "--images", images_file, "--classifier", classifier_file,
        "--coefficients", tmp_path / "c.toml", "--json",
    )  # fmt: skip
    assert json.loads(fooler(*arguments).out)["closeness_cost"] == 0
    facts = json.loads(fooler(*arguments, "--start-images", tmp_path / "starts.npy").out)
    expected = float(np.mean((images - np.abs(images - 0.5)).astype(np.float64) ** 2))
    assert facts["closeness_cost"] == pytest.approx(expected, rel=1e-5)
    assert facts["weighted_closeness_cost"] == 2 * facts["closeness_cost"]


def test_start_images_must_be_as_many_as_the_images(fooler, classifier_file, images_file, tmp_path):
    count = len(read_images(images_file, (28, 28, 1)))
    np.save(tmp_path / "starts.npy", np.zeros((count + 1, 28, 28, 1), np.float32))
    outcome = fooler(
        "costs", "--label", 3, "--images", images_file, "--classifier", classifier_file,
        "--start-images", tmp_path / "starts.npy",
    )  # fmt: skip
    assert outcome.code != 0
    assert f"--start-images must be as many as --images, {count}; received {count + 1}." in outcome.err


def test_one_image_has_no_batch_distance(fooler, classifier_file, tmp_path):
    np.savez(tmp_path / "one.npz", images=np.zeros((1, 28, 28, 1), np.float32))
    arguments = ("costs", "--label", 3, "--images", tmp_path / "one.npz", "--classifier", classifier_file)
    assert [layer["batch_distance"] for layer in json.loads(fooler(*arguments, "--json").out)["layers"]] == [None] * 3
    text = fooler(*arguments)
    assert text.code == 0
    assert "Total" in text.out
