"""How the cost of a step grows along one quantity: the points, whether it is worse than linear, and the knee."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

MILLISECONDS, GIGABYTES = "ms a step", "peak GB"


@dataclass(frozen=True, slots=True)
class Line:
    """What a step costs at several sizes of one quantity.

    The knee and its sentence compare logarithms, in which what grows in proportion has the slope 1.

    Attributes:
        quantity: Its name, such as "slots".
        sizes: In ascending order.
        milliseconds: Of a step.
        gigabytes: The process's peak memory.
    """

    quantity: str
    sizes: tuple[int, ...]
    milliseconds: tuple[float, ...]
    gigabytes: tuple[float, ...]

    @property
    def worst_rise(self) -> float:
        """The greatest factor by which time over size rises from a size to any larger one; at most 1 if linear."""
        shares = [time / size for time, size in zip(self.milliseconds, self.sizes, strict=True)]
        return max(more / fewer for fewer, more in itertools.combinations(shares, 2))

    @property
    def knee(self) -> int | None:
        """The size from which on time has more than half the slope of the size; None for none."""
        growing = [
            math.log(later / earlier) > 0.5 * math.log(more / fewer)
            for (earlier, later), (fewer, more) in zip(
                itertools.pairwise(self.milliseconds), itertools.pairwise(self.sizes), strict=True
            )
        ]
        steady = len(growing) - sum(1 for _ in itertools.takewhile(bool, reversed(growing)))
        return self.sizes[steady] if steady < len(growing) else None

    @property
    def sentence(self) -> str:
        """Where the knee is."""
        if self.knee is None:
            return f"No knee: at the end time has less than half the slope of the {self.quantity} (logarithms)."
        return f"Knee: from {self.knee:,} on time has more than half the slope of the {self.quantity} (logarithms)."

    @property
    def table(self) -> tuple[tuple[str | float, ...], ...]:
        """The points as a row's table."""
        points = zip(self.sizes, self.milliseconds, self.gigabytes, strict=True)
        return ((self.quantity, MILLISECONDS, GIGABYTES), *points)
