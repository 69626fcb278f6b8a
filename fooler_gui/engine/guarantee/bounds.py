"""What a guarantee promises: confidences that no image in a ball, or anywhere far away, exceeds.

By method.md, A guarantee, an image's confidence is at most (1/M) (1 + M r) / (1 + r) with r = p_in / (λ p_out). Here
the quotient of one component of p_in and one of λ p_out is bounded as a whole: the difference of their exponents is a
quadratic again,

    −|z − μ|² / 2σ² + |z − ν|² / 2θ² = |μ − ν|² / 2(θ² − σ²) − (τ / 2) |z − c|²,
    τ = 1/σ² − 1/θ²,  c = (μ/σ² − ν/θ²) / τ,

so that its greatest value in a ball is known exactly. That is never more than the product of the two bounds in
method.md, as there the two components are worst at different images. As p_out is at least each of its components, the
least of the bounds beside single components of it counts.

All is computed in float64 and in logarithms. The rounding errors of these numbers and of the net's own, which are
bounded from their sizes, are added on top.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, logit, logsumexp

from fooler_gui.core.arrays import DoubleArray, FloatArray
from fooler_gui.engine.guarantee.densities import Densities
from fooler_gui.engine.guarantee.mixture import squared_distances

_UNIT = 2.0**-53
"""The relative error of one operation in float64."""

_FINAL_UNIT = 2.0**-24
"""Likewise in float32, for the net's last softmax."""

_SPARE_OPERATIONS = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Quotient:
    """p_in over one component of λ p_out, as K terms exp(peak − steepness |z − centre|²).

    Attributes:
        centres: (K, n).
        steepness: (K,), τ / 2.
        peaks: (K,).
        shifts: (K,), how far each centre lies from that of the component of p_in.
    """

    centres: DoubleArray
    steepness: DoubleArray
    peaks: DoubleArray
    shifts: DoubleArray


class Bounds:
    """The bounds of a classifier with given densities.

    Args:
        densities: The densities; every component of p_out must be wider than all of p_in.
        classes: The number M of classes.

    Attributes:
        longest: √n, the greatest Euclidean distance of images with pixels in [0, 1].
    """

    def __init__(self, densities: Densities, classes: int) -> None:
        size = len(densities.offset)
        inside, outside = densities.inside, densities.outside
        self.longest = math.sqrt(size)
        self._densities = densities
        self._quotients = _quotients(densities)
        self._stretch = float(np.linalg.norm(densities.matrix, 2)) * (1 + 8 * size * _UNIT)
        """The most by which the metric lengthens a step."""
        self._share = 1 / classes
        self._final = 1 + (64 + 2 * classes) * _FINAL_UNIT
        """By how much the last softmax, of logarithms of probabilities in float32, may raise the greatest of them."""
        self._entries = float(np.linalg.norm(densities.matrix))
        centres = (inside.centres, outside.centres, *(quotient.centres for quotient in self._quotients))
        self._sizes = _longest((densities.offset[np.newaxis],)) + _longest(centres)
        self._constants = max(float(np.abs(part.log_peaks).max()) for part in (inside, outside))
        self._longest_sum = size + len(inside.variances) + len(outside.variances) + _SPARE_OPERATIONS

    def around(self, images: FloatArray) -> Around:
        """Returns what is known of all images around `images` (N, H, W, C)."""
        points = self._densities.points(images)
        norms = np.linalg.norm(images.reshape(len(images), -1).astype(np.float64), axis=1)
        distances = [np.sqrt(squared_distances(points, quotient.centres)) for quotient in self._quotients]
        return Around(self, distances, norms)

    def distance(self, confidence: float) -> float:
        """Returns how far an image must be from every component of p_in not to exceed `confidence`, wherever it is.

        Args:
            confidence: From 0, below 1.

        Returns:
            A distance in the metric, for images with pixels in [0, 1]; infinite for a confidence that is not over 1/M.
        """
        limit = self._log_ratio_of(confidence) - self._error(self.longest)
        farthest = [float((quotient.shifts + _needed(quotient, limit)).max()) for quotient in self._quotients]
        return float(np.nextafter(min(farthest), np.inf))

    def _error(self, norms: Any) -> Any:
        """Returns the most by which ln r may be wrong, in the net and here together, for images of these `norms`.

        With γ = m u, where m is the longest sum and u the relative error of one operation, and S = |A| |x| + |b| + |μ|
        ≥ |z| + |μ|, each exponent is wrong by at most 4 γ (S²/σ² + its constants): a product in it by γ S²/σ², the
        square of z likewise, z itself by γ S, and the logarithm of the sum by less. There are two such exponents in the
        net, and two here.
        """
        squares = np.square(self._entries * norms + self._sizes) / self._densities.inside.variances.min()
        return 16 * self._longest_sum * _UNIT * (squares + self._constants)

    def _confidence_of(self, log_ratios: DoubleArray) -> DoubleArray:
        """Returns (1/M) (1 + M r) / (1 + r) = 1/M + (1 − 1/M) r / (1 + r), at most 1, with the net's last rounding."""
        mixed = self._share + (1 - self._share) * expit(log_ratios)
        confidences: DoubleArray = np.minimum(mixed * self._final, 1)
        return confidences

    def _log_ratio_of(self, confidence: float) -> float:
        """Returns the ln r at which `_confidence_of` is `confidence`; minus infinity if it always is more."""
        return float(logit(max((confidence / self._final - self._share) / (1 - self._share), 0)))


class Around:
    """What is known of all images around N images. Made by `Bounds.around`.

    Args:
        bounds: The bounds.
        distances: For each component of p_out, (N, K) the images' distances from the centres of its quotient.
        norms: (N,), the images' Euclidean norms.
    """

    def __init__(self, bounds: Bounds, distances: list[DoubleArray], norms: DoubleArray) -> None:
        self._bounds = bounds
        self._distances = distances
        self._norms = norms

    def confidences(self, radius: float) -> DoubleArray:
        """Returns (N,) the confidences that no image within the Euclidean distance `radius` exceeds."""
        bounds = self._bounds
        reach = bounds._stretch * radius
        ratios = [
            _log_quotient(quotient, np.maximum(distances - reach, 0))
            for quotient, distances in zip(bounds._quotients, self._distances, strict=True)
        ]
        return bounds._confidence_of(np.min(ratios, axis=0) + bounds._error(self._norms + radius))

    def radii(self, confidence: float) -> DoubleArray:
        """Returns (N,) Euclidean distances within which no image exceeds `confidence`, at most `Bounds.longest`.

        Each of a quotient's K terms is held to a K-th of what their sum may be. A radius is 0 where nothing is
        certified.

        Args:
            confidence: From 0, below 1.
        """
        bounds = self._bounds
        limits = bounds._log_ratio_of(confidence) - bounds._error(self._norms + bounds.longest)
        best = np.zeros(len(limits))
        for quotient, distances in zip(bounds._quotients, self._distances, strict=True):
            left = (distances - _needed(quotient, limits[:, np.newaxis])).min(axis=1)
            best = np.maximum(best, np.nextafter(left / bounds._stretch, 0))
        radii: DoubleArray = np.minimum(best, bounds.longest)
        return radii


def _quotients(densities: Densities) -> list[_Quotient]:
    inside, outside = densities.inside, densities.outside
    quotients = []
    for centre, variance, log_peak in zip(outside.centres, outside.variances, outside.log_peaks, strict=True):
        curvatures = 1 / inside.variances - 1 / variance
        away = inside.centres - centre
        shift = away * (inside.variances / (variance - inside.variances))[:, np.newaxis]
        quotients.append(
            _Quotient(
                centres=inside.centres + shift,
                steepness=curvatures / 2,
                peaks=inside.log_peaks - log_peak + np.square(away).sum(axis=1) / (2 * (variance - inside.variances)),
                shifts=np.sqrt(np.square(shift).sum(axis=1)),
            )
        )
    return quotients


def _log_quotient(quotient: _Quotient, distances: DoubleArray) -> DoubleArray:
    """Returns (N,) the logarithm of `quotient` at points of these `distances` (N, K) from its centres."""
    logarithms: DoubleArray = logsumexp(quotient.peaks - quotient.steepness * np.square(distances), axis=1)
    return logarithms


def _needed(quotient: _Quotient, limits: DoubleArray | float) -> DoubleArray:
    """Returns how far from each centre its term is at most a K-th of exp(`limits`)."""
    above = quotient.peaks + np.log(len(quotient.peaks)) - limits
    needed: DoubleArray = np.sqrt(np.maximum(above, 0) / quotient.steepness)
    return needed


def _longest(arrays: Iterable[DoubleArray]) -> float:
    """Returns the greatest norm of a row of `arrays`."""
    return max(float(np.linalg.norm(rows, axis=1).max()) for rows in arrays)
