"""Datasets of one's own in the place of MNIST: every command, names of classes, what is recorded and refused."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import keras
import numpy as np
import pytest
from dataset_files import write_pictures

from fooler_gui.cli import main
from fooler_gui.cli.option_values import BadArguments, label_of
from fooler_gui.data.file_hash import sha256_of_dataset

NAMES = ["Cat", "dog", "DOG", "Red fox"]


@pytest.fixture(scope="module")
def pets(tmp_path_factory) -> Path:
    """Returns a folder of pictures, 8 × 6 × 3, of four classes that differ in brightness."""
    folder = tmp_path_factory.mktemp("own") / "pets"
    rng = np.random.default_rng(0)
    for part, count in (("train", 12), ("test", 3)):
        for place, name in enumerate(NAMES):
            pictures = rng.integers(60 * place, 60 * place + 60, (count, 8, 6, 3), np.uint8)
            write_pictures(folder / part, pictures, [name] * count)
    return folder


@pytest.fixture(scope="module")
def net(pets, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("net") / "pets.keras"
    layers = ["--conv", "3x3x2", "--dense", "6", "--steps", "20", "--batch-size", "8", "--learning-rate", "0.01"]
    assert main(["train", "--data", str(pets), "--out", str(path), *layers]) == 0
    return path


@pytest.fixture(scope="module")
def run(pets, net, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("run") / "run"
    steps = ["--max-steps", "2", "--min-steps", "2", "--min-probability", "0", "--slots", "2"]
    words = ["--data", str(pets), "--classifier", str(net), "--out", str(folder), "--label", "cat", "red FOX", "1"]
    assert main(["backwork", *words, *steps]) == 0
    return folder


@pytest.fixture
def own(fooler, pets, net):
    """Returns a function that runs a command with the dataset and its classifier, and returns what it wrote as JSON."""

    def run(*words: object, code: int = 0):
        outcome = fooler(*words, "--data", pets, "--classifier", net, "--json")
        assert outcome.code == code, outcome.err
        assert outcome.err.startswith("The ")
        return json.loads(outcome.out)

    return run


def test_the_run_was_driven_towards_classes_by_name_and_number(run, pets):
    record = tomllib.loads((run / "run.toml").read_text())
    assert record["run"]["labels"] == [0, 2, 1]
    assert record["classifier"]["class_names"] == ["Cat", "DOG", "Red fox", "dog"]
    files = [*pets.rglob("*.png")]
    sha256 = sha256_of_dataset(pets, files)
    assert record["dataset"] == {"name": "pets", "path": str(pets), "sha256": sha256, "largest_side": 224}
    training = tomllib.loads((Path(record["run"]["classifier"]).with_suffix(".training") / "run.toml").read_text())
    assert training["dataset"] == record["dataset"]


def test_a_run_is_repeated_with_its_own_data_and_no_other(run, fooler, small_dataset, tmp_path):
    again = fooler("backwork", "--repeat", run, "--out", tmp_path / "again")
    assert again.code == 0
    assert "The images are identical to the last bit" in again.out
    refused = fooler("backwork", "--repeat", run, "--out", tmp_path / "other", "--data", small_dataset)
    assert refused.code == 2
    assert refused.err.startswith("The run was made with other data (pets, ")
    assert not (tmp_path / "other").exists()


def test_costs_and_figures_name_the_classes(own, run, fooler, pets, net, tmp_path):
    np.savez(tmp_path / "images.npz", images=np.random.default_rng(0).random((2, 8, 6, 3), np.float32))
    assert len(own("costs", "--label", "dog", "--images", tmp_path / "images.npz")["probabilities"]) == 2
    words = ("--label", 3, "--images", tmp_path / "images.npz", "--data", pets, "--classifier", net)
    assert "Probabilities of label dog\n" in fooler("costs", *words).out
    worst = own("figure", "worst", "--slots", 2, "--out", tmp_path / "worst.png")
    assert (worst["rows"], worst["columns"]) == (4, 2)
    drawn = fooler("figure", "fooling", "--run", run, "--out", tmp_path / "run.png", "--min-probability", 0)
    assert drawn.code == 0
    refused = fooler("figure", "fooling", "--run", run, "--out", tmp_path / "no.png", "--data", pets)
    assert refused.err.startswith("--data does not go with --run")


def test_an_evaluation_has_no_figures_of_mnist_and_no_opinion_of_a_net_that_read_digits(own, fooler, pets, net, run):
    report = own("evaluate", "--images", 12, "--run", run)
    assert report["published"] == []
    assert (report["dataset"], report["test"]["images"]) == ("pets", 12)
    assert {opinion["who"] for opinion in report["opinions"]} == {"nearest neighbours"}
    out = fooler("evaluate", "--images", 12, "--data", pets, "--classifier", net).out
    assert "Published figures and the independent net are those of MNIST; beside pets there are none" in out
    assert "Fashion-MNIST" not in out


def test_retraining_keeps_the_classes(own, run, tmp_path):
    settings = ("--steps", 2, "--noise", 2, "--blanks", 2)
    retrained = own("retrain", "--run", run, "--out", tmp_path / "better.keras", *settings)
    assert retrained["found_images"] == 6


def test_rounds_and_honesty_ask_the_nearest_neighbours(fooler, own, pets, net, tmp_path, monkeypatch):
    from fooler_gui.engine.descent import fresh_attack
    from fooler_gui.engine.mending import honesty

    monkeypatch.setattr(fresh_attack, "WITHIN", (2, 4, 6))
    monkeypatch.setattr(honesty, "STEPS", 2)
    assert len(own("honesty")["checks"]) > 2
    small = ("--rounds", 1, "--images-per-label", 1, "--steps-per-round", 2, "--stages", 1, "--digits", 8)
    words = ("--noise", 2, "--blanks", 1, "--out", tmp_path / "rounds", "--data", pets, "--classifier", net)
    made = fooler("rounds", *small, *words)
    assert made.code == 0, made.err
    assert "are the label\nto a vote of the nearest training images, too" in made.out
    assert tomllib.loads((tmp_path / "rounds" / "rounds.toml").read_text())["dataset"]["name"] == "pets"


def test_retraining_and_rounds_train_normalisation_and_dropout_from_a_folder_of_pictures(
    fooler, pets, tmp_path, monkeypatch
):
    from fooler_gui.engine.descent import fresh_attack
    from fooler_gui.engine.mending import honesty

    monkeypatch.setattr(fresh_attack, "WITHIN", (1, 2, 3))
    monkeypatch.setattr(honesty, "STEPS", 1)

    def make(command, *words):
        made = fooler(command, "--data", pets, *words, "--json")
        assert made.code == 0, made.err
        return json.loads(made.out)

    def weights(path):
        layers = keras.saving.load_model(path, compile=False).layers
        return {layer.name: layer.get_weights() for layer in layers if layer.get_weights()}

    net, run = tmp_path / "net.keras", tmp_path / "run"
    layers = ("--conv", "3x3x2,batchnorm,dropout=0.25", "--dense", "6,batchnorm,dropout=0.5")
    make("train", "--out", net, *layers, "--steps", 20, "--batch-size", 8, "--learning-rate", 0.01)
    opened = ("--classifier", net)
    make("backwork", *opened, "--label", "dog", "--slots", 2, "--max-steps", 2, "--min-probability", 0, "--out", run)
    small = ("--noise", 2, "--blanks", 1)
    files = [tmp_path / "once.keras", tmp_path / "twice.keras"]
    for file in files:
        made = make("retrain", *opened, "--run", run, "--out", file, "--steps", 5, "--batch-size", 8, *small)
        assert made["found_images"] == 2
    before, once, twice = (weights(path) for path in (net, *files))
    assert before.keys() == once.keys() == {"conv0_filters", "conv0_norm", "fc", "fc_norm", "logits"}
    for name, values in once.items():
        assert all(np.array_equal(*pair) for pair in zip(values, twice[name], strict=True))  # dropout is seeded
        assert all(not np.array_equal(*pair) for pair in zip(values, before[name], strict=True))  # means, variances too
    little = ("--rounds", 1, "--images-per-label", 1, "--steps-per-round", 2, "--stages", 1, "--digits", 16)
    rounds = make("rounds", *opened, "--out", tmp_path / "rounds", *little, *small, "--batch-size", 8)
    assert [report["number"] for report in rounds["rounds"]] == [0, 1]
    mended = weights(tmp_path / "rounds" / "round-01" / "classifier.keras")
    assert not np.array_equal(mended["fc_norm"][2], before["fc_norm"][2])


def test_mnist_named_by_its_path_is_mnist(fooler, small_dataset, classifier_file):
    told = json.loads(
        fooler("evaluate", "--images", 10, "--data", small_dataset, "--classifier", classifier_file, "--json").out
    )
    assert len(told["published"]) > 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--label", "dog", "--data", "nowhere"), "--data must be a dataset: an .npz, IDX, CSV or CIFAR binary file"),
        (("--label", "cow"), "by its name (Cat, DOG, Red fox, dog) or its number from 0 to 3; received 'cow'."),
        (("--label", "Dog"), "--label must name one class; 'Dog' is any of 1 (DOG), 3 (dog)."),
        (("--label", "4"), "its number from 0 to 3; received 4."),
        (("--label", "cat", "0"), "--label must not name a class twice; received 0 more than once."),
    ],
)
def test_what_is_no_class_or_no_dataset_is_refused(words, sentence, fooler, pets, net):
    data = () if "--data" in words else ("--data", pets)
    refused = fooler("backwork", *words, *data, "--classifier", net)
    assert refused.code == 2
    assert sentence in refused.err.splitlines()[-1]


def test_a_classifier_of_other_images_is_refused(fooler, pets, classifier_file):
    refused = fooler("backwork", "--label", "cat", "--data", pets, "--classifier", classifier_file)
    assert refused.code == 2
    assert "tiny.keras must take images of 3 channels, as the dataset's; it takes 1." in refused.err


@pytest.mark.parametrize(
    ("given", "names", "label"),
    [
        (2, ("7", "8", "9"), 2),
        (7, ("7", "8", "9"), 0),
        ("CAT", ("dog", "cat"), 1),
        ("a", ("A", "a"), 1),
        ("ß", ("SS",), 0),
    ],
)
def test_a_class_is_found_by_its_number_first_then_its_name(given, names, label):
    assert label_of(given, names) == label


def test_a_class_of_many_is_not_listed():
    with pytest.raises(BadArguments, match=r"^--label must be a class, by its name or its number from 0 to 99; rec"):
        label_of("none of them", [f"class {number}" for number in range(100)])


def test_a_repetition_opens_classifier_and_dataset_as_the_run_did(fooler, pets, net, tmp_path):
    folder, again = tmp_path / "run", tmp_path / "again"
    steps = ("--max-steps", 2, "--min-steps", 2, "--min-probability", 0, "--slots", 2, "--label", "dog")
    opened = ("--data", pets, "--largest-side", 96, "--classifier", net, "--input-range", "0..255")
    assert fooler("backwork", *opened, *steps, "--out", folder).code == 0
    record = tomllib.loads((folder / "run.toml").read_text(encoding="utf-8"))
    assert (record["classifier"]["input_range"], record["dataset"]["largest_side"]) == ("0..255", 96)
    outcome = fooler("backwork", "--repeat", folder, "--out", again, "--json")
    assert (outcome.code, json.loads(outcome.out)["differs_from"]) == (0, None)
    refused = fooler("backwork", "--repeat", folder, "--input-range", "0..1")
    assert refused.code == 2
    assert "--input-range" in refused.err


def test_a_run_starts_from_test_images_of_a_class_called_by_its_name(own, tmp_path):
    own(
        "backwork",
        "--label",
        "cat",
        "--start",
        "digits:RED FOX",
        "--slots",
        3,
        "--max-steps",
        1,
        "--out",
        tmp_path / "run",
    )
    record = tomllib.loads((tmp_path / "run" / "run.toml").read_text())
    assert record["run"]["start"] == f"digits:{record['classifier']['class_names'].index('Red fox')}"
