from __future__ import annotations

import keras
import numpy as np
import pytest
from scipy.special import log_softmax, softmax

from fooler_gui.core.objectives import MARGIN, OBJECTIVES
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.strong.rise import rise_of

WEIGHTS = np.array([[1.0, -2.0, 0.5], [3.0, 0.0, -1.0]], np.float32)
IMAGES = np.array([[0.5, 0.25], [0.0, 1.0]], np.float32).reshape(2, 1, 2, 1)
LOGITS = IMAGES.reshape(2, 2) @ WEIGHTS
LABELS = np.array([1, 0])


def linear() -> Classifier:
    images = keras.Input((1, 2, 1))
    logits = keras.layers.Dense(3, use_bias=False)(keras.layers.Flatten()(images))
    network = keras.Model(images, keras.layers.Softmax()(logits))
    network.set_weights([WEIGHTS])
    return Classifier(network, ("a", "b", "c"))


def test_each_objective_rises_by_its_formula() -> None:
    rows = np.arange(2)
    others = np.array([max(LOGITS[0, 0], LOGITS[0, 2]), max(LOGITS[1, 1], LOGITS[1, 2])])
    expected = {
        "probability": softmax(LOGITS, axis=1)[rows, LABELS] - 1,
        "cross-entropy": log_softmax(LOGITS, axis=1)[rows, LABELS],
        "logit": LOGITS[rows, LABELS],
        "margin": LOGITS[rows, LABELS] - others,
    }
    net = linear()
    assert list(expected) == list(OBJECTIVES[:4])
    for objective, values in expected.items():
        risen = rise_of(net, objective)(IMAGES, LABELS)
        np.testing.assert_allclose(risen.values, values, rtol=1e-5)
        np.testing.assert_allclose(risen.confidences, softmax(LOGITS, axis=1).max(axis=1), rtol=1e-5)


def test_the_gradient_of_the_margin_is_that_of_two_logits() -> None:
    gradient = rise_of(linear(), MARGIN)(IMAGES, LABELS).gradient
    np.testing.assert_allclose(gradient[0].ravel(), WEIGHTS[:, 1] - WEIGHTS[:, 0])  # 0 leads for the first image
    np.testing.assert_allclose(gradient[1].ravel(), WEIGHTS[:, 0] - WEIGHTS[:, 1])


def test_many_images_are_evaluated_in_parts_like_few(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rise_of(linear(), MARGIN)(IMAGES, LABELS)
    monkeypatch.setattr("fooler_gui.engine.nets.classifier._MAXIMUM_CHUNK", 1)
    rise = rise_of(linear(), MARGIN)
    for part, expected in zip(rise(IMAGES, LABELS), whole, strict=True):
        np.testing.assert_allclose(part, expected, rtol=1e-6)
    values, confidences = rise.values(IMAGES, LABELS)
    np.testing.assert_allclose(values, whole.values, rtol=1e-6)
    np.testing.assert_allclose(confidences, whole.confidences, rtol=1e-6)
