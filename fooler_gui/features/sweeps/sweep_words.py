"""What is told of a sweep in words: options, values, figures, progress, and what else is slow meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fooler_gui.core.formats import format_count, format_number, format_seconds
from fooler_gui.core.settings import LAYER_PREFIX
from fooler_gui.sweeps import figure_words
from fooler_gui.sweeps.grouping import SEED
from fooler_gui.sweeps.results import DONE, FAILED, RUNNING, WAITING
from fooler_gui.sweeps.sweep_spec import is_number

NONE = "–"
GOING = "A sweep is in progress; stop it first."
_DIGITS = 4
_TERM_PREFIX, _OWN_ENDING = "term_coeff_", "_coeff"
_TITLES = {
    SEED: "random seed",
    "data": "dataset",
    "preset": "method",
    "min_probability": "lowest probability",
    "mean_probability": "mean probability",
}


def title_of(name: str) -> str:
    """Returns what the column or figure `name` is called, in sentence case."""
    words = _TITLES.get(name) or figure_words.figure_title(name)
    if name.startswith(LAYER_PREFIX):
        return f"{name.removeprefix(LAYER_PREFIX)} coefficient"
    if name.startswith(_TERM_PREFIX):
        words = f"{name.removeprefix(_TERM_PREFIX)} coefficient"
    elif name.endswith(_OWN_ENDING):
        words = f"{name.removesuffix(_OWN_ENDING).removesuffix('_cost')} coefficient"
    return words[:1].upper() + words[1:]


def value_text(value: Any) -> str:
    """Returns a cell's value of a column, rounded to few digits."""
    if value is None:
        return NONE
    if not is_number(value):
        return str(value)
    if float(value).is_integer() and abs(value) < 1e9:
        return f"{int(value):,}"
    return format_number(float(f"{value:.{_DIGITS}g}"))


def values_words(values: Mapping[str, Any]) -> str:
    """Returns the values of the options of a setting: ``0.5 · margin``; ``All cells`` of none."""
    return " · ".join(map(value_text, values.values())) or "All cells"


def setting_words(values: Mapping[str, Any]) -> str:
    """Returns the options of a setting with their values: ``Batch coefficient 0.5, objective margin``."""
    words = ", ".join(f"{title_of(name)} {value_text(value)}" for name, value in values.items())
    return words or "All cells"


def busy_words(workers: int, processors: int) -> str:
    """Returns what else is slow while so many workers use some of the `processors`."""
    if workers < processors:
        left = processors - workers
        return f"{format_count(left, 'processor')} of {processors} {'is' if left == 1 else 'are'} left to this window."
    count = "The only processor is" if processors == 1 else f"All {processors} processors are"
    return f"{count} in use: what you run in this window meanwhile takes longer."


def cluster_words(address: str) -> str:
    """Returns where a sweep connects to."""
    return f"Connects to {address} and sends the files that the cells need."


def count_words(counts: Mapping[str, int]) -> str:
    """Returns how far a sweep is: ``5 of 20 cells done · 1 running``.

    Args:
        counts: How many cells are in each state.
    """
    ended, all_ = counts[DONE] + counts[FAILED], sum(counts.values())
    words = f"{ended:,} of {format_count(all_, 'cell')} done"
    if counts[FAILED]:
        words = f"{ended:,} of {format_count(all_, 'cell')} ended, {counts[FAILED]:,} of them failed"
    return f"{words} · {counts[RUNNING]:,} running" if counts[RUNNING] else words


class SweepPace:
    """Tells how far a sweep is and, from the pace since it was first looked at, how long the rest takes."""

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None

    def begin(self) -> None:
        """Forgets the pace so far."""
        self._first = None

    def words(self, now: float, counts: Mapping[str, int]) -> str:
        """Returns how far a sweep that is worked on is, and how long the rest takes.

        Args:
            now: The time, in seconds.
            counts: How many cells are in each state.
        """
        ended, words = counts[DONE] + counts[FAILED], count_words(counts)
        if self._first is None:
            self._first = now, ended
        since, before = self._first
        rest = counts[WAITING] + counts[RUNNING]
        if ended <= before or not rest:
            return words
        return f"{words} · {format_seconds((now - since) / (ended - before) * rest)} left"
