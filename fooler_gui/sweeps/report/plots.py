"""The drawings of a report: heat maps, strips of cells, and cells over an option that is a number."""

from __future__ import annotations

import math
from collections.abc import Callable
from xml.etree.ElementTree import Element

import numpy as np

from fooler_gui.core.colour_scale import ink_on, scale_colour
from fooler_gui.core.formats import format_count, format_number, format_share
from fooler_gui.sweeps.figure_words import figure_text, figure_title, interval_text
from fooler_gui.sweeps.grouping import FOOLING, SHARES, Values
from fooler_gui.sweeps.pivot import Panel, Pivot, Strip
from fooler_gui.sweeps.report.axis import Axis, axis_of
from fooler_gui.sweeps.report.markup import tag
from fooler_gui.sweeps.report.option_words import setting_text, value_text
from fooler_gui.sweeps.statistics import Interval

STRIP_WIDTH, STRIP_HEIGHT = 230, 26
_MARGIN = 12
"""Room for half a number beside the ends of a strip's axis."""
_CHARACTER, _LINE = 7, 16
_LEAST_CELL, _CELL_HEIGHT = 52, 28
_MOST_LETTERS = 16
_MOST_POINTS = 300
"""Of more cells in a strip, so many are drawn, evenly by rank."""
_LAYERS = 5
"""Points beside each other lie in so many layers, so that equal ones can be told apart."""
_MOST_SCATTERED = 5_000
_SCATTER_WIDTH, _SCATTER_HEIGHT, _SCATTER_LEFT = 460, 220, 64


def strip_axis(figure: str, strips: tuple[Strip, ...]) -> Axis:
    """Returns the axis that all strips of a figure share."""
    ends = [end for strip in strips if strip.interval for end in (strip.interval.low, strip.interval.high)]
    return axis_of(np.concatenate([ends, *(strip.figures for strip in strips)]), STRIP_WIDTH - 2 * _MARGIN, figure)


def strip_scale(figure: str, axis: Axis) -> Element:
    """Returns the numbers above all strips of a figure."""
    texts = (
        tag("text", _tick_text(figure, tick), x=_MARGIN + float(axis.at(tick)), y=12, text_anchor="middle")
        for tick in axis.ticks()
    )
    return _drawing(STRIP_WIDTH, _LINE, f"Scale of {figure_title(figure)}", *texts)


def strip_drawing(figure: str, strip: Strip, axis: Axis) -> Element:
    """Returns the cells of a setting as points, over its interval with a line at the figure."""
    middle = STRIP_HEIGHT / 2
    lines = [_line(_MARGIN + float(axis.at(tick)), 0, STRIP_HEIGHT, "grid") for tick in axis.ticks()]
    chosen = np.sort(strip.figures)
    if chosen.size > _MOST_POINTS:
        chosen = chosen[np.linspace(0, chosen.size - 1, _MOST_POINTS).round().astype(int)]
    layers = np.asarray(middle + 3 * (np.arange(chosen.size) % _LAYERS - _LAYERS // 2), np.float64)
    marks = []
    if strip.interval is not None:
        low, value, high = (
            _MARGIN + float(axis.at(end)) for end in (strip.interval.low, strip.interval.value, strip.interval.high)
        )
        marks = [
            tag("path", d=f"M{low:.1f} {middle:.1f}H{high:.1f}", class_="interval"),
            _line(value, 3, STRIP_HEIGHT - 3, "value"),
        ]
    told = f"{setting_text(strip.values)}: {_told(figure, strip.interval)}"
    points = _points(_MARGIN + axis.at(chosen), layers)
    return _drawing(STRIP_WIDTH, STRIP_HEIGHT, told, *lines, *marks, points)


def heat_maps(figure: str, found: Pivot, across: str, down: str, by: str | None) -> list[Element]:
    """Returns a heat map for each panel of a pivot, between what its axes are and their scale of colours.

    There are none of a figure that is the same everywhere.

    Args:
        figure: What is shown.
        found: Its intervals.
        across: The option along a row.
        down: The option along a column.
        by: The option that differs between panels.
    """
    values = [interval.value for panel in found.panels for row in panel.grid for interval in row if interval]
    low, high = min(values, default=0.0), max(values, default=0.0)
    if low == high:
        return []

    def colour(value: float) -> str:
        return scale_colour((value - low) / (high - low))

    maps = []
    for panel in found.panels:
        title = [tag("figcaption", tag("code", by), f" {value_text(panel.value)}")] if by is not None else []
        maps.append(tag("figure", *title, _heat_map(figure, found, panel, (across, down), colour)))
    axes = tag("p", tag("code", across), " across, ", tag("code", down), " down", class_="note")
    bars = [
        tag("rect", x=8 * index, y=0, width=8.5, height=12, fill=colour(value))
        for index, value in enumerate(np.linspace(low, high, 25).tolist())
    ]
    ends = [
        tag("text", figure_text(figure, low), x=0, y=26),
        tag("text", figure_text(figure, high), x=200, y=26, text_anchor="end"),
    ]
    scale = _drawing(200, 30, f"Colours from {figure_text(figure, low)} to {figure_text(figure, high)}", *bars, *ends)
    return [axes, *maps, tag("figure", scale, class_="scale")]


def scatter(figure: str, name: str, options: Values, figures: Values) -> Element:
    """Returns the cells as points: a figure, (N,), over the option `name`, (N,), at least one.

    Of very many every second, third … is drawn.
    """
    every = math.ceil(len(figures) / _MOST_SCATTERED)
    beside = axis_of(options, _SCATTER_WIDTH - _SCATTER_LEFT - _MARGIN, may_be_logarithmic=True)
    upwards = axis_of(figures, _SCATTER_HEIGHT - 3 * _LINE, figure)
    bottom = _SCATTER_HEIGHT - 2 * _LINE
    marks = []
    for tick in upwards.ticks():
        y = bottom - float(upwards.at(tick))
        marks.append(tag("path", d=f"M{_SCATTER_LEFT} {y:.1f}H{_SCATTER_WIDTH - _MARGIN}", class_="grid"))
        marks.append(tag("text", _tick_text(figure, tick), x=_SCATTER_LEFT - 8, y=y + 4, text_anchor="end"))
    for tick in beside.ticks():
        x = _SCATTER_LEFT + float(beside.at(tick))
        marks.append(_line(x, bottom, bottom + 4, "grid"))
        marks.append(tag("text", format_number(tick), x=x, y=bottom + _LINE, text_anchor="middle"))
    title = tag("text", name, x=_SCATTER_WIDTH - _MARGIN, y=_SCATTER_HEIGHT - 2, text_anchor="end", class_="option")
    points = _points(_SCATTER_LEFT + beside.at(options[::every]), bottom - upwards.at(figures[::every]))
    told = f"{figure_title(figure)} over {name}, {format_count(len(figures[::every]), 'cell')}"
    caption = [tag("figcaption", f"One in {every} cells")] if every > 1 else []
    return tag("figure", *caption, _drawing(_SCATTER_WIDTH, _SCATTER_HEIGHT, told, *marks, points, title))


def _heat_map(
    figure: str, found: Pivot, panel: Panel, names: tuple[str, str], colour: Callable[[float], str]
) -> Element:
    across, down = names
    columns, rows = ([_short(value) for value in values] for values in (found.across, found.down))
    texts = [figure_text(figure, interval.value) for row in panel.grid for interval in row if interval]
    wide = max(_LEAST_CELL, 10 + _CHARACTER * max(map(len, [*columns, *texts])))
    left, top = 10 + _CHARACTER * max(map(len, rows)), _LINE + 2
    marks = [
        tag("text", text, x=left + (index + 0.5) * wide, y=top - 6, text_anchor="middle")
        for index, text in enumerate(columns)
    ]
    for index, (text, intervals) in enumerate(zip(rows, panel.grid, strict=True)):
        y = top + index * _CELL_HEIGHT
        marks.append(tag("text", text, x=left - 8, y=y + 18, text_anchor="end"))
        for place, interval in enumerate(intervals):
            values = {down: found.down[index], across: found.across[place]}
            marks.append(_cell(figure, interval, setting_text(values), (left + place * wide, y, wide), colour))
    return _drawing(
        left + wide * len(columns),
        top + _CELL_HEIGHT * len(rows),
        f"{figure_title(figure)} over {across} and {down}",
        *marks,
    )


def _cell(
    figure: str,
    interval: Interval | None,
    words: str,
    place: tuple[float, float, float],
    colour: Callable[[float], str],
) -> Element:
    x, y, width = place
    told = tag("title", f"{words}: {_told(figure, interval)}")
    area = {"x": x + 1, "y": y + 1, "width": width - 2, "height": _CELL_HEIGHT - 2.0}
    if interval is None:
        return tag("g", told, tag("rect", class_="none", **area))
    ground = colour(interval.value)
    text = tag(
        "text",
        figure_text(figure, interval.value),
        x=x + width / 2,
        y=y + 18,
        text_anchor="middle",
        fill=ink_on(ground),
    )
    return tag("g", told, tag("rect", fill=ground, **area), text)


def _tick_text(figure: str, value: float) -> str:
    return format_share(value, 0) if figure in SHARES else format_number(value)


def _told(figure: str, interval: Interval | None) -> str:
    if interval is None:
        return "no cell has it"
    return (
        f"{interval_text(figure, interval)}, {format_count(interval.count, 'image' if figure == FOOLING else 'cell')}"
    )


def _short(value: object) -> str:
    text = value_text(value)
    return text if len(text) <= _MOST_LETTERS else f"{text[: _MOST_LETTERS - 1]}…"


def _points(xs: Values, ys: Values) -> Element:
    """Returns round points as one path of lines without length."""
    return tag("path", d="".join(f"M{x:.1f} {y:.1f}h0" for x, y in zip(xs, ys, strict=True)), class_="cells")


def _line(x: float, top: float, bottom: float, kind: str) -> Element:
    return tag("path", d=f"M{x:.1f} {top:.1f}V{bottom:.1f}", class_=kind)


def _drawing(width: float, height: float, told: str, *marks: Element) -> Element:
    box = f"0 0 {width:g} {height:g}"
    return tag("svg", *marks, viewBox=box, width=width, height=height, role="img", aria_label=told)
