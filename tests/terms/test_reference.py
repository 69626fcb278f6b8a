from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from term_checks import check_gradient, check_slots_are_each_batchs_own, costs_of

from fooler_gui.core.terms import TINY, LayerView
from fooler_gui.terms.reference import TERM

RNG = np.random.default_rng(0)
PATTERNS, NEAREST = (RNG.random((10, 8, 777), np.float32) for _ in range(2))


def view_of(patterns: Any, nearest: Any) -> LayerView:
    return LayerView(patterns=tf.convert_to_tensor(patterns), nearest=tf.convert_to_tensor(nearest), self_pairs=False)


def test_the_distances_and_costs_of_two_batches_by_hand() -> None:
    patterns = [[[1.0, 0.0], [3.0, 2.0]], [[0.0, 0.0], [0.0, 4.0]]]
    nearest = [[[0.0, 0.0], [3.0, 0.0]], [[0.0, 2.0], [0.0, 2.0]]]
    view = view_of(patterns, nearest)
    np.testing.assert_allclose(TERM.slot_values(view), [[0.5, 2.0], [2.0, 2.0]])
    np.testing.assert_allclose(tf.reduce_mean(TERM.slot_values(view), axis=1), [1.25, 2.0])
    np.testing.assert_allclose(costs_of(TERM, view), [0.8, 0.5])


def test_one_slot_alone_has_a_reference_cost() -> None:
    np.testing.assert_allclose(costs_of(TERM, view_of([[[1.0, 0.0]]], [[[0.0, 0.0]]])), [2.0])


def test_a_distance_of_zero_has_a_finite_cost_and_no_gradient() -> None:
    patterns = tf.ones((1, 2, 3))
    with tf.GradientTape() as tape:
        tape.watch(patterns)
        costs = costs_of(TERM, view_of(patterns, tf.ones((1, 2, 3))))
    assert costs.numpy().tolist() == [1 / TINY]
    assert tape.gradient(costs, patterns).numpy().tolist() == np.zeros((1, 2, 3)).tolist()


def test_batches_side_by_side_have_the_bits_that_each_has_alone() -> None:
    check_slots_are_each_batchs_own(TERM, lambda part: view_of(PATTERNS[part], NEAREST[part]), 10)


def test_the_gradient_to_the_patterns_is_the_slope_of_the_cost() -> None:
    few = slice(2), slice(3), slice(6)
    check_gradient(TERM, lambda patterns: view_of(patterns, NEAREST[few]), PATTERNS[few])
