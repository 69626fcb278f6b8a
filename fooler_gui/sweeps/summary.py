"""What the cells of a sweep say together: each setting over its seeds, and each beside the first."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from fooler_gui.sweeps.results import DONE, FAILED
from fooler_gui.sweeps.statistics import Comparison, Interval, holm, median, paired_values, share

SEED = "rng_seed"
FOOLING, IMAGES = "fooling", "images"
"""The figures of a cell whose ratio is the share of images that fool."""

_NOT_FIGURES = ("place", "hash", "state", "run", "worker", "error", "owner", "deaths")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How a figure of a setting differs from that of the first setting on the same seeds.

    Attributes:
        figure: Its name; `FOOLING` stands for the share of images that fool.
        comparison: This setting's minus the first one's, and p by Wilcoxon's signed-rank test.
        corrected: p after Holm, over all settings and this figure.
    """

    figure: str
    comparison: Comparison
    corrected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """All cells that differ in their seed alone.

    Attributes:
        values: The varied options but the seed.
        cells: How many are done.
        failed: How many failed.
        fooling: The share of all their images that fool; None where images are not counted.
        medians: The median over the cells of each other figure, by name.
        differences: Beside the first setting; none for that itself.
    """

    values: Mapping[str, Any]
    cells: int
    failed: int
    fooling: Interval | None
    medians: Mapping[str, Interval]
    differences: tuple[Difference, ...]


def summarise(rows: Iterable[Mapping[str, Any]], varied: Iterable[str]) -> tuple[Setting, ...]:
    """Returns the settings of a sweep in the order of their first cells.

    Args:
        rows: The cells, from `Results.rows`.
        varied: The names of the varied options.
    """
    names = [name for name in varied if name != SEED]
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(json.dumps([row[name] for name in names]), []).append(row)
    cells = list(groups.values())
    skipped = {*_NOT_FIGURES, *varied}
    figures = [name for name in (cells[0][0] if cells else ()) if name not in skipped]
    differences = _differences(cells, figures)
    return tuple(
        _setting({name: group[0][name] for name in names}, group, figures, differences[index])
        for index, group in enumerate(cells)
    )


def _setting(
    values: Mapping[str, Any], rows: list[Mapping[str, Any]], figures: list[str], differences: tuple[Difference, ...]
) -> Setting:
    done = [row for row in rows if row["state"] == DONE]
    counted = [row for row in done if row.get(FOOLING) is not None and row.get(IMAGES)]
    fooling = None
    if counted:
        fooling = share(round(sum(row[FOOLING] for row in counted)), round(sum(row[IMAGES] for row in counted)))
    known = {name: [row[name] for row in done if row[name] is not None] for name in figures}
    return Setting(
        values=dict(values),
        cells=len(done),
        failed=sum(row["state"] == FAILED for row in rows),
        fooling=fooling,
        medians={name: median(numbers) for name, numbers in known.items() if numbers and name not in (FOOLING, IMAGES)},
        differences=differences,
    )


def _differences(cells: list[list[Mapping[str, Any]]], figures: list[str]) -> list[tuple[Difference, ...]]:
    """Returns the differences of each setting from the first, figure by figure."""
    found: list[list[Difference]] = [[] for _ in cells]
    for figure in figures:
        if figure == IMAGES:
            continue
        compared = [paired_values(*_paired(cells[0], other, figure)) for other in cells[1:]]
        corrected = holm([comparison.p for comparison in compared])
        for place, (comparison, p) in enumerate(zip(compared, corrected, strict=True), start=1):
            if comparison.count:
                found[place].append(Difference(figure=figure, comparison=comparison, corrected=p))
    return [tuple(each) for each in found]


def _paired(
    first: list[Mapping[str, Any]], other: list[Mapping[str, Any]], figure: str
) -> tuple[list[float], list[float]]:
    """Returns the values of `other` and of `first` on the seeds that both have."""
    ours, theirs = (_by_seed(rows, figure) for rows in (other, first))
    seeds = [seed for seed in ours if seed in theirs]
    return [ours[seed] for seed in seeds], [theirs[seed] for seed in seeds]


def _by_seed(rows: list[Mapping[str, Any]], figure: str) -> dict[Any, float]:
    values = {row.get(SEED): _value(row, figure) for row in rows if row["state"] == DONE}
    return {seed: value for seed, value in values.items() if not math.isnan(value)}


def _value(row: Mapping[str, Any], figure: str) -> float:
    value = row.get(figure)
    if value is None:
        return math.nan
    return value / row[IMAGES] if figure == FOOLING and row.get(IMAGES) else float(value)
