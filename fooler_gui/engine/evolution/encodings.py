"""How evolution encodes images (method.md, Evolution)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.optimiser_names import CPPN, DIRECT
from fooler_gui.engine.evolution.cppn import CppnEncoding
from fooler_gui.engine.evolution.polynomial import mutated


class Encoding(Protocol):
    """How a genome of `length` float32 numbers encodes an image (H, W, C) with pixels in [0, 1]."""

    @property
    def length(self) -> int:
        """How many numbers a genome has."""

    def fresh(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Returns the genomes (count, length) of random images."""

    def offspring(self, parents: FloatArray, generation: int, rng: np.random.Generator, /) -> FloatArray:
        """Returns a mutated copy of each of the `parents` (N, length); generations count from 0."""

    def images(self, genomes: FloatArray) -> FloatArray:
        """Returns the images (N, H, W, C) that `genomes` (N, length) encode."""

    def genome_of(self, image: FloatArray) -> FloatArray | None:
        """Returns the genome (length,) of an image (H, W, C); None if it has none in this encoding."""


class DirectEncoding:
    """A genome is the pixels of its image.

    Args:
        shape: (H, W, C) of an image.
    """

    _RATE, _HALVED_EVERY = 0.1, 1_000

    def __init__(self, shape: tuple[int, int, int]) -> None:
        self._shape = shape

    @property
    def length(self) -> int:
        """How many numbers a genome has."""
        return math.prod(self._shape)

    def fresh(self, count: int, rng: np.random.Generator) -> FloatArray:
        """Returns the genomes (count, length) of uniform noise."""
        return rng.random((count, self.length), np.float32)

    def offspring(self, parents: FloatArray, generation: int, rng: np.random.Generator) -> FloatArray:
        """Returns a copy of each of the `parents` (N, length) in which some pixels are mutated.

        In the first 1,000 generations each pixel is with probability 0.1, in the next with 0.05, and so on.
        """
        rate = self._RATE / 2 ** (generation // self._HALVED_EVERY)
        return mutated(np.clip(parents, 0, 1), rng.random(parents.shape) < rate, rng)

    def images(self, genomes: FloatArray) -> FloatArray:
        """Returns the images (N, H, W, C) that `genomes` (N, length) encode."""
        return genomes.reshape(-1, *self._shape)

    def genome_of(self, image: FloatArray) -> FloatArray:
        """Returns the genome (length,) of an image (H, W, C)."""
        return image.reshape(-1)


def encoding_of(name: str, shape: tuple[int, int, int]) -> Encoding:
    """Returns the encoding called `name`, one of `ENCODINGS`, for images of `shape` (H, W, C)."""
    makers: dict[str, Callable[[tuple[int, int, int]], Encoding]] = {DIRECT: DirectEncoding, CPPN: CppnEncoding}
    return makers[name](shape)
