from __future__ import annotations

import json

import keras
import pytest

layers = keras.layers


@pytest.fixture
def saved(tmp_path):
    def save(*parts, shape=(28, 28, 1), classes=10, name="net.keras"):
        keras.utils.set_random_seed(1)
        keras.Sequential([keras.Input(shape), *parts, layers.Flatten(), layers.Dense(classes)]).save(tmp_path / name)
        return tmp_path / name

    return save


def test_a_classifier_is_described_as_json(fooler, classifier_file):
    done = fooler("describe", classifier_file, "--json")
    assert (done.code, done.err) == (0, "")
    facts = json.loads(done.out)
    assert (facts["name"], facts["classes"], facts["class_names"]) == ("tiny", 10, list("0123456789"))
    assert (facts["input_shape"], facts["input_range"], facts["test_accuracy"]) == ([28, 28, 1], "0..1", 0.9)
    assert (facts["adapted"], len(facts["sha256"])) == ([], 64)
    assert [layer["name"] for layer in facts["recorded_layers"]] == ["inputs", "conv0", "fc"]
    conv0 = facts["recorded_layers"][1]
    assert (conv0["units"], conv0["bytes"], conv0["reference_bytes"]) == (392, 1_568, 1_000 * (784 + 144))
    assert sum(layer["parameters"] for layer in facts["layers"]) == facts["parameters"]
    assert facts["layers"][0]["shape"] == [28, 28, 2]


def test_the_time_of_recorded_layers_is_measured_only_if_asked_for(fooler, classifier_file):
    def told(*options):
        recorded = json.loads(fooler("describe", classifier_file, *options, "--json").out)["recorded_layers"]
        return {layer["name"]: layer["milliseconds"] for layer in recorded}

    assert told() == {"inputs": None, "conv0": None, "fc": None}
    assert all(milliseconds >= 0 for milliseconds in told("--timed").values())
    assert "ms a step" in fooler("describe", classifier_file).out


def test_what_is_adapted_is_told(fooler, saved):
    path = saved(layers.Rescaling(1 / 255), layers.Dense(9, activation="relu"), shape=(28, 28))
    done = fooler("describe", path)
    assert done.code == 0
    for sentence in (
        "It takes images of 28 × 28 without a channel, so the channel is dropped.",
        "It gives logits, so a softmax is put behind.",
        "It gets pixels from 0 to 255, as its first layers tell.",
    ):
        assert sentence in done.out


def test_a_classifier_of_other_images_is_described_by_itself(fooler, saved):
    (path := saved(layers.Conv2D(2, 3), shape=(16, 16, 3), classes=3)).with_name("labels.txt").write_text(
        "0 Cat\n1 Dog\n2 Ant\n"
    )
    facts = json.loads(fooler("describe", path, "--json").out)
    assert (facts["input_shape"], facts["class_names"]) == ([16, 16, 3], ["Cat", "Dog", "Ant"])
    assert facts["test_accuracy"] is None
    assert facts["adapted"][-1] == (
        "It gets pixels from 0 to 1, as nothing in it tells otherwise and no dataset that fits can be tried; another "
        "input range can be set."
    )
    assert {layer["reference_bytes"] for layer in facts["recorded_layers"]} == {0}
    assert "not measured" in fooler("describe", path).out


def test_a_mobilenet_without_a_dataset_gets_what_such_nets_are_made_for(fooler, saved):
    path = saved(layers.DepthwiseConv2D(3, name="expanded_conv_depthwise"), shape=(16, 16, 3), classes=3)
    facts = json.loads(fooler("describe", path, "--json").out)
    assert facts["input_range"] == "-1..1"
    assert facts["adapted"][-1] == (
        "It gets pixels from -1 to 1, as a MobileNet without a scaling of its own does; another input range can be set."
    )
    assert json.loads(fooler("describe", path, "--input-range=0..1", "--json").out)["input_range"] == "0..1"


def test_a_range_can_be_asked_for(fooler, saved):
    path = saved(layers.Dense(9, activation="relu"))
    for given in ("0..255", "-1..1", "mean/std"):
        facts = json.loads(fooler("describe", path, f"--input-range={given}", "--json").out)
        assert facts["input_range"] == given
    refused = fooler("describe", saved(shape=(16, 16, 3)), "--input-range", "mean/std")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "needs a dataset" in refused.err


def test_a_net_of_two_outputs_is_asked_for_one(fooler, tmp_path):
    images = keras.Input((28, 28, 1))
    flat = layers.Flatten()(images)
    network = keras.Model(images, [layers.Dense(10, name="digit")(flat), layers.Dense(2, name="parity")(flat)])
    network.save(tmp_path / "two.keras")
    refused = fooler("describe", tmp_path / "two.keras")
    assert (refused.code, refused.out) == (2, "")
    assert "has 2 outputs, digit and parity; choose one, for instance with --output digit." in refused.err
    facts = json.loads(fooler("describe", tmp_path / "two.keras", "--output", "digit", "--json").out)
    assert (facts["classes"], facts["input_shape"]) == (10, [28, 28, 1])


def test_what_was_adapted_is_told_once_by_other_commands(fooler, saved, images_file):
    path = saved(layers.Dense(9, activation="relu"), shape=(28, 28))
    done = fooler("costs", "--label", "3", "--images", images_file, "--classifier", path)
    assert done.code == 0
    assert done.err.count("so the channel is dropped.") == 1


def test_what_is_no_classifier_is_refused(fooler, images_file):
    refused = fooler("describe", images_file)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "must be an intact .keras or .h5 file" in refused.err
