from __future__ import annotations

import json
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from fooler_gui.core.rounds_spec import NONE_NAME
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.classifier_file import describe, load_classifier, save_classifier
from fooler_gui.engine.nets.file_notes import NOTES
from fooler_gui.engine.nets.none_class import NoRoomForNone, with_none_class

NAMES = ("a", "b", "c")
IMAGES = np.random.default_rng(0).random((5, 6, 6, 1), np.float32)


def classifier(*ending: layers.Layer, names: tuple[str, ...] = NAMES) -> Classifier:
    images = keras.Input((6, 6, 1), name="images")
    signal = layers.Conv2D(3, 3)(images)
    for layer in ending:
        signal = layer(signal)
    return Classifier(keras.Model(images, signal), names)


@pytest.mark.parametrize(
    "ending",
    [
        (layers.Flatten(), layers.Dense(3, activation="softmax")),
        (layers.Flatten(), layers.Dense(3), layers.Softmax()),
        (layers.Flatten(), layers.Dense(3), layers.Dropout(0.5), layers.Activation("softmax")),
        (layers.Flatten(), layers.Dense(3, activation="log_softmax"), layers.Softmax()),
        (layers.Conv2D(3, 1), layers.GlobalAveragePooling2D(), layers.Softmax()),
        (layers.Conv2D(3, 4), layers.Reshape((3,)), layers.Softmax()),
        (layers.Dense(3, use_bias=False), layers.GlobalMaxPooling2D(), layers.Softmax()),
    ],
    ids=["softmax within", "behind", "dropout between", "log-softmax", "convolution", "reshaped", "dense on maps"],
)
def test_a_further_class_has_a_logit_of_zero_and_leaves_the_others(ending: tuple[layers.Layer, ...]) -> None:
    before = classifier(*ending)
    after = with_none_class(before)
    assert after.class_names == (*NAMES, NONE_NAME)
    assert (before.none_class, after.none_class, after.labels) == (None, 3, 3)
    odds = np.exp(before.logits(IMAGES).astype(np.float64))
    expected = np.concatenate([odds, np.ones((5, 1))], axis=1) / (odds.sum(axis=1, keepdims=True) + 1)
    logits = after.logits(IMAGES)
    np.testing.assert_allclose(np.diff(logits[:, :3]), np.diff(before.logits(IMAGES)), atol=1e-5)
    probabilities = after.probabilities(IMAGES)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    if len(ending) == 3 and getattr(ending[1], "activation", None) is not keras.activations.log_softmax:
        np.testing.assert_allclose(probabilities, expected, atol=1e-6)


@pytest.mark.parametrize(
    "ending",
    [
        (layers.Flatten(), layers.Dense(3), layers.BatchNormalization(), layers.Softmax()),
        (layers.Flatten(), layers.Dense(3, activation="relu"), layers.Softmax()),
        (layers.DepthwiseConv2D(3), layers.GlobalAveragePooling2D(), layers.Softmax()),
        (layers.SeparableConv2D(3, 1), layers.GlobalAveragePooling2D(), layers.Softmax()),
    ],
    ids=["more behind it", "no way up", "depthwise", "separable"],
)
def test_where_no_class_can_be_added_one_sentence_says_why(ending: tuple[layers.Layer, ...]) -> None:
    with pytest.raises(NoRoomForNone, match=r"whose classes are made by a dense layer or a convolution, and a softmax"):
        with_none_class(classifier(*ending))


def test_one_sigmoid_has_no_room_for_a_further_class() -> None:
    two = (layers.Reshape((1, 1)), layers.ZeroPadding1D((1, 0)), layers.Flatten(), layers.Softmax())
    with pytest.raises(NoRoomForNone):
        with_none_class(classifier(layers.Flatten(), layers.Dense(1), *two, names=("no", "yes")))


def test_a_dense_layer_that_is_used_twice_has_no_room_for_a_further_class() -> None:
    images = keras.Input((6, 6, 1))
    twice = layers.Dense(3)
    signal = twice(twice(layers.GlobalAveragePooling2D()(layers.Conv2D(3, 3)(images))))
    with pytest.raises(NoRoomForNone):
        with_none_class(Classifier(keras.Model(images, layers.Softmax()(signal)), NAMES))


def test_where_a_class_is_called_none_the_further_one_is_called_otherwise() -> None:
    after = with_none_class(
        classifier(layers.Flatten(), layers.Dense(3, activation="softmax"), names=("a", "none", "b"))
    )
    assert after.class_names == ("a", "none", "b", "none of these")
    assert (after.copy().none_class, after.copy().labels) == (3, 3)


def with_notes(path: Path, notes: object) -> Path:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (members | {NOTES: json.dumps(notes).encode()}).items():
            archive.writestr(name, content)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    after = with_none_class(classifier(layers.Flatten(), layers.Dense(3), layers.Softmax()))
    save_classifier(after, tmp_path / "net.keras")
    return tmp_path / "net.keras"


def test_that_a_class_is_for_nothing_is_kept_in_the_file(path: Path) -> None:
    opened, _ = load_classifier(path)
    assert (opened.class_names, opened.none_class) == ((*NAMES, NONE_NAME), 3)
    assert describe(opened, path, 0.5).label_names == NAMES


def test_a_class_that_is_called_none_in_a_file_is_one_as_any(tmp_path: Path) -> None:
    named = classifier(layers.Flatten(), layers.Dense(3, activation="softmax"), names=("a", "b", NONE_NAME))
    save_classifier(named, tmp_path / "net.keras")
    assert load_classifier(tmp_path / "net.keras")[0].none_class is None


@pytest.mark.parametrize("names", [["a", "b", "c", "none"], ["a", "none", "b", "c"]])
def test_files_of_earlier_versions_tell_the_class_for_nothing_by_its_name_at_the_end(
    path: Path, names: list[str]
) -> None:
    opened, _ = load_classifier(with_notes(path, {"class_names": names}))
    assert opened.none_class == (3 if names[-1] == "none" else None)


@pytest.mark.parametrize("told", [1, "yes", None, [True]])
def test_notes_that_tell_nonsense_of_the_class_for_nothing_tell_of_none(path: Path, told: object) -> None:
    notes = {"class_names": ["a", "b", "c", "none"], "has_none_class": told}
    opened, _ = load_classifier(with_notes(path, notes))
    assert opened.none_class is None


def test_names_beside_a_file_tell_of_no_class_for_nothing(path: Path) -> None:
    with_notes(path, {})
    (path.parent / "labels.txt").write_text("0 cat\n1 dog\n2 cow\n3 none\n")
    opened, _ = load_classifier(path)
    assert (opened.class_names[3], opened.none_class) == ("none", None)
