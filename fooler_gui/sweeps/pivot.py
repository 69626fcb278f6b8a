"""A figure of a sweep over two varied options, and again for each value of a third; and its single cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fooler_gui.core.arrays import IntArray
from fooler_gui.sweeps.grouping import Groups, Row, Values, values_of
from fooler_gui.sweeps.statistics import Interval
from fooler_gui.sweeps.sweep_spec import SweepError, is_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One grid of a pivot.

    Attributes:
        value: That of the option which differs between panels; None if there is none.
        grid: A row for each value down, with an interval for each value across; None where no cell has the figure.
    """

    value: Any
    grid: tuple[tuple[Interval | None, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pivot:
    """A figure over the values of some varied options; cells that differ in others are pooled.

    Attributes:
        across: The values of the option along a row: numbers in order, then others as they come first.
        down: Those of the option along a column; ``(None,)`` without one.
        panels: A grid for each value of a third option; a single one without it.
    """

    across: tuple[Any, ...]
    down: tuple[Any, ...]
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Strip:
    """The single cells of a setting.

    Attributes:
        values: Those of the options that its cells share.
        places: (N,), where its cells that have the figure are among the rows.
        figures: (N,), the figure of each.
        interval: That of the setting; None without cells.
    """

    values: dict[str, Any]
    places: IntArray
    figures: Values
    interval: Interval | None


def pivot(
    rows: Sequence[Row], varied: Iterable[str], figure: str, across: str, down: str | None = None, by: str | None = None
) -> Pivot:
    """Returns a figure over the values of up to three varied options.

    Args:
        rows: The cells, from `Results.rows`.
        varied: The names of the varied options.
        figure: Its name; see `Groups.intervals`.
        across: The option along a row.
        down: The option along a column.
        by: The option that differs between panels.

    Raises:
        SweepError: An option is not varied, or given twice.
    """
    options = (across, down, by)
    groups = Groups(rows, _checked(varied, [name for name in options if name is not None]))
    places = [None if name is None else groups.names.index(name) for name in options]
    points = (tuple(None if place is None else setting[place] for place in places) for setting in groups.settings)
    found = dict(zip(points, groups.intervals(figure), strict=True))
    beside, beneath, between = (_in_order(point[place] for point in found) for place in range(len(options)))
    panels = tuple(
        Panel(value=value, grid=tuple(tuple(found.get((x, y, value)) for x in beside) for y in beneath))
        for value in between
    )
    return Pivot(across=beside, down=beneath, panels=panels)


def strips(rows: Sequence[Row], varied: Iterable[str], figure: str, names: Sequence[str]) -> tuple[Strip, ...]:
    """Returns the single cells of each setting of the options `names`, in the order of the settings' first cells.

    Raises:
        SweepError: An option is not varied, or given twice.
    """
    groups = Groups(rows, _checked(varied, names))
    values = values_of(rows, figure)
    members = groups.members(~np.isnan(values))
    return tuple(
        Strip(
            values=dict(zip(groups.names, setting, strict=True)),
            places=places,
            figures=values[places],
            interval=interval,
        )
        for setting, places, interval in zip(groups.settings, members, groups.intervals(figure), strict=True)
    )


def _checked(varied: Iterable[str], names: Sequence[str]) -> Sequence[str]:
    """Returns `names` if each is one of the `varied` options and none is given twice."""
    known = tuple(varied)
    for name in names:
        if name not in known or names.count(name) > 1:
            raise SweepError(
                f"Options must be varied ones, each once, of {', '.join(known)}; received {', '.join(names)}."
            )
    return names


def _in_order(values: Iterable[Any]) -> tuple[Any, ...]:
    """Returns each of `values` once: numbers in order, then the others as they come."""
    different = dict.fromkeys(values)
    numbers = sorted(value for value in different if is_number(value))
    return (*numbers, *(value for value in different if not is_number(value)))
