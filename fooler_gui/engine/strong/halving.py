"""A search along the gradient whose steps are halved where it stalls (Croce and Hein 2020, Auto-PGD)."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass

import numpy as np

from fooler_gui.core.arrays import BoolArray, DoubleArray, FloatArray, IntArray
from fooler_gui.core.optimiser_names import NORMALISED, SIGN
from fooler_gui.engine.descent.budgets import Budgets
from fooler_gui.engine.descent.optimisers import optimiser_of
from fooler_gui.engine.strong.rise import Rise, Search, Tried

_ONWARDS = 0.75
"""The share of a step that follows the gradient; the rest repeats the step before."""
_ENOUGH = 0.75
"""The share of steps since the last checkpoint that must have risen."""
_FIRST_INTERVAL, _SHORTER_BY, _LEAST_INTERVAL = 0.22, 0.03, 0.06
"""Between checkpoints, as shares of all steps."""
_FIRST_RATE = 0.2
"""How far the first step moves each pixel where there is no budget."""


@dataclass(slots=True, eq=False)
class _Climb:
    """The state of N images, each with its own step size; all arrays have N rows."""

    images: FloatArray
    before: FloatArray
    labels: IntArray
    starts: FloatArray
    lengths: FloatArray
    rates: FloatArray
    best: FloatArray
    best_values: DoubleArray
    best_gradient: FloatArray
    rises: IntArray
    former_best: DoubleArray
    halved: BoolArray

    def keep(self, kept: BoolArray) -> None:
        """Drops the images where `kept` (N,) is false."""
        for entry in dataclasses.fields(self):
            setattr(self, entry.name, getattr(self, entry.name)[kept])


def by_halving(rise: Rise, images: FloatArray, labels: IntArray, steps: int, within: Budgets | None = None) -> Search:
    """Searches for `steps` steps from `images` (N, H, W, C) for what raises `rise` towards `labels` (N,).

    At checkpoints, ever closer to each other, an image's step is halved and it goes back to its best, if fewer than
    three quarters of its steps have risen since the last one, or if neither step nor best have changed since then.

    Args:
        rise: What is to rise.
        images: float32 in [0, 1].
        labels: The labels.
        steps: How many.
        within: How far images may be from their starts in Euclid's distance, an array of lengths; first steps are then
            twice as long, in the gradient's direction. None for anywhere; steps then follow the gradient's sign.
    """
    count = len(images)
    flat = (count, 1, 1, 1)
    lengths: FloatArray = np.broadcast_to(np.asarray(0 if within is None else within.length, np.float32), flat)
    climb = _Climb(
        images=images,
        before=images,
        labels=labels,
        starts=images if within is None else within.starts,
        lengths=lengths,
        rates=np.full(flat, _FIRST_RATE, np.float32) if within is None else 2 * lengths,
        best=images,
        best_values=np.full(count, -np.inf),
        best_gradient=np.zeros_like(images),
        rises=np.zeros(count, np.int64),
        former_best=np.full(count, -np.inf),
        halved=np.zeros(count, np.bool_),
    )
    direction = optimiser_of(SIGN if within is None else NORMALISED, images.shape)
    checked = checkpoints(steps)
    former = 0
    values = climb.best_values
    for step in range(steps + 1):
        values_before = values
        values, confidences, gradient = rise(climb.images, climb.labels)
        climb.rises += (step > 0) & (values > values_before)
        _note_best(climb, values, gradient)
        kept = yield Tried(climb.images, confidences)
        climb.keep(kept)
        values, gradient = values[kept], gradient[kept]
        if step == steps:
            break
        if step in checked:
            gradient = _halve(climb, gradient, step - former)
            former = step
        slots = np.ones(len(climb.images), np.bool_)
        change = climb.rates * direction.update(-gradient, 1.0, slots)
        onwards = _projected(climb, climb.images + change) - climb.images
        momentum = 1.0 if step == 0 else _ONWARDS
        moved = climb.images + momentum * onwards + (1 - momentum) * (climb.images - climb.before)
        climb.before, climb.images = climb.images, _projected(climb, moved)
    return climb.images


def checkpoints(steps: int) -> list[int]:
    """Returns the steps after which step sizes are judged."""
    intervals = itertools.chain(
        np.arange(_FIRST_INTERVAL, _LEAST_INTERVAL, -_SHORTER_BY).tolist(), itertools.repeat(_LEAST_INTERVAL)
    )
    shares = itertools.takewhile(lambda share: share < 1, itertools.accumulate(intervals))
    return sorted({round(share * steps) for share in shares} - {0, steps})


def _note_best(climb: _Climb, values: DoubleArray, gradient: FloatArray) -> None:
    better = values > climb.best_values
    chosen = better.reshape(-1, 1, 1, 1)
    climb.best = np.where(chosen, climb.images, climb.best)
    climb.best_gradient = np.where(chosen, gradient, climb.best_gradient)
    climb.best_values = np.where(better, values, climb.best_values)


def _halve(climb: _Climb, gradient: FloatArray, steps: int) -> FloatArray:
    """Halves the steps of images that stall, puts them back to their best, and returns the gradients (N, H, W, C).

    Args:
        climb: The state.
        gradient: (N, H, W, C), at the present images.
        steps: How many were made since the last checkpoint.
    """
    stalls = (climb.rises < _ENOUGH * steps) | (~climb.halved & (climb.best_values <= climb.former_best))
    chosen = stalls.reshape(-1, 1, 1, 1)
    climb.rates = np.where(chosen, climb.rates / 2, climb.rates)
    climb.before = np.where(chosen, climb.best, climb.before)
    climb.images = np.where(chosen, climb.best, climb.images)
    climb.rises = np.zeros_like(climb.rises)
    climb.former_best = climb.best_values
    climb.halved = stalls
    return np.where(chosen, climb.best_gradient, gradient)


def _projected(climb: _Climb, images: FloatArray) -> FloatArray:
    within = Budgets(climb.starts, length=climb.lengths).project(images)
    projected: FloatArray = np.clip(within, 0, 1).astype(np.float32)
    return projected
