"""What the tests of every term ask of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from fooler_gui.core.terms import TINY, LayerView, OutputView, PixelView, Term

View = OutputView | LayerView | PixelView


def costs_of(term: Term, view: View) -> tf.Tensor:
    """Returns the costs (L,) float64 of L batches, as the documentation of `Term` tells."""
    mean = tf.reduce_mean(tf.cast(term.slot_values(view), tf.float64), axis=1)
    return 1 / (mean + TINY) if term.repels else mean


def check_slots_are_each_batchs_own(term: Term, view_of: Callable[[slice], View], batches: int) -> None:
    """Checks that batches side by side have the bits that each has alone."""
    together = term.slot_values(view_of(slice(None))).numpy()
    for batch in range(batches):
        alone = term.slot_values(view_of(slice(batch, batch + 1))).numpy()
        assert together[batch].tobytes() == alone[0].tobytes()


def check_gradient(term: Term, view_of: Callable[[Any], View], inputs: np.ndarray, rtol: float = 1e-3) -> None:
    """Checks the gradient of the summed costs to `inputs` against central differences, in places of every batch."""
    watched = tf.constant(inputs, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(watched)
        total = tf.reduce_sum(costs_of(term, view_of(watched)))
    gradient = tape.gradient(total, watched).numpy()
    scale, step = float(np.abs(gradient).max()), np.float32(2**-7)
    assert scale > 0
    rng = np.random.default_rng(3)
    for _ in range(24):
        place = tuple(int(rng.integers(side)) for side in inputs.shape)
        above, below = inputs.astype(np.float32), inputs.astype(np.float32)
        above[place] += step
        below[place] -= step
        costs = [float(tf.reduce_sum(costs_of(term, view_of(tf.constant(each))))) for each in (above, below)]
        slope = (costs[0] - costs[1]) / (float(above[place]) - float(below[place]))
        assert gradient[place] == pytest.approx(slope, rel=rtol, abs=1e-3 * scale)
