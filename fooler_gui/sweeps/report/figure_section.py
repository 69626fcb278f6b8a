"""A figure in the report: over the varied options, and of every setting with its cells, interval and test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from fooler_gui.sweeps.differences import Difference, differences
from fooler_gui.sweeps.figure_words import difference_text, figure_title, interval_text
from fooler_gui.sweeps.grouping import FOOLING, GREATEST, SEED, Groups, Row, settings_of, values_of
from fooler_gui.sweeps.pivot import Strip, pivot, strips
from fooler_gui.sweeps.report.axis import Axis
from fooler_gui.sweeps.report.markup import tag
from fooler_gui.sweeps.report.option_words import value_text
from fooler_gui.sweeps.report.plots import heat_maps, scatter, strip_axis, strip_drawing, strip_scale
from fooler_gui.sweeps.sweep_spec import is_number

MOST_SETTINGS = 200
"""Of more settings a table has each option by itself."""
_MOST_VALUES = 30
"""An option with more values is on no heat map."""
_FEWEST_POINTS = 12
"""An option with more numbers than that is drawn along an axis."""
_LEVEL = 0.05
"""Below it a corrected p is emphasised."""
_LEAST_P = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPlan:
    """What the report draws of every figure.

    Attributes:
        rows: The cells.
        varied: The names of the varied options.
        tables: The options of each table.
        mapped: The options of the heat maps, at most three, the last one along a row; none, or at least two.
        lines: The options with many numbers, each for a drawing of its own.
    """

    rows: Sequence[Row]
    varied: tuple[str, ...]
    tables: tuple[tuple[str, ...], ...]
    mapped: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def pooled(self) -> tuple[str, ...]:
        """The options, but the seed, that differ within a field of the heat maps."""
        several = _several(self.rows, self.varied)
        return tuple(name for name in several if name not in self.mapped) if self.mapped else ()


def plan_of(rows: Sequence[Row], varied: tuple[str, ...]) -> ReportPlan:
    """Returns what the report draws of the figures of a sweep, whose `rows` are at least one."""
    options = tuple(name for name in varied if name != SEED)
    several = _several(rows, varied)
    settings = len(set(settings_of(rows, options)))
    small = [name for name, values in several.items() if len(values) <= _MOST_VALUES]
    apart = tuple((name,) for name, values in several.items() if len(values) <= MOST_SETTINGS)
    lines = (name for name, values in several.items() if len(values) > _FEWEST_POINTS and all(map(_has_place, values)))
    return ReportPlan(
        rows=rows,
        varied=varied,
        tables=(options,) if settings <= MOST_SETTINGS else apart,
        mapped=tuple(small[-3:]) if len(small) > 1 else (),
        lines=tuple(lines),
    )


def figure_section(plan: ReportPlan, figure: str, anchor: str) -> Element:
    """Returns what the report says of a figure."""
    section = tag("section", tag("h2", figure_title(figure)), id=anchor)
    drawings = [*_maps(plan, figure), *_scatters(plan, figure)]
    if drawings:
        section.append(tag("div", *drawings, class_="maps"))
    for names in plan.tables:
        section.append(tag("div", _table(plan, figure, names), class_="wide"))
    return section


def _maps(plan: ReportPlan, figure: str) -> list[Element]:
    if not plan.mapped:
        return []
    *rest, down, across = plan.mapped
    by = rest[0] if rest else None
    return heat_maps(figure, pivot(plan.rows, plan.varied, figure, across, down, by), across, down, by)


def _scatters(plan: ReportPlan, figure: str) -> list[Element]:
    values = values_of(plan.rows, figure)
    known = ~np.isnan(values)
    options = {name: np.array([row[name] for row in plan.rows], np.float64) for name in plan.lines}
    return [scatter(figure, name, along[known], values[known]) for name, along in options.items()]


def _table(plan: ReportPlan, figure: str, names: tuple[str, ...]) -> Element:
    found = strips(plan.rows, plan.varied, figure, names)
    axis = strip_axis(figure, found)
    beside = differences(Groups(plan.rows, names), plan.varied, [figure])
    head = tag(
        "tr",
        *(tag("th", tag("code", name)) for name in names),
        tag("th", "images" if figure == FOOLING else "cells", class_="number"),
        tag("th", strip_scale(figure, axis), class_="plot"),
        tag("th", "95 % interval"),
        tag("th", "difference", class_="number"),
        tag("th", "pairs", class_="number"),
        tag("th", "p", class_="number"),
        tag("th", "p (Holm)", class_="number"),
    )
    body = [_row(figure, strip, axis, told) for strip, told in zip(found, beside, strict=True)]
    return tag("table", tag("thead", head), tag("tbody", *body))


def _row(figure: str, strip: Strip, axis: Axis, told: tuple[Difference, ...]) -> Element:
    options = (tag("td", value_text(value)) for value in strip.values.values())
    return tag(
        "tr",
        *options,
        tag("td", f"{strip.interval.count if strip.interval else 0:,}", class_="number"),
        tag("td", strip_drawing(figure, strip, axis), class_="plot"),
        tag("td", interval_text(figure, strip.interval), class_="interval"),
        *_beside(figure, told),
    )


def _beside(figure: str, told: tuple[Difference, ...]) -> list[Element]:
    """Returns what stands in a row about the difference from the first setting."""
    if not told:
        return [tag("td", "–", class_="number") for _ in range(4)]
    (one,) = told
    texts = (
        difference_text(figure, one.comparison.difference),
        f"{one.comparison.count:,}",
        _p_text(one.comparison.p),
        _p_text(one.corrected),
    )
    *others, last = [tag("td", text, class_="number") for text in texts]
    if one.corrected < _LEVEL:
        last.set("class", "number told")
    return [*others, last]


def _p_text(p: float) -> str:
    return f"<{_LEAST_P}" if p < _LEAST_P else f"{p:.3f}"


def _has_place(value: Any) -> bool:
    """Returns whether the value of an option lies on an axis."""
    return is_number(value) and abs(value) <= GREATEST


def _several(rows: Sequence[Row], varied: tuple[str, ...]) -> dict[str, set[Any]]:
    """Returns the varied options but the seed that have several values, with these."""
    found = {name: {row[name] for row in rows} for name in varied if name != SEED}
    return {name: values for name, values in found.items() if len(values) > 1}
