"""When each image of a run first reached each milestone, and where it then was (as recorded by Yosinski's program)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from fooler_gui.core.arrays import BoolArray, IntArray
from fooler_gui.core.evaluation_count import EvaluationCount
from fooler_gui.core.run_events import RunEvent
from fooler_gui.core.save import Save
from fooler_gui.core.settings import DescentSettings

TOP_CLASS = "top class"
THRESHOLDS = (0.99, 0.999, 0.9999)
NAMES = (TOP_CLASS, *(f"p > {threshold:g}" for threshold in THRESHOLDS))
"""The milestones, in the order in which they are usually reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """An image at the first save at which it reached a milestone.

    Attributes:
        step: The run's step.
        evaluations: Evaluations that the search for the slot had taken until then, including those before it was
            reinitialised: gradients, or under evolution images of its population.
        distance: Euclidean (L2), from its start.
        largest_change: Of a pixel (L∞), from its start; None in runs recorded before it was.
        least: Its smallest pixel.
        greatest: Its greatest pixel.
    """

    step: int
    evaluations: int
    distance: float
    largest_change: float | None
    least: float
    greatest: float


class Milestones:
    """Follows the saves of one run; milestones are only as precise as the saves are frequent.

    A reinitialised or replaced image starts anew; its slot's evaluations keep counting.

    Args:
        descent: The settings that the run started with.
    """

    def __init__(self, descent: DescentSettings | None = None) -> None:
        self._count = EvaluationCount(descent or DescentSettings())
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
        """How many images per label has; 0 before the first save."""
        return int(self._seen.shape[2])

    def take(self, events: Iterable[RunEvent]) -> None:
        """Takes the events of a recorded run, whose saves come without them."""
        self._count.take(events)

    def add(self, save: Save) -> bool:
        """Adds the next `save` of the run; returns whether an image reached a milestone at it."""
        self.take(save.events)
        last, self._last = self._last, save
        if last is None:
            self._seen = np.zeros((len(NAMES), *save.probabilities.shape), np.bool_)
            self._evaluations = np.zeros(save.probabilities.shape, np.int64)
        else:
            # A stopped batch changes again if the user lets it keep refining.
            stopped = [bool(then and now) for then, now in zip(last.stopped_by, save.stopped_by, strict=True)]
            changing = ~np.array(stopped)[:, np.newaxis] & ~last.pinned
            since = self._count.until(save.step) - self._count.until(last.step)
            self._evaluations = self._evaluations + since * changing
            self._seen = self._seen & (save.replacements == last.replacements)
        reached = np.stack([save.leads, *(save.probabilities > threshold for threshold in THRESHOLDS)])
        newly = np.argwhere(reached & ~self._seen).tolist()
        for index, row, slot in newly:
            self._reached[NAMES[index], save.labels[row], slot] = self._milestone(save, row, slot)
        self._seen = self._seen | reached
        return bool(newly)

    def of(self, label: int, slot: int) -> dict[str, Milestone]:
        """Returns the milestones that a slot's present image has reached, by name, in the order of `NAMES`."""
        if label not in self.labels or not 0 <= slot < self.slots:
            return {}
        row = self.labels.index(label)
        return {
            name: self._reached[name, label, slot] for index, name in enumerate(NAMES) if self._seen[index, row, slot]
        }

    def counts(self) -> dict[str, int]:
        """Returns how many of the present images have reached each milestone, by name, in the order of `NAMES`."""
        return dict(zip(NAMES, self._seen.sum(axis=(1, 2)).tolist(), strict=True))

    def _milestone(self, save: Save, row: int, slot: int) -> Milestone:
        image = save.images[row, slot]
        return Milestone(
            step=save.step,
            evaluations=int(self._evaluations[row, slot]),
            distance=float(save.distances[row, slot]),
            largest_change=None if save.largest_changes is None else float(save.largest_changes[row, slot]),
            least=float(image.min()),
            greatest=float(image.max()),
        )
