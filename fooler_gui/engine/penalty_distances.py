"""The two distances of a layer that the penalties are made of, with a gradient in as few passes as it takes."""

from __future__ import annotations

import tensorflow as tf


def penalty_distances(
    patterns: tf.Tensor, nearest: tf.Tensor, count: tf.Tensor, *, self_pairs: bool
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns D_ref and D_batch (method.md, Cost of a batch) of L batches, (L,) each.

    The gradient flows to `patterns` alone: through the nearest references, not through the search.

    Args:
        patterns: (L · B, U), one batch after the other.
        nearest: (L · B, U), their nearest references.
        count: L.
        self_pairs: Whether each slot is paired with itself too, at a distance of zero (2016 program).
    """

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def distances(patterns: tf.Tensor):  # type: ignore[no-untyped-def]
        units = patterns.shape[1]
        slots = tf.shape(patterns)[0] // count
        number = tf.cast(slots, tf.float32)
        # The squared differences of all B² ordered pairs add up to 2 B times those from the mean.
        pairs = number * number if self_pairs else tf.maximum(number * (number - 1), 1)
        batches = tf.reshape(patterns, (count, slots, units))
        from_nearest = patterns - nearest
        from_mean = tf.reshape(batches - tf.reduce_mean(batches, axis=1, keepdims=True), (-1, units))
        reference = _sum_a_batch(from_nearest, count) / (number * units)
        batch = 2 * number * _sum_a_batch(from_mean, count) / (pairs * units)

        def gradient(to_reference: tf.Tensor, to_batch: tf.Tensor) -> tf.Tensor:
            reference_factors = tf.repeat(2 / (number * units) * to_reference, slots)
            batch_factors = tf.repeat(4 * number / (pairs * units) * to_batch, slots)
            return reference_factors[:, tf.newaxis] * from_nearest + batch_factors[:, tf.newaxis] * from_mean

        return (reference, batch), gradient

    reference, batch = distances(patterns)
    return reference, batch


def _sum_a_batch(differences: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
    """Returns (L,) the sums of the squares of `differences` (L · B, U)."""
    a_slot = tf.reduce_sum(tf.square(differences), axis=1)
    return tf.reduce_sum(tf.reshape(a_slot, (count, -1)), axis=1)
