from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from fooler_gui.engine.nets.classifier_file import load_classifier

IMAGES = np.random.default_rng(3).random((4, 28, 28, 1), np.float32)


@pytest.fixture
def score(fooler, classifier_file, tmp_path):
    def run(*options: object, **arrays: object):
        np.savez(tmp_path / "set.npz", **arrays)
        return fooler("score", tmp_path / "set.npz", "--classifier", classifier_file, *options)

    return run


def test_images_of_others_are_scored_beside_their_labels(score, classifier_file):
    facts = json.loads(score("--json", x_adv=IMAGES, y=[3, 7, 0, 1]).out)
    expected = load_classifier(classifier_file)[0].probabilities(IMAGES)
    assert facts["images"] == 4
    assert facts["labels"] == ["3", "7", "0", "1"]
    assert facts["tops"] == [str(top) for top in expected.argmax(axis=1)]
    assert facts["top_probabilities"] == pytest.approx(expected.max(axis=1).tolist())
    assert facts["probabilities"] == pytest.approx(expected[range(4), [3, 7, 0, 1]].tolist())
    assert facts["as_label"] == int((expected.argmax(axis=1) == [3, 7, 0, 1]).sum())
    assert facts["found"] == facts["sure"] == 0


def test_the_text_has_a_row_for_each_image_and_counts(score):
    lines = score(x_adv=IMAGES, y=[3, 7, 0, 1]).out.splitlines()
    assert lines[0].split("  ")[0] == "image"
    assert [line.split()[0] for line in lines[1:5]] == ["1", "2", "3", "4"]
    assert lines[-1].startswith("4 images: ")
    assert lines[-1].endswith("taken for the label, 0 with over 0.999.")


def test_images_without_labels_may_be_given_one(score):
    outcome = score(x=IMAGES)
    assert outcome.out.splitlines()[-1] == "4 images: 0 over 0.999 of some class."
    facts = json.loads(score("--label", 7, "--json", x=IMAGES, y=[99, 0, 0, 0]).out)
    assert facts["labels"] == ["7"] * 4


def test_of_many_images_the_first_are_shown(score):
    lines = score(x=np.repeat(IMAGES, 20, axis=0)).out.splitlines()
    assert len(lines) == 1 + 50 + 3
    assert "The first 50 of 80 images; --json has all." in lines


def test_what_is_converted_is_told(score):
    outcome = score(x=(np.rint(IMAGES * 255)).transpose(0, 3, 1, 2))
    assert outcome.code == 0
    assert outcome.err.splitlines() == [
        "Channels were moved from the first axis of each image to the last.",
        "Pixels from 0 to 255 were scaled to 0 to 1.",
    ]


def test_found_images_of_an_export_come_back_as_they_were(fooler, run_folder, classifier_file, tmp_path):
    assert fooler("export", run_folder, "--to", tmp_path / "found.npz").code == 0
    facts = json.loads(fooler("score", tmp_path / "found.npz", "--classifier", classifier_file, "--json").out)
    with np.load(tmp_path / "found.npz", allow_pickle=False) as arrays:
        assert facts["labels"] == [str(label) for label in arrays["y"]] == ["3", "3", "7", "7"]
        np.testing.assert_allclose(facts["probabilities"], arrays["p"], rtol=1e-5)


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"x": IMAGES[:, :9]}, "x must hold images of 28 × 28 × 1; received 9 × 28 × 1"),
        ({"x": IMAGES, "y": [0, 1, 2, 10]}, "y must be classes from 0 to 9; received 10"),
        ({"a": IMAGES, "b": IMAGES}, "it holds a, b"),
    ],
)
def test_bad_files_get_a_sentence(score, arrays, sentence):
    outcome = score(**arrays)
    assert (outcome.code, outcome.out) == (2, "")
    assert sentence in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_file_that_is_not_there_is_told(fooler):
    outcome = fooler("score", Path("none.npz"))
    assert outcome.code == 2
    assert outcome.err == (
        "Images must be an .npz, .npy or IDX file of images, or a folder of pictures; there is no none.npz.\n"
    )
