"""Total variation: neighbouring pixels should be similar (method.md, Further terms; Rudin, Osher and Fatemi 1992)."""

from __future__ import annotations

from typing import Any

from fooler_gui.core.terms import PIXELS, PixelView, Term


def total_variations(view: PixelView) -> Any:
    """Returns (L, B) float32, the sum of |x_i − x_j| over neighbours (horizontal, vertical) in each channel, over P."""
    import tensorflow as tf

    images = view.images
    values = tf.cast(tf.reduce_prod(tf.shape(images)[2:]), tf.float32)
    down = tf.reduce_sum(tf.abs(images[:, :, 1:] - images[:, :, :-1]), axis=(2, 3, 4))
    across = tf.reduce_sum(tf.abs(images[:, :, :, 1:] - images[:, :, :, :-1]), axis=(2, 3, 4))
    return (down + across) / values


TERM = Term(
    name="total_variation",
    title="total variation",
    short_title="variation",
    scope=PIXELS,
    formula="mean Σ |x_i − x_j| / P",
    meaning="x_i and x_j are pixels of an image side by side or one above the other, P is the number of its values.",
    effect="images become smoother; 0 turns it off",
    source="method.md, Further terms; anisotropic form of Rudin, Osher and Fatemi (1992)",
    slot_values=total_variations,
)
