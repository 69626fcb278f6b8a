from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from term_checks import check_gradient, check_slots_are_each_batchs_own, costs_of

from fooler_gui.core.terms import PixelView
from fooler_gui.terms.closeness import TERM

RNG = np.random.default_rng(0)
IMAGES, STARTS = (RNG.random((3, 4, 9, 7, 3), np.float32) for _ in range(2))


def view_of(images: Any, starts: Any) -> PixelView:
    return PixelView(images=tf.convert_to_tensor(images), starts=tf.convert_to_tensor(starts))


def test_the_changes_of_two_batches_by_hand() -> None:
    images = np.zeros((2, 2, 2, 2, 1), np.float32)
    starts = images.copy()
    images[0, 0, 0, 1] = 1.0  # one of four pixels by 1
    images[0, 1, 1] = 0.5  # two of four by a half
    starts[1, 0] = 1.0  # all by 1
    view = view_of(images, starts)
    assert TERM.slot_values(view).numpy().tolist() == [[0.25, 0.125], [1.0, 0.0]]
    assert costs_of(TERM, view).numpy().tolist() == [0.1875, 0.5]


def test_every_channel_of_a_pixel_counts() -> None:
    images, starts = np.zeros((1, 1, 1, 2, 3), np.float32), np.zeros((1, 1, 1, 2, 3), np.float32)
    images[..., 0, 2] = 3.0
    assert TERM.slot_values(view_of(images, starts)).numpy().tolist() == [[1.5]]


def test_one_slot_alone_has_its_own_change() -> None:
    assert (
        costs_of(TERM, view_of(np.full((1, 1, 2, 3, 1), 0.5, np.float32), np.zeros((1, 1, 2, 3, 1), np.float32)))
        == 0.25
    )


def test_where_nothing_has_changed_cost_and_gradient_are_zero() -> None:
    images = tf.constant(IMAGES)
    with tf.GradientTape() as tape:
        tape.watch(images)
        costs = costs_of(TERM, view_of(images, IMAGES))
    assert costs.numpy().tolist() == [0.0] * 3
    assert not tape.gradient(costs, images).numpy().any()


def test_batches_side_by_side_have_the_bits_that_each_has_alone() -> None:
    check_slots_are_each_batchs_own(TERM, lambda part: view_of(IMAGES[part], STARTS[part]), 3)


def test_the_gradient_to_the_pixels_is_the_slope_of_the_cost() -> None:
    few = slice(2), slice(2), slice(3), slice(4), slice(2)
    check_gradient(TERM, lambda images: view_of(images, STARTS[few]), IMAGES[few])
