"""A sample of labels, for work that would otherwise grow with the number of classes."""

from __future__ import annotations

import numpy as np

MOST_LABELS = 30
"""So many labels are worked through at most: all letters of an alphabet are few enough."""

_USE = 120
"""Keeps the draw apart from noise of the same seed."""


def sampled_labels(classes: int, *seeds: int, most: int = MOST_LABELS) -> tuple[int, ...]:
    """Returns all labels from 0 up to `classes`, or if they are more than `most`, as many drawn with `seeds`, in order.

    Args:
        classes: How many there are, at least one.
        seeds: The random seed, and further numbers if each of several draws is to be another one.
        most: At least one.
    """
    if classes <= most:
        return tuple(range(classes))
    drawn = np.random.default_rng([_USE, *seeds]).choice(classes, most, replace=False)
    return tuple(sorted(drawn.tolist()))


def sample_words(labels: int, classes: int) -> str:
    """Returns how `labels` of `classes` were chosen, "30 of 1,000 classes, drawn with the random seed"; "" for all."""
    return "" if labels == classes else f"{labels:,} of {classes:,} classes, drawn with the random seed"
