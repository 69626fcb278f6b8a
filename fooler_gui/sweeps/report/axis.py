"""Where values lie along an axis, and the round numbers beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fooler_gui.sweeps.grouping import SHARES, Values

_STEPS = (1, 2, 5, 10)
_MOST_TICKS = 5
_FEW_DECADES = 3
_FACTOR = 30
"""What extends over so large a factor is drawn by its logarithm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """An axis of a drawing.

    Attributes:
        low: The value at its beginning.
        high: That at its end, above `low`.
        length: How long it is, in pixels.
        logarithmic: Whether it shows logarithms; both ends are then above 0.
    """

    low: float
    high: float
    length: float
    logarithmic: bool = False

    def at(self, values: Values | float) -> Values:
        """Returns where values lie, in pixels from the beginning."""
        low, high, along = (np.log(part) if self.logarithmic else part for part in (self.low, self.high, values))
        return np.asarray((along - low) / (high - low) * self.length, np.float64)

    def ticks(self) -> list[float]:
        """Returns round values along the axis, some five of them."""
        if self.logarithmic:
            first, last = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
            steps = _STEPS[:3] if last - first <= _FEW_DECADES else _STEPS[:1]
            every = max(1, round((last - first) / _MOST_TICKS))
            found = (step * 10.0**power for power in range(first, last + 1, every) for step in steps)
            return [tick for tick in found if self.low <= tick * (1 + 1e-9) and tick <= self.high * (1 + 1e-9)]
        rough = (self.high - self.low) / _MOST_TICKS
        power = 10.0 ** math.floor(math.log10(rough))
        step = power * next(step for step in _STEPS if step * power >= rough * (1 - 1e-9))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def axis_of(
    values: Sequence[float] | Values, length: float, figure: str = "", *, may_be_logarithmic: bool = False
) -> Axis:
    """Returns an axis for all `values`, finite and at least one, with a little room; for a share from 0 to 1.

    Args:
        values: What it shows.
        length: In pixels.
        figure: Of which figure they are; "" for none.
        may_be_logarithmic: Whether it shows logarithms where values extend over decades.
    """
    if figure in SHARES:
        return Axis(low=0.0, high=1.0, length=length)
    low, high = float(np.min(values)), float(np.max(values))
    if may_be_logarithmic and low > 0 and high / low >= _FACTOR:
        return Axis(low=low, high=high, length=length, logarithmic=True)
    room = (high - low) / 20 or abs(high) / 10 or 1.0
    return Axis(low=low - room, high=high + room, length=length)
