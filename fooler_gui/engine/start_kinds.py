"""Kinds of images without a digit, from which a descent can start.

They tell whether a mended classifier knows nothing of one kind only.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fooler_gui.core.messages import FloatArray
from fooler_gui.engine.starts import uniform_noise

_BLUR_SIGMA, _BLUR_RADIUS = 1.0, 3
_SPARSE_SHARE, _NEARLY_BLACK = 0.05, 0.05

Shape = tuple[int, int, int]
MakeStarts = Callable[[np.random.Generator, int, Shape], FloatArray]


def uniform(rng: np.random.Generator, count: int, shape: Shape) -> FloatArray:
    """Every pixel uniform in [0, 1)."""
    return uniform_noise(rng, (count, *shape))


def gaussian(rng: np.random.Generator, count: int, shape: Shape) -> FloatArray:
    """Every pixel normal, mean ½ and standard deviation ½, cut to [0, 1]."""
    noise: FloatArray = rng.standard_normal((count, *shape), np.float32)
    images: FloatArray = np.clip(noise * np.float32(0.5) + np.float32(0.5), 0, 1)
    return images


def half_bright(rng: np.random.Generator, count: int, shape: Shape) -> FloatArray:
    """Every pixel uniform in [0, ½)."""
    return uniform(rng, count, shape) * np.float32(0.5)


def blurred(rng: np.random.Generator, count: int, shape: Shape) -> FloatArray:
    """Uniform noise under a Gaussian blur of one pixel, each image then stretched to [0, 1]."""
    noise = uniform(rng, count, shape)
    for axis in (1, 2):
        noise = _blurred_along(noise, axis)
    least, most = noise.min(axis=(1, 2, 3), keepdims=True), noise.max(axis=(1, 2, 3), keepdims=True)
    images: FloatArray = (noise - least) / np.maximum(most - least, np.finfo(np.float32).tiny)
    return images


def sparse(rng: np.random.Generator, count: int, shape: Shape) -> FloatArray:
    """One pixel in twenty uniform in [0, 1), the others black."""
    noise = uniform(rng, count, shape)
    noise[rng.random(noise.shape, np.float32) >= _SPARSE_SHARE] = 0
    return noise


def nearly_black(rng: np.random.Generator, count: int, shape: Shape) -> FloatArray:
    """Every pixel uniform in [0, 0.05)."""
    return uniform(rng, count, shape) * np.float32(_NEARLY_BLACK)


def _blurred_along(images: FloatArray, axis: int) -> FloatArray:
    weights = np.exp(-(np.arange(-_BLUR_RADIUS, _BLUR_RADIUS + 1) ** 2) / (2 * _BLUR_SIGMA**2))
    weights /= weights.sum()
    padding = [(0, 0)] * images.ndim
    padding[axis] = (_BLUR_RADIUS, _BLUR_RADIUS)
    padded = np.pad(images, padding, mode="edge")
    size = images.shape[axis]
    blurred: FloatArray = np.zeros_like(images)
    for k, weight in enumerate(weights.astype(np.float32)):
        blurred += weight * padded.take(range(k, k + size), axis=axis)
    return blurred
