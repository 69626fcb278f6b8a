from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from term_checks import check_gradient, check_slots_are_each_batchs_own, costs_of

from fooler_gui.core.terms import TINY, LayerView
from fooler_gui.terms.batch import TERM

PATTERNS = np.random.default_rng(0).random((10, 8, 777), np.float32)
BOTH_WAYS = pytest.mark.parametrize("self_pairs", [False, True])


def view_of(patterns: Any, *, self_pairs: bool = False) -> LayerView:
    return LayerView(patterns=tf.convert_to_tensor(patterns), nearest=None, self_pairs=self_pairs)


@pytest.mark.parametrize(("self_pairs", "distance"), [(False, 14 / 3), (True, 28 / 9)])
def test_three_slots_by_hand(self_pairs: bool, distance: float) -> None:
    # One unit at 0, 1 and 3: the pairs' squared differences are 1, 4 and 9.
    view = view_of([[[0.0], [1.0], [3.0]]], self_pairs=self_pairs)
    values = TERM.slot_values(view)
    np.testing.assert_allclose(values, [np.array([10, 5, 13]) / (3 if self_pairs else 2)], rtol=1e-6)
    np.testing.assert_allclose(tf.reduce_mean(values, axis=1), [distance], rtol=1e-6)
    np.testing.assert_allclose(costs_of(TERM, view), [1 / distance], rtol=1e-6)


def test_two_batches_by_hand() -> None:
    view = view_of([[[0.0, 0.0], [2.0, 0.0]], [[1.0, 1.0], [1.0, 4.0]]])
    np.testing.assert_allclose(TERM.slot_values(view), [[2.0, 2.0], [4.5, 4.5]])
    np.testing.assert_allclose(costs_of(TERM, view), [0.5, 1 / 4.5])


@BOTH_WAYS
def test_slots_are_as_far_apart_as_brute_force_finds(self_pairs: bool) -> None:
    few = PATTERNS[:2, :, :50].astype(np.float64)
    squares = ((few[:, :, None] - few[:, None]) ** 2).mean(axis=3)
    expected = squares.sum(axis=2) / (8 if self_pairs else 7)
    values = TERM.slot_values(view_of(PATTERNS[:2, :, :50], self_pairs=self_pairs))
    np.testing.assert_allclose(values, expected, rtol=1e-5)


@BOTH_WAYS
def test_one_slot_alone_has_a_distance_of_zero_and_is_too_few_for_a_cost(self_pairs: bool) -> None:
    assert TERM.slot_values(view_of([[[0.25, 0.5]]], self_pairs=self_pairs)).numpy().tolist() == [[0.0]]
    assert TERM.least_slots == 2


@BOTH_WAYS
def test_a_distance_of_zero_has_a_finite_cost_and_no_gradient(self_pairs: bool) -> None:
    patterns = tf.ones((1, 2, 3))
    with tf.GradientTape() as tape:
        tape.watch(patterns)
        costs = costs_of(TERM, view_of(patterns, self_pairs=self_pairs))
    assert costs.numpy().tolist() == [1 / TINY]
    assert tape.gradient(costs, patterns).numpy().tolist() == np.zeros((1, 2, 3)).tolist()


@BOTH_WAYS
def test_batches_side_by_side_have_the_bits_that_each_has_alone(self_pairs: bool) -> None:
    check_slots_are_each_batchs_own(TERM, lambda part: view_of(PATTERNS[part], self_pairs=self_pairs), 10)


@BOTH_WAYS
def test_the_gradient_to_the_patterns_is_the_slope_of_the_cost(self_pairs: bool) -> None:
    check_gradient(TERM, lambda patterns: view_of(patterns, self_pairs=self_pairs), PATTERNS[:2, :3, :6])
