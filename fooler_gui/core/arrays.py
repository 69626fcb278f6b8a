"""The kinds of arrays that the program's values hold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
DoubleArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]


def frozen(array: np.ndarray) -> np.ndarray:
    """Makes `array` read-only so that it may cross threads, and returns it."""
    array.setflags(write=False)
    return array
