"""The references: recorded activations of a label's training images, and the nearest ones to a batch of images.

Distances are never computed by broadcasting slots against references and units. Whole patterns are compared by
``|a − r|² = |a|² + |r|² − 2 a·r``, one matrix product; single units by a binary search in sorted values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from fooler_gui.core.messages import FloatArray
from fooler_gui.engine.classifier import Classifier

_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class References:
    """The activations of N reference images, prepared for the search.

    Attributes:
        layers: For each recorded layer either (patterns (N, U), their squared norms (N,)), or, where the nearest
            is taken unit by unit, (each unit's values in rising order (U, N),).
    """

    layers: tuple[tuple[tf.Tensor, ...], ...]


def record_references(classifier: Classifier, images: FloatArray, per_unit: Sequence[bool]) -> References:
    """Returns the references made of `images`.

    Args:
        classifier: Whose activations are recorded.
        images: (N, H, W, C) float32, N ≥ 1.
        per_unit: For each recorded layer whether the nearest is taken unit by unit (2016 program, at dense layers).
    """
    chunks = [classifier.record(images[start : start + _CHUNK]) for start in range(0, len(images), _CHUNK)]
    layers: list[tuple[tf.Tensor, ...]] = []
    for index, by_unit in enumerate(per_unit):
        patterns = np.concatenate([chunk[index] for chunk in chunks])
        if by_unit:
            layers.append((tf.constant(np.sort(patterns.T, axis=1)),))
        else:
            layers.append((tf.constant(patterns), tf.constant(np.einsum("nu,nu->n", patterns, patterns))))
    return References(layers=tuple(layers))


def reference_signature(units: Sequence[int], per_unit: Sequence[bool]) -> tuple[tuple[tf.TensorSpec, ...], ...]:
    """Returns the tensor specifications of `References.layers`, for layers of so many `units`."""
    return tuple(
        (tf.TensorSpec((count, None)),) if by_unit else (tf.TensorSpec((None, count)), tf.TensorSpec((None,)))
        for count, by_unit in zip(units, per_unit, strict=True)
    )


def nearest(activations: tf.Tensor, layer: tuple[tf.Tensor, ...]) -> tf.Tensor:
    """Returns for each of `activations` (B, U) the nearest reference of `layer`, (B, U), whole or unit by unit."""
    if len(layer) == 1:
        return _nearest_units(activations, *layer)
    return _nearest_patterns(activations, *layer)


def _nearest_patterns(activations: tf.Tensor, patterns: tf.Tensor, squared_norms: tf.Tensor) -> tf.Tensor:
    # |a|² is the same for all references of a slot and does not change which is nearest.
    scores = squared_norms - 2 * tf.matmul(activations, patterns, transpose_b=True)
    return tf.gather(patterns, tf.argmin(scores, axis=1))


def _nearest_units(activations: tf.Tensor, sorted_units: tf.Tensor) -> tf.Tensor:
    values = tf.transpose(activations)
    last = tf.shape(sorted_units)[1] - 1
    above = tf.searchsorted(sorted_units, values)
    lower = tf.gather(sorted_units, tf.maximum(above - 1, 0), batch_dims=1)
    upper = tf.gather(sorted_units, tf.minimum(above, last), batch_dims=1)
    return tf.transpose(tf.where(tf.abs(values - lower) <= tf.abs(upper - values), lower, upper))
