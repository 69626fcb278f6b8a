"""The strongest attack within a ball around each image, to hold a certified bound against."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fooler_gui.core.arrays import DoubleArray, FloatArray, IntArray
from fooler_gui.engine.descent.budgets import Budgets
from fooler_gui.engine.strong.halving import by_halving
from fooler_gui.engine.strong.rise import Rise

_INWARDS = 1 - 1e-6
"""Keeps images within the ball when they are rounded to float32."""


def highest_within(
    rises: Sequence[Rise],
    images: FloatArray,
    labels: IntArray,
    radii: DoubleArray,
    steps: int,
    restarts: int,
    rng: np.random.Generator,
) -> DoubleArray:
    """Returns (N,) the highest confidences found within Euclidean distances `radii` (N,) of `images`.

    The first try starts from the image, each restart anywhere in its ball.

    Args:
        rises: What is raised, by one try after the other in turn.
        images: (N, H, W, C) float32 in [0, 1].
        labels: (N,), the classes they are driven towards.
        radii: Each over 0.
        steps: Of each try.
        restarts: How many tries follow the first.
        rng: The only source of randomness.
    """
    lengths = (radii * _INWARDS).astype(np.float32)
    within = Budgets(images, length=lengths.reshape(-1, 1, 1, 1))
    everyone = np.ones(len(images), np.bool_)
    highest = np.zeros(len(images))
    for attempt in range(restarts + 1):
        starts = _anywhere(within, rng) if attempt else images
        search = by_halving(rises[attempt % len(rises)], starts, labels, steps, within)
        tried = next(search)
        while True:
            highest = np.maximum(highest, tried.confidences)
            try:
                tried = search.send(everyone)
            except StopIteration:
                break
    return highest


def _anywhere(within: Budgets, rng: np.random.Generator) -> FloatArray:
    """Returns an image in each of the balls, drawn by direction and distance, and clipped to [0, 1]."""
    moves = rng.standard_normal(within.starts.shape)
    lengths = np.sqrt(np.square(moves).sum(axis=(1, 2, 3), keepdims=True))
    distances = rng.random((len(moves), 1, 1, 1)) * within.length
    clipped: FloatArray = np.clip(
        within.project((within.starts + moves / lengths * distances).astype(np.float32)), 0, 1
    )
    return clipped
