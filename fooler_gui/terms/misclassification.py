"""Misclassification cost: by default one minus the probability of the label (method.md, Cost of a batch)."""

from __future__ import annotations

import dataclasses
from functools import partial
from types import MappingProxyType
from typing import Any

from fooler_gui.core.objectives import OBJECTIVES
from fooler_gui.core.terms import OUTPUT, OutputView, Term


def doubts(view: OutputView) -> Any:
    """Returns (L, B) float64, one minus each slot's probability of its batch's label; in [0, 1]."""
    import tensorflow as tf

    return 1 - tf.cast(tf.gather(view.probabilities, view.labels, axis=2, batch_dims=1), tf.float64)


def surprises(view: OutputView) -> Any:
    """Returns (L, B) float64, minus the logarithm of each slot's probability of its batch's label; at least 0.

    It is taken from the logits, so that it is finite where a probability is too small for a float32.
    """
    import tensorflow as tf

    own = tf.gather(tf.nn.log_softmax(view.logits), view.labels, axis=2, batch_dims=1)
    return -tf.cast(own, tf.float64)


def negative_logits(view: OutputView) -> Any:
    """Returns (L, B) float64, minus each slot's logit of its batch's label."""
    import tensorflow as tf

    return -tf.cast(tf.gather(view.logits, view.labels, axis=2, batch_dims=1), tf.float64)


def deficits(view: OutputView) -> Any:
    """Returns (L, B) float64, the greatest logit of another class minus that of the label; negative once it leads.

    This is the loss f₆ of Carlini and Wagner (2017) without its floor.
    """
    import tensorflow as tf

    is_label = tf.one_hot(view.labels, tf.shape(view.logits)[2], on_value=True, off_value=False)
    others = tf.where(is_label[:, tf.newaxis], tf.float32.min, view.logits)
    return tf.cast(tf.reduce_max(others, axis=2), tf.float64) + negative_logits(view)


def negative_activations(view: OutputView) -> Any:
    """Returns (L, B) float64, minus each slot's activation of the unit that is the objective."""
    import tensorflow as tf

    return -tf.cast(view.activations, tf.float64)


VALUES = MappingProxyType(
    {
        "probability": doubts,
        "cross-entropy": surprises,
        "logit": negative_logits,
        "margin": deficits,
        "unit": negative_activations,
    }
)
"""The function of each objective: (L, B) float64 from an `OutputView`."""


def objective_values(view: OutputView) -> Any:
    """Returns (L, B) float64, the values of the view's objective."""
    import tensorflow as tf

    if view.activations is None:
        view = dataclasses.replace(view, activations=tf.zeros(tf.shape(view.probabilities)[:2]))
    if isinstance(view.objective, int):
        return VALUES[OBJECTIVES[view.objective]](view)
    values = [partial(VALUES[name], view) for name in OBJECTIVES]
    return tf.switch_case(tf.convert_to_tensor(view.objective), values)


TERM = Term(
    name="misclassification",
    title="misclassification",
    short_title="misclass.",
    scope=OUTPUT,
    formula="mean(1 − p)",
    meaning="p is each image's probability of its label; another objective of the descent takes the place of 1 − p.",
    effect="images reach the label sooner and care less about the other costs; 0 turns it off",
    source="article of 2016; method.md, Cost of a batch",
    default=10.0,
    slot_values=objective_values,
    coefficient_key="misclassification_coeff",
    rank=0,
)
