"""The two densities of a guarantee, and the metric in which they are mixtures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fooler_gui.core.arrays import DoubleArray, FloatArray
from fooler_gui.core.errors import LabError
from fooler_gui.engine.guarantee.mixture import Mixture


class GuaranteeError(LabError, ValueError):
    """There can be no guarantee for a classifier or a dataset, or a classifier has none."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Densities:
    """p_in and λ p_out of method.md, A guarantee, as functions of the point A x + b of an image x.

    Attributes:
        matrix: A, (n, n) float64: the distance of two images in the metric is that of their points.
        offset: b, (n,) float64.
        inside: p_in.
        outside: λ p_out; λ is the sum of its weights.
    """

    matrix: DoubleArray
    offset: DoubleArray
    inside: Mixture
    outside: Mixture

    def points(self, images: FloatArray) -> DoubleArray:
        """Returns (N, n) the points of `images` (N, H, W, C)."""
        points: DoubleArray = images.reshape(len(images), -1).astype(np.float64) @ self.matrix.T + self.offset
        return points

    def log_ratio(self, images: FloatArray) -> DoubleArray:
        """Returns (N,) ln r = ln p_in − ln λ p_out of `images` (N, H, W, C)."""
        points = self.points(images)
        ratios: DoubleArray = self.inside.log_density(points) - self.outside.log_density(points)
        return ratios
