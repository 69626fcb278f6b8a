from __future__ import annotations

import json

import numpy as np
import pytest

from fooler_gui.core.jobs import OpenClassifier
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import METHODS, CostCoefficients
from fooler_gui.engine.array_file import read_images
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
        "layers", "misclassification_cost", "weighted_misclassification_cost", "total", "probabilities",
    }  # fmt: skip
    assert facts["total"] == expected.costs.total
    assert facts["weighted_misclassification_cost"] == expected.costs.weighted_misclassification_cost
    assert facts["probabilities"] == expected.probabilities.tolist()
    for told, layer in zip(facts["layers"], expected.costs.layers, strict=True):
        assert told.keys() == LAYER_KEYS | SLOT_KEYS
        assert all(told[key] == getattr(layer, key) for key in LAYER_KEYS)
        assert all(told[key] == getattr(layer, key).tolist() for key in SLOT_KEYS)


def test_own_references_replace_the_training_images(fooler, classifier_file, images_file):
    outcome = fooler(
        "costs", "--label", 3, "--images", images_file, "--references", images_file, "--classifier", classifier_file,
        "--json",
    )  # fmt: skip
    distances = [layer["reference_distance"] for layer in json.loads(outcome.out)["layers"]]
    assert distances == pytest.approx([0] * len(distances), abs=1e-9)


def test_one_image_has_no_batch_distance(fooler, classifier_file, tmp_path):
    np.savez(tmp_path / "one.npz", images=np.zeros((1, 28, 28, 1), np.float32))
    arguments = ("costs", "--label", 3, "--images", tmp_path / "one.npz", "--classifier", classifier_file)
    assert [layer["batch_distance"] for layer in json.loads(fooler(*arguments, "--json").out)["layers"]] == [None] * 3
    text = fooler(*arguments)
    assert text.code == 0
    assert "Total" in text.out
