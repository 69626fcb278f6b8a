from __future__ import annotations

import hashlib
import json

from PIL import Image

from fooler_gui import __version__


def test_the_worst_images_make_ten_rows(fooler, classifier_file, tmp_path):
    path = tmp_path / "worst.png"
    outcome = fooler("figure", "worst", "--classifier", classifier_file, "--slots", 3, "--out", path, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out) == {"file": str(path), "rows": 10, "columns": 3}
    with Image.open(path) as picture:
        assert picture.text["Classifier SHA-256"] == hashlib.sha256(classifier_file.read_bytes()).hexdigest()
        assert picture.height > picture.width


def test_the_fooling_images_of_a_run_are_drawn_as_they_are(fooler, run_folder, classifier_file, tmp_path):
    path = tmp_path / "fooling.png"
    outcome = fooler("figure", "fooling", "--run", run_folder, "--out", path)
    assert outcome.code == 0
    assert "2 rows of 2 images" in outcome.out
    with Image.open(path) as picture:
        assert __version__ in picture.text["Software"]
        assert picture.text["Random seed"] == "0"
        assert picture.text["Classifier SHA-256"] == hashlib.sha256(classifier_file.read_bytes()).hexdigest()


def test_without_a_run_every_class_is_driven_first(fooler, classifier_file, tmp_path):
    path = tmp_path / "fooling.png"
    outcome = fooler(
        "figure", "fooling", "--classifier", classifier_file, "--slots", 1, "--rng-seed", 4, "--out", path, "--json"
    )
    assert outcome.code == 0
    assert json.loads(outcome.out) == {"file": str(path), "rows": 10, "columns": 1}
    with Image.open(path) as picture:
        assert picture.text["Random seed"] == "4"


def test_a_picture_is_replaced_only_when_that_is_asked_for(fooler, run_folder, tmp_path):
    path = tmp_path / "fooling.png"
    path.write_bytes(b"mine")
    assert fooler("figure", "fooling", "--run", run_folder, "--out", path).code == 2
    assert path.read_bytes() == b"mine"
    assert fooler("figure", "fooling", "--run", run_folder, "--out", path, "--overwrite").code == 0
    with Image.open(path) as picture:
        assert picture.format == "PNG"
