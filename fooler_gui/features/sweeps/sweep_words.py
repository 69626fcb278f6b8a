"""What is told of a sweep in words and numbers: options, values, intervals, progress, and what else is slow meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fooler_gui.core.formats import format_count, format_number, format_seconds, format_share
from fooler_gui.core.settings import LAYER_PREFIX
from fooler_gui.sweeps.results import DONE, FAILED, RUNNING, WAITING
from fooler_gui.sweeps.statistics import Interval
from fooler_gui.sweeps.sweep_spec import is_number

NONE = "–"
_DIGITS = 4
_FOOLING = "fooling"
_TERM_PREFIX, _OWN_ENDING = "term_coeff_", "_cost_coeff"
_TITLES = {
    "rng_seed": "Random seed",
    "gradients_to_999": "Gradients to .999",
    "steps_to_999": "Steps to .999",
    "data": "Dataset",
    "preset": "Method",
    "min_probability": "Lowest probability",
    "mean_probability": "Mean probability",
}


def title_of(name: str) -> str:
    """Returns what the column or figure `name` is called."""
    words = _TITLES.get(name)
    if words is None and name.startswith(LAYER_PREFIX):
        words = f"{name.removeprefix(LAYER_PREFIX)} coefficient"
    elif words is None and name.startswith(_TERM_PREFIX):
        words = f"{name.removeprefix(_TERM_PREFIX)} coefficient"
    elif words is None:
        words = name.removesuffix(_OWN_ENDING) + (" coefficient" if name.endswith(_OWN_ENDING) else "")
    words = words.replace("_", " ")
    return words[:1].upper() + words[1:]


def figure_title(name: str) -> str:
    """Returns what the figure `name` of a setting is called."""
    return "Share that fools" if name == _FOOLING else title_of(name)


def value_text(value: Any) -> str:
    """Returns a cell's value of a column, rounded to few digits."""
    if value is None:
        return NONE
    if not is_number(value):
        return str(value)
    if float(value).is_integer() and abs(value) < 1e9:
        return f"{int(value):,}"
    return format_number(float(f"{value:.{_DIGITS}g}"))


def figure_text(figure: str, value: float) -> str:
    """Returns the figure of a setting."""
    return format_share(value) if figure == _FOOLING else value_text(value)


def interval_text(figure: str, interval: Interval | None) -> str:
    """Returns the figure of a setting with its interval: ``0.25 (0.2 to 0.31)``."""
    if interval is None:
        return NONE
    value, low, high = (figure_text(figure, end) for end in (interval.value, interval.low, interval.high))
    return value if low == high == value else f"{value} ({low} to {high})"


def setting_words(values: Mapping[str, Any]) -> str:
    """Returns the values of the options of a setting: ``Batch coefficient 0.5, objective margin``."""
    words = ", ".join(f"{title_of(name).lower()} {value_text(value)}" for name, value in values.items())
    return words[:1].upper() + words[1:]


def busy_words(workers: int, processors: int) -> str:
    """Returns what else is slow while so many workers use some of the `processors`."""
    if workers < processors:
        left = processors - workers
        return f"{format_count(left, 'processor')} of {processors} {'is' if left == 1 else 'are'} left to this window."
    count = "The only processor is" if processors == 1 else f"All {processors} processors are"
    return f"{count} in use: what you run in this window meanwhile takes longer."


class SweepPace:
    """Tells how far a sweep is and, from the pace since it was first looked at, how long the rest takes."""

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None

    def begin(self) -> None:
        """Forgets the pace so far."""
        self._first = None

    def words(self, now: float, counts: Mapping[str, int]) -> str:
        """Returns how far the sweep is.

        Args:
            now: The time, in seconds.
            counts: How many cells are in each state.
        """
        ended, all_ = counts[DONE] + counts[FAILED], sum(counts.values())
        if self._first is None:
            self._first = now, ended
        since, before = self._first
        parts = [f"{ended:,} of {format_count(all_, 'cell')} done"]
        if counts[FAILED]:
            parts = [f"{ended:,} of {format_count(all_, 'cell')} ended, {counts[FAILED]:,} of them failed"]
        if counts[RUNNING]:
            parts.append(f"{counts[RUNNING]:,} running")
        if ended > before and counts[WAITING] + counts[RUNNING]:
            left = (now - since) / (ended - before) * (counts[WAITING] + counts[RUNNING])
            parts.append(f"{format_seconds(left)} left")
        return " · ".join(parts)
