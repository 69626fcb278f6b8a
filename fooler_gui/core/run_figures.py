"""What came of a run, in a few numbers: how many images fool, how soon, how far from their starts, how unlike."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.milestones import THRESHOLDS, Milestone, Milestones
from fooler_gui.core.save import Save
from fooler_gui.core.settings import DescentSettings

SURE = f"p > {THRESHOLDS[1]:g}"
"""The milestone at which an image fools: the article's threshold."""

_MOST_PIXELS = 2**24
"""The most pixels of references that are compared at a time."""


class RunFigures:
    """Follows the saves of one run; the steps are only as precise as the saves are frequent.

    Args:
        descent: The settings that the run starts with.
    """

    def __init__(self, descent: DescentSettings) -> None:
        self._milestones = Milestones(descent)
        self._last: Save | None = None

    def add(self, save: Save) -> None:
        """Takes the next save."""
        self._milestones.add(save)
        self._last = save

    def figures(self) -> dict[str, float]:
        """Returns the figures of the last save's images by name; without a save none, and none that is not known.

        ``images``; ``fooling``, those that passed .999; of these the medians ``steps_to_999`` and ``gradients_to_999``
        (under evolution evaluations), from a slot's first image on; of all images the medians ``distance`` (L2) and
        ``largest_change`` (L∞) from their starts; and ``spread``, the mean squared difference of the pixels over all
        pairs of images of a label.
        """
        save = self._last
        if save is None:
            return {}
        _, slots = save.probabilities.shape
        reached = [self._milestones.of(label, slot).get(SURE) for label in save.labels for slot in range(slots)]
        fooling = [milestone for milestone in reached if milestone is not None]
        figures: dict[str, float] = {"images": float(len(reached)), "fooling": float(len(fooling)), **_when(fooling)}
        figures["distance"] = float(np.median(save.distances))
        if save.largest_changes is not None:
            figures["largest_change"] = float(np.median(save.largest_changes))
        if slots > 1:
            figures["spread"] = float(np.mean([_spread(images) for images in save.images]))
        return figures


def reference_distance(images: FloatArray, references: npt.NDArray[np.uint8]) -> float:
    """Returns the reference distance in ``inputs``: of each image to the nearest reference, averaged over the images.

    A distance is the mean squared difference of the pixels, whatever the penalties take (method.md, Cost of a batch).

    Args:
        images: (B, H, W, C) float32 in [0, 1], B ≥ 1.
        references: (N, H, W, C), N ≥ 1, the training images of the label.
    """
    rows = images.reshape(len(images), -1).astype(np.float32)
    chunk = max(1, _MOST_PIXELS // rows.shape[1])
    nearest = np.full(len(rows), np.inf)
    for start in range(0, len(references), chunk):
        part = references[start : start + chunk].reshape(-1, rows.shape[1]).astype(np.float32) / np.float32(255)
        closeness = np.square(part).sum(axis=1)[:, np.newaxis] - 2 * (part @ rows.T)
        likely = closeness.argmin(axis=0)
        exact = np.square(part[likely].astype(np.float64) - rows).mean(axis=1)
        nearest = np.minimum(nearest, exact)
    return float(nearest.mean())


def _when(fooling: Sequence[Milestone]) -> dict[str, float]:
    if not fooling:
        return {}
    return {
        "steps_to_999": float(median(milestone.step for milestone in fooling)),
        "gradients_to_999": float(median(milestone.evaluations for milestone in fooling)),
    }


def _spread(images: np.ndarray) -> float:
    """Returns the mean squared difference of the pixels over all pairs of (B, H, W, C) images, at least two.

    It is twice the variance over the images, with B − 1, averaged over the pixels.
    """
    return 2 * float(images.astype(np.float64).var(axis=0, ddof=1).mean())
