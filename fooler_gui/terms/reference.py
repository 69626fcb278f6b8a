"""Reference cost: activations should differ from the label's training images (method.md, Cost of a batch)."""

from __future__ import annotations

from typing import Any

from fooler_gui.core.terms import LAYER, LayerView, Term


def distances_to_nearest(view: LayerView) -> Any:
    """Returns (L, B) float32, each slot's mean squared difference from its nearest reference over the units."""
    import tensorflow as tf

    return tf.reduce_mean(tf.square(view.patterns - view.nearest), axis=2)


TERM = Term(
    name="reference",
    title="reference",
    scope=LAYER,
    formula="1 / D_ref",
    meaning="D_ref is the mean distance of the images to their nearest training image of the label.",
    effect="images keep further away from the training images; 0 turns it off at every layer",
    source="article of 2016; method.md, Cost of a batch",
    default=0.5,
    slot_values=distances_to_nearest,
    repels=True,
    measures_nearest=True,
    coefficient_key="reference_cost_coeff",
    rank=10,
)
