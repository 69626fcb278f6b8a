"""Datasets of made images that look like something, of any size and number of classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fooler_gui.data.dataset import Dataset

_AT_A_TIME = 500


def made_dataset(shape: tuple[int, int, int], counts: Sequence[int]) -> Dataset:
    """Returns smooth noise with a pattern of the class, always the same.

    Args:
        shape: (height, width, channels) of an image.
        counts: The number of training images of each class.
    """
    rng = np.random.default_rng(0)
    classes = len(counts)
    labels = rng.permutation(np.repeat(np.arange(classes, dtype=np.uint8), counts))
    patterns = _smooth_noise(rng, classes, shape)
    images = np.empty((len(labels), *shape), np.uint8)
    for start in range(0, len(labels), _AT_A_TIME):
        part = labels[start : start + _AT_A_TIME]
        mixed = _smooth_noise(rng, len(part), shape) + 0.7 * patterns[part]
        images[start : start + _AT_A_TIME] = np.clip(128 + 48 * mixed, 0, 255)
    return Dataset(
        train_images=images,
        train_labels=labels,
        test_images=images[:classes],
        test_labels=labels[:classes],
        class_names=tuple(map(str, range(classes))),
    )


def _smooth_noise(rng: np.random.Generator, count: int, shape: tuple[int, int, int]) -> np.ndarray:
    """Returns (count, H, W, C) noise of unit variance whose amplitudes fall with the frequency, as in photographs."""
    height, width, _ = shape
    frequencies = np.hypot(np.fft.fftfreq(height)[:, np.newaxis], np.fft.rfftfreq(width))
    falling = 1 / np.maximum(frequencies, 1 / max(height, width))[..., np.newaxis]
    spectrum = np.fft.rfft2(rng.standard_normal((count, *shape), np.float32), axes=(1, 2)) * falling
    noise = np.fft.irfft2(spectrum, s=(height, width), axes=(1, 2))
    smooth: np.ndarray = (noise / noise.std(axis=(1, 2, 3), keepdims=True)).astype(np.float32)
    return smooth
