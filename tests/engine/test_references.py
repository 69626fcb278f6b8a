from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from tiny import noise

from fooler_gui.engine.classifier import Classifier
from fooler_gui.engine.references import nearest, record_references, reference_signature


def whole(references: np.ndarray) -> tuple[tf.Tensor, ...]:
    return tf.constant(references), tf.constant((references**2).sum(axis=1))


def by_unit(references: np.ndarray) -> tuple[tf.Tensor, ...]:
    return (tf.constant(np.sort(references.T, axis=1)),)


def brute_force_units(activations: np.ndarray, references: np.ndarray) -> np.ndarray:
    """The least distance of each unit to any reference, (B, U)."""
    return np.abs(activations[:, None, :] - references[None, :, :]).min(axis=1)


@pytest.mark.parametrize("count", [1, 2, 40])
@pytest.mark.parametrize("units", [1, 9])
def test_nearest_whole_pattern_is_the_one_that_brute_force_finds(count: int, units: int) -> None:
    rng = np.random.default_rng(count)
    references = rng.normal(size=(count, units)).astype(np.float32)
    activations = rng.normal(size=(6, units)).astype(np.float32)
    distances = ((activations[:, None, :] - references[None, :, :]) ** 2).sum(axis=2)
    expected = references[distances.argmin(axis=1)]
    np.testing.assert_array_equal(nearest(tf.constant(activations), whole(references)), expected)


def test_a_pattern_that_is_a_reference_is_its_own_nearest() -> None:
    references = noise((30, 12))
    np.testing.assert_array_equal(nearest(tf.constant(references[5:9]), whole(references)), references[5:9])


@pytest.mark.parametrize("count", [1, 2, 3, 50])
def test_nearest_units_are_as_near_as_brute_force_finds(count: int) -> None:
    rng = np.random.default_rng(count)
    references = rng.normal(size=(count, 7)).astype(np.float32)
    activations = (3 * rng.normal(size=(6, 7))).astype(np.float32)
    found = nearest(tf.constant(activations), by_unit(references)).numpy()
    np.testing.assert_array_equal(np.abs(activations - found), brute_force_units(activations, references))
    for unit in range(7):
        assert np.isin(found[:, unit], references[:, unit]).all()


def test_nearest_units_may_come_from_different_references() -> None:
    references = np.array([[0.0, 10.0], [10.0, 0.0]], np.float32)
    found = nearest(tf.constant([[1.0, 1.0]]), by_unit(references))
    np.testing.assert_array_equal(found, [[0.0, 0.0]])


def test_units_outside_the_references_range_are_nearest_to_its_ends() -> None:
    references = np.array([[-1.0], [0.5], [2.0]], np.float32)
    found = nearest(tf.constant([[-9.0], [9.0], [-1.0], [2.0]]), by_unit(references))
    np.testing.assert_array_equal(found, [[-1.0], [2.0], [-1.0], [2.0]])


def test_repeated_references_and_units_halfway_between_two_are_no_difficulty() -> None:
    references = np.array([[0.0], [0.0], [0.0], [1.0], [1.0]], np.float32)
    activations = np.array([[0.0], [0.5], [1.0], [0.25], [0.75]], np.float32)
    found = nearest(tf.constant(activations), by_unit(references)).numpy()
    np.testing.assert_array_equal(np.abs(activations - found), brute_force_units(activations, references))


def test_references_are_recorded_the_same_in_one_chunk_or_many(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, kinds = noise((11, 8, 8, 1)), (False, False, True)
    at_once = record_references(classifier, images, kinds)
    monkeypatch.setattr("fooler_gui.engine.references._CHUNK", 4)
    in_parts = record_references(classifier, images, kinds)
    for one, other in zip(at_once.layers, in_parts.layers, strict=True):
        for tensor, same in zip(one, other, strict=True):
            np.testing.assert_allclose(tensor, same, rtol=1e-5, atol=1e-6)


def test_recorded_references_have_the_shapes_that_their_signature_tells(classifier: Classifier) -> None:
    kinds = (False, False, True)
    recorded = record_references(classifier, noise((11, 8, 8, 1)), kinds)
    for tensors, specs in zip(recorded.layers, reference_signature((64, 32, 5), kinds), strict=True):
        for tensor, spec in zip(tensors, specs, strict=True):
            assert spec.is_compatible_with(tensor)
    (sorted_units,) = recorded.layers[2]
    assert (np.diff(sorted_units.numpy(), axis=1) >= 0).all()
