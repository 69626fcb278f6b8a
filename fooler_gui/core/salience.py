"""Salient features: which pixels raise or lower the probability of an image's label, and how much (method.md, Results).

Pure functions of arrays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.settings import Settings, setting

SIGNED, POSITIVE, NEGATIVE = "signed", "positive", "negative"
_BOUNDS = {SIGNED: (-np.inf, np.inf), POSITIVE: (0.0, np.inf), NEGATIVE: (-np.inf, 0.0)}
TOGETHER = "all together"
COLOURS = ("red", "green", "blue")
_MOST_PIXELS = 1_000_000

Salience = npt.NDArray[np.float64]
"""(H, W), above zero where a brighter pixel raises the probability, below zero where it lowers it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SalienceSettings(Settings):
    """Which salient features are shown, and how."""

    part: str = setting(
        SIGNED,
        "Part",
        "Which part of the gradient of the label's probability: all of it, pixels that raise the probability when they "
        "get brighter (positive), or pixels that lower it (negative).",
        choices=tuple(_BOUNDS),
    )
    channel: str = setting(
        TOGETHER,
        "Channel",
        "Of coloured images: what happens when a pixel gets brighter in all its channels at once (the sum of their "
        "gradients), or in one of them alone.",
        choices=(TOGETHER, *COLOURS),
    )
    strongest: int = setting(
        100,
        "Strongest",
        "Fewer show what matters most: how many pixels are shown, those with the largest gradients of the chosen part.",
        minimum=0,
        maximum=_MOST_PIXELS,
    )
    """0 stands for all."""
    binary: bool = setting(
        False, "Binary", "All shown pixels in full colour. Otherwise the larger the gradient, the stronger the colour."
    )
    overlaid: bool = setting(
        True, "Over the image", "Draws the colours over the image. Otherwise they are drawn on black."
    )


def pixel_salience(gradient: FloatArray, channel: str = TOGETHER) -> Salience:
    """Returns the effect on the probability of making each pixel brighter.

    Args:
        gradient: (H, W, C), of the label's probability with respect to the pixels; non-finite values count as zero.
        channel: `TOGETHER` for all channels at once, the sum of their gradients; for coloured images also one of
            `COLOURS`, which changes nothing for grey ones.
    """
    finite = np.nan_to_num(gradient.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    if channel in COLOURS and gradient.shape[2] == len(COLOURS):
        finite = finite[..., [COLOURS.index(channel)]]
    total: Salience = finite.sum(axis=2)
    return total


def part_of(salience: Salience, part: str) -> Salience:
    """Returns the `part` of `salience` ("signed", "positive" or "negative"), zero elsewhere.

    Raises:
        ValueError: There is no such part.
    """
    if part not in _BOUNDS:
        raise ValueError(f"The part must be one of {', '.join(_BOUNDS)}; received {part!r}.")
    return np.clip(salience, *_BOUNDS[part])


def strongest(salience: Salience, count: int) -> Salience:
    """Returns `salience` where it is among the `count` largest absolute values, zero elsewhere; 0 stands for all.

    Of equal values those that come first, row by row, are kept.
    """
    if not 0 < count < salience.size:
        return salience.copy()
    flat = salience.ravel()
    kept = np.argsort(-np.abs(flat), kind="stable")[:count]
    chosen = np.zeros_like(flat)
    chosen[kept] = flat[kept]
    return chosen.reshape(salience.shape)


def scaled(salience: Salience) -> Salience:
    """Returns `salience` divided by its largest absolute value, so from −1 to 1; zero if all is zero."""
    largest = np.abs(salience).max(initial=0.0)
    return salience / largest if largest > 0 else np.zeros_like(salience)


def chosen(gradient: FloatArray, settings: SalienceSettings) -> Salience:
    """Returns the features that `settings` choose from `gradient` (H, W, C), in units of the gradient."""
    return strongest(part_of(pixel_salience(gradient, settings.channel), settings.part), settings.strongest)


def strengths(salience: Salience, *, binary: bool) -> Salience:
    """Returns how strongly to colour each pixel of `salience`, −1 to 1: by its sign alone if `binary`."""
    return np.sign(salience) if binary else scaled(salience)
