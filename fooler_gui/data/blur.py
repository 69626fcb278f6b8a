"""Gaussian blur of many small images, each with its own width."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import FloatArray


def blurred(images: FloatArray, sigmas: npt.NDArray[np.floating], reach: int) -> FloatArray:
    """Returns `images` (N, H, W, C) blurred; border pixels are repeated.

    Args:
        images: float32.
        sigmas: (N,) standard deviations of the Gaussian, in pixels, above 0.
        reach: Radius of the kernel in pixels, from 1.
    """
    height, width = images.shape[1:3]
    down, across = (_matrices(sigmas, reach, size)[:, np.newaxis] for size in (height, width))
    result = down @ images.transpose(0, 3, 1, 2) @ across.transpose(0, 1, 3, 2)
    return np.ascontiguousarray(result.transpose(0, 2, 3, 1), np.float32)


def _matrices(sigmas: npt.NDArray[np.floating], reach: int, size: int) -> FloatArray:
    """Returns the (N, size, size) matrices that blur a column of `size` pixels by each of `sigmas` (N,)."""
    offsets = np.arange(-reach, reach + 1)
    weights = np.exp(-(offsets**2) / (2 * sigmas[:, np.newaxis].astype(np.float64) ** 2))
    weights /= weights.sum(axis=1, keepdims=True)
    matrices = np.zeros((len(sigmas), size, size))
    rows = np.arange(size)
    for offset, weight in zip(offsets, weights.T, strict=True):
        matrices[:, rows, np.clip(rows + offset, 0, size - 1)] += weight[:, np.newaxis]
    return matrices.astype(np.float32)
