"""The one place that says which pixels are taken from outside: those in [0, 1], but for rounding."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fooler_gui.core.messages import FloatArray

ROUNDING = 1e-6
"""So far pixels may lie outside [0, 1], as resizing and other precisions leave them; they are clipped."""


def range_problem(images: npt.NDArray[Any]) -> str:
    """Returns why the floating point `images` cannot be pixels, after "must be"; "" where they can."""
    lowest, highest = images.min(), images.max()
    if lowest >= -ROUNDING and highest <= 1 + ROUNDING:
        return ""
    if np.isnan(lowest):
        return "in [0, 1]; received values that are no numbers (NaN)"
    return f"in [0, 1]; received values from {_in_full(lowest)} to {_in_full(highest)}"


def clipped(images: npt.NDArray[Any]) -> FloatArray:
    """Returns `images`, of which `range_problem` found nothing, as float32 in [0, 1], C-contiguous."""
    return np.clip(np.ascontiguousarray(images, np.float32), 0, 1)


def _in_full(value: np.generic) -> str:
    """Returns a number with all the digits that tell it from its neighbours: ``1.0000001``."""
    return str(value).removesuffix(".0")
