"""Kinds of images without a digit, from which a descent can start.

Rounds train on some (`core.rounds_spec.TRAINED_KINDS`); others they never see (`HELD_OUT_KINDS`), which tells whether a
classifier knows nothing of one kind only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from fooler_gui.core.messages import FloatArray
from fooler_gui.data.blur import blurred
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.data.starts import uniform_noise

_BLUR_SIGMA, _BLUR_REACH = 1.0, 3
_SPARSE_SHARE, _NEARLY_BLACK, _FAINTEST = 0.05, 0.05, 0.15
_SMALLEST_PATCH, _GREATEST_PATCH = 1 / 7, 1 / 2

MakeStarts = Callable[[np.random.Generator, int, Dataset], FloatArray]


def _uniform(rng: np.random.Generator, count: int, dataset: Dataset) -> FloatArray:
    """Every pixel uniform in [0, 1)."""
    return uniform_noise(rng, (count, *dataset.input_shape))


def _permuted(rng: np.random.Generator, count: int, dataset: Dataset) -> FloatArray:
    """Training images whose pixels changed places, each in an order of its own."""
    digits = _digits(rng, count, dataset)
    return rng.permuted(digits.reshape(count, -1), axis=1).reshape(digits.shape)


def _patches(rng: np.random.Generator, count: int, dataset: Dataset) -> FloatArray:
    """Uniform noise in a rectangle somewhere, a seventh to half of the image in height and width; black around it."""
    height, width, _ = dataset.input_shape
    noise = _uniform(rng, count, dataset)
    shares = rng.uniform(_SMALLEST_PATCH, _GREATEST_PATCH, (count, 2))
    heights, widths = (np.maximum(1, np.rint(shares[:, axis] * dataset.input_shape[axis])) for axis in (0, 1))
    tops, lefts = rng.random(count) * (height - heights), rng.random(count) * (width - widths)
    rows, columns = np.arange(height), np.arange(width)
    in_rows = (rows >= tops[:, np.newaxis]) & (rows < (tops + heights)[:, np.newaxis])
    in_columns = (columns >= lefts[:, np.newaxis]) & (columns < (lefts + widths)[:, np.newaxis])
    images: FloatArray = noise * (in_rows[:, :, np.newaxis] & in_columns[:, np.newaxis])[..., np.newaxis]
    return images


def _faint(rng: np.random.Generator, count: int, dataset: Dataset) -> FloatArray:
    """Training images at up to 0.15 of their brightness."""
    return _digits(rng, count, dataset) * rng.uniform(0, _FAINTEST, (count, 1, 1, 1)).astype(np.float32)


def _black(rng: np.random.Generator, count: int, dataset: Dataset) -> FloatArray:  # noqa: ARG001 - as the others
    """Every pixel zero."""
    return np.zeros((count, *dataset.input_shape), np.float32)


def _negative(rng: np.random.Generator, count: int, dataset: Dataset) -> FloatArray:
    """Training images, black and white exchanged."""
    return 1 - _digits(rng, count, dataset)


def _gaussian(rng: np.random.Generator, count: int, dataset: Dataset) -> FloatArray:
    """Every pixel normal, mean ½ and standard deviation ½, cut to [0, 1]."""
    noise: FloatArray = rng.standard_normal((count, *dataset.input_shape), np.float32)
    images: FloatArray = np.clip(noise * np.float32(0.5) + np.float32(0.5), 0, 1)
    return images


def _half_bright(rng: np.random.Generator, count: int, dataset: Dataset) -> FloatArray:
    """Every pixel uniform in [0, ½)."""
    return _uniform(rng, count, dataset) * np.float32(0.5)


def _blurred(rng: np.random.Generator, count: int, dataset: Dataset) -> FloatArray:
    """Uniform noise under a Gaussian blur of one pixel, each image then stretched to [0, 1]."""
    noise = blurred(_uniform(rng, count, dataset), np.full(count, _BLUR_SIGMA), _BLUR_REACH)
    least, most = noise.min(axis=(1, 2, 3), keepdims=True), noise.max(axis=(1, 2, 3), keepdims=True)
    images: FloatArray = (noise - least) / np.maximum(most - least, np.finfo(np.float32).tiny)
    return images


def _sparse(rng: np.random.Generator, count: int, dataset: Dataset) -> FloatArray:
    """One pixel in twenty uniform in [0, 1), the others black."""
    noise = _uniform(rng, count, dataset)
    noise[rng.random(noise.shape, np.float32) >= _SPARSE_SHARE] = 0
    return noise


def _nearly_black(rng: np.random.Generator, count: int, dataset: Dataset) -> FloatArray:
    """Every pixel uniform in [0, 0.05)."""
    return _uniform(rng, count, dataset) * np.float32(_NEARLY_BLACK)


START_KINDS: Mapping[str, MakeStarts] = MappingProxyType(
    {
        "uniform": _uniform,
        "permuted": _permuted,
        "patches": _patches,
        "faint": _faint,
        "black": _black,
        "negative": _negative,
        "gaussian": _gaussian,
        "half bright": _half_bright,
        "blurred": _blurred,
        "sparse": _sparse,
        "nearly black": _nearly_black,
    }
)
"""By name: what makes so many start images (N, H, W, C) float32 in [0, 1] of the kind."""


def _digits(rng: np.random.Generator, count: int, dataset: Dataset) -> FloatArray:
    return to_float(dataset.train_images[rng.integers(0, len(dataset.train_images), count)])
