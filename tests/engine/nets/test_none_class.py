from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from fooler_gui.core.rounds_spec import NONE_NAME
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.none_class import NoRoomForNone, none_class_of, with_none_class

NAMES = ("a", "b", "c")
IMAGES = np.random.default_rng(0).random((5, 6, 6, 1), np.float32)


def classifier(*ending: layers.Layer) -> Classifier:
    images = keras.Input((6, 6, 1), name="images")
    signal = layers.Conv2D(3, 3)(images)
    for layer in ending:
        signal = layer(signal)
    return Classifier(keras.Model(images, signal), NAMES)


@pytest.mark.parametrize(
    "ending",
    [
        (layers.Flatten(), layers.Dense(3, activation="softmax")),
        (layers.Flatten(), layers.Dense(3), layers.Softmax()),
    ],
    ids=["softmax within", "softmax behind"],
)
def test_a_further_class_has_a_logit_of_zero_and_leaves_the_others(ending: tuple[layers.Layer, ...]) -> None:
    before = classifier(*ending)
    after = with_none_class(before)
    assert after.class_names == (*NAMES, NONE_NAME)
    assert none_class_of(after.class_names, NAMES) == 3
    odds = np.exp(before.logits(IMAGES).astype(np.float64))
    expected = np.concatenate([odds, np.ones((5, 1))], axis=1) / (odds.sum(axis=1, keepdims=True) + 1)
    logits = after.logits(IMAGES)
    np.testing.assert_allclose(np.diff(logits[:, :3]), np.diff(before.logits(IMAGES)), atol=1e-5)
    probabilities = after.probabilities(IMAGES)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    if isinstance(ending[-1], layers.Softmax):
        np.testing.assert_allclose(probabilities, expected, atol=1e-6)


@pytest.mark.parametrize(
    "ending",
    [
        (layers.GlobalAveragePooling2D(), layers.Softmax()),
        (layers.Flatten(), layers.Dense(3), layers.BatchNormalization(), layers.Softmax()),
    ],
    ids=["no dense layer", "more behind it"],
)
def test_where_no_class_can_be_added_one_sentence_says_why(ending: tuple[layers.Layer, ...]) -> None:
    with pytest.raises(NoRoomForNone, match=r"whose classes are made by a dense layer and a softmax"):
        with_none_class(classifier(*ending))
