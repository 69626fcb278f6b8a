"""A layer's two penalties as plain functions of tensors, which TensorFlow differentiates (method.md, Cost of a batch).

L batches of B slots each are worked through side by side; none has anything to do with another. A distance is summed
up over the units in float32, over the slots in float64.
"""

from __future__ import annotations

from typing import NamedTuple

import tensorflow as tf

TINY = 1e-10
"""Added to every distance, so that a distance of zero gives a finite cost and a finite gradient."""


class Penalty(NamedTuple):
    """What a penalty comes to in one layer.

    Attributes:
        cost: (L,) float64, one over the distance.
        distance: (L,) float64, the batches'.
        slot_distances: (L, B) float32, each slot's own, whose mean is its batch's.
    """

    cost: tf.Tensor
    distance: tf.Tensor
    slot_distances: tf.Tensor


def reference_penalty(patterns: tf.Tensor, nearest: tf.Tensor) -> Penalty:
    """Returns the reference cost of `patterns` (L, B, U) float32, whose nearest references are `nearest` (L, B, U)."""
    own = tf.reduce_mean(tf.square(patterns - nearest), axis=2)
    distance = tf.reduce_mean(tf.cast(own, tf.float64), axis=1)
    return Penalty(1 / (distance + TINY), distance, own)


def batch_penalty(patterns: tf.Tensor, *, self_pairs: bool) -> Penalty:
    """Returns the batch cost of `patterns` (L, B, U) float32; with B = 1 it is none.

    Args:
        patterns: What the slots do in the layer.
        self_pairs: Whether each slot is paired with itself too, at a distance of zero (2016 program).
    """
    slots = tf.cast(tf.shape(patterns)[1], tf.float64)
    # A slot's squared differences from all slots add up to B times its own from the mean and everyone's.
    to_mean = tf.reduce_mean(tf.square(patterns - tf.reduce_mean(patterns, axis=1, keepdims=True)), axis=2)
    to_mean = tf.cast(to_mean, tf.float64)
    pairs = slots * slots if self_pairs else tf.maximum(slots * (slots - 1), 1)
    own = (slots * to_mean + tf.reduce_sum(to_mean, axis=1, keepdims=True)) * (slots / pairs)
    distance = tf.reduce_mean(own, axis=1)
    cost = tf.where(slots > 1, 1 / (distance + TINY), tf.zeros_like(distance))
    return Penalty(cost, distance, tf.cast(own, tf.float32))


def nearest_by_unit(patterns: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """Returns for each unit of `patterns` the reference value nearest to it, of two the lower (2016 program).

    Args:
        patterns: (L, B, U) float32.
        values: (U, N) float32, those that the references have in each unit, rising in each row.
    """
    by_unit = tf.transpose(tf.reshape(patterns, (-1, values.shape[0])))
    place = tf.searchsorted(values, by_unit)
    below = tf.gather(values, tf.maximum(place - 1, 0), batch_dims=1)
    above = tf.gather(values, tf.minimum(place, tf.shape(values)[1] - 1), batch_dims=1)
    nearest = tf.where(tf.abs(by_unit - below) <= tf.abs(above - by_unit), below, above)
    return tf.stop_gradient(tf.reshape(tf.transpose(nearest), tf.shape(patterns)))
