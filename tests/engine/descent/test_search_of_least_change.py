from __future__ import annotations

import math

import keras
import numpy as np
import pytest
from tiny import noise

from fooler_gui.core.least_change import LINF, LeastChangeSettings
from fooler_gui.engine.descent.least_change import Nearest, nearest_images
from fooler_gui.engine.nets.classifier import Classifier

WEIGHTS = np.array([[1, -1, 0.5], [2, 0, -1], [0, 3, 1], [-2, 1, 0]], np.float32)
GREY = np.full((1, 2, 2, 1), 0.5, np.float32)
"""Its logits are 0.5, 1.5 and 0.25. Class 0 lags by 1, and its lead rises along (2, 2, −3, −3)."""
DIRECTION = np.array([2, 2, -3, -3])


def linear_classifier(weights: np.ndarray = WEIGHTS) -> Classifier:
    """Softmax of ``x @ weights`` for images of 2 × 2 pixels."""
    images = keras.Input((2, 2, 1))
    logits = keras.layers.Dense(3, use_bias=False)(keras.layers.Flatten()(images))
    network = keras.Model(images, keras.layers.Softmax()(logits))
    network.set_weights([weights])
    return Classifier(network, ("a", "b", "c"))


@pytest.fixture(scope="module")
def linear() -> Classifier:
    return linear_classifier()


def searched(classifier: Classifier, starts: np.ndarray, *labels: int, **settings: object) -> list[Nearest]:
    wanted = LeastChangeSettings(**settings)  # type: ignore[arg-type]
    return list(nearest_images(classifier, starts, np.array(labels), wanted))


def test_the_nearest_image_by_distance_worked_by_hand(linear: Classifier) -> None:
    last = searched(linear, GREY, 0)[-1]
    least = 1 / math.sqrt(26)
    assert least <= last.distances[0] < 1.005 * least
    np.testing.assert_allclose((last.images - GREY).ravel(), DIRECTION / 26, atol=0.005)
    assert linear.probabilities(last.images).argmax() == 0


def test_the_nearest_image_by_its_greatest_change_worked_by_hand(linear: Classifier) -> None:
    last = searched(linear, GREY, 0, norm=LINF)[-1]
    assert 0.1 <= last.distances[0] < 0.1005
    np.testing.assert_allclose((last.images - GREY).ravel(), 0.1 * np.sign(DIRECTION), atol=0.001)


def test_a_lead_that_is_asked_for_takes_a_larger_change(linear: Classifier) -> None:
    last = searched(linear, GREY, 0, confidence=0.5)[-1]
    least = 1.5 / math.sqrt(26)
    assert least <= last.distances[0] < 1.005 * least
    assert linear.lead_gradient(last.images, np.array([0]))[0][0] >= 0.5


def test_a_probability_that_is_asked_for_is_exceeded(linear: Classifier) -> None:
    plain = searched(linear, GREY, 0)[-1]
    sure = searched(linear, GREY, 0, min_probability=0.7)[-1]
    assert 0.7 < linear.probabilities(sure.images)[0, 0] < 0.71
    assert sure.distances[0] > plain.distances[0]


def test_pixels_stay_in_the_range_where_the_nearest_image_lies_at_its_end(linear: Classifier) -> None:
    # Its logits are 3, −1 and −0.5; two pixels are white already and two black.
    start = np.array([1, 1, 0, 0], np.float32).reshape(1, 2, 2, 1)
    for label in (1, 2):
        for state in searched(linear, start, label, steps=40):
            assert state.images.min() >= 0
            assert state.images.max() <= 1


def test_an_image_that_is_the_label_already_stays_as_it_is(linear: Classifier) -> None:
    states = searched(linear, np.concatenate([GREY, GREY]), 1, 0, steps=30)
    for state in states:
        assert state.distances[0] == 0
        np.testing.assert_array_equal(state.images[0], GREY[0])
    assert np.isfinite(states[-1].distances[1])


def test_where_all_images_are_the_label_already_nothing_moves(linear: Classifier) -> None:
    assert [state.distances.tolist() for state in searched(linear, GREY, 1, steps=3)] == [[0]] * 4


def test_a_label_that_cannot_be_reached_leaves_the_start(linear: Classifier) -> None:
    never = linear_classifier(np.array([[1, 0, 0]] * 4, np.float32))  # class 0 is at least as likely everywhere
    last = searched(never, GREY, 2, steps=20)[-1]
    assert np.isinf(last.distances[0])
    np.testing.assert_array_equal(last.images, GREY)


def test_the_best_is_kept_and_only_ever_bettered(classifier: Classifier) -> None:
    starts, labels = noise((6, 8, 8, 1)), (0, 1, 2, 0, 1, 2)
    states = searched(classifier, starts, *labels, steps=60)
    assert [state.step for state in states] == list(range(61))
    distances = np.array([state.distances for state in states])
    assert (distances[1:] <= distances[:-1]).all()
    last = states[-1]
    assert np.isfinite(last.distances).all()
    assert classifier.probabilities(last.images).argmax(axis=1).tolist() == list(labels)
    changes = (last.images.astype(np.float64) - starts).reshape(6, -1)
    np.testing.assert_allclose(np.sqrt((changes**2).sum(axis=1)), last.distances, rtol=1e-6)


@pytest.mark.parametrize("norm", ["l2", "linf"])
def test_the_same_search_gives_the_same_bits(classifier: Classifier, norm: str) -> None:
    starts = noise((3, 8, 8, 1))
    first, again = (searched(classifier, starts, 0, 1, 2, norm=norm, steps=20)[-1] for _ in range(2))
    np.testing.assert_array_equal(first.images, again.images)


def test_states_told_earlier_stay_as_they_were(classifier: Classifier) -> None:
    states = searched(classifier, noise((3, 8, 8, 1)), 0, 1, 2, steps=20)
    assert not states[0].images.flags.writeable
    assert not np.array_equal(states[0].images, states[-1].images)
