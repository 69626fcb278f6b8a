"""What rises by a formula, without a network, and a search gone through to its end."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fooler_gui.core.arrays import BoolArray, FloatArray, IntArray
from fooler_gui.engine.strong.rise import Risen, Search, Tried


class Hill:
    """Rises towards an image `top` (H, W, C) by minus the squared distance; the confidence is what rises plus one."""

    def __init__(self, top: FloatArray) -> None:
        self.top = top
        self.asked = 0

    def __call__(self, images: FloatArray, labels: IntArray) -> Risen:
        values, confidences = self.values(images, labels)
        return Risen(values, confidences, 2 * (self.top - images))

    def values(self, images: FloatArray, labels: IntArray) -> tuple[FloatArray, FloatArray]:
        assert len(images) == len(labels)
        self.asked += len(images)
        values = -np.square(images - self.top).sum(axis=(1, 2, 3), dtype=np.float64)
        return values, (values + 1).astype(np.float32)


def gone_through(
    search: Search, keep: Callable[[Tried], BoolArray] = lambda tried: np.ones(len(tried.images), np.bool_)
) -> tuple[list[Tried], FloatArray]:
    """Returns all that `search` tries, of which those go on that `keep` says, and what it returns."""
    tried = [next(search)]
    while True:
        try:
            tried.append(search.send(keep(tried[-1])))
        except StopIteration as end:
            return tried, end.value
