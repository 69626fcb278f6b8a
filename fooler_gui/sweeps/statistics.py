"""Statistics of sweeps: shares and medians with intervals, and tests of two settings (method.md, Statistics of sweeps).

Sources: Wilson 1927 (interval of a share); Efron 1979 (bootstrap); McNemar 1947 and Wilcoxon 1945 (tests of pairs);
Holm 1979 (several comparisons). SciPy is imported only to compute: that takes about a second.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import BoolArray, IntArray
from fooler_gui.core.transfer import wilson_interval

RESAMPLES = 10_000
"""Of the bootstrap."""

MOST_EXACT = 50
"""Up to so many differences Wilcoxon's p is counted out; beyond, it comes from the normal distribution."""

_TAIL = RESAMPLES // 40
"""How many resamples lie beyond either end of an interval that covers 95 %."""

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A figure with the interval that covers it with 95 %; all three are NaN if nothing was counted.

    Attributes:
        value: The figure, from `low` to `high`.
        low: The lower end.
        high: The upper end.
        count: How many cells or images it is of, at least 0.
    """

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What two settings differ by on the same seeds.

    Attributes:
        difference: The first setting minus the second: of their shares (−1 to 1), or the median of the differences of
            the values of each pair. NaN without pairs.
        p: How probable it is that settings without a difference differ by this much or more, two-sided, 0 to 1. NaN
            without pairs.
        count: How many pairs there are, those that do not differ included; at least 0.
    """

    difference: float
    p: float
    count: int


def share(successes: int, count: int) -> Interval:
    """Returns the share of `successes` among `count` cells or images with its 95 % interval (Wilson 1927).

    Args:
        successes: 0 to `count`.
        count: At least 0.

    Raises:
        ValueError: One of the two is out of range.
    """
    if not 0 <= successes <= count:
        raise ValueError(f"Successes must be 0 to the number of cells; received {successes} of {count}.")
    if count == 0:
        return Interval(value=math.nan, low=math.nan, high=math.nan, count=0)
    value = successes / count
    low, high = wilson_interval(successes, count)
    return Interval(value=value, low=min(low, value), high=max(high, value), count=count)


def median(values: Sequence[float], seed: int = 0) -> Interval:
    """Returns the median of some values with its interval; see `medians`."""
    return medians(values, np.zeros(len(values), np.int64), 1, seed)[0]


def medians(values: Sequence[float] | Values, groups: IntArray, count: int, seed: int = 0) -> list[Interval]:
    """Returns the median of each group with its 95 % interval, percentiles of `RESAMPLES` resamples (Efron 1979).

    Args:
        values: (N,), finite, in any order; those that are NaN are left out.
        groups: (N,), the group of each, 0 to `count` − 1.
        count: The number of groups.
        seed: Draws the resamples, at least 0; the same seed gives the same intervals.

    Raises:
        ValueError: A value is infinite, or the seed is negative.
    """
    known = _checked(values)
    kept = ~np.isnan(known)
    known, groups = known[kept], groups[kept]
    known = known[np.lexsort((known, groups))]
    sizes = np.bincount(groups, minlength=count)
    starts = np.cumsum(sizes) - sizes
    found = np.full((count, 3), math.nan)
    for size in np.unique(sizes[sizes > 0]).tolist():
        alike = np.flatnonzero(sizes == size)
        found[alike] = _medians(known[starts[alike, None] + np.arange(size)], seed)
    return [
        Interval(value=value, low=low, high=high, count=size)
        for (value, low, high), size in zip(found.tolist(), sizes.tolist(), strict=True)
    ]


def paired_shares(first: Sequence[bool] | BoolArray, second: Sequence[bool] | BoolArray) -> Comparison:
    """Compares the successes of two settings by the exact test of McNemar 1947, a sign test of the pairs that differ.

    Args:
        first: (N,), whether each cell of the first setting succeeded.
        second: (N,), likewise of the second setting, with the same seeds in the same order.

    Raises:
        ValueError: They are not equally many.
    """
    ours, others = np.asarray(first, bool), np.asarray(second, bool)
    _check_pairs(len(ours), len(others))
    count = len(ours)
    if count == 0:
        return Comparison(difference=math.nan, p=math.nan, count=0)
    only_first, only_second = int((ours & ~others).sum()), int((others & ~ours).sum())
    p = _sign_p(only_first, only_first + only_second)
    return Comparison(difference=(only_first - only_second) / count, p=p, count=count)


def paired_values(first: Sequence[float] | Values, second: Sequence[float] | Values) -> Comparison:
    """Compares the values of two settings by the signed-rank test of Wilcoxon 1945.

    Pairs without a difference are not ranked. Equal differences share their mean rank, and p is counted out with these
    ranks, so it is exact for up to `MOST_EXACT` differences.

    Args:
        first: (N,), finite, a value of each cell of the first setting; pairs with a NaN are left out.
        second: (N,), likewise of the second setting, with the same seeds in the same order.

    Raises:
        ValueError: They are not equally many, or a value is infinite.
    """
    ours, others = _checked(first), _checked(second)
    _check_pairs(len(ours), len(others))
    differences = ours - others
    differences = differences[~np.isnan(differences)]
    if not differences.size:
        return Comparison(difference=math.nan, p=math.nan, count=0)
    p = _signed_rank_p(differences[differences != 0])
    return Comparison(difference=float(np.median(differences)), p=p, count=differences.size)


def holm(ps: Sequence[float]) -> list[float]:
    """Returns the p of several comparisons, adjusted so that they may be read together (Holm 1979).

    Args:
        ps: (N,), 0 to 1; NaN stays NaN and does not count as a comparison.

    Returns:
        The adjusted p in the same order, none less than before, at most 1.

    Raises:
        ValueError: One of `ps` is out of range.
    """
    for p in ps:
        if p < 0 or p > 1:
            raise ValueError(f"A p must be 0 to 1; received {p}.")
    adjusted = [math.nan] * len(ps)
    places = sorted((place for place, p in enumerate(ps) if not math.isnan(p)), key=lambda place: ps[place])
    highest = 0.0
    for rank, place in enumerate(places):
        highest = max(highest, min(1.0, (len(places) - rank) * float(ps[place])))
        adjusted[place] = highest
    return adjusted


def _medians(values: Values, seed: int) -> Values:
    """Returns the median of each row of `values` (G, N), which are sorted, and the ends of its interval, (G, 3)."""
    size = values.shape[1]
    below, above, often = _middles_of_resamples(size, seed)
    resampled = (values[:, below] + values[:, above]) / 2
    order = np.argsort(resampled, axis=1)
    up_to = np.cumsum(often[order], axis=1)
    ends = [np.argmax(up_to >= rank, axis=1) for rank in (_TAIL, RESAMPLES - _TAIL + 1)]
    low, high = np.take_along_axis(resampled, np.take_along_axis(order, np.stack(ends, axis=1), axis=1), axis=1).T
    return np.stack([(values[:, (size - 1) // 2] + values[:, size // 2]) / 2, low, high], axis=1)


@lru_cache(maxsize=256)
def _middles_of_resamples(count: int, seed: int) -> tuple[IntArray, IntArray, IntArray]:
    """Returns which of `count` sorted values the median of a resample lies between, each pair once, and how often.

    The order statistics of uniform random numbers are beta distributed; the middle ones are drawn without the others.
    """
    generator = np.random.default_rng(seed)
    rank = (count + 1) // 2
    below = generator.beta(rank, count + 1 - rank, RESAMPLES)
    above = below if count % 2 else below + (1 - below) * generator.beta(1, count - rank, RESAMPLES)
    places = np.minimum(np.stack([below, above]) * count, count - 1).astype(np.int64)
    pairs, often = np.unique(places, axis=1, return_counts=True)
    return pairs[0], pairs[1], often


@lru_cache(maxsize=4096)
def _sign_p(positive: int, count: int) -> float:
    """Returns the two-sided p of a sign test of `count` differences, of which so many are positive."""
    from scipy.stats import binomtest

    return float(binomtest(positive, count, 0.5).pvalue) if count else 1.0


def _signed_rank_p(differences: Values) -> float:
    """Returns Wilcoxon's two-sided p of `differences` (N,), none of which is zero."""
    count = differences.size
    if not count:
        return 1.0
    if count > MOST_EXACT:
        from scipy.stats import wilcoxon

        return float(wilcoxon(differences).pvalue)  # SciPy takes the normal distribution for so many
    _, places, equal = np.unique(np.abs(differences), return_inverse=True, return_counts=True)
    doubled = (2 * np.cumsum(equal) - equal + 1)[places]  # a mean rank may end in one half
    positive, total = int(doubled[differences > 0].sum()), int(doubled.sum())
    tail = int(_ways_up_to(tuple(sorted(doubled.tolist())))[min(positive, total - positive)])
    return min(1.0, math.ldexp(tail, 1 - count))


@lru_cache(maxsize=256)
def _ways_up_to(ranks: tuple[int, ...]) -> IntArray:
    """Returns in how many ways signs give a sum of positive `ranks` up to each from 0 to that of all."""
    ways = np.zeros(sum(ranks) + 1, np.int64)
    ways[0] = 1
    for rank in ranks:
        ways[rank:] = ways[rank:] + ways[:-rank]
    return np.cumsum(ways)


def _checked(values: Sequence[float] | Values) -> Values:
    array = np.asarray(values, np.float64)
    if np.isinf(array).any():
        raise ValueError("Values must be finite, or NaN where there is none; received an infinite one.")
    return array


def _check_pairs(first: int, second: int) -> None:
    if first != second:
        raise ValueError(f"Both settings need a cell for each seed; received {first} and {second} cells.")
