"""The metric in which a guarantee's densities are mixtures: a regularised whitening of the training images."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.arrays import DoubleArray, FloatArray

FLOOR = 3e-4
"""The least variance of a direction that counts, as a share of the greatest."""

_AT_A_TIME = 4_096


def whitening(rows: FloatArray) -> tuple[DoubleArray, DoubleArray]:
    """Returns A and b of a metric in which `rows` vary about as much in every direction.

    Directions of little variance count fully, those of much variance less, so that no distance is greater in the metric
    than it is in Euclid's: |A x| ≤ |x|.

    Args:
        rows: (N, n), images as rows; N ≥ 1.

    Returns:
        A, (n, n), symmetric, of norm 1; b, (n,), so that A x + b is 0 at the mean of the rows.
    """
    mean = rows.mean(axis=0, dtype=np.float64)
    covariance = np.zeros((rows.shape[1], rows.shape[1]))
    for start in range(0, len(rows), _AT_A_TIME):
        centred = rows[start : start + _AT_A_TIME] - mean.astype(np.float32)
        covariance += centred.T @ centred
    variances, directions = np.linalg.eigh(covariance / len(rows))
    floored = np.maximum(variances, max(FLOOR * variances[-1], np.finfo(np.float64).tiny))
    matrix = (directions * np.sqrt(floored.min() / floored)) @ directions.T
    return matrix, -matrix @ mean
