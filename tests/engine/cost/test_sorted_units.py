from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from fooler_gui.engine.cost.sorted_units import SortedUnits, nearest_by_unit


def nearest(references: list[list[float]], patterns: list[list[float]]) -> list[list[float]]:
    units = SortedUnits(np.array(references, np.float32))
    return nearest_by_unit(tf.constant([patterns], tf.float32), units.values).numpy()[0].tolist()


def test_the_values_of_each_unit_rise() -> None:
    assert SortedUnits(np.array([[3.0, 1.0], [2.0, 5.0]], np.float32)).values.numpy().tolist() == [[2, 3], [1, 5]]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 50])
def test_units_are_as_near_as_brute_force_finds(count: int) -> None:
    rng = np.random.default_rng(count)
    references = rng.normal(size=(count, 7)).astype(np.float32)
    patterns = 2 * rng.normal(size=(3, 6, 7)).astype(np.float32)
    found = nearest_by_unit(tf.constant(patterns), SortedUnits(references).values).numpy()
    expected = np.abs(patterns[:, :, None] - references).min(axis=2)
    np.testing.assert_array_equal(np.abs(patterns - found), expected)
    for unit in range(7):
        assert np.isin(found[..., unit], references[:, unit]).all()


def test_units_may_come_from_different_references() -> None:
    assert nearest([[0.0, 10.0], [10.0, 0.0]], [[1.0, 1.0]]) == [[0.0, 0.0]]


def test_units_outside_the_references_range_are_nearest_to_its_ends() -> None:
    assert nearest([[-1.0], [0.5], [2.0]], [[-9.0], [9.0], [-1.0], [2.0]]) == [[-1.0], [2.0], [-1.0], [2.0]]


def test_halfway_between_two_the_lower_is_taken_and_repeated_values_are_no_difficulty() -> None:
    patterns = [[0.0], [0.5], [1.0], [0.25], [0.75]]
    assert nearest([[0.0], [0.0], [0.0], [1.0], [1.0]], patterns) == [[0.0], [0.0], [1.0], [0.0], [1.0]]


def test_the_gradient_does_not_flow_through_the_search() -> None:
    patterns = tf.constant([[[0.5, 2.0]]])
    values = SortedUnits(np.array([[0.0, 1.0], [1.0, 3.0]], np.float32)).values
    with tf.GradientTape() as tape:
        tape.watch(patterns)
        distance = tf.reduce_sum(tf.square(patterns - nearest_by_unit(patterns, values)))
    assert tape.gradient(distance, patterns).numpy().tolist() == [[[1.0, 2.0]]]
