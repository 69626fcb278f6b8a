"""Nearest training images in pixels: a second opinion on an image that needs no net."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import BoolArray, FloatArray, IntArray
from fooler_gui.data.dataset import Dataset, to_float

NEIGHBOURS = 5
"""The number of neighbours that vote."""

_CHUNK = 4_096
_MOST_PIXELS = 2**26
"""The most images, and the most of their pixels, that are compared at a time."""
_SPARE = 8
"""How many more candidates are compared exactly, in case rounding changed their order."""


class Neighbours(NamedTuple):
    """The K nearest training images of each of N images, nearest first.

    Attributes:
        indices: (N, K), their indices in the dataset.
        labels: (N, K), their classes.
        images: (N, K, H, W, C) float32 in [0, 1].
    """

    indices: IntArray
    labels: IntArray
    images: FloatArray


class PixelNeighbours:
    """Finds the nearest training images by the Euclidean distance of pixels.

    Args:
        dataset: Its training images vote.
    """

    def __init__(self, dataset: Dataset) -> None:
        self._images = dataset.train_images
        self._labels = dataset.train_labels
        self._classes = len(dataset.class_names)
        self._chunk = max(1, min(_CHUNK, _MOST_PIXELS // self._images[0].size))
        self._norms: FloatArray | None = None

    def nearest(self, images: FloatArray, count: int = NEIGHBOURS) -> Neighbours:
        """Returns the `count` training images nearest to each of `images` (N, H, W, C), N ≥ 1; of equals the first."""
        count = min(count, len(self._images))
        rows = images.reshape(len(images), -1)
        distances = self._squared_distances(rows)
        candidates = min(count + _SPARE, len(self._images))
        likely = np.sort(np.argpartition(distances, candidates - 1, axis=1)[:, :candidates], axis=1)
        indices = np.empty((len(images), count), np.int64)
        for number, (row, few) in enumerate(zip(rows.astype(np.float64), likely, strict=True)):
            exact = np.square(_rows(self._images[few]).astype(np.float64) - row).sum(axis=1)
            indices[number] = few[np.argsort(exact, kind="stable")[:count]]
        return Neighbours(indices, self._labels[indices].astype(np.int64), to_float(self._images[indices]))

    def votes(self, labels: IntArray) -> FloatArray:
        """Returns the shares (N, classes) of neighbours with the classes `labels` (N, K)."""
        shares: FloatArray = (labels[..., np.newaxis] == np.arange(self._classes)).mean(axis=1, dtype=np.float32)
        return shares

    def agrees(self, images: FloatArray, labels: IntArray) -> BoolArray:
        """Returns (N,) whether most neighbours of each of `images` (N, H, W, C) have its label of `labels` (N,).

        If classes tie, the smallest wins.
        """
        winners = self.votes(self.nearest(images).labels).argmax(axis=1)
        agrees: BoolArray = winners == labels
        return agrees

    def _squared_distances(self, rows: FloatArray) -> FloatArray:
        """Returns (N, M) the squared distances to all training images, minus each row's own squared norm."""
        if self._norms is None:
            squares = [np.square(_rows(part)).sum(axis=1) for part in self._chunks()]
            self._norms = np.concatenate(squares)
        turned = np.ascontiguousarray(rows.T) * np.float32(-2 / 255)
        distances = np.empty((len(self._images), len(rows)), np.float32)
        for number, part in enumerate(self._chunks()):
            flat = part.reshape(len(part), -1).astype(np.float32)
            np.matmul(flat, turned, out=distances[number * self._chunk : number * self._chunk + len(part)])
        distances += self._norms[:, np.newaxis]
        return np.ascontiguousarray(distances.T)

    def _chunks(self) -> list[npt.NDArray[np.uint8]]:
        return [self._images[start : start + self._chunk] for start in range(0, len(self._images), self._chunk)]


def _rows(images: npt.NDArray[np.uint8]) -> FloatArray:
    return to_float(images).reshape(len(images), -1)
