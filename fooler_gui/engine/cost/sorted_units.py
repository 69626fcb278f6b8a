"""A layer's references taken unit by unit (method.md, the 2016 program's first difference)."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from fooler_gui.core.arrays import FloatArray


class SortedUnits:
    """The values of N references in each unit of a layer.

    Args:
        patterns: (N, U) float32, N ≥ 1.

    Attributes:
        values: (U, N) float32, ascending in each row.
    """

    def __init__(self, patterns: FloatArray) -> None:
        self.values: tf.Tensor = tf.constant(np.sort(patterns.T, axis=1))


def nearest_by_unit(patterns: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """Returns for each unit of `patterns` the nearest reference value, the lower of two equally near (2016 program).

    Args:
        patterns: (L, B, U) float32.
        values: (U, N) float32, the references' values in each unit, ascending in each row.
    """
    by_unit = tf.transpose(tf.reshape(patterns, (-1, values.shape[0])))
    place = tf.searchsorted(values, by_unit)
    below = tf.gather(values, tf.maximum(place - 1, 0), batch_dims=1)
    above = tf.gather(values, tf.minimum(place, tf.shape(values)[1] - 1), batch_dims=1)
    nearest = tf.where(tf.abs(by_unit - below) <= tf.abs(above - by_unit), below, above)
    return tf.stop_gradient(tf.reshape(tf.transpose(nearest), tf.shape(patterns)))
