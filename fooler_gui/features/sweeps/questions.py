"""What the views ask of a sweep's cells, and the answers, which are computed in the background."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fooler_gui.sweeps.cell_table import CellTable
from fooler_gui.sweeps.grouping import SEED, Groups, figures_of
from fooler_gui.sweeps.pivot import Pivot, Strip, pivot, strips
from fooler_gui.sweeps.results import DONE, FAILED
from fooler_gui.sweeps.statistics import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsQuestion:
    """Asks for every figure of every setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatQuestion:
    """Asks for a figure over the values of varied options.

    Attributes:
        figure: The figure.
        across: The option along a row.
        down: That along a column; None for none.
        by: That which differs between grids; None for none.
    """

    figure: str
    across: str
    down: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StripQuestion:
    """Asks for a figure of every cell, by setting.

    Attributes:
        figure: The figure.
    """

    figure: str


Question = SettingsQuestion | HeatQuestion | StripQuestion


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingFigures:
    """What the cells of a setting say together.

    Attributes:
        place: Its place among the settings, from 0.
        values: The values of its options.
        done: How many of its cells are done.
        failed: How many failed.
        figures: Each figure with its interval; None where no cell has it.
    """

    place: int
    values: Mapping[str, Any]
    done: int
    failed: int
    figures: Mapping[str, Interval | None]


Answer = tuple[SettingFigures, ...] | Pivot | tuple[Strip, ...]


def answer(cells: CellTable, question: Question) -> Answer:
    """Returns the answer to `question`: settings, a pivot or strips, as it asks.

    Raises:
        SweepError: It names an option that is not varied, or one twice.
    """
    match question:
        case HeatQuestion(figure=figure, across=across, down=down, by=by):
            return pivot(cells.rows, cells.varied, figure, across, down, by)
        case StripQuestion(figure=figure):
            return strips(cells.rows, cells.varied, figure, options_of(cells))
        case SettingsQuestion():
            return _settings(cells)


def options_of(cells: CellTable) -> tuple[str, ...]:
    """Returns the options that make a setting: all that is varied but the seed."""
    return tuple(name for name in cells.varied if name != SEED)


def figures_in(cells: CellTable) -> tuple[str, ...]:
    """Returns the names of the figures of `cells`."""
    return figures_of(cells.known, cells.varied)


def _settings(cells: CellTable) -> tuple[SettingFigures, ...]:
    groups = Groups(cells.rows, options_of(cells))
    figures = {figure: groups.intervals(figure) for figure in figures_in(cells)}
    done, failed = groups.counts(DONE), groups.counts(FAILED)
    return tuple(
        SettingFigures(
            place=place,
            values=dict(zip(groups.names, values, strict=True)),
            done=done[place],
            failed=failed[place],
            figures={figure: intervals[place] for figure, intervals in figures.items()},
        )
        for place, values in enumerate(groups.settings)
    )
