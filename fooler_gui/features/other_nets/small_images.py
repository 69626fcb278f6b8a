"""Images in the size of thumbnails."""

from __future__ import annotations

from fooler_gui.core.arrays import FloatArray
from fooler_gui.widgets.thumbnails import MARGIN

_SIDE = 28

THUMBNAIL = _SIDE + 2 * MARGIN
"""The side of a thumbnail with the grey around it, in pixels."""


def small_images(images: FloatArray) -> FloatArray:
    """Returns `images` (N, H, W, C), subsampled if a side is longer than that of two thumbnails."""
    stride = max(1, -(-max(images.shape[1:3]) // (2 * _SIDE)))
    return images[:, ::stride, ::stride]
