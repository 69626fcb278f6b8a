"""A mixture of Gaussians that are alike in every direction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from fooler_gui.core.arrays import DoubleArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mixture:
    """K Gaussians in n dimensions, each alike in every direction, with weights.

    Attributes:
        centres: (K, n) float64.
        variances: (K,) float64, over 0: of each coordinate.
        log_weights: (K,) float64, the logarithms of the weights, whose sum need not be 1.
    """

    centres: DoubleArray
    variances: DoubleArray
    log_weights: DoubleArray

    @property
    def log_peaks(self) -> DoubleArray:
        """(K,), the logarithm of each weighted density at its centre."""
        dimensions = self.centres.shape[1]
        peaks: DoubleArray = self.log_weights - dimensions / 2 * np.log(2 * math.pi * self.variances)
        return peaks

    def log_density(self, points: DoubleArray) -> DoubleArray:
        """Returns (N,) the logarithm of the weighted densities' sum at `points` (N, n)."""
        squares = squared_distances(points, self.centres)
        logarithms: DoubleArray = logsumexp(self.log_peaks - squares / (2 * self.variances), axis=1)
        return logarithms


def together(mixtures: Sequence[Mixture]) -> Mixture:
    """Returns the sum of `mixtures` in as many dimensions as one mixture."""
    parts = [(part.centres, part.variances, part.log_weights) for part in mixtures]
    centres, variances, log_weights = map(np.concatenate, zip(*parts, strict=True))
    return Mixture(centres=centres, variances=variances, log_weights=log_weights)


def squared_distances(points: DoubleArray, centres: DoubleArray) -> DoubleArray:
    """Returns (N, K) the squared Euclidean distances of `points` (N, n) from `centres` (K, n)."""
    norms = np.square(points).sum(axis=1)[:, np.newaxis] + np.square(centres).sum(axis=1)
    squares: DoubleArray = np.maximum(norms - 2 * points @ centres.T, 0)
    return squares
