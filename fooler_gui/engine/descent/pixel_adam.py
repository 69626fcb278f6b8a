"""Adam on pixels, with moments of its own for every slot."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fooler_gui.core.messages import BoolArray, FloatArray

_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8


class PixelAdam:
    """The moments of a batch of images (Kingma and Ba 2015, in the form and with the constants of the 2016 program).

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
        """Returns what is to be added to the images (B, H, W, C); zero where `slots` (B,) is false.

        Moments of the slots left out stay as they are.
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
