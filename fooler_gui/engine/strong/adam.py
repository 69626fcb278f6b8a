"""A search by Adam on pixels, as the article's descent makes it, on anything that rises."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.arrays import FloatArray, IntArray
from fooler_gui.core.attack_settings import AttackSettings
from fooler_gui.engine.descent.optimisers import PixelAdam, stepped
from fooler_gui.engine.strong.rise import Rise, Search, Tried


def by_adam(rise: Rise, images: FloatArray, labels: IntArray, steps: int) -> Search:
    """Searches for `steps` steps from `images` (N, H, W, C) for what raises `rise` towards `labels` (N,)."""
    optimiser, rate = PixelAdam(images.shape), AttackSettings.default("learning_rate")
    slots = np.ones(len(images), np.bool_)
    gradient = np.zeros_like(images)
    for step in range(steps + 1):
        _, confidences, gradient[slots] = rise(images[slots], labels[slots])
        slots[slots] = yield Tried(images[slots], confidences)
        if step < steps:
            images = stepped(images, -gradient, optimiser, rate, slots)
    return images[slots]
