"""The cells of a sweep in groups that share some varied options, and one figure of each group at a time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from types import NoneType
from typing import Any

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import IntArray
from fooler_gui.sweeps.results import BASE_COLUMNS, DONE
from fooler_gui.sweeps.statistics import Interval, medians, share
from fooler_gui.sweeps.sweep_spec import is_number

SEED = "rng_seed"
FOOLING, IMAGES = "fooling", "images"
"""How many images of a cell fool, and of how many; as a figure, `FOOLING` stands for the share."""
ALL_FOOL = "all_fool"
"""Whether every image of a cell fools: 1 or 0. Of a group, the share of such cells."""
SHARES = (FOOLING, ALL_FOOL)
"""The figures that are shares; a group's has Wilson's interval."""

_FIRST = (
    "steps_to_999", "gradients_to_999", "reinitialised", "distance", "largest_change", "spread", "reference_distance",
)  # fmt: skip
_LAST = (
    "found", "min_probability", "mean_probability", "evaluations", "seconds_per_step", "memory", "seconds",
)  # fmt: skip
"""What tells little beside the others."""

GREATEST = 1e100
"""Beyond it, either way, a number is none that can be computed with."""

Row = Mapping[str, Any]
"""A cell by the names of its columns, as `Results.rows` yields it."""

Values = npt.NDArray[np.float64]


def figures_of(columns: Iterable[str], varied: Iterable[str]) -> tuple[str, ...]:
    """Returns the names of the figures of a sweep, from the names of its columns, those that tell most first."""
    others = {*BASE_COLUMNS, *varied, *SHARES, IMAGES} - {"seconds"}
    known = tuple(columns)
    shares = SHARES if FOOLING in known and IMAGES in known else ()
    figures = [name for name in known if name not in others]
    first, last = ([name for name in names if name in figures] for names in (_FIRST, _LAST))
    return (*shares, *first, *(name for name in figures if name not in {*first, *last}), *last)


def settings_of(rows: Sequence[Row], names: Sequence[str]) -> list[tuple[Any, ...]]:
    """Returns the values of some options in each row."""
    return list(zip(*([row[name] for row in rows] for name in names), strict=True)) if names else [()] * len(rows)


def values_of(rows: Sequence[Row], figure: str) -> Values:
    """Returns a figure of each row, (N,); NaN where it is not done, or has no number up to `GREATEST`."""
    if figure not in SHARES:
        return _column(rows, figure)
    fooling, images = (_column(rows, name) for name in (FOOLING, IMAGES))
    counted = (images > 0) & (fooling >= 0) & (fooling <= images)
    values = np.full(len(counted), math.nan)
    np.divide(fooling, images, out=values, where=counted)
    return np.where(counted, values == 1, values) if figure == ALL_FOOL else values


class Groups:
    """The rows of a sweep in groups, in the order of their first cells.

    Args:
        rows: The cells.
        names: The varied options that the cells of a group share; cells that differ in others are pooled.

    Attributes:
        rows: See above.
        names: See above.
        settings: The values of the options, by group.
        numbers: (N,), the group of each row.
    """

    def __init__(self, rows: Sequence[Row], names: Iterable[str]) -> None:
        self.rows = rows
        self.names = tuple(names)
        numbers: dict[tuple[Any, ...], int] = {}
        settings = settings_of(rows, self.names)
        self.numbers: IntArray = np.array([numbers.setdefault(setting, len(numbers)) for setting in settings], np.int64)
        self.settings = tuple(numbers)

    def __len__(self) -> int:
        return len(self.settings)

    def counts(self, state: str) -> list[int]:
        """Returns how many cells of each group are in a state."""
        return self._sums(np.array([row["state"] == state for row in self.rows], np.float64))

    def intervals(self, figure: str) -> list[Interval | None]:
        """Returns a figure of each group, with its 95 % interval; None where no cell has it.

        `FOOLING` is the share of all images of the group that fool, `ALL_FOOL` that of its cells in which every image
        does, both with Wilson's interval; any other figure is the median over its cells, with a bootstrap's.
        """
        values = values_of(self.rows, figure)
        if figure in SHARES:
            of = _column(self.rows, IMAGES) if figure == FOOLING else np.ones(len(values))
            known = ~np.isnan(values)
            successes, counts = (self._sums(np.where(known, numbers, 0)) for numbers in (values * of, of))
            found = [share(part, whole) for part, whole in zip(successes, counts, strict=True)]
        else:
            found = medians(values, self.numbers, len(self))
        return [interval if interval.count else None for interval in found]

    def members(self, among: npt.NDArray[np.bool_]) -> list[IntArray]:
        """Returns, for each group, the places of its rows that are `among` those marked, (N,)."""
        places = np.flatnonzero(among)
        places = places[np.argsort(self.numbers[places], kind="stable")]
        return np.split(places, np.cumsum(np.bincount(self.numbers[places], minlength=len(self)))[:-1])

    def _sums(self, numbers: Values) -> list[int]:
        return [round(total) for total in np.bincount(self.numbers, weights=numbers, minlength=len(self)).tolist()]


def _column(rows: Sequence[Row], name: str) -> Values:
    found = [row.get(name) if row["state"] == DONE else None for row in rows]
    if not set(map(type, found)) <= {int, float, NoneType}:
        found = [value if is_number(value) else None for value in found]
    values = np.array(found, np.float64)
    return np.where(np.abs(values) <= GREATEST, values, math.nan)
