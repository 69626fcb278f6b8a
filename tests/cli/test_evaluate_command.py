from __future__ import annotations

import gzip
import json
import struct

import numpy as np
import pytest

from fooler_gui.core.evaluation_report import FILE_SETS, FOUND, TAKEN_AS_STORED, TURNED_UPRIGHT, made_sets
from fooler_gui.core.published import PUBLISHED
from fooler_gui.engine.lab import Lab

FEW = ("--images", 20)


@pytest.fixture
def idx_file(tmp_path):
    path = tmp_path / "clothes.gz"
    images = np.random.default_rng(0).integers(0, 256, (30, 28, 28), dtype=np.uint8)
    path.write_bytes(gzip.compress(b"\0\0\x08\x03" + struct.pack(">3I", *images.shape) + images.tobytes()))
    return path


def test_every_figure_stands_beside_what_was_published(fooler, classifier_file):
    outcome = fooler("evaluate", "--classifier", classifier_file, *FEW, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    facts = json.loads(outcome.out)
    assert [figures["name"] for figures in facts["sets"]] == list(made_sets())
    assert facts["missing"] == [FOUND, *FILE_SETS]
    assert (facts["test"]["images"], facts["settings"]["images"], facts["stopped"]) == (1_000, 20, False)
    assert len(facts["published"]) == len(PUBLISHED)
    for row, published in zip(facts["published"], PUBLISHED, strict=True):
        assert (row["set"], row["figure"], row["published"]) == (published.name, published.figure, published.value)
        if row["set"] in FILE_SETS:
            assert row["ours"] is row["in_band"] is None
        assert row["band"] is row["in_band"] is None  # bands are for the article's layers
    uniform = next(figures for figures in facts["sets"] if figures["name"] == "uniform")
    ours = {row["ours"] for row in facts["published"] if (row["set"], row["figure"]) == ("uniform", "auroc")}
    assert ours == {uniform["auroc"]}


def test_runs_and_files_are_evaluated_too(fooler, classifier_file, run_folder, idx_file):
    outcome = fooler(
        "evaluate", "--classifier", classifier_file, *FEW, "--run", run_folder, "--set", f"fashion-mnist={idx_file}",
        f"mine={idx_file}", "--json",
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    facts = json.loads(outcome.out)
    assert [(figures["name"], figures["images"]) for figures in facts["sets"][-3:]] == [
        (FOUND, 4),
        ("fashion-mnist", 20),
        ("mine", 20),
    ]
    assert FOUND not in facts["missing"]
    assert {share["name"] for share in facts["opinions"]} == {"driven", FOUND}


def test_the_letters_of_emnist_are_turned_upright_and_that_is_told(fooler, classifier_file, idx_file, tmp_path):
    head, images = gzip.decompress(idx_file.read_bytes())[:16], gzip.decompress(idx_file.read_bytes())[16:]
    lying = np.frombuffer(images, np.uint8).reshape(30, 28, 28).transpose(0, 2, 1)
    (tmp_path / "letters").write_bytes(head + lying.tobytes())
    np.savez(tmp_path / "upright.npz", np.frombuffer(images, np.uint8).reshape(30, 28, 28))
    arguments = ("evaluate", "--classifier", classifier_file, *FEW, "--set")
    files = f"emnist={tmp_path / 'letters'}", f"upright={idx_file}", f"emnist-own={tmp_path / 'upright.npz'}"
    outcome = fooler(*arguments, *files, "--json")
    turned, upright, own = json.loads(outcome.out)["sets"][-3:]
    assert turned["mean_confidence"] == upright["mean_confidence"] == own["mean_confidence"]
    assert turned["note"] == TURNED_UPRIGHT
    assert upright["note"] == ""
    assert own["note"] == TAKEN_AS_STORED
    assert f"EMNIST letters: {TURNED_UPRIGHT}" in fooler(*arguments, *files).out


def test_the_text_says_what_was_not_loaded_and_where_numbers_are_from(fooler, classifier_file):
    text = fooler("evaluate", "--classifier", classifier_file, *FEW).out
    assert text.startswith("tiny: 1,000 test images")
    assert "Fashion-MNIST                not loaded" in text
    assert "another net" in text
    assert "OUTSIDE" not in text  # bands are for the article's layers
    assert "[1] convolutions of 32 and 64, dense 1024; vogelta.github.io" in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--set", "nothing"), "--set must be a name and a file"),
        (("--set", "uniform=x.gz"), "must not use the name of a set that is always evaluated; received uniform"),
        (("--set", "mine=x.gz", "mine=y.gz"), "must not name a set twice; received mine"),
        (("--set", "mine=nowhere.gz"), "There is no file nowhere.gz"),
        (("--images", 3), "--images must be a whole number from 10 to 100000; received 3"),
        (("--run", "nowhere"), "must be the folder of a run"),
        (("--classifier", "nowhere.keras"), "nowhere.keras"),
    ],
)
def test_bad_input_is_refused_with_a_sentence(fooler, arguments, sentence):
    outcome = fooler("evaluate", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert sentence in outcome.err
    assert outcome.err.count("\n") == 1


def test_after_a_stop_what_was_done_is_told(fooler, classifier_file, monkeypatch):
    perform = Lab.perform

    def stopped_after_the_digits(self, job, control):
        for message in perform(self, job, control):
            yield message
            if type(message).__name__ == "DigitsEvaluated":
                control.stop()

    monkeypatch.setattr(Lab, "perform", stopped_after_the_digits)
    outcome = fooler("evaluate", "--classifier", classifier_file, *FEW, "--json")
    assert outcome.code == 130
    assert "so far" in outcome.err
    facts = json.loads(outcome.out)
    assert (facts["stopped"], facts["sets"]) == (True, [])
