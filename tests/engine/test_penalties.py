from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from fooler_gui.engine.penalties import TINY, batch_penalty, nearest_by_unit, reference_penalty


def nearest(references: list[list[float]], patterns: list[list[float]]) -> list[list[float]]:
    values = tf.constant(np.sort(np.array(references, np.float32).T, axis=1))
    return nearest_by_unit(tf.constant([patterns], tf.float32), values).numpy()[0].tolist()


def test_reference_penalty_of_two_batches_by_hand() -> None:
    patterns = [[[1.0, 0.0], [3.0, 2.0]], [[0.0, 0.0], [0.0, 4.0]]]
    references = [[[0.0, 0.0], [3.0, 0.0]], [[0.0, 2.0], [0.0, 2.0]]]
    penalty = reference_penalty(tf.constant(patterns), tf.constant(references))
    np.testing.assert_allclose(penalty.slot_distances, [[0.5, 2.0], [2.0, 2.0]])
    np.testing.assert_allclose(penalty.distance, [1.25, 2.0])
    np.testing.assert_allclose(penalty.cost, [0.8, 0.5])


@pytest.mark.parametrize(("self_pairs", "distance"), [(False, 14 / 3), (True, 28 / 9)])
def test_batch_penalty_of_three_slots_by_hand(self_pairs: bool, distance: float) -> None:
    # One unit at 0, 1 and 3: the pairs' squared differences are 1, 4 and 9.
    penalty = batch_penalty(tf.constant([[[0.0], [1.0], [3.0]]]), self_pairs=self_pairs)
    np.testing.assert_allclose(penalty.distance, [distance], rtol=1e-6)
    np.testing.assert_allclose(penalty.cost, [1 / distance], rtol=1e-6)
    np.testing.assert_allclose(penalty.slot_distances, [np.array([10, 5, 13]) / (3 if self_pairs else 2)], rtol=1e-6)


def test_one_slot_alone_has_no_batch_cost() -> None:
    penalty = batch_penalty(tf.constant([[[0.3, 0.1]]]), self_pairs=False)
    assert penalty.cost.numpy().tolist() == [0.0]
    assert penalty.slot_distances.numpy().tolist() == [[0.0]]


def test_a_distance_of_zero_has_a_finite_cost_and_no_gradient() -> None:
    patterns = tf.ones((1, 2, 3))
    with tf.GradientTape() as tape:
        tape.watch(patterns)
        costs = reference_penalty(patterns, patterns + 0).cost + batch_penalty(patterns, self_pairs=False).cost
    assert costs.numpy().tolist() == [2 / TINY]
    assert tape.gradient(costs, patterns).numpy().tolist() == np.zeros((1, 2, 3)).tolist()


def test_batches_side_by_side_have_the_bits_that_each_has_alone() -> None:
    rng = np.random.default_rng(0)
    patterns = tf.constant(rng.random((10, 8, 777), np.float32))
    references = tf.constant(rng.random((10, 8, 777), np.float32))
    together = (*reference_penalty(patterns, references), *batch_penalty(patterns, self_pairs=False))
    for batch in range(10):
        own = patterns[batch : batch + 1]
        alone = (
            *reference_penalty(own, references[batch : batch + 1]),
            *batch_penalty(own, self_pairs=False),
        )
        for one, other in zip(together, alone, strict=True):
            assert one[batch].numpy().tobytes() == other[0].numpy().tobytes()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 50])
def test_units_are_as_near_as_brute_force_finds(count: int) -> None:
    rng = np.random.default_rng(count)
    references = rng.normal(size=(count, 7)).astype(np.float32)
    patterns = 2 * rng.normal(size=(3, 6, 7)).astype(np.float32)
    found = nearest_by_unit(tf.constant(patterns), tf.constant(np.sort(references.T, axis=1))).numpy()
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
