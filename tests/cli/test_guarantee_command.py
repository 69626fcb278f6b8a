from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

IMAGES = np.random.default_rng(3).random((4, 28, 28, 1), np.float32)


@pytest.fixture
def guarantee_file(fooler, classifier_file, tmp_path) -> Path:
    path = tmp_path / "sure.keras"
    outcome = fooler("guarantee", "--classifier", classifier_file, "--out", path, "--components", 20, "--json")
    assert outcome.code == 0, outcome.err
    return path


@pytest.fixture
def noise_file(tmp_path) -> Path:
    np.savez(tmp_path / "noise.npz", images=IMAGES)
    return tmp_path / "noise.npz"


def test_a_classifier_is_given_a_guarantee(fooler, classifier_file, tmp_path):
    path = tmp_path / "sure.keras"
    outcome = fooler("guarantee", "--classifier", classifier_file, "--out", path, "--components", 20)
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    assert lines[0].startswith("components ")
    assert "fitted on 834 training images" in lines[0]
    assert lines[1] == "kept               99.95 % of 166 validation images"
    assert [line.split("more than ")[1] for line in lines[3:6]] == ["11 %.", "50 %.", "99.9 %."]
    assert lines[-1] == f"Wrote {path}"
    again = fooler("guarantee", "--classifier", classifier_file, "--out", path)
    assert (again.code, again.err) == (
        2,
        f"{path} exists already; give another name, or --overwrite to replace it.\n",
    )


def test_the_classifier_and_the_densities_are_trained_together(fooler, classifier_file, tmp_path):
    path = tmp_path / "joint.keras"
    outcome = fooler(
        "guarantee", "--classifier", classifier_file, "--out", path, "--components", 20, "--joint-steps", 3
    )
    assert (outcome.code, outcome.err) == (0, "")
    assert "fitted on 834 training images and trained with the classifier for 3 steps, in " in outcome.out
    noise = tmp_path / "noise.npz"
    np.savez(noise, images=IMAGES)
    assert fooler("certify", "--classifier", path, "--images", noise).code == 0


def test_images_are_certified(fooler, guarantee_file, noise_file):
    arguments = ("certify", "--classifier", guarantee_file, "--images", noise_file, "--radius", 2)
    facts = json.loads(fooler(*arguments, "--json").out)
    assert (facts["classifier"], facts["radius"], facts["levels"]) == ("sure", 2, [0.11, 0.5, 0.999])
    assert len(facts["images"]) == 4
    for image in facts["images"]:
        assert 0 < image["radius_11"] <= image["radius_50"] <= image["radius_999"] < 28
        assert image["confidence"] <= image["bound"]
        assert image["nearest"] > image["radius_11"]
    assert facts["median_radii"][0] == pytest.approx(np.median([image["radius_11"] for image in facts["images"]]))
    lines = fooler(*arguments).out.splitlines()
    assert re.split(" {2,}", lines[0].strip()) == [
        "image", "confidence", "r 11 %", "r 50 %", "r 99.9 %", "bound at 2", "nearest"
    ]  # fmt: skip
    assert [line.split()[0] for line in lines[1:6]] == ["1", "2", "3", "4", "median"]


def test_an_evaluation_tells_what_is_certified(fooler, guarantee_file):
    arguments = ("evaluate", "--classifier", guarantee_file, "--images", 10)
    facts = json.loads(fooler(*arguments, "--json").out)
    uniform = next(figures for figures in facts["sets"] if figures["name"] == "uniform")["certified"]
    assert (uniform["images"], uniform["level"], uniform["share"]) == (10, 0.11, 1)
    assert 0 < uniform["median_share"] < 1
    lines = fooler(*arguments).out.splitlines()
    row = next(line for line in lines[lines.index("") :] if line.startswith("Uniform noise") and "100.0 %" in line)
    assert row.split() == [
        "Uniform", "noise", "10", "100.0", "%", f"{uniform['radii'][25]:.2f}", f"{uniform['median_share']:.2f}",
    ]  # fmt: skip


def test_a_descent_starts_on_a_classifier_with_a_guarantee(fooler, guarantee_file, tmp_path):
    arguments = ("backwork", "--label", 3, "--slots", 2, "--max-steps", 3, "--min-steps", 3)
    outcome = fooler(*arguments, "--classifier", guarantee_file, "--out", tmp_path / "run", "--json")
    assert outcome.code == 0, outcome.err
    assert json.loads(outcome.out)["found"] == 0


def test_what_has_no_guarantee_is_refused(fooler, classifier_file, noise_file):
    outcome = fooler("certify", "--classifier", classifier_file, "--images", noise_file)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "tiny must be a classifier with a guarantee, as `fooler guarantee` makes it; it has none.\n"
    outcome = fooler("certify", "--classifier", classifier_file, "--images", noise_file, "--radius", -1)
    assert outcome.err == "--radius must be a number from 0 to 1000; received -1.\n"
