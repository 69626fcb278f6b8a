"""The cells of a sweep as columns: sorted, filtered and counted in no time, also where they are a hundred thousand."""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import IntArray
from fooler_gui.core.number_text import read_number
from fooler_gui.sweeps.grouping import IMAGES, Row, figures_of
from fooler_gui.sweeps.results import DONE, FAILED, RUNNING, WAITING
from fooler_gui.sweeps.sweep_spec import is_number

NUMBER = "cell"
"""The column of the cells' numbers, from 1."""

STATES = (WAITING, RUNNING, DONE, FAILED)
_NUMERIC = {int, float, type(None)}
_COMPARED = re.compile(r"([\w.:-]+?)(<=|>=|!=|=|<|>)(.+)")
_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
}

Mask = npt.NDArray[np.bool_]


class CellColumn:
    """A column of a table of cells.

    Args:
        values: (N,), of each cell; None where it has none.

    Attributes:
        values: See above.
        is_numeric: Whether all are numbers.
    """

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values
        self.is_numeric = set(map(type, values)) <= _NUMERIC

    @cached_property
    def keys(self) -> npt.NDArray[np.float64]:
        """What the cells are sorted by, (N,): numbers themselves, others by their rank; NaN for none."""
        if self.is_numeric:
            return np.array(self.values, np.float64)
        ranks: dict[Any, float] = {value: rank for rank, value in enumerate(self.different)}
        ranks[None] = np.nan
        return np.fromiter((ranks[value] for value in self.values), np.float64, len(self.values))

    @cached_property
    def different(self) -> tuple[Any, ...]:
        """Each value once, in order: numbers, then text."""
        found = set(self.values) - {None}
        return tuple(sorted(found, key=_place_of))

    def matching(self, wanted: Callable[[Any], bool]) -> Mask:
        """Returns which cells have a value that is `wanted`, (N,)."""
        fits = {value: wanted(value) for value in self.different} | {None: False}
        return np.fromiter((fits[value] for value in self.values), np.bool_, len(self.values))


class CellTable:
    """The cells of a sweep as they were at a moment. Never changes. Large ones take half a second to make.

    Args:
        known: The names of all columns, from `Results.table`.
        cells: The values of these for each cell, likewise.
        varied: The names of the varied options.

    Attributes:
        known: See above.
        varied: See above.
        names: The columns worth showing: the number, what is varied, state, figures, worker, error.
    """

    def __init__(self, known: Sequence[str], cells: Sequence[tuple[Any, ...]], varied: Sequence[str]) -> None:
        self.known = tuple(known)
        self._cells = cells
        self.varied = tuple(varied)
        figures = [name for name in (IMAGES, *figures_of(known, varied)) if name in known]
        self.names = (NUMBER, *self.varied, "state", *figures, "worker", "error")
        values = dict(zip(known, zip(*cells, strict=True), strict=False))  # without cells there are no columns either
        values[NUMBER] = tuple(range(1, len(cells) + 1))
        self._columns = {name: CellColumn(values.get(name, ())) for name in self.names}

    def __len__(self) -> int:
        return len(self._cells)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The cells, each by the names of its columns."""
        return tuple(map(self.row, range(len(self))))

    def row(self, place: int) -> Row:
        """Returns the cell at `place` by the names of its columns."""
        return dict(zip(self.known, self._cells[place], strict=True))

    def column(self, name: str) -> CellColumn:
        """Returns the column called `name`, one of `names`."""
        return self._columns[name]

    def counts(self) -> dict[str, int]:
        """Returns how many cells are in each state, in the order of a cell's life."""
        counted = Counter(self.column("state").values)
        return {state: counted[state] for state in STATES}

    def order(self, name: str, *, descending: bool) -> IntArray:
        """Returns the places of the cells sorted by a column, (N,); those without a value come last."""
        keys = self.column(name).keys
        return np.argsort(-keys if descending else keys, kind="stable")

    def matching(self, text: str) -> Mask:
        """Returns which cells match every word of `text`, (N,).

        A word such as ``steps>50`` or ``objective=margin`` compares a column; any other is looked for in the states,
        the workers, the errors and the values of what is varied.
        """
        found = np.ones(len(self), np.bool_)
        for word in text.split():
            found &= self._matching_word(word)
        return found

    def _matching_word(self, word: str) -> Mask:
        compared = _COMPARED.fullmatch(word)
        if compared and compared[1] in self.names:
            return self._compared(*compared.groups())
        found, wanted = np.zeros(len(self), np.bool_), word.casefold()
        for name in (*self.varied, "state", "worker", "error"):
            found |= self.column(name).matching(lambda value: wanted in str(value).casefold())
        return found

    def _compared(self, name: str, sign: str, wanted: str) -> Mask:
        column, number, compare = self.column(name), read_number(wanted), _COMPARISONS[sign]
        if column.is_numeric:
            fits: Mask = compare(column.keys, np.nan if number is None else float(number))
            return fits & ~np.isnan(column.keys)
        return column.matching(lambda value: bool(compare(str(value), wanted)))


def _place_of(value: Any) -> tuple[bool, float, str]:
    return (False, value, "") if is_number(value) else (True, 0.0, str(value))
