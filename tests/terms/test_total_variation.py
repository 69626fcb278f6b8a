from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from term_checks import check_gradient, check_slots_are_each_batchs_own, costs_of

from fooler_gui.core.terms import PixelView
from fooler_gui.terms.total_variation import TERM

IMAGES = np.random.default_rng(0).random((3, 4, 9, 7, 3), np.float32)


def view_of(images: Any) -> PixelView:
    return PixelView(images=tf.convert_to_tensor(images), starts=None)


def test_two_batches_by_hand() -> None:
    # Across |1 − 0| + |4 − 2|, down |2 − 0| + |4 − 1|: 8 over 4 values. A plain image has none, a step down it 2.
    images = np.array(
        [[[[0.0, 1.0], [2.0, 4.0]], [[3.0, 3.0], [3.0, 3.0]]], [[[0.0, 0.0], [1.0, 1.0]]] * 2], np.float32
    )
    view = view_of(images[..., np.newaxis])
    assert TERM.slot_values(view).numpy().tolist() == [[2.0, 0.0], [0.5, 0.5]]
    assert costs_of(TERM, view).numpy().tolist() == [1.0, 0.5]


def test_channels_are_no_neighbours_of_each_other() -> None:
    images = np.zeros((1, 1, 2, 2, 3), np.float32)
    images[..., 1] = 7.0
    assert TERM.slot_values(view_of(images)).numpy().tolist() == [[0.0]]
    images[0, 0, 0, 0, 1] = 10.0  # differs by 3 from one neighbour across and one down, in one of 12 values
    assert TERM.slot_values(view_of(images)).numpy().tolist() == [[0.5]]


@pytest.mark.parametrize(("shape", "expected"), [((1, 3, 1), 1.0), ((3, 1, 1), 1.0), ((1, 1, 1), 0.0)])
def test_an_image_of_one_row_or_column_has_the_variation_along_it(shape: tuple[int, int, int], expected: float) -> None:
    images = np.array([0.0, 2.0, 1.0], np.float32)[: int(np.prod(shape))].reshape(1, 1, *shape)
    assert TERM.slot_values(view_of(images)).numpy().tolist() == [[expected]]


def test_pixels_that_are_all_alike_have_a_finite_gradient() -> None:
    images = tf.ones((1, 2, 3, 3, 1))
    with tf.GradientTape() as tape:
        tape.watch(images)
        costs = costs_of(TERM, view_of(images))
    assert costs.numpy().tolist() == [0.0]
    assert not tape.gradient(costs, images).numpy().any()


def test_batches_side_by_side_have_the_bits_that_each_has_alone() -> None:
    check_slots_are_each_batchs_own(TERM, lambda part: view_of(IMAGES[part]), 3)


def test_the_gradient_to_the_pixels_is_the_slope_of_the_cost() -> None:
    # Neighbours differ by more than the differences are taken over, so that no kink lies between.
    levels = np.random.default_rng(1).permuted(np.tile(np.arange(18.0), (2, 2, 1)), axis=2)
    check_gradient(TERM, view_of, (levels / 18).reshape(2, 2, 3, 3, 2))
