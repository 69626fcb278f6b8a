"""What the figures of a sweep are called and how they are written, in tables and on axes."""

from __future__ import annotations

from fooler_gui.core.formats import format_number, format_share
from fooler_gui.sweeps.grouping import ALL_FOOL, FOOLING, SHARES
from fooler_gui.sweeps.statistics import Interval

_LONG = 1e7
"""From here on a figure is written with an exponent."""

_TITLES = {
    FOOLING: "images that fool",
    ALL_FOOL: "cells where all fool",
    "steps_to_999": "steps to .999",
    "gradients_to_999": "gradients to .999",
    "distance": "distance from the start (L2)",
    "largest_change": "largest change of a pixel (L∞)",
    "spread": "spread among images",
    "reference_distance": "distance from training images",
    "memory": "memory (GB)",
    "seconds": "time (s)",
    "seconds_per_step": "time of a step (s)",
}


def figure_title(figure: str) -> str:
    """Returns what a figure is called, in lower case, with its unit."""
    return _TITLES.get(figure, figure.replace("_", " "))


def figure_text(figure: str, value: float) -> str:
    """Returns a value of a figure: a share in per cent, any other to three digits at least."""
    if figure in SHARES:
        return format_share(value)
    return f"{value:,.0f}" if 100 <= abs(value) < _LONG else format_number(float(f"{value:.3g}"))


def difference_text(figure: str, difference: float) -> str:
    """Returns by how much a figure differs, with its sign; shares differ by points of a hundred."""
    size = f"{100 * abs(difference):.1f} points" if figure in SHARES else figure_text(figure, abs(difference))
    return ("−" if difference < 0 else "+" if difference > 0 else "") + size


def interval_text(figure: str, interval: Interval | None) -> str:
    """Returns a figure with its interval: ``12 (10 to 18)``; ``–`` for None."""
    if interval is None:
        return "–"
    value, low, high = (figure_text(figure, end) for end in (interval.value, interval.low, interval.high))
    return value if low == high else f"{value} ({low} to {high})"
