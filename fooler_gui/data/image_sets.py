"""Sets of images without digits that a classifier is evaluated on (`core.evaluation_report.MADE_SETS`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from fooler_gui.core.evaluation_report import BERNOULLI, CLIPPED_NORMAL, NEGATIVES, NORMAL, PERMUTED, UNIFORM
from fooler_gui.core.messages import FloatArray
from fooler_gui.data.blur import blurred
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.data.start_kinds import START_KINDS

_LEAST_BLUR, _GREATEST_BLUR = 1.0, 2.5
_LEAST_CONTRAST, _GREATEST_CONTRAST = 5.0, 30.0
_BLUR_REACH = 10
"""Four times the greatest blur."""
_CHUNK = 1_000


def _normal(rng: np.random.Generator, count: int, dataset: Dataset) -> FloatArray:
    """Every pixel normal, mean 0 and standard deviation 1, not clipped."""
    return rng.standard_normal((count, *dataset.input_shape), np.float32)


def _black_and_white(rng: np.random.Generator, count: int, dataset: Dataset) -> FloatArray:
    """Every pixel 0 or 1, equally likely."""
    return rng.integers(0, 2, (count, *dataset.input_shape), np.uint8).astype(np.float32)


def _negatives(rng: np.random.Generator, count: int, dataset: Dataset) -> FloatArray:
    """Test images, black and white exchanged."""
    return 1 - _test_images(rng, count, dataset)


def _permuted_and_blurred(rng: np.random.Generator, count: int, dataset: Dataset) -> FloatArray:
    """Test images as noise: pixels permuted, blurred by σ from 1 to 2.5, then σ(γ (x − ½)) with γ from 5 to 30.

    Meinke and Hein 2020, *Towards neural networks that provably know when they don't know* (each image has an order,
    a σ and a γ of its own).
    """
    digits = _test_images(rng, count, dataset)
    images = rng.permuted(digits.reshape(count, -1), axis=1).reshape(digits.shape)
    sigmas = rng.uniform(_LEAST_BLUR, _GREATEST_BLUR, count)
    contrasts = rng.uniform(_LEAST_CONTRAST, _GREATEST_CONTRAST, (count, 1, 1, 1)).astype(np.float32)
    for start in range(0, count, _CHUNK):
        part = slice(start, start + _CHUNK)
        images[part] = blurred(images[part], sigmas[part], _BLUR_REACH)
    return np.asarray(1 / (1 + np.exp(-contrasts * (images - np.float32(0.5)))), np.float32)


MakeSet = Callable[[np.random.Generator, int, Dataset], FloatArray]

IMAGE_SETS: Mapping[str, MakeSet] = MappingProxyType(
    {
        UNIFORM: START_KINDS["uniform"],
        NORMAL: _normal,
        CLIPPED_NORMAL: START_KINDS["gaussian"],
        BERNOULLI: _black_and_white,
        NEGATIVES: _negatives,
        PERMUTED: _permuted_and_blurred,
    }
)
"""By name: what makes so many images (N, H, W, C) float32 of a set that no classifier has a part in."""


def _test_images(rng: np.random.Generator, count: int, dataset: Dataset) -> FloatArray:
    """Returns `count` test images, none twice while there are others."""
    available = len(dataset.test_images)
    chosen = np.concatenate([rng.permutation(available) for _ in range(-(-count // available))])[:count]
    return to_float(dataset.test_images[chosen])
