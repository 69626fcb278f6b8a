"""Closeness: images should stay close to their starts (method.md, Further terms)."""

from __future__ import annotations

from typing import Any

from fooler_gui.core.terms import PIXELS, PixelView, Term


def squared_changes(view: PixelView) -> Any:
    """Returns (L, B) float32, each image's mean squared difference from its start over pixels and channels."""
    import tensorflow as tf

    return tf.reduce_mean(tf.square(view.images - view.starts), axis=(2, 3, 4))


TERM = Term(
    name="closeness",
    title="closeness",
    scope=PIXELS,
    formula="mean |x − s|² / P",
    meaning="x is each image, s its start, P the number of its values.",
    effect="images stay closer to their starts; 0 turns it off",
    source="method.md, Further terms",
    slot_values=squared_changes,
)
