"""Batch cost: activations should differ from the batch's other images (method.md, Cost of a batch)."""

from __future__ import annotations

from typing import Any

from fooler_gui.core.terms import LAYER, LayerView, Term


def distances_to_others(view: LayerView) -> Any:
    """Returns (L, B) float64, each slot's mean squared difference from the batch's other slots over the units."""
    import tensorflow as tf

    slots = tf.cast(tf.shape(view.patterns)[1], tf.float64)
    from_mean = view.patterns - tf.reduce_mean(view.patterns, axis=1, keepdims=True)
    to_mean = tf.cast(tf.reduce_mean(tf.square(from_mean), axis=2), tf.float64)
    # A slot's squared differences from all slots sum to B times its own from the mean plus the sum of everyone's.
    to_all = slots * to_mean + tf.reduce_sum(to_mean, axis=1, keepdims=True)
    pairs = slots * slots if view.self_pairs else tf.maximum(slots * (slots - 1), 1)
    return to_all * (slots / pairs)


TERM = Term(
    name="batch",
    title="batch",
    scope=LAYER,
    formula="1 / D_batch",
    meaning="D_batch is the mean distance between two images of the label's batch.",
    effect="images differ more from each other; 0 turns it off at every layer",
    source="article of 2016; method.md, Cost of a batch",
    default=0.5,
    slot_values=distances_to_others,
    repels=True,
    least_slots=2,
    coefficient_key="batch_cost_coeff",
    rank=20,
)
