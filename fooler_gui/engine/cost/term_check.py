"""Checks that a term from another package can be computed, on a few numbers."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from fooler_gui.core.errors import reason_of
from fooler_gui.core.terms import (
    LAYER,
    OUTPUT,
    LayerView,
    OutputView,
    PixelView,
    Term,
    View,
)

_BATCHES, _SLOTS = 2, 3


def problem_of(term: Term) -> str:
    """Returns why `term` cannot be part of a cost, to complete "is left out: …"; "" if it can."""
    rng = np.random.default_rng(0)
    try:
        values, gradient = _values_and_gradient(term, rng)
    except Exception as error:  # noqa: BLE001 - whatever another package's function does
        return f"its slot_values fail: {reason_of(error)}"
    expected = (_BATCHES, _SLOTS)
    if values.shape != expected:
        return f"its slot_values must have the shape (batches, slots), here {expected}; received {values.shape}"
    if not np.isfinite(values).all():
        return "its slot_values must be finite numbers; some are not"
    if gradient is None:
        return "its slot_values must depend on their input; TensorFlow finds no gradient"
    return "" if np.isfinite(gradient).all() else "the gradient of its slot_values must be finite; it is not"


def _values_and_gradient(term: Term, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray | None]:
    source = tf.constant(rng.random(_shape(term), np.float32))

    def differentiated(source: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor | None]:
        with tf.GradientTape() as tape:
            tape.watch(source)
            values = term.slot_values(_view(term, source))
        return values, tape.gradient(values, source)

    values, gradient = tf.function(differentiated, autograph=False)(source)
    return np.asarray(values), None if gradient is None else np.asarray(gradient)


def _shape(term: Term) -> tuple[int, ...]:
    inner = {OUTPUT: (4,), LAYER: (5,)}
    return (_BATCHES, _SLOTS, *inner.get(term.scope, (4, 5, 1)))


def _view(term: Term, source: tf.Tensor) -> View:
    other = tf.reverse(source, axis=[0])
    if term.scope == OUTPUT:
        return OutputView(probabilities=tf.nn.softmax(source), logits=source, labels=tf.constant([1, 2]))
    if term.scope == LAYER:
        return LayerView(patterns=source, nearest=other, self_pairs=False)
    return PixelView(images=source, starts=other)
