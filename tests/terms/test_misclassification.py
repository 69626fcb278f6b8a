from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from term_checks import check_gradient, check_slots_are_each_batchs_own, costs_of

from fooler_gui.core.terms import OutputView
from fooler_gui.terms.misclassification import TERM

LOGITS = np.random.default_rng(0).normal(size=(2, 3, 5)).astype(np.float32)
LABELS = np.array([4, 1], np.int32)


def view_of(logits: Any, labels: Any = LABELS) -> OutputView:
    logits = tf.convert_to_tensor(logits)
    return OutputView(probabilities=tf.nn.softmax(logits), logits=logits, labels=tf.constant(labels))


def test_the_doubts_of_two_batches_by_hand() -> None:
    probabilities = [[[0.25, 0.5, 0.25], [0.0, 1.0, 0.0]], [[0.5, 0.125, 0.375], [0.75, 0.25, 0.0]]]
    view = OutputView(probabilities=tf.constant(probabilities), logits=None, labels=tf.constant([1, 0]))
    values = TERM.slot_values(view)
    assert values.numpy().tolist() == [[0.5, 0.0], [0.5, 0.25]]
    assert costs_of(TERM, view).numpy().tolist() == [0.25, 0.375]


def test_a_probability_near_one_leaves_a_doubt_that_is_no_rounding() -> None:
    sure = np.float32(1 - 2**-24)
    view = OutputView(probabilities=tf.constant([[[1 - sure, sure]]]), logits=None, labels=tf.constant([1]))
    assert TERM.slot_values(view).numpy().tolist() == [[2.0**-24]]


def test_one_slot_alone_has_its_own_doubt() -> None:
    view = OutputView(probabilities=tf.constant([[[0.25, 0.75]]]), logits=None, labels=tf.constant([0]))
    assert costs_of(TERM, view).numpy().tolist() == [0.75]


def test_batches_side_by_side_have_the_bits_that_each_has_alone() -> None:
    check_slots_are_each_batchs_own(TERM, lambda part: view_of(LOGITS[part], LABELS[part]), 2)


def test_the_gradient_to_the_logits_is_the_slope_of_the_cost() -> None:
    check_gradient(TERM, view_of, LOGITS)


def test_a_doubt_of_zero_has_a_finite_gradient() -> None:
    logits = tf.constant([[[0.0, 200.0]]])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        cost = costs_of(TERM, view_of(logits, np.array([1], np.int32)))
    assert cost.numpy().tolist() == [0.0]
    assert tape.gradient(cost, logits).numpy().tolist() == [[[0.0, 0.0]]]
