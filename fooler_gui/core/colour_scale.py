"""The colour scale of values, perceptually uniform from light to dark, and the text colour on it.

It is the same in the light and the dark theme, in the window and in exports.
"""

from __future__ import annotations

from functools import cache

import numpy as np

_STEPS = 1_000
"""The number of colours, more than can be distinguished."""

_LIGHTEST, _DARKEST = "#f4f8fc", "#08306b"

# Ottosson 2020, a perceptually uniform space.
_TO_CONES = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
_TO_LAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


def scale_colour(share: float) -> str:
    """Returns the colour at a `share` of the scale, as ``#rrggbb``: 0 is nearly white, 1 dark blue."""
    return _mixed(round(min(1.0, max(0.0, share)) * _STEPS))


def ink_on(ground: str) -> str:
    """Returns black or white, whichever contrasts more with `ground`, ``#rrggbb``: at least 4.5 : 1."""
    luminance = float(_LUMINANCE @ _linear(ground))
    black, white = (luminance + 0.05) / 0.05, 1.05 / (luminance + 0.05)
    return "#000000" if black > white else "#ffffff"


@cache
def _mixed(step: int) -> str:
    ends = np.stack([_oklab(_LIGHTEST), _oklab(_DARKEST)])
    share = step / _STEPS
    mixed = (1 - share) * ends[0] + share * ends[1]
    linear = np.linalg.solve(_TO_CONES, np.linalg.solve(_TO_LAB, mixed) ** 3).clip(0, 1)
    parts = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts.tolist())


def _linear(colour: str) -> np.ndarray:
    parts = np.array(list(bytes.fromhex(colour.removeprefix("#")))) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def _oklab(colour: str) -> np.ndarray:
    lab: np.ndarray = _TO_LAB @ np.cbrt(_TO_CONES @ _linear(colour))
    return lab
