from __future__ import annotations

import csv
import hashlib
import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from recorded_runs import recorded

from fooler_gui import __version__
from fooler_gui.core.milestones import NAMES
from fooler_gui.engine.nets.classifier_file import load_classifier
from fooler_gui.exports.figures import lay_out_figure
from fooler_gui.resources import runs_folder

SCALE = 3
QUICK = ("--rng-seed", 4, "--max-steps", 3, "--min-probability", 0)
"""A threshold of 0 stops every label at its start; without it three steps are done."""


def check_cells(path: Path, images: np.ndarray, row_names: list[str]) -> None:
    """Checks that the picture at `path` shows (R, B, 28, 28, 1) `images` in [0, 1], each in its cell."""
    # A probability's caption is narrower than an image of 84 pixels, so that any caption lays out the same.
    layout = lay_out_figure(images, row_names, [["1.000"] * images.shape[1]] * images.shape[0], SCALE)
    with Image.open(path) as picture:
        assert picture.size == layout.size
        pixels = np.asarray(picture.convert("RGB"))
    for row, rectangles in enumerate(layout.cells):
        for column, (x, y, width, height) in enumerate(rectangles):
            expected = np.rint(images[row, column] * 255).repeat(SCALE, 0).repeat(SCALE, 1)
            assert (width, height) == (84, 84)
            np.testing.assert_array_equal(pixels[y : y + 84, x : x + 84], np.broadcast_to(expected, (84, 84, 3)))


def test_the_figure_may_be_made_by_evolution(fooler, classifier_file, tmp_path):
    pytest.importorskip("ribs")
    outcome = fooler("figure", "fooling", "--classifier", classifier_file, "--slots", 1, "--max-steps", 3,
                     "--optimiser", "evolution", "--encoding", "cppn", "--population", 4, "--out", tmp_path / "a.png",
                     "--json")  # fmt: skip
    facts = json.loads(outcome.out)
    reached = [milestone for image in facts["milestones"] for milestone in image["by_name"].values()]
    assert (facts["rows"], facts["columns"], facts["steps"]) == (10, 1, 3)
    assert all(milestone["evaluations"] == 4 * milestone["step"] for milestone in reached)


@pytest.fixture(scope="module")
def digits() -> list[str]:
    return list("0123456789")


@pytest.mark.parametrize("slots", [8, 3])
def test_every_image_of_the_first_figure_stands_in_its_cell(fooler, classifier_file, tmp_path, digits, slots):
    same = ("--classifier", classifier_file, "--slots", slots, "--rng-seed", 4, "--max-steps", 3)
    assert fooler("backwork", "--label", "all", *same, "--out", tmp_path / "run").code == 0
    path = tmp_path / "fooling.png"
    outcome = fooler("figure", "fooling", *same, "--out", path, "--json")
    saves = recorded(tmp_path / "run")
    images, probabilities = saves["images"][-1], saves["probabilities"][-1]
    check_cells(path, images, digits)
    facts = json.loads(outcome.out)
    assert (facts["rows"], facts["columns"], facts["images"], facts["steps"]) == (10, slots, 10 * slots, 3)
    assert facts["min_probability"] == 0.999
    assert facts["reached"] == int((probabilities > 0.999).sum()) < 10 * slots
    assert outcome.code == 1
    assert f"{facts['reached']} of {10 * slots} images are over 0.999 after 3 steps." in outcome.err
    drawn = tmp_path / "drawn.png"
    fooler("figure", "fooling", "--run", tmp_path / "run", "--out", drawn)
    with Image.open(drawn) as one, Image.open(path) as other:
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("count", [8, 2])
def test_every_image_of_the_second_figure_stands_in_its_cell(
    fooler, classifier_file, small_dataset, tmp_path, digits, count
):
    path = tmp_path / "worst.png"
    outcome = fooler("figure", "worst", "--classifier", classifier_file, "--slots", count, "--out", path, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out) == {
        "file": str(path), "rows": 10, "columns": count, "row_names": list("0123456789")
    }  # fmt: skip
    with np.load(small_dataset) as dataset:
        images = dataset["train_images"].reshape(-1, 28, 28, 1).astype(np.float32) / 255
        labels = dataset["train_labels"]
    classifier, _ = load_classifier(classifier_file)
    probabilities = classifier.probabilities(images)[np.arange(len(labels)), labels]
    worst = [
        images[labels == label][np.argsort(probabilities[labels == label], kind="stable")[:count]]
        for label in range(10)
    ]
    check_cells(path, np.stack(worst), digits)
    with Image.open(path) as picture:
        assert picture.text["Classifier SHA-256"] == hashlib.sha256(classifier_file.read_bytes()).hexdigest()


def test_the_fooling_images_of_a_run_are_drawn_as_they_are(fooler, run_folder, classifier_file, tmp_path):
    path = tmp_path / "fooling.png"
    outcome = fooler("figure", "fooling", "--run", run_folder, "--out", path)
    assert (outcome.code, outcome.err) == (0, "")
    assert "2 rows of 2 images" in outcome.out
    assert "All 4 images are over 0 after 2 steps." in outcome.out
    saves = recorded(run_folder)
    check_cells(path, saves["images"][-1], ["3", "7"])
    with Image.open(path) as picture:
        assert __version__ in picture.text["Software"]
        assert picture.text["Random seed"] == "0"
        assert picture.text["Classifier SHA-256"] == hashlib.sha256(classifier_file.read_bytes()).hexdigest()


def test_the_images_of_a_run_can_be_held_against_another_threshold(fooler, run_folder, tmp_path):
    path = tmp_path / "fooling.png"
    outcome = fooler("figure", "fooling", "--run", run_folder, "--out", path, "--min-probability", 1, "--json")
    assert outcome.code == 1
    assert outcome.err == "0 of 4 images are over 1 after 2 steps. The figure is drawn all the same.\n"
    assert path.is_file()
    facts = json.loads(outcome.out)
    assert (facts["reached"], facts["images"], facts["min_probability"]) == (0, 4, 1.0)


def test_without_a_run_every_class_is_driven_first(fooler, classifier_file, tmp_path):
    path = tmp_path / "fooling.png"
    outcome = fooler(
        "figure", "fooling", "--classifier", classifier_file, "--slots", 1, *QUICK, "--out", path, "--json"
    )
    assert (outcome.code, outcome.err) == (0, "")
    facts = json.loads(outcome.out)
    assert (facts["rows"], facts["columns"], facts["reached"], facts["images"], facts["steps"]) == (10, 1, 10, 10, 0)
    with Image.open(path) as picture:
        assert picture.text["Random seed"] == "4"


def test_a_figure_may_start_from_images_and_have_further_terms(fooler, classifier_file, images_file, tmp_path):
    quick = ("--classifier", classifier_file, *QUICK, "--min-probability", 1, "--out", tmp_path / "f.png", "--json")
    made = fooler("figure", "fooling", *quick, "--start", images_file, "--term", "closeness=2")
    facts = json.loads(made.out)
    assert (facts["rows"], facts["columns"], facts["steps"]) == (10, 3, 3)
    (folder,) = runs_folder().iterdir()
    run = tomllib.loads((folder / "run.toml").read_text())["run"]
    assert (run["start"], run["coefficients"]["term_coeffs"]) == (str(images_file), {"closeness": 2.0})
    made = fooler("figure", "fooling", *quick, "--overwrite", "--start", "digits:7", "--slots", 2)
    assert json.loads(made.out)["columns"] == 2
    starts = {tomllib.loads((run / "run.toml").read_text())["run"]["start"] for run in runs_folder().iterdir()}
    assert starts == {str(images_file), "digits:7"}


def test_milestones_are_told_for_each_image_and_written_as_a_table(fooler, run_folder, tmp_path):
    table = tmp_path / "milestones.csv"
    options = ("--run", run_folder, "--out", tmp_path / "fooling.png", "--milestones", table)
    facts = json.loads(fooler("figure", "fooling", *options, "--json").out)
    saves = recorded(run_folder)
    probabilities, leads, steps = saves["probabilities"], saves["leads"], saves["steps"].tolist()
    images, distances = saves["images"], saves["distances"]
    assert [(entry["label"], entry["slot"]) for entry in facts["milestones"]] == [(3, 0), (3, 1), (7, 0), (7, 1)]
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert len(rows) == 4
    for place, entry, row in zip(np.ndindex(2, 2), facts["milestones"], rows, strict=True):
        held = [leads, *(probabilities > threshold for threshold in (0.99, 0.999, 0.9999))]
        for name, holds in zip(NAMES, held, strict=True):
            firsts = np.flatnonzero(holds[:, *place])
            assert (name in entry["by_name"]) == (len(firsts) > 0)
            assert row[f"{name}: step"] == (str(steps[firsts[0]]) if len(firsts) else "")
            if len(firsts):
                image = images[firsts[0], *place]
                assert entry["by_name"][name] == {
                    "step": steps[firsts[0]],
                    "evaluations": steps[firsts[0]],
                    "distance": float(distances[firsts[0], *place]),
                    "largest_change": float(np.abs(image - images[0, *place]).max()),
                    "least": float(image.min()),
                    "greatest": float(image.max()),
                }


def test_milestones_of_a_run_made_on_the_way_are_those_of_its_record(fooler, classifier_file, tmp_path):
    same = ("--classifier", classifier_file, "--slots", 2, "--max-steps", 4)
    fooler("backwork", "--label", "all", *same, "--out", tmp_path / "run")
    recorded = fooler("figure", "fooling", "--run", tmp_path / "run", "--out", tmp_path / "first.png", "--json")
    made = fooler("figure", "fooling", *same, "--out", tmp_path / "second.png", "--json")
    milestones = json.loads(made.out)["milestones"]
    assert milestones == json.loads(recorded.out)["milestones"]
    assert any(entry["by_name"] for entry in milestones)
