"""When each image of a run first reached what, and where it then was (as Yosinski's fooling program records it)."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np

from fooler_gui.core.messages import BoolArray, IntArray, Save

TOP_CLASS = "top class"
THRESHOLDS = (0.99, 0.999, 0.9999)
NAMES = (TOP_CLASS, *(f"p > {threshold:g}" for threshold in THRESHOLDS))
"""The milestones, in the order in which they are usually reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """An image at the first save at which something held for it.

    Attributes:
        step: Of the run.
        evaluations: Gradients that were computed for the slot until then; those of images that were reinitialised
            count too.
        distance: Euclidean, from the image that it started as.
        least: Its smallest pixel.
        greatest: Its greatest pixel.
    """

    step: int
    evaluations: int
    distance: float
    least: float
    greatest: float


class Milestones:
    """Follows the saves of one run. What is told is as fine as the saves are.

    An image that is reinitialised or replaced begins anew; its slot's gradient evaluations go on counting.
    """

    def __init__(self) -> None:
        self._reached: dict[tuple[str, int, int], Milestone] = {}
        self._seen: BoolArray = np.empty((len(NAMES), 0, 0), np.bool_)
        self._evaluations: IntArray = np.empty((0, 0), np.int64)
        self._last: Save | None = None

    @property
    def labels(self) -> tuple[int, ...]:
        """The labels of the run; none before its first save."""
        return () if self._last is None else self._last.labels

    @property
    def slots(self) -> int:
        """How many images a label has; 0 before the first save."""
        return int(self._seen.shape[2])

    def add(self, save: Save) -> None:
        """Takes in the next `save` of the run."""
        last, self._last = self._last, save
        if last is None:
            self._seen = np.zeros((len(NAMES), *save.probabilities.shape), np.bool_)
            self._evaluations = np.zeros(save.probabilities.shape, np.int64)
        else:
            # One that has stopped goes on where a person lets it keep refining.
            stopped = [bool(then and now) for then, now in zip(last.stopped_by, save.stopped_by, strict=True)]
            changing = ~np.array(stopped)[:, np.newaxis] & ~last.pinned
            self._evaluations = self._evaluations + (save.step - last.step) * changing
            self._seen = self._seen & (save.births == last.births)
        reached = np.stack([save.leads, *(save.probabilities > threshold for threshold in THRESHOLDS)])
        for index, row, slot in np.argwhere(reached & ~self._seen).tolist():
            self._reached[NAMES[index], save.labels[row], slot] = self._milestone(save, row, slot)
        self._seen = self._seen | reached

    def copied(self) -> Milestones:
        """Returns the same milestones, to go on by themselves."""
        twin = copy.copy(self)
        twin._reached = dict(self._reached)
        return twin

    def of(self, label: int, slot: int) -> dict[str, Milestone]:
        """Returns by name, in the order of `NAMES`, what the present image of a slot reached so far."""
        if label not in self.labels or not 0 <= slot < self.slots:
            return {}
        row = self.labels.index(label)
        return {
            name: self._reached[name, label, slot] for index, name in enumerate(NAMES) if self._seen[index, row, slot]
        }

    def counts(self) -> dict[str, int]:
        """Returns by name, in the order of `NAMES`, how many of the present images reached it."""
        return dict(zip(NAMES, self._seen.sum(axis=(1, 2)).tolist(), strict=True))

    def _milestone(self, save: Save, row: int, slot: int) -> Milestone:
        image = save.images[row, slot]
        return Milestone(
            step=save.step,
            evaluations=int(self._evaluations[row, slot]),
            distance=float(save.distances[row, slot]),
            least=float(image.min()),
            greatest=float(image.max()),
        )
