from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from classifier_files import (
    BAD_INPUT,
    HOSTILE,
    archive_of,
    chain,
    layer_called,
    members_of,
    refusal,
    saved_by_keras,
    with_configuration,
)
from tiny import CLASS_NAMES, evaluated, make_batch, make_classifier, noise

from fooler_gui.core.settings import MethodSettings, article_coefficients
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import ClassifierFileError, describe, load_classifier, save_classifier
from fooler_gui.resources import bundled_classifier

layers = keras.layers


def test_a_classifier_comes_back_as_it_was_saved(good: Path) -> None:
    saved = make_classifier(class_names=("cat", "dög", "no 3"))
    loaded, accuracy = load_classifier(good)
    assert accuracy == 0.875
    assert loaded.class_names == ("cat", "dög", "no 3")
    assert loaded.recorded_layers == saved.recorded_layers
    assert loaded.flat_layers == saved.flat_layers
    images = noise((5, 8, 8, 1))
    np.testing.assert_array_equal(loaded.probabilities(images), saved.probabilities(images))


def test_stock_keras_loads_the_file_without_this_program(good: Path, tmp_path: Path) -> None:
    images = noise((3, 8, 8, 1))
    np.save(tmp_path / "images.npy", images)
    code = (
        "import sys, keras, numpy as np\n"
        "network = keras.saving.load_model(sys.argv[1])\n"
        "images = np.load(sys.argv[2])\n"
        "np.save(sys.argv[3], network(images).numpy())\n"
        "assert not [name for name in sys.modules if name.startswith('fooler')]\n"
    )
    paths = [str(good), str(tmp_path / "images.npy"), str(tmp_path / "probabilities.npy")]
    done = subprocess.run(
        [sys.executable, "-c", code, *paths], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    expected = load_classifier(good)[0].probabilities(images)
    np.testing.assert_allclose(np.load(tmp_path / "probabilities.npy"), expected, rtol=1e-5)


def test_a_description_tells_what_the_file_holds(good: Path) -> None:
    classifier, accuracy = load_classifier(good)
    assert accuracy is not None
    info = describe(classifier, good, accuracy)
    assert (info.name, info.path, info.input_shape) == ("good", str(good), (8, 8, 1))
    assert len(info.sha256) == 64
    assert info.parameters == classifier.network.count_params()
    assert info.topology == "conv 2 · dense 5"


def test_a_file_holds_weights_alone_and_no_optimiser(good: Path) -> None:
    members = members_of(good)
    assert set(members) == {"metadata.json", "config.json", "model.weights.h5", "fooler.json"}
    assert not json.loads(members["config.json"]).get("compile_config")
    assert len(members["model.weights.h5"]) < 40_000


def test_saving_replaces_a_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "mine.keras"
    path.write_bytes(b"something else")
    save_classifier(make_classifier(), path, 0.5)
    assert load_classifier(path)[1] == 0.5
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.keras"]


@pytest.mark.parametrize("name", ["mine.h5", "mine", "mine.keras.zip", ".keras"])
def test_saving_under_another_ending_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ClassifierFileError, match=r"must end in \.keras; received"):
        save_classifier(make_classifier(), tmp_path / name, 0.5)
    assert list(tmp_path.iterdir()) == []


def test_saving_into_a_folder_that_is_none_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "missing" / "mine.keras", tmp_path / "file" / "mine.keras"):
        with pytest.raises(ClassifierFileError, match=r"mine\.keras cannot be written: .+\."):
            save_classifier(make_classifier(), path, 0.5)
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


def test_a_failed_save_leaves_the_former_file_and_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.keras"
    classifier = make_classifier()
    save_classifier(classifier, path, 0.5)
    before = path.read_bytes()

    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full_disk)
    with pytest.raises(ClassifierFileError, match="No space left on device"):
        save_classifier(classifier, path, 0.7)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.keras"]


def test_an_ending_in_capitals_is_written_as_it_was_given(tmp_path: Path) -> None:
    path = tmp_path / "NET.KERAS"
    save_classifier(make_classifier(), path, 0.5)
    assert [entry.name for entry in tmp_path.iterdir()] == ["NET.KERAS"]
    assert load_classifier(path)[1] == 0.5


@pytest.mark.parametrize(
    ("network", "sentence"),
    [
        (
            lambda: chain(layers.Dense(3, activation="softmax"), shape=(8,)),
            "takes 8 numbers, which are no square image",
        ),
        (lambda: chain(layers.Conv2D(3, 3, activation="softmax")), "it makes images, as an autoencoder"),
        (lambda: chain(layers.Reshape((64, 1)), layers.Conv1D(3, 3)), r"it makes arrays of shape (62, 3)"),
        (lambda: chain(layers.Flatten(), layers.Dense(1)), "it gives one number, as a regression does"),
        (lambda: chain(layers.Flatten(), layers.Dense(3, activation="sigmoid")), "(3 sigmoids)"),
        (lambda: chain(layers.Conv2D(3, 3, padding="same"), shape=(None, None, 1)), "takes images of any size"),
        (lambda: chain(layers.Flatten(), layers.Dense(3), shape=(2, 2, 2, 3)), "it takes arrays of shape (2, 2, 2, 3)"),
    ],
    ids=["vector", "image output", "sequence", "regression", "sigmoids", "any size", "film"],
)
def test_nets_that_do_not_turn_images_into_probabilities_are_refused(
    network: Callable[[], keras.Model], sentence: str, tmp_path: Path
) -> None:
    assert sentence in refusal(saved_by_keras(tmp_path / "net.keras", network()))


def test_nets_with_two_inputs_are_refused_and_the_inputs_named(tmp_path: Path) -> None:
    one, other = keras.Input((8, 8, 1), name="left"), keras.Input((8, 8, 1), name="right")
    dense = layers.Dense(3, activation="softmax")
    network = keras.Model([one, other], [dense(layers.Flatten()(one)), dense(layers.Flatten()(other))])
    sentence = refusal(saved_by_keras(tmp_path / "net.keras", network))
    assert "must take one image; it takes 2 inputs (left, right)" in sentence


@BAD_INPUT
def test_a_net_that_was_never_built_is_refused(tmp_path: Path) -> None:
    network = keras.Sequential([layers.Flatten(), layers.Dense(3, activation="softmax")])
    assert "must be an intact .keras or .h5 file" in refusal(saved_by_keras(tmp_path / "net.keras", network))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_one_weight_that_is_no_finite_number_is_refused(value: float, tmp_path: Path) -> None:
    broken = make_classifier()
    bias = broken.network.get_layer("fc").bias
    bias.assign(np.where(np.arange(5) == 3, value, 0))
    save_classifier(broken, tmp_path / "net.keras", 0.1)
    assert refusal(tmp_path / "net.keras") == (
        "net.keras must hold weights that are finite numbers; those of fc/bias are not."
    )


@pytest.mark.parametrize(("value", "reason"), [(np.inf, "finite numbers"), (-1.0, "variances of at least 0")])
def test_an_impossible_variance_is_refused(value: float, reason: str, tmp_path: Path) -> None:
    norm = layers.BatchNormalization(name="norm")
    flat = [layers.Flatten(), layers.Dense(3, activation="softmax")]
    network = keras.Sequential([keras.Input((8, 8, 1)), norm, layers.ReLU(), *flat])
    norm.moving_variance.assign([value])
    sentence = refusal(saved_by_keras(tmp_path / "net.keras", network))
    assert reason in sentence
    assert "norm/moving_variance" in sentence


def test_weights_so_great_that_nothing_comes_of_an_image_are_refused(tmp_path: Path) -> None:
    great = make_classifier()
    great.network.set_weights([np.full_like(weights, 3e38) for weights in great.network.get_weights()])
    save_classifier(great, tmp_path / "net.keras", 0.1)
    assert "must give a probability of each class" in refusal(tmp_path / "net.keras")


@pytest.mark.parametrize("functional", [False, True])
@pytest.mark.parametrize("whole", ["uint8", "int32", "int64"])
def test_a_net_that_asks_for_whole_numbers_takes_fractions_and_has_a_gradient(
    whole: str, functional: bool, tmp_path: Path, dataset: Dataset
) -> None:
    inner = [layers.Rescaling(2.0), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(3, activation="softmax")]
    images = keras.Input((8, 8, 1), dtype=whole)
    signal = images
    for layer in inner:
        signal = layer(signal)
    network = keras.Model(images, signal) if functional else keras.Sequential([images, *inner])
    classifier = load_classifier(saved_by_keras(tmp_path / "net.keras", network))[0]
    shown = noise((4, 8, 8, 1))
    expected = signal_of(inner, shown)
    np.testing.assert_allclose(classifier.probabilities(shown), expected, rtol=1e-5)
    assert not np.allclose(classifier.probabilities(shown), classifier.probabilities(np.zeros_like(shown)))
    batch = make_batch(CostFunction(classifier, MethodSettings()), dataset)
    assert evaluated(batch, article_coefficients(classifier.recorded_layers)).gradient.any()
    save_classifier(classifier, tmp_path / "again.keras")
    np.testing.assert_allclose(keras.saving.load_model(tmp_path / "again.keras")(shown).numpy(), expected, rtol=1e-5)


def signal_of(inner: list[keras.layers.Layer], images: np.ndarray) -> np.ndarray:
    signal = images
    for layer in inner:
        signal = layer(signal)
    probabilities: np.ndarray = signal.numpy()
    return probabilities


@pytest.mark.parametrize(
    "notes",
    [b"5", b"{}", b'{"class_names": 5, "test_accuracy": NaN}', b'{"class_names": ["a"], "test_accuracy": 7.5}',
     b'{"class_names": ["", "b", "c"], "test_accuracy": "0.5"}', b'{"class_names": [["a"], 2, null]}', b"{", b"\xff",
     b'{"class_names": ["a", "b", "\\ud800"], "measured_sha256": {}}', b'{"class_names": ["a", "b", "c\\n"]}'],
)  # fmt: skip
def test_notes_that_make_no_sense_are_passed_over(notes: bytes, good: Path, tmp_path: Path) -> None:
    path = archive_of(tmp_path / "net.keras", members_of(good) | {"fooler.json": notes})
    classifier, accuracy = load_classifier(path)
    assert classifier.class_names == ("0", "1", "2")
    assert accuracy is None


def test_an_accuracy_is_believed_only_of_the_very_net_it_was_measured_on(good: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.keras"
    save_classifier(make_classifier(rng_seed=9), other, 0.25)
    swapped = members_of(good) | {"model.weights.h5": members_of(other)["model.weights.h5"]}
    assert load_classifier(archive_of(tmp_path / "swapped.keras", swapped))[1] is None

    def change(configuration: Any) -> None:
        layer_called(configuration, "fc_relu")["config"]["negative_slope"] = 0.5

    assert load_classifier(with_configuration(good, tmp_path / "changed.keras", change))[1] is None
    without = members_of(good) | {"fooler.json": b'{"class_names": ["a", "b", "c"], "test_accuracy": 0.999}'}
    classifier, accuracy = load_classifier(archive_of(tmp_path / "without.keras", without))
    assert (classifier.class_names, accuracy) == (("a", "b", "c"), None)


def test_a_classifier_saved_without_an_accuracy_comes_back_without_one(tmp_path: Path) -> None:
    save_classifier(make_classifier(), tmp_path / "net.keras")
    classifier, accuracy = load_classifier(tmp_path / "net.keras")
    assert (classifier.class_names, accuracy) == (CLASS_NAMES, None)


def test_the_bundled_classifier_opens_with_its_accuracy() -> None:
    classifier, accuracy = load_classifier(bundled_classifier())
    assert (accuracy, classifier.parameters) == (0.9909, 3_274_634)


def test_a_net_in_half_precision_may_miss_a_sum_of_one_by_its_rounding(tmp_path: Path) -> None:
    images = keras.Input((8, 8, 1))
    kept = {"dtype": "mixed_float16"}
    signal = layers.Conv2D(4, 3, activation="relu", **kept)(images)
    signal = layers.GlobalAveragePooling2D(**kept)(signal)
    network = keras.Model(images, layers.Dense(10, activation="softmax", **kept)(signal))
    network.layers[-1].bias.assign(np.linspace(0, 2, 10))
    classifier, _ = load_classifier(saved_by_keras(tmp_path / "net.keras", network))
    assert classifier.recorded_layers == ("inputs", "conv0")
    missed = np.abs(classifier.probabilities(noise((50, 8, 8, 1))).sum(axis=1) - 1)
    assert 1e-4 < missed.max() < 2e-3


def test_whatever_goes_wrong_at_the_first_image_is_a_refusal(good: Path, tmp_path: Path) -> None:
    def change(configuration: Any) -> None:
        layer_called(configuration, "inputs")["config"]["dtype"] = "string"

    assert "must be an intact .keras or .h5 file" in refusal(with_configuration(good, tmp_path / "net.keras", change))


def test_a_description_of_a_file_that_vanished_is_refused(good: Path, tmp_path: Path) -> None:
    with pytest.raises(ClassifierFileError, match="cannot be read"):
        describe(load_classifier(good)[0], tmp_path / "gone.keras", 0.5)


def stock(last: str) -> keras.Model:
    return chain(
        layers.Conv2D(2, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(6, activation="relu"),
        layers.Dense(3, activation=last),
    )


def test_a_stock_net_saved_by_keras_itself_is_loaded_with_its_recorded_layers(tmp_path: Path) -> None:
    network = stock("softmax")
    classifier, accuracy = load_classifier(saved_by_keras(tmp_path / "net.keras", network))
    assert accuracy is None
    assert classifier.class_names == ("0", "1", "2")
    assert classifier.recorded_layers == ("inputs", "conv0", "fc")
    images = noise((4, 8, 8, 1))
    np.testing.assert_allclose(classifier.probabilities(images), network(images).numpy(), rtol=1e-5)


def test_a_net_saved_with_its_optimiser_is_loaded_without_it(tmp_path: Path) -> None:
    network = stock("softmax")
    network.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    network.fit(noise((6, 8, 8, 1)), np.zeros(6), shuffle=False, verbose=0)
    classifier, _ = load_classifier(saved_by_keras(tmp_path / "net.keras", network))
    assert not getattr(classifier.network, "compiled", False)
    assert classifier.parameters == network.count_params()


def test_a_hostile_training_configuration_is_never_built(good: Path, tmp_path: Path) -> None:
    def change(configuration: Any) -> None:
        configuration["compile_config"] = {"loss": HOSTILE["lambda function"], "optimizer": HOSTILE["foreign module"]}

    classifier, _ = load_classifier(with_configuration(good, tmp_path / "net.keras", change))
    assert not getattr(classifier.network, "compiled", False)


def test_a_net_in_double_precision_is_backworked_in_single(tmp_path: Path, dataset: Dataset) -> None:
    images = keras.Input((8, 8, 1), dtype="float64")
    signal = layers.Dense(4, dtype="float64")(layers.Flatten(dtype="float64")(images))
    network = keras.Model(images, layers.Dense(3, activation="softmax", dtype="float64")(signal))
    classifier, _ = load_classifier(saved_by_keras(tmp_path / "net.keras", network))
    batch = make_batch(CostFunction(classifier, MethodSettings()), dataset)
    evaluation = evaluated(batch, article_coefficients(classifier.recorded_layers))
    assert evaluation.gradient.dtype == np.float32
    assert evaluation.is_finite


def test_every_net_that_the_program_builds_can_be_loaded_again(
    article_in_small: Classifier, colour_classifier: Classifier, tmp_path: Path
) -> None:
    for classifier in (article_in_small, colour_classifier):
        save_classifier(classifier, tmp_path / "net.keras", 0.25)
        loaded, _ = load_classifier(tmp_path / "net.keras")
        assert loaded.recorded_layers == classifier.recorded_layers
        assert loaded.input_shape == classifier.input_shape
