from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from fooler_gui.core.topology import Topology
from fooler_gui.data.file_hash import sha256_of


@pytest.fixture(scope="module")
def other_file(tmp_path_factory, small_dataset):
    from fooler_gui.engine.nets.building import build_classifier
    from fooler_gui.engine.nets.classifier_file import save_classifier

    path = tmp_path_factory.mktemp("other") / "other.keras"
    classifier = build_classifier(Topology(convolutions=(), dense=(6,)), (28, 28, 1), tuple("0123456789"), 8)
    save_classifier(classifier, path, 0.1, sha256_of(small_dataset))
    return path


def test_runs_and_images_of_others_are_scored_by_every_classifier(
    fooler, run_folder, classifier_file, other_file, images_file
):
    outcome = fooler(
        "transfer", run_folder, "--classifier", classifier_file, other_file, "--images", images_file, "--json"
    )
    assert outcome.code == 0, outcome.err
    facts = json.loads(outcome.out)
    assert [net["name"] for net in facts["nets"]] == ["tiny", "other"]
    run, images = facts["sets"]
    assert (run["name"], run["made_with"], run["images"], run["labelled"]) == ("run", "tiny", 4, True)
    assert [cell["own"] for cell in run["by_net"]] == [True, False]
    for cell in run["by_net"]:
        assert cell["share"] == cell["called"] / 4
        assert cell["interval"][0] <= cell["share"] <= cell["interval"][1]
    assert (images["images"], images["labelled"], images["by_net"][0]["share"]) == (3, False, None)


def test_the_classifiers_are_those_of_the_runs_where_none_are_given(fooler, run_folder):
    facts = json.loads(fooler("transfer", run_folder, "--json").out)
    assert [
        (net["name"], cell["own"]) for net, cell in zip(facts["nets"], facts["sets"][0]["by_net"], strict=True)
    ] == [("tiny", True)]


def test_only_found_images_are_asked_about_unless_all_are_wanted(fooler, classifier_file, tmp_path):
    arguments = ("backwork", "--label", "3", "--slots", "2", "--max-steps", "1", "--min-probability", "1")
    assert fooler(*arguments, "--classifier", classifier_file, "--out", tmp_path / "none").code == 0
    found = json.loads(fooler("transfer", tmp_path / "none", "--json").out)["sets"][0]
    every = json.loads(fooler("transfer", tmp_path / "none", "--all", "--json").out)["sets"][0]
    assert (found["images"], found["by_net"][0]["share"]) == (0, None)
    assert every["images"] == 2


def test_the_text_marks_the_net_that_images_were_made_with(
    fooler, run_folder, classifier_file, other_file, images_file
):
    out = fooler("transfer", run_folder, "--classifier", classifier_file, other_file, "--images", images_file).out
    header, run, images, *notes = out.splitlines()
    assert header.split() == ["images", "of", "made", "with", "images", "tiny", "other"]
    assert run.count(" of 4 · ") == 2
    assert run.count("*") == 1
    assert images.split()[:2] == ["images.npz", "3"]
    assert "Wilson" in notes[0]


def test_tables_and_a_picture_are_written(fooler, run_folder, tmp_path):
    files = {"--table": tmp_path / "t.csv", "--each": tmp_path / "e.csv", "--picture": tmp_path / "p.png"}
    pairs = [argument for pair in files.items() for argument in pair]
    outcome = fooler("transfer", run_folder, *pairs, "--json")
    assert json.loads(outcome.out)["files"] == [str(path) for path in files.values()]
    assert len((tmp_path / "t.csv").read_text().splitlines()) == 2
    assert len((tmp_path / "e.csv").read_text().splitlines()) == 5
    with Image.open(tmp_path / "p.png") as picture:
        assert picture.size[0] > 100
    again = fooler("transfer", run_folder, "--table", tmp_path / "t.csv")
    assert (again.code, "exists already" in again.err) == (2, True)


def test_bad_input_is_refused_in_a_sentence(fooler, run_folder, classifier_file, images_file, tmp_path):
    np.savez(tmp_path / "small.npz", images=np.zeros((1, 4, 4), np.float32))
    for arguments, sentence in (
        ((), "transfer needs images to ask about: the folder of a run, or --images."),
        (("--images", images_file), "transfer needs --classifier where there is no run"),
        ((run_folder, run_folder), "transfer must not name a folder twice"),
        ((tmp_path / "nowhere",), "there is no such folder"),
        ((run_folder, "--classifier", images_file), "--classifier must be an intact .keras or .h5 file"),
        ((run_folder, "--classifier", classifier_file, tmp_path / "no.keras"), "there is no"),
        ((run_folder, "--images", classifier_file), "--images must be an .npz, .npy or IDX file"),
        ((run_folder, "--images", tmp_path / "small.npz"), "must hold images of 28 × 28 × 1; received 4 × 4 × 1"),
    ):
        outcome = fooler("transfer", *arguments)
        assert outcome.code == 2
        assert sentence in outcome.err
        assert outcome.out == ""
