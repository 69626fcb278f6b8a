"""The steps of number fields: 1-2-5 per decade, and ever finer towards a probability of one. No Qt."""

from __future__ import annotations

import math

_LADDER = (1, 2, 5)
_TOLERANCE = 1e-9
_TENTHS_END = 0.9
_FINEST_SHARE = 1e-6


def _rung(index: int) -> float:
    decade, place = divmod(index, len(_LADDER))
    return float(f"{_LADDER[place]}e{decade}")


def step_over_decades(value: float, steps: int, smallest: float) -> float:
    """Returns the number `steps` rungs of 1-2-5 above `value` (below if negative).

    Args:
        value: A number of at least 0.
        steps: How many rungs up.
        smallest: The lowest rung above 0.
    """
    lowest = round(math.log10(smallest)) * len(_LADDER)
    if value < smallest * (1 - _TOLERANCE):
        return _rung(lowest + steps - 1) if steps > 0 else 0.0
    index = math.floor(math.log10(value)) * len(_LADDER)
    while _rung(index + 1) <= value * (1 + _TOLERANCE):
        index += 1
    on_a_rung = math.isclose(_rung(index), value, rel_tol=_TOLERANCE)
    index += steps if steps > 0 or on_a_rung else steps + 1
    return _rung(index) if index >= lowest else 0.0


def step_towards_one(value: float, steps: int) -> float:
    """Returns the share, 0 to 1, `steps` steps above `value`: 0, 0.1 … 0.9, 0.95, 0.98, 0.99, 0.995 … 1."""
    for _ in range(abs(steps)):
        value = _share_above(value) if steps > 0 else _share_below(value)
    return value


def _share_above(value: float) -> float:
    if value < _TENTHS_END - _TOLERANCE:
        return min(round(math.floor(value * 10 + _TOLERANCE * 10) / 10 + 0.1, 1), _TENTHS_END)
    return round(1.0 - step_over_decades(round(1.0 - value, 12), -1, _FINEST_SHARE), 12)


def _share_below(value: float) -> float:
    if value <= _TENTHS_END + _TOLERANCE:
        return max(round(math.ceil(value * 10 - _TOLERANCE * 10) / 10 - 0.1, 1), 0.0)
    return round(1.0 - step_over_decades(round(1.0 - value, 12), 1, _FINEST_SHARE), 12)
