from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from term_checks import check_gradient, check_slots_are_each_batchs_own, costs_of

from fooler_gui.core.objectives import OBJECTIVES, UNIT
from fooler_gui.core.terms import OutputView
from fooler_gui.terms.misclassification import TERM, VALUES

LOGITS = np.random.default_rng(0).normal(size=(2, 3, 5)).astype(np.float32)
ACTIVATIONS = np.array([[0.5, -2.0, 3.0], [1.0, 0.0, 8.0]], np.float32)
LABELS = np.array([4, 1], np.int32)
EACH = pytest.mark.parametrize("objective", OBJECTIVES)


def view_of(logits: Any, objective: str, labels: Any = LABELS, activations: Any = None) -> OutputView:
    logits = tf.convert_to_tensor(logits)
    place = tf.constant(OBJECTIVES.index(objective))
    return OutputView(
        probabilities=tf.nn.softmax(logits),
        logits=logits,
        labels=tf.constant(labels),
        objective=place,
        activations=tf.convert_to_tensor(ACTIVATIONS[: len(labels)] if activations is None else activations),
    )


def test_every_objective_can_be_computed_and_the_first_is_the_article_s() -> None:
    assert list(VALUES) == list(OBJECTIVES)
    assert OBJECTIVES.index("probability") == 0


@pytest.mark.parametrize(
    ("objective", "expected"),
    [
        ("probability", [[0.5, 0.25], [0.75, 0.5]]),
        ("cross-entropy", [[np.log(2), np.log(4 / 3)], [np.log(4), np.log(2)]]),
        ("logit", [[-np.log(2), -np.log(3)], [0.0, -np.log(2)]]),
        ("margin", [[-np.log(2), -np.log(6)], [np.log(3), 0.0]]),
        ("unit", [[-0.25, 4.0], [0.0, -1.5]]),
    ],
)
def test_the_values_of_two_batches_by_hand(objective: str, expected: list[list[float]]) -> None:
    # The probabilities are 1/2, 1/4, 1/4 and 3/4, 1/8, 1/8; then 1/4, 3/4, 0 and 1/2, 1/2, 0.
    logits = [
        [[np.log(2), 0.0, 0.0], [np.log(3), np.log(0.5), np.log(0.5)]],
        [[0.0, np.log(3), -200.0], [np.log(2), np.log(2), -200.0]],
    ]
    activations = np.array([[0.25, -4.0], [0.0, 1.5]], np.float32)
    labels = np.array([0, 0], np.int32)
    values = TERM.slot_values(view_of(np.array(logits, np.float32), objective, labels, activations))
    assert values.dtype == tf.float64
    np.testing.assert_allclose(values, expected, atol=1e-6)


def test_the_cross_entropy_of_a_probability_that_is_no_float_is_finite_and_pulls() -> None:
    logits = tf.constant([[[0.0, 300.0]]])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        cost = costs_of(TERM, view_of(logits, "cross-entropy", np.array([0], np.int32)))
    assert cost.numpy().tolist() == [300.0]
    assert tape.gradient(cost, logits).numpy().tolist() == [[[-1.0, 1.0]]]


@EACH
def test_batches_side_by_side_have_the_bits_that_each_has_alone(objective: str) -> None:
    check_slots_are_each_batchs_own(
        TERM, lambda part: view_of(LOGITS[part], objective, LABELS[part], ACTIVATIONS[part]), 2
    )


def test_the_gradient_to_the_activations_is_the_slope_of_the_cost() -> None:
    check_gradient(TERM, lambda activations: view_of(LOGITS, "unit", activations=activations), ACTIVATIONS)


@pytest.mark.parametrize("objective", [name for name in OBJECTIVES if name != UNIT])
def test_the_gradient_to_the_logits_is_the_slope_of_the_cost(objective: str) -> None:
    check_gradient(TERM, lambda logits: view_of(logits, objective), LOGITS)
