"""The numbers of a run against its steps, in arrays that grow by doubling, for the plots. No Qt."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from fooler_gui.core.done_words import ACTIVATION, PROBABILITY, measure_of
from fooler_gui.core.save import Save, TermPlace

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

RAW = "raw"
WEIGHTED = "weighted"
_FIRST_ROOM = 64


class GrowingTable:
    """Rows of numbers; adding one takes constant time on average.

    Args:
        columns: Numbers per row.
        dtype: Of the numbers.
    """

    def __init__(self, columns: int, dtype: npt.DTypeLike = np.float64) -> None:
        self._room = np.empty((_FIRST_ROOM, columns), dtype)
        self._count = 0

    @classmethod
    def of(cls, rows: npt.NDArray[Any]) -> Self:
        """Returns a table that begins with `rows`."""
        table = cls(rows.shape[1], rows.dtype)
        table._room, table._count = np.concatenate([rows, table._room]), len(rows)
        return table

    def __len__(self) -> int:
        return self._count

    @property
    def rows(self) -> npt.NDArray[Any]:
        """All rows so far; a view that later rows do not change."""
        return self._room[: self._count]

    def append(self, row: npt.ArrayLike) -> None:
        """Appends a row."""
        if self._count == len(self._room):
            larger = np.empty((2 * self._count, self._room.shape[1]), self._room.dtype)
            larger[: self._count] = self._room
            self._room = larger
        self._room[self._count] = row
        self._count += 1

    def drop_last(self) -> None:
        """Removes the last row."""
        self._count -= 1


class _Track:
    """One number of each slot in each save: its row (L · B), and the least, mean and greatest of all slots.

    Args:
        slots: L · B.
        unknown: How many saves come before the first whose numbers are known.
    """

    def __init__(self, slots: int, unknown: int = 0) -> None:
        # Of the slots in their own precision, in half the memory.
        self.slots = GrowingTable.of(np.full((unknown, slots), np.nan, np.float32))
        self.summary = GrowingTable.of(np.full((unknown, 3), np.nan))

    def append(self, values: npt.NDArray[Any] | None) -> None:
        """Adds the numbers of a save; None if they are unknown."""
        row = np.full(self.slots.rows.shape[1], np.nan) if values is None else values.astype(float).ravel()
        self.slots.append(row)
        self.summary.append((row.min(), row.mean(), row.max()))

    def drop_last(self) -> None:
        """Removes those of the last save."""
        self.slots.drop_last()
        self.summary.drop_last()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesView:
    """The numbers between two steps, thinned to the n points that a screen can show.

    Attributes:
        measure: What of each slot is shown, "probability" or "activation"; NaN at steps where it is unknown.
        steps: (n,), the last step that each point stands for.
        minimum: (n,), the lowest in the saves that each point stands for.
        mean: (n,), the mean at `steps`.
        maximum: (n,), the highest in those saves.
        slots: (n, L · B), each slot's at `steps`.
        costs: By "raw" and "weighted": (n, places), at `steps`, each cost's mean over the labels; NaN where a cost is
            0 or was not computed.
        reinitialised: The steps at which a slot was reinitialised, of any number.
    """

    measure: str
    steps: Numbers
    minimum: Numbers
    mean: Numbers
    maximum: Numbers
    slots: Numbers
    costs: Mapping[str, Numbers]
    reinitialised: Numbers


class RunSeries:
    """The numbers of one run's saves. A save at the same step as the last one replaces it."""

    def __init__(self) -> None:
        self._places: tuple[TermPlace, ...] = ()
        self._labels: tuple[int, ...] = ()
        self._build(0)

    def __len__(self) -> int:
        return len(self._steps)

    @property
    def places(self) -> tuple[TermPlace, ...]:
        """The cost terms of the saves."""
        return self._places

    @property
    def labels(self) -> tuple[int, ...]:
        """The labels of the saves' images; empty before the first save."""
        return self._labels

    @property
    def last_step(self) -> int:
        """The newest save's step; 0 before the first."""
        return int(self._steps.rows[-1, 0]) if len(self) else 0

    def append(self, save: Save) -> None:
        """Adds the numbers of `save`; starts over if it belongs to another run."""
        places = save.costs[0].places
        another = places != self._places or save.labels != self._labels
        track = self._tracks[PROBABILITY]
        if another or track.slots.rows.shape[1] != save.probabilities.size or save.step < self.last_step:
            self._places, self._labels = places, save.labels
            self._build(save.probabilities.size)
        reinitialised = bool(save.reinitialised.any())
        if len(self) and save.step == self.last_step:
            reinitialised = reinitialised or bool(self._has_reinitialised.rows[-1, 0])
            for table in self._tables():
                table.drop_last()
        if save.activations is not None and ACTIVATION not in self._tracks:
            self._tracks[ACTIVATION] = _Track(save.probabilities.size, len(self))
        self._measure = measure_of(save)
        self._steps.append(save.step)
        for measure, values in ((PROBABILITY, save.probabilities), (ACTIVATION, save.activations)):
            if measure in self._tracks:
                self._tracks[measure].append(values)
        self._has_reinitialised.append(reinitialised)
        for weighting, table in self._costs.items():
            table.append(_mean_costs(save, weighting))

    @property
    def measure(self) -> str:
        """What the newest save's images are judged by, "probability" or "activation"."""
        return self._measure

    def view(self, first: float, last: float, most: int, measure: str = PROBABILITY) -> SeriesView:
        """Returns about `most` points, at least two, from just before step `first` to just after `last`.

        Args:
            first: The first step.
            last: The last step.
            most: How many points are enough.
            measure: What of each slot they show; activations only if some save has them.
        """
        steps = self._steps.rows[:, 0]
        begin = max(0, int(np.searchsorted(steps, first)) - 1)
        end = min(len(steps), int(np.searchsorted(steps, last, side="right")) + 1)
        starts, ends = _chunks(begin, end, most)
        slots, summary = self._tracks[measure].slots.rows, self._tracks[measure].summary.rows
        return SeriesView(
            measure=measure,
            steps=steps[ends],
            minimum=_over_chunks(np.fmin, summary[:end, 0], starts),
            mean=summary[ends, 1],
            maximum=_over_chunks(np.fmax, summary[:end, 2], starts),
            slots=slots[ends],
            costs={weighting: table.rows[ends] for weighting, table in self._costs.items()},
            reinitialised=steps[begin:end][self._has_reinitialised.rows[begin:end, 0] > 0],
        )

    def slot_history(self, label: int, slot: int, most: int) -> tuple[Numbers, Numbers]:
        """Returns steps and the slot's probabilities at them, about `most` and at least two, the newest last.

        Args:
            label: Whose slot it is.
            slot: Its number among the label's slots; the history of one that is not in the saves is empty.
            most: How many points are enough.
        """
        probabilities = self._tracks[PROBABILITY].slots.rows
        slots = probabilities.shape[1] // max(1, len(self._labels))
        if label not in self._labels or not 0 <= slot < slots:
            return np.empty(0), np.empty(0)
        _, ends = _chunks(0, len(self), most)
        column = self._labels.index(label) * slots + slot
        return self._steps.rows[ends, 0], probabilities[ends, column].astype(np.float64)

    def _build(self, slots: int) -> None:
        self._steps, self._has_reinitialised = GrowingTable(1), GrowingTable(1)
        self._tracks, self._measure = {PROBABILITY: _Track(slots)}, PROBABILITY
        columns = len(self._places)
        self._costs = {RAW: GrowingTable(columns), WEIGHTED: GrowingTable(columns)}

    def _tables(self) -> tuple[GrowingTable | _Track, ...]:
        return self._steps, self._has_reinitialised, *self._tracks.values(), *self._costs.values()


def _chunks(begin: int, end: int, most: int) -> tuple[Places, Places]:
    """Returns the first and last index of each chunk from `begin` to `end`, about `most` chunks but at least two."""
    starts = np.arange(begin, end, max(1, math.ceil((end - begin) / max(2, most))))
    return starts, np.append(starts[1:], end)[: len(starts)] - 1


def _over_chunks(reduce: np.ufunc, values: Numbers, starts: Places) -> Numbers:
    return reduce.reduceat(values, starts) if len(starts) else values[:0]


def _mean_costs(save: Save, weighting: str) -> Numbers:
    rows = [
        [math.nan if term.cost is None else term.weighted_cost if weighting == WEIGHTED else term.cost
         for term in costs.terms]
        for costs in save.costs
    ]  # fmt: skip
    mean = np.mean(rows, axis=0)
    return np.where(mean > 0, mean, np.nan)
