"""Finds the nearest references within the compiled cost, by one matrix product with all of them.

That is cheap where the product is, on a GPU. The product loses digits where distances are small beside norms, so it
only selects candidates; their squared differences decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import tensorflow as tf

from fooler_gui.core.arrays import FloatArray

if TYPE_CHECKING:
    from fooler_gui.engine.cost.references import References

_CANDIDATES = 4


class WholePatterns:
    """The patterns of N references in one layer, taken whole.

    Args:
        patterns: (N, U) float32.

    Attributes:
        patterns: See above.
        squared_norms: (N,) float32; infinite where a pattern is not finite, which puts it infinitely far away.
    """

    def __init__(self, patterns: FloatArray) -> None:
        self.patterns = patterns
        with np.errstate(over="ignore", invalid="ignore"):
            norms = np.vecdot(patterns, patterns)
        self.squared_norms: FloatArray = np.where(np.isfinite(norms), norms, np.float32(np.inf))


class Stack(NamedTuple):
    """The references of L batches in one layer, on the device; where there are fewer than N the rest are far away.

    Attributes:
        patterns: (L, N, U) float32.
        squared_norms: (L, N) float32, infinite where a reference is infinitely far away.
    """

    patterns: tf.Tensor
    squared_norms: tf.Tensor


def signature(units: int) -> Stack:
    """Returns the signature of the stack of a layer of so many `units`."""
    return Stack(tf.TensorSpec((None, None, units)), tf.TensorSpec((None, None)))


def nearest_whole(patterns: tf.Tensor, stack: Stack) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the references (L, B, U) nearest to each of `patterns`, and their indices (L, B) int32.

    Args:
        patterns: (L, B, U) float32. For one that is not finite any reference may result.
        stack: The batches' references.
    """
    patterns = tf.stop_gradient(patterns)
    norms = stack.squared_norms[:, tf.newaxis]
    products = tf.matmul(patterns, stack.patterns, transpose_b=True)
    distances = tf.where(tf.math.is_inf(norms), norms, norms - 2 * products)
    count = tf.minimum(_CANDIDATES, tf.shape(norms)[2])
    candidates = tf.math.top_k(-distances, count).indices
    rows = tf.gather(stack.patterns, candidates, batch_dims=1)
    squares = tf.square(tf.cast(rows, tf.float64) - tf.cast(patterns[:, :, tf.newaxis], tf.float64))
    far = tf.math.is_inf(tf.gather(stack.squared_norms, candidates, batch_dims=1))
    settled = tf.where(far, tf.constant(np.inf, tf.float64), tf.reduce_sum(squares, axis=3))
    place = tf.argmin(settled, axis=2, output_type=tf.int32)
    return tf.gather(rows, place, batch_dims=2), tf.gather(candidates, place, batch_dims=2)


class HeldStacks:
    """The stacks of the last evaluation's calls, which most evaluations leave unchanged."""

    def __init__(self) -> None:
        self._held: list[tuple[tuple[References, ...], tuple[Stack, ...]]] = []

    def keep(self, calls: int) -> None:
        """Drops those of all but the first `calls`."""
        del self._held[calls:]

    def of_call(self, number: int, references: Sequence[References]) -> tuple[Stack, ...]:
        """Returns the stack of each layer whose patterns are taken whole.

        Args:
            number: Of the call within its evaluation, from 0, in ascending order.
            references: Of each of the call's L batches.
        """
        key = tuple(references)
        if number == len(self._held) or self._held[number][0] != key:
            del self._held[number:]  # before others are made, which can take gigabytes
            self._held.append((key, tuple(map(_stacked, zip(*(part.whole for part in key), strict=True)))))
        return self._held[number][1]


def _stacked(layers: Sequence[WholePatterns]) -> Stack:
    """Returns the stack of one layer of several batches' references."""
    if len(layers) == 1:
        return Stack(tf.constant(layers[0].patterns[np.newaxis]), tf.constant(layers[0].squared_norms[np.newaxis]))
    most = max(len(layer.patterns) for layer in layers)
    patterns = np.zeros((len(layers), most, layers[0].patterns.shape[1]), np.float32)
    norms = np.full((len(layers), most), np.inf, np.float32)
    for place, layer in enumerate(layers):
        patterns[place, : len(layer.patterns)] = layer.patterns
        norms[place, : len(layer.patterns)] = layer.squared_norms
    return Stack(tf.constant(patterns), tf.constant(norms))
