"""Looks for images that the classifier calls a label, as near their starts as possible (method.md, Least change)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fooler_gui.core.arrays import FloatArray, IntArray, frozen
from fooler_gui.core.least_change import L2, LeastChangeSettings
from fooler_gui.core.optimiser_names import NORMALISED, SIGN
from fooler_gui.engine.descent.budgets import Budgets
from fooler_gui.engine.descent.optimisers import optimiser_of, stepped
from fooler_gui.engine.nets.classifier import Classifier

_LEAST_LEAD = 1e-4
"""The least lead of a logit that counts: far above what rounding does to it in a batch of another size."""
_FIRST_RATE = 0.06
"""How far the first step moves a value, as a root mean square over the image."""
_FIRST_SHRINKING = 0.1
"""The share by which budgets shrink or grow at first."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nearest:
    """The nearest images after some steps.

    Attributes:
        step: Steps done.
        images: (N, H, W, C) float32 in [0, 1]; the start where none was found.
        distances: (N,), in the norm that was to be least; infinite where none was found.
    """

    step: int
    images: FloatArray
    distances: FloatArray


def nearest_images(
    classifier: Classifier, starts: FloatArray, labels: IntArray, settings: LeastChangeSettings
) -> Iterator[Nearest]:
    """Yields the nearest images of the label found so far, at the start and after each step.

    Each image has a budget of its own, none until it is first of the label. Whenever it is, the budget becomes a
    little less than its distance; whenever it is not, the budget grows by as little. Steps follow the gradient of the
    margin and are projected on budget and [0, 1]; they, and the changes of budgets, fade to nothing (after Rony and
    others 2019, *Decoupling direction and norm*, and Pintor and others 2021, *Fast minimum-norm attacks*).

    The same arguments give the same images.

    Args:
        classifier: The classifier to fool.
        starts: (N, H, W, C) float32 in [0, 1], N ≥ 1.
        labels: (N,), the classes the images are to become.
        settings: What is looked for, and how long.
    """
    euclidean = settings.norm == L2
    optimiser = optimiser_of(NORMALISED if euclidean else SIGN, starts.shape)
    rate = _FIRST_RATE * (math.sqrt(math.prod(starts.shape[1:])) if euclidean else 1)
    least_lead = max(settings.confidence, _LEAST_LEAD)
    images, nearest = starts, starts.copy()
    distances, budgets = np.full((2, len(starts)), np.inf)
    for step in range(settings.steps + 1):
        leads, probabilities, gradient = classifier.lead_gradient(images, labels)
        is_label = (leads >= least_lead) & (probabilities > settings.min_probability)
        present = _distances(images - starts, euclidean=euclidean)
        nearer = is_label & (present < distances)
        nearest[nearer], distances[nearer] = images[nearer], present[nearer]
        yield Nearest(step=step, images=frozen(nearest.copy()), distances=frozen(distances.copy()))
        fading = (1 + math.cos(math.pi * step / settings.steps)) / 2
        change = _FIRST_SHRINKING * fading
        budgets = np.where(is_label, np.minimum(budgets, present) * (1 - change), budgets * (1 + change))
        sizes = budgets.reshape(-1, 1, 1, 1)
        within = Budgets(starts, length=sizes) if euclidean else Budgets(starts, greatest=sizes)
        images = stepped(images, -gradient, optimiser, rate * fading, distances > 0, within=within)


def _distances(changes: FloatArray, *, euclidean: bool) -> FloatArray:
    flat = np.abs(changes.reshape(len(changes), -1).astype(np.float64))
    distances: FloatArray = np.sqrt(np.square(flat).sum(axis=1)) if euclidean else flat.max(axis=1)
    return distances
