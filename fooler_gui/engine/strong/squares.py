"""A random search that sees no gradient (Andriushchenko and others 2020, Square Attack), without a budget."""

from __future__ import annotations

import math

import numpy as np

from fooler_gui.core.arrays import FloatArray, IntArray
from fooler_gui.engine.strong.rise import Rise, Search, Tried

_FIRST_SHARE = 0.8
"""Of an image's pixels, those in the first square."""
_HALVED_AT = (0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8)
"""After these shares of all queries the squares' share of pixels is halved."""


def by_squares(rise: Rise, images: FloatArray, labels: IntArray, queries: int, rng: np.random.Generator) -> Search:
    """Searches with `queries` queries an image from `images` (N, H, W, C) for what raises `rise` towards `labels` (N,).

    Each query gives a square at a random place a random brightness in each channel, and is kept where it raised the
    value. Squares shrink.
    """
    values, confidences = rise.values(images, labels)
    tried = images
    for query in range(queries):
        kept = yield Tried(tried, confidences)
        images, labels, values = images[kept], labels[kept], values[kept]
        tried = _with_squares(images, side_at(query / queries, images.shape[1:3]), rng)
        risen, confidences = rise.values(tried, labels)
        better = risen > values
        images = np.where(better.reshape(-1, 1, 1, 1), tried, images)
        values = np.maximum(values, risen)
    kept = yield Tried(tried, confidences)
    return images[kept]


def side_at(done: float, size: tuple[int, int]) -> int:
    """Returns the side of squares in images of `size`, (height, width), with this share of all queries `done`."""
    share = _FIRST_SHARE / 2 ** sum(done >= at for at in _HALVED_AT)
    return min(*size, max(1, round(math.sqrt(share * math.prod(size)))))


def _with_squares(images: FloatArray, side: int, rng: np.random.Generator) -> FloatArray:
    count, height, width, channels = images.shape
    tops = rng.integers(0, height - side + 1, (count, 1))
    lefts = rng.integers(0, width - side + 1, (count, 1))
    rows, columns = np.arange(height), np.arange(width)
    in_rows, in_columns = (rows >= tops) & (rows < tops + side), (columns >= lefts) & (columns < lefts + side)
    inside = (in_rows[:, :, np.newaxis] & in_columns[:, np.newaxis])[..., np.newaxis]
    return np.where(inside, rng.random((count, 1, 1, channels), np.float32), images)
