"""A search by Adam on pixels, as the article's descent makes it, on anything that rises."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.arrays import FloatArray, IntArray
from fooler_gui.core.attack_settings import AttackSettings
from fooler_gui.engine.descent.optimisers import PixelAdam, stepped
from fooler_gui.engine.strong.rise import Rise, Search, Tried


def by_adam(rise: Rise, images: FloatArray, labels: IntArray, steps: int) -> Search:
    """Searches for `steps` steps from `images` (N, H, W, C) for what raises `rise` towards `labels` (N,).

    An image whose first gradient is zero in every pixel never moves, and so is evaluated once.
    """
    optimiser, rate = PixelAdam(images.shape), AttackSettings.default("learning_rate")
    slots = np.ones(len(images), np.bool_)
    _, confidences, gradient = rise(images, labels)
    moves = gradient.any(axis=(1, 2, 3))
    for _ in range(steps):
        slots[slots] = yield Tried(images[slots], confidences[slots])
        moving = slots & moves
        if moving.any():
            images = stepped(images, -gradient, optimiser, rate, moving)
            _, confidences[moving], gradient[moving] = rise(images[moving], labels[moving])
    slots[slots] = yield Tried(images[slots], confidences[slots])
    return images[slots]
