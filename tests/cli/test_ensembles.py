"""Tests of several classifiers on the command line: runs that fool all of them, and their repetition."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fooler_gui.cli.option_values import weighted_file
from fooler_gui.core.topology import Convolution, Topology
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.engine.nets.building import build_classifier
from fooler_gui.engine.nets.classifier_file import save_classifier
from fooler_gui.records.run_folder import read_record
from fooler_gui.records.run_reader import read_last_save


@pytest.fixture(scope="session")
def second(tmp_path_factory: pytest.TempPathFactory, small_dataset: Path) -> Path:
    path = tmp_path_factory.mktemp("second") / "second.keras"
    topology = Topology(convolutions=(Convolution(filters=3),), dense=(4,))
    save_classifier(
        build_classifier(topology, (28, 28, 1), tuple("0123456789"), 6), path, 0.9, sha256_of(small_dataset)
    )
    return path


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory, classifier_file: Path, second: Path) -> Path:
    """A run that fools both classifiers; nobody may change it."""
    from fooler_gui.cli import main

    folder = tmp_path_factory.mktemp("ensemble") / "run"
    nets = ["--classifier", str(classifier_file), "--classifier", f"{second}=0.5"]
    size = ["--label", "3", "7", "--slots", "2", "--max-steps", "3", "--min-probability", "1"]
    assert main(["backwork", *nets, *size, "--out", str(folder)]) == 0
    return folder


def test_a_run_of_several_classifiers_records_them_and_what_each_says(run, classifier_file, second):
    spec, last = read_record(run).spec, read_last_save(run)
    assert spec.classifiers == (str(classifier_file), str(second))
    assert [(each.weight, each.sha256) for each in spec.further] == [(0.5, sha256_of(second))]
    assert last.net_probabilities is not None
    assert last.net_probabilities.shape == (2, 2, 2)
    assert (last.probabilities == last.net_probabilities.min(axis=0)).all()


def test_a_run_of_several_classifiers_is_repeated_to_the_last_bit(fooler, run, classifier_file, second, tmp_path):
    outcome = fooler("backwork", "--repeat", run, "--out", tmp_path / "again", "--json")
    facts = json.loads(outcome.out)
    assert (outcome.code, facts["differs_from"]) == (0, None)
    assert [net["classifier"] for net in facts["by_classifier"]] == [str(classifier_file), str(second)]
    assert [net["weight"] for net in facts["by_classifier"]] == [1.0, 0.5]
    assert min(net["min_probability"] for net in facts["by_classifier"]) == facts["min_probability"]
    text = fooler("backwork", "--repeat", run, "--out", tmp_path / "third").out
    assert text.splitlines()[0].split() == ["classifier", "weight", "lowest", "p", "mean", "p"]
    assert text.splitlines()[2].split()[:2] == ["second.keras", "0.5"]


def test_classifiers_elsewhere_are_named_for_a_repetition(fooler, run, classifier_file, second, tmp_path):
    first, moved = tmp_path / "first.keras", tmp_path / "moved.keras"
    first.write_bytes(classifier_file.read_bytes())
    moved.write_bytes(second.read_bytes())
    nets = ("--classifier", first, "--classifier", moved)
    assert fooler("backwork", "--repeat", run, *nets, "--out", tmp_path / "again").code == 0
    assert read_record(tmp_path / "again").spec.classifiers == (str(first), str(moved))
    refused = fooler("backwork", "--repeat", run, *nets, "--classifier", second, "--out", tmp_path / "third")
    assert (refused.code, refused.err) == (
        2,
        "--classifier must name the 2 classifiers of the run, or its first one alone; received 3.\n",
    )
    refused = fooler("backwork", "--repeat", run, *nets[:3], f"{moved}=2", "--out", tmp_path / "third")
    assert "A weight of --classifier does not go with --repeat" in refused.err
    refused = fooler("backwork", "--repeat", run, *nets[:3], classifier_file, "--out", tmp_path / "third")
    assert refused.code == 2
    assert f"{classifier_file} must be the classifier that was chosen, with SHA-256" in refused.err


def test_a_further_classifier_that_is_not_there_or_not_allowed_is_refused(fooler, classifier_file, second, tmp_path):
    def refusal(*nets: object) -> str:
        options = [part for net in nets for part in ("--classifier", net)]
        outcome = fooler("backwork", "--label", 3, *options, "--out", tmp_path / "run")
        assert (outcome.code, outcome.out) == (2, "")
        return outcome.err.splitlines()[-1]

    missing = tmp_path / "none.keras"
    assert refusal(classifier_file, missing).endswith(f"there is no {missing}.")
    assert refusal(classifier_file, f"{second}=0") == (
        "the weight of --classifier must be a number from 0.01 to 100; received 0."
    )
    assert refusal(f"{classifier_file}=2").startswith("The first --classifier must have no weight")
    assert refusal(classifier_file, second, second) == (
        f"An ensemble must not name a classifier twice; received {second} more than once."
    )
    assert not (tmp_path / "run").exists()


def test_the_first_figure_may_fool_several_classifiers_and_the_second_shows_one(
    fooler, classifier_file, second, tmp_path
):
    nets = ("--classifier", classifier_file, "--classifier", second)
    size = ("--slots", 1, "--max-steps", 1, "--min-probability", 0)
    assert fooler("figure", "fooling", *nets, *size, "--out", tmp_path / "f.png").code == 0
    refused = fooler("figure", "worst", *nets, "--out", tmp_path / "w.png")
    assert (refused.code, refused.err) == (2, "figure worst must have one --classifier; received several.\n")


def test_a_weight_stands_behind_the_file_unless_the_file_is_called_so(tmp_path):
    assert weighted_file("a.keras") == (Path("a.keras"), None)
    assert weighted_file("a.keras=0.5") == (Path("a.keras"), 0.5)
    assert weighted_file("seed=3.keras") == (Path("seed=3.keras"), None)
    called = tmp_path / "net=3"
    called.touch()
    assert weighted_file(str(called)) == (called, None)
