from __future__ import annotations

import json

import keras
import numpy as np
import pytest
from PIL import Image

from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import load_classifier, save_classifier


@pytest.fixture(scope="module")
def linear_file(tmp_path_factory):
    """The file of a classifier of one layer with random weights: some image is of each class."""
    images = keras.Input((28, 28, 1))
    probabilities = keras.layers.Dense(10, "softmax", use_bias=False)(keras.layers.Flatten()(images))
    network = keras.Model(images, probabilities)
    network.set_weights([np.random.default_rng(0).standard_normal((784, 10)).astype(np.float32)])
    path = tmp_path_factory.mktemp("linear") / "linear.keras"
    save_classifier(Classifier(network, tuple("0123456789")), path, 0.1)
    return path


@pytest.fixture
def least_change(fooler, linear_file, images_file):
    """Runs the command with three images of noise and the linear classifier."""
    return lambda *more: fooler(
        "least-change", "--start", images_file, "--label", 3, "--classifier", linear_file, *more
    )


def test_images_become_the_label_and_are_told_and_written(least_change, linear_file, images_file, tmp_path):
    files = [tmp_path / f"change.{ending}" for ending in ("png", "npz", "csv")]
    outcome = least_change("--steps", 60, "--json", "--out", *files)
    facts = json.loads(outcome.out)
    assert outcome.code == 0
    assert (facts["images"], facts["found"], facts["steps"], facts["stopped"]) == (3, 3, 60, False)
    assert facts["files"] == [str(path) for path in files]
    with np.load(files[1]) as arrays, np.load(images_file) as given:
        images, starts = arrays["images"], arrays["starts"]
        np.testing.assert_array_equal(starts[..., 0], given["images"])
    probabilities = load_classifier(linear_file)[0].probabilities(images)
    assert (probabilities.argmax(axis=1) == 3).all()
    changes = (images - starts).reshape(3, -1).astype(np.float64)
    assert facts["means"]["l2"] == pytest.approx(np.sqrt((changes**2).sum(axis=1)).mean())
    assert [change["linf"] for change in facts["changes"]] == pytest.approx(np.abs(changes).max(axis=1).tolist())
    with Image.open(files[0]) as picture:
        assert min(picture.size) > 3 * 84
    assert len(files[2].read_text(encoding="utf-8").splitlines()) == 4


def test_the_same_command_gives_the_same_images(least_change, tmp_path):
    for name in ("one", "other"):
        assert least_change("--steps", 10, "--out", tmp_path / f"{name}.npz").code == 0
    with np.load(tmp_path / "one.npz") as one, np.load(tmp_path / "other.npz") as other:
        np.testing.assert_array_equal(one["images"], other["images"])


def test_the_text_has_a_line_for_each_image_and_their_mean(least_change):
    outcome = least_change("--steps", 60)
    lines = [line.split() for line in outcome.out.splitlines()]
    table = lines[lines.index(["image", "was", "p", "L2", "L∞", "pixels", "confidence"]) + 1 :]
    assert [line[0] for line in table[:4]] == ["0", "1", "2", "mean"]
    assert float(table[3][1]) == pytest.approx(np.mean([float(line[3]) for line in table[:3]]), abs=0.001)
    assert "3 of 3 images" in outcome.out


def test_a_seven_becomes_a_three(fooler, small_dataset, tmp_path):
    """The article's classifier, test images of a class, and whatever else is the default."""
    path = tmp_path / "change.npz"
    arguments = ("--start", "digits:7", "--label", 3, "--slots", 2, "--steps", 40, "--out", path)
    facts = json.loads(fooler("least-change", *arguments, "--json").out)
    assert facts["found"] == 2
    assert all(change["start_class"] == 7 for change in facts["changes"])
    assert facts["means"]["l2"] < 4
    with np.load(path) as arrays, np.load(small_dataset) as dataset:
        sevens = dataset["test_images"][dataset["test_labels"] == 7].reshape(-1, 28, 28, 1) / 255
        for start in arrays["starts"]:
            assert np.abs(sevens - start).max(axis=(1, 2, 3)).min() < 1e-6


def test_starts_must_be_named(fooler):
    outcome = fooler("least-change", "--label", 3)
    assert (outcome.code, outcome.err) == (
        2, "--start must name the images to change, such as digits:7; received none.\n"
    )  # fmt: skip


def test_where_images_do_not_become_the_label_that_is_a_failure_and_all_is_written(least_change, tmp_path):
    path = tmp_path / "change.npz"
    outcome = least_change("--confidence", 100, "--steps", 2, "--out", path)
    assert outcome.code == 1
    assert outcome.err.endswith("0 of 3 images became 3.\n")
    assert "not found" in outcome.out
    with np.load(path) as arrays:
        assert not arrays["found"].any()


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--label", "12"], "--label must be a class, by its name or its number from 0 to 9; received 12."),
        (["--steps", "0"], "--steps must be a whole number from 1 to 100000; received 0."),
        (["--out", "change.gif"], "--out must be files that end with .png, .npz, .csv; received change.gif."),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(least_change, more, sentence):
    outcome = least_change(*more)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.splitlines()[-1] == sentence


def test_a_file_that_exists_is_replaced_only_if_that_is_asked_for(least_change, tmp_path):
    path = tmp_path / "change.csv"
    path.write_text("mine")
    outcome = least_change("--steps", 1, "--out", path)
    assert outcome.code == 2
    assert path.read_text() == "mine"
    assert "--overwrite" in outcome.err
