"""A layer's references taken unit by unit (method.md, the 2016 program's first difference), by binary search."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fooler_gui.core.messages import FloatArray

_IntArray = npt.NDArray[np.int64]


class SortedUnits:
    """The values that N references have in each unit of a layer.

    Args:
        patterns: (N, U) float32, N ≥ 1.

    Attributes:
        values: (U, N) float32, rising in each row.
    """

    def __init__(self, patterns: FloatArray) -> None:
        self.values: FloatArray = np.sort(patterns.T, axis=1)

    def count_below(self, units: _IntArray, values: FloatArray) -> _IntArray:
        """Returns (M,) how many references have less than `values` (M,) in `units` (M,)."""
        count = self.values.shape[1]
        low, high = np.zeros(len(units), np.int64), np.full(len(units), count)
        for _ in range(count.bit_length()):
            middle = (low + high) // 2
            is_less = (middle < count) & (self.values[units, np.minimum(middle, count - 1)] < values)
            low, high = np.where(is_less, middle + 1, low), np.where(is_less, high, middle)
        return low


class NearestUnits:
    """Follows the patterns of B slots: mostly a unit stays between the same two reference values.

    Args:
        units: The references.
    """

    def __init__(self, units: SortedUnits) -> None:
        self._units = units
        self._below = np.empty((0, 0), np.int64)

    def nearest(self, patterns: FloatArray) -> FloatArray:
        """Returns for each unit of `patterns` (B, U) the reference value nearest to it, (B, U); of two, the lower."""
        values = self._units.values
        rows, last = np.arange(len(values)), values.shape[1] - 1
        if self._below.shape != patterns.shape:
            self._below = np.zeros(patterns.shape, np.int64)
        below, above = values[rows, np.maximum(self._below - 1, 0)], values[rows, np.minimum(self._below, last)]
        left = ((self._below > 0) & (below >= patterns)) | ((self._below <= last) & (above < patterns))
        if left.any():
            slots, units = np.nonzero(left)
            self._below[slots, units] = self._units.count_below(units, patterns[slots, units])
            below, above = values[rows, np.maximum(self._below - 1, 0)], values[rows, np.minimum(self._below, last)]
        return np.where(np.abs(patterns - below) <= np.abs(above - patterns), below, above)
