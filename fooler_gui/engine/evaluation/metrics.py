"""Metrics of how well a score separates positives from negatives, and of calibration. Only NumPy.

Definitions follow scikit-learn and the cited papers; scores may have ties.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.floating]
Bools = npt.NDArray[np.bool_]


class _Curve(NamedTuple):
    """The numbers of positives and negatives at or above each distinct score, from the greatest down."""

    positives: npt.NDArray[np.int64]
    negatives: npt.NDArray[np.int64]


def auroc(positives: Numbers, negatives: Numbers) -> float:
    """Returns the area under the ROC curve: how often a positive scores above a negative, ties counting half.

    Args:
        positives: (N,) scores, N ≥ 1.
        negatives: (M,) scores, M ≥ 1.
    """
    ordered = np.sort(negatives)
    below = np.searchsorted(ordered, positives, side="left").sum()
    not_above = np.searchsorted(ordered, positives, side="right").sum()
    return float(below + not_above) / (2 * len(positives) * len(negatives))


def average_precision(positives: Numbers, negatives: Numbers) -> float:
    """Returns the area under the precision-recall curve as a sum of steps: Σ (Rₙ − Rₙ₋₁) Pₙ over falling thresholds.

    Args:
        positives: (N,) scores, N ≥ 1.
        negatives: (M,) scores, M ≥ 1.
    """
    curve = _curve(positives, negatives)
    precision = curve.positives / (curve.positives + curve.negatives)
    recall = curve.positives / len(positives)
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def fpr_at_tpr(positives: Numbers, negatives: Numbers, level: float = 0.95) -> float:
    """Returns the share of negatives at or above the greatest score that keeps at least `level` of the positives.

    Args:
        positives: (N,) scores, N ≥ 1.
        negatives: (M,) scores, M ≥ 1.
        level: 0 to 1.
    """
    curve = _curve(positives, negatives)
    first = int(np.argmax(curve.positives / len(positives) >= level))
    return float(curve.negatives[first] / len(negatives))


def bin_of(confidence: Numbers, bins: int) -> npt.NDArray[np.int64]:
    """Returns (N,) the index of each confidence among `bins` equal bins of [0, 1]; bins include their upper end."""
    inner = np.linspace(0, 1, bins + 1)[1:-1]
    return np.searchsorted(inner, confidence.astype(np.float64), side="left")


def calibration_error(confidence: Numbers, right: Bools, bins: int) -> float:
    """Returns the expected calibration error (Guo and others 2017): Σ |bin| / N · |accuracy − mean confidence|.

    Args:
        confidence: (N,), 0 to 1, N ≥ 1.
        right: (N,).
        bins: The number of equal bins.
    """
    places = bin_of(confidence, bins)
    gaps = np.bincount(places, weights=right.astype(np.float64) - confidence, minlength=bins)
    return float(np.abs(gaps).sum() / len(confidence))


def rms_calibration_error(confidence: Numbers, right: Bools, bin_size: int, *, less_last: bool = False) -> float:
    """Returns the root mean square of accuracy − mean confidence over bins of images in the order of confidence.

    As in Hendrycks and others 2019; the last bin takes the remainder.

    Args:
        confidence: (N,), 0 to 1, N ≥ 1.
        right: (N,).
        bin_size: Images per bin.
        less_last: Whether the bin of the most confident images is left out, as in their program.
    """
    order = np.argsort(confidence, kind="stable")
    starts = np.arange(max(1, len(order) // bin_size)) * bin_size
    gaps = (right.astype(np.float64) - confidence)[order]
    counts = np.diff(np.append(starts, len(order)))
    squares = np.square(np.add.reduceat(gaps, starts)) / counts
    return float(np.sqrt((squares[:-1] if less_last else squares).sum() / len(order)))


def mean_over_draws(
    measure: Callable[[Numbers, Numbers], float],
    positives: Numbers,
    negatives: Numbers,
    sizes: tuple[int, int],
    draws: int,
    rng: np.random.Generator,
) -> float:
    """Returns the mean of `measure` over `draws` of some positives and negatives, each without replacement."""
    return float(
        np.mean(
            [
                measure(
                    rng.choice(positives, sizes[0], replace=False, shuffle=False),
                    rng.choice(negatives, sizes[1], replace=False, shuffle=False),
                )
                for _ in range(draws)
            ]
        )
    )


def _curve(positives: Numbers, negatives: Numbers) -> _Curve:
    thresholds = np.unique(np.concatenate([positives, negatives]))[::-1]
    counts = (
        len(scores) - np.searchsorted(np.sort(scores), thresholds, side="left") for scores in (positives, negatives)
    )
    return _Curve(*counts)
