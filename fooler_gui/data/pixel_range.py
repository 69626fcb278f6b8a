"""Checks pixels from outside: they must be in [0, 1], except for rounding."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import FloatArray

ROUNDING = 1e-6
"""How far pixels may lie outside [0, 1], as resizing and rounding leave them; they are clipped."""


def range_problem(images: npt.NDArray[Any]) -> str:
    """Returns why the floating point `images` cannot be pixels, to complete "must be …"; "" if they can."""
    lowest, highest = images.min(), images.max()
    if lowest >= -ROUNDING and highest <= 1 + ROUNDING:
        return ""
    if np.isnan(lowest):
        return "in [0, 1]; received values that are not numbers (NaN)"
    return f"in [0, 1]; received values from {_in_full(lowest)} to {_in_full(highest)}"


def clipped(images: npt.NDArray[Any]) -> FloatArray:
    """Returns `images` that pass `range_problem` as float32 in [0, 1], C-contiguous."""
    return np.clip(np.ascontiguousarray(images, np.float32), 0, 1)


def _in_full(value: np.generic) -> str:
    """Returns a number with all the digits that distinguish it from its neighbours: ``1.0000001``."""
    return str(value).removesuffix(".0")
