"""A layer's two penalties and their gradient to its activations (method.md, Cost of a batch), in NumPy.

A batch of some slots stays in the processor's cache for all of it, which it would not in operations of a graph.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fooler_gui.core.messages import FloatArray, LayerCosts, frozen

TINY = 1e-10
"""Added to every distance, so that a distance of zero gives a finite cost and a finite gradient."""


class Coefficients(NamedTuple):
    """What a layer's costs are multiplied by.

    Attributes:
        reference: The layer's own coefficient times that of the reference cost.
        batch: The layer's own coefficient times that of the batch cost.
    """

    reference: float
    batch: float


def layer_penalties(
    name: str,
    patterns: FloatArray,
    nearest: FloatArray,
    coefficients: Coefficients,
    gradient: FloatArray,
    *,
    self_pairs: bool,
) -> LayerCosts:
    """Returns the costs of a layer and writes their gradient.

    The gradient flows through the nearest references, not through the search for them.

    Args:
        name: The layer's.
        patterns: (B, U) float32, the activations of B ≥ 1 slots; one alone has no batch cost.
        nearest: (B, U) float32, the nearest references.
        coefficients: Of the weighted costs.
        gradient: (B, U) float32, where the gradient of the weighted costs to `patterns` is written.
        self_pairs: Whether each slot is paired with itself too, at a distance of zero (2016 program).
    """
    slots, units = patterns.shape
    # The squared differences of all B² ordered pairs add up to 2 B times those from the mean.
    pairs = slots * slots if self_pairs else max(slots * (slots - 1), 1)
    from_nearest = np.subtract(patterns, nearest, out=gradient)
    from_mean = patterns - patterns.mean(axis=0)
    to_nearest, to_mean = np.vecdot(from_nearest, from_nearest), np.vecdot(from_mean, from_mean)
    spread = float(to_mean.sum(dtype=np.float64))
    reference_distance = float(to_nearest.sum(dtype=np.float64)) / (slots * units)
    batch_distance = 2 * slots * spread / (pairs * units)
    reference_cost = 1 / (reference_distance + TINY)
    batch_cost = 1 / (batch_distance + TINY) if slots > 1 else 0.0
    from_nearest *= np.float32(-2 * coefficients.reference * reference_cost**2 / (slots * units))
    from_mean *= np.float32(-4 * slots * coefficients.batch * batch_cost**2 / (pairs * units))
    gradient += from_mean
    return LayerCosts(
        name=name,
        reference_distance=reference_distance,
        batch_distance=batch_distance if slots > 1 else None,
        reference_cost=reference_cost,
        batch_cost=batch_cost,
        weighted_reference_cost=coefficients.reference * reference_cost,
        weighted_batch_cost=coefficients.batch * batch_cost,
        slot_reference_distances=frozen(to_nearest / np.float32(units)),
        # The squared differences of one slot from all others add up to B times its own from the mean and everyone's.
        slot_batch_distances=frozen((slots * to_mean + np.float32(spread)) * np.float32(slots / (pairs * units))),
    )
