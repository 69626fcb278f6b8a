"""Optimisers of images: Adam on pixels, and steps along the gradient's sign or the gradient itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import BoolArray, FloatArray
from fooler_gui.core.optimiser_names import ADAM, NORMALISED, SIGN
from fooler_gui.data.blur import blurred
from fooler_gui.engine.descent.budgets import Budgets

_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8
_BLUR_REACH = 3
"""How many standard deviations a blur reaches."""


class Optimiser(Protocol):
    """Moves a batch of images (B, H, W, C) down a cost."""

    def update(self, gradient: FloatArray, learning_rate: float, slots: BoolArray) -> FloatArray:
        """Returns the change of the images (B, H, W, C); zero where `slots` (B,) is false."""

    def forget(self, slots: BoolArray) -> None:
        """Resets the state of the slots where `slots` (B,) is true."""


def optimiser_of(name: str, shape: tuple[int, ...]) -> Optimiser:
    """Returns the optimiser called `name`, one of `GRADIENT_OPTIMISERS`, for images of `shape` (B, H, W, C)."""
    makers: dict[str, Callable[[], Optimiser]] = {
        ADAM: lambda: PixelAdam(shape),
        SIGN: SignSteps,
        NORMALISED: NormalisedSteps,
    }
    return makers[name]()


def stepped(
    images: FloatArray,
    gradient: FloatArray,
    optimiser: Optimiser,
    learning_rate: float,
    slots: BoolArray,
    *,
    keep_in_range: bool = True,
    within: Budgets | None = None,
    blur: float = 0.0,
) -> FloatArray:
    """Returns `images` (B, H, W, C) after one step: gradient → update → projection on budgets and [0, 1].

    After a blur they are projected once more.

    Args:
        images: float32; the slots where `slots` (B,) is false keep every bit.
        gradient: The cost's, of the same shape.
        optimiser: Used for these images only.
        learning_rate: In pixel range per step, above 0.
        slots: (B,), the images to move.
        keep_in_range: Whether pixels are kept in [0, 1]; not so in the 2016 program.
        within: How far they may be from their starts; None for anywhere.
        blur: The standard deviation of the Gaussian that blurs them, in pixels; 0 for none.
    """

    def projected(moved: FloatArray) -> FloatArray:
        if within is not None:
            moved = within.project(moved)
        return np.clip(moved, 0, 1) if keep_in_range else moved

    changed = projected(images + optimiser.update(gradient, learning_rate, slots))
    if blur:
        changed = projected(blurred(changed, np.full(len(changed), blur), math.ceil(_BLUR_REACH * blur)))
    changed[~slots] = images[~slots]
    return changed


class SignSteps:
    """Equal steps against the gradient's sign (Kurakin and others 2017, Madry and others 2018: PGD)."""

    def update(self, gradient: FloatArray, learning_rate: float, slots: BoolArray) -> FloatArray:
        """Returns the change of the images (B, H, W, C); zero where `slots` (B,) is false."""
        change = -np.float32(learning_rate) * np.sign(gradient)
        change[~slots] = 0
        return change

    def forget(self, slots: BoolArray) -> None:
        """Does nothing: there is no state."""


class NormalisedSteps:
    """Steps of equal length against each image's gradient; none where it is zero."""

    def update(self, gradient: FloatArray, learning_rate: float, slots: BoolArray) -> FloatArray:
        """Returns the change of the images (B, H, W, C), of Euclidean norm `learning_rate`; zero where not `slots`."""
        lengths = np.sqrt(np.square(gradient.astype(np.float64)).sum(axis=(1, 2, 3), keepdims=True))
        change = -learning_rate * gradient / np.where(lengths > 0, lengths, 1)
        change[~slots] = 0
        return change.astype(np.float32)

    def forget(self, slots: BoolArray) -> None:
        """Does nothing: there is no state."""


class PixelAdam:
    """Adam on a batch of images (Kingma and Ba 2015, in the form and with the constants of the 2016 program).

    Each slot counts its own steps, so that fresh moments start with the full bias correction. Moments are float64:
    the square of a gradient near a distance of zero is beyond float32.

    Args:
        shape: (B, H, W, C) of the images.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._mean = np.zeros(shape)
        self._square = np.zeros(shape)
        self._steps: npt.NDArray[np.int64] = np.zeros(shape[0], np.int64)

    def forget(self, slots: BoolArray) -> None:
        """Gives the slots where `slots` (B,) is true fresh moments."""
        self._mean[slots] = 0
        self._square[slots] = 0
        self._steps[slots] = 0

    def update(self, gradient: FloatArray, learning_rate: float, slots: BoolArray) -> FloatArray:
        """Returns the change of the images (B, H, W, C); zero where `slots` (B,) is false.

        Moments of the other slots stay unchanged.
        """
        chosen = gradient[slots].astype(np.float64)
        self._steps[slots] += 1
        self._mean[slots] += (1 - _BETA1) * (chosen - self._mean[slots])
        self._square[slots] += (1 - _BETA2) * (chosen * chosen - self._square[slots])
        steps = self._steps[slots].reshape(-1, *(1,) * (gradient.ndim - 1))
        rates = learning_rate * np.sqrt(1 - _BETA2**steps) / (1 - _BETA1**steps)
        change = np.zeros_like(gradient)
        change[slots] = -rates * self._mean[slots] / (np.sqrt(self._square[slots]) + _EPSILON)
        return change
