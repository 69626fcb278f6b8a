"""Misclassification cost: one minus the probability of the label (method.md, Cost of a batch)."""

from __future__ import annotations

from typing import Any

from fooler_gui.core.terms import OUTPUT, OutputView, Term


def doubts(view: OutputView) -> Any:
    """Returns (L, B) float64, one minus each slot's probability of its batch's label."""
    import tensorflow as tf

    return 1 - tf.cast(tf.gather(view.probabilities, view.labels, axis=2, batch_dims=1), tf.float64)


TERM = Term(
    name="misclassification",
    title="misclassification",
    short_title="misclass.",
    scope=OUTPUT,
    formula="mean(1 − p)",
    meaning="p is each image's probability of its label.",
    effect="images reach the label sooner and care less about the other costs; 0 turns it off",
    source="article of 2016; method.md, Cost of a batch",
    default=10.0,
    slot_values=doubts,
    coefficient_key="misclassification_coeff",
    rank=0,
)
