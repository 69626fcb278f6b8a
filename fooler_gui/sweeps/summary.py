"""What the cells of a sweep say together: each setting over its seeds, and each beside the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from fooler_gui.sweeps.differences import Difference, differences
from fooler_gui.sweeps.grouping import SEED, Groups, Row, figures_of
from fooler_gui.sweeps.results import DONE, FAILED
from fooler_gui.sweeps.statistics import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """All cells that share some varied options.

    Attributes:
        values: Those options.
        cells: How many are done.
        failed: How many failed.
        figures: What was found, by name; see `Groups.intervals`. Figures that no cell has are left out.
        differences: Beside the first setting; none for that itself.
    """

    values: Mapping[str, Any]
    cells: int
    failed: int
    figures: Mapping[str, Interval]
    differences: tuple[Difference, ...]

    def to_dict(self) -> dict[str, Any]:
        """Returns all that as numbers and texts."""
        return {
            "values": dict(self.values),
            "cells": self.cells,
            "failed": self.failed,
            "figures": {name: asdict(interval) for name, interval in self.figures.items()},
            "beside_the_first": [each.to_dict() for each in self.differences],
        }


def summarise(rows: Sequence[Row], varied: Iterable[str], by: Iterable[str] | None = None) -> tuple[Setting, ...]:
    """Returns the settings of a sweep in the order of their first cells.

    Args:
        rows: The cells, from `Results.rows`.
        varied: The names of the varied options.
        by: Those of them that make a setting; cells that differ in others alone are pooled. By default all but the
            seed.
    """
    names = tuple(varied)
    groups = Groups(rows, by if by is not None else [name for name in names if name != SEED])
    figures = figures_of(rows[0] if rows else (), names)
    found = {figure: groups.intervals(figure) for figure in figures}
    beside = differences(groups, names, figures)
    done, failed = groups.counts(DONE), groups.counts(FAILED)
    return tuple(
        Setting(
            values=dict(zip(groups.names, values, strict=True)),
            cells=done[place],
            failed=failed[place],
            figures={figure: interval for figure in figures if (interval := found[figure][place]) is not None},
            differences=beside[place],
        )
        for place, values in enumerate(groups.settings)
    )
