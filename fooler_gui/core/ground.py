"""Whether images are light on dark or dark on light, by their borders."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import FloatArray

_DARK, _LEAST_SHARE = 0.1, 0.9


def has_dark_ground(examples: npt.NDArray[np.uint8]) -> bool:
    """Returns whether nearly all pixels at the borders of `examples` (K, H, W, C) are dark; False if K is 0."""
    return len(examples) > 0 and bool((_borders(examples) < 255 * _DARK).mean() >= _LEAST_SHARE)


def draws_on_dark(examples: npt.NDArray[np.uint8]) -> bool:
    """Returns whether one draws light on dark: where `examples` (K, H, W, C) have a dark ground, or there are none."""
    return not len(examples) or has_dark_ground(examples)


def is_on_light_ground(image: FloatArray) -> bool:
    """Returns whether most pixels at the border of `image` (H, W, C), in [0, 1], are lighter than grey."""
    return bool(np.median(_borders(image[np.newaxis])) > 0.5)


def _borders(images: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Returns the pixels of the four sides of `images` (N, H, W, C), in one row."""
    sides = (images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1])
    return np.concatenate([side.reshape(-1) for side in sides])
