"""Interleaved timing: A B A B …, so that a temporary slowdown of the machine affects every part alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """The times of one part.

    Attributes:
        samples: Seconds, one for each repetition.
    """

    samples: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median in seconds."""
        return statistics.median(self.samples)

    def to_dict(self) -> dict[str, float]:
        """Returns the median, least and most seconds, and the number of repetitions."""
        return {
            "median": self.median,
            "least": min(self.samples),
            "most": max(self.samples),
            "repetitions": len(self.samples),
        }


def interleaved(parts: Mapping[str, Callable[[], float]], repetitions: int) -> dict[str, Timing]:
    """Returns the timing of each of `parts`: every part once, then every part again, and so on.

    Args:
        parts: Each does its work once and returns the seconds it took; see `timed`.
        repetitions: How often each is done, at least once.
    """
    seconds: dict[str, list[float]] = {name: [] for name in parts}
    for _ in range(repetitions):
        for name, part in parts.items():
            seconds[name].append(part())
    return {name: Timing(tuple(samples)) for name, samples in seconds.items()}


def timed(
    work: Callable[[], object], times: int = 1, clock: Callable[[], float] = time.perf_counter
) -> Callable[[], float]:
    """Returns a part that does `work` `times` times and returns the mean seconds."""

    def part() -> float:
        began = clock()
        for _ in range(times):
            work()
        return (clock() - began) / times

    return part
