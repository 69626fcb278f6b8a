"""Statistics of sweeps: shares and medians with intervals, and tests of two settings (method.md, Statistics of sweeps).

Sources: Wilson 1927 (interval of a share); Efron 1979 (bootstrap); McNemar 1947 and Wilcoxon 1945 (tests of pairs);
Holm 1979 (several comparisons). SciPy is imported only to compute: that takes about a second.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RESAMPLES = 10_000
"""Of the bootstrap."""

MOST_EXACT = 50
"""Up to so many differences Wilcoxon's p is counted out; beyond, it comes from the normal distribution."""

_BATCH = 1000

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A figure with the interval that covers it with 95 %; all three are NaN if nothing was counted.

    Attributes:
        value: The figure, from `low` to `high`.
        low: The lower end.
        high: The upper end.
        count: How many cells it is of, at least 0.
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
    """Returns the share of `successes` among `count` cells with its 95 % interval (Wilson 1927).

    Args:
        successes: 0 to `count`.
        count: At least 0.

    Raises:
        ValueError: One of the two is out of range.
    """
    from scipy.stats import binomtest

    if not 0 <= successes <= count:
        raise ValueError(f"Successes must be 0 to the number of cells; received {successes} of {count}.")
    if count == 0:
        return Interval(value=math.nan, low=math.nan, high=math.nan, count=0)
    low, high = binomtest(successes, count).proportion_ci(confidence_level=0.95, method="wilson")
    return Interval(value=successes / count, low=max(0.0, float(low)), high=min(1.0, float(high)), count=count)


def median(values: Sequence[float], seed: int = 0) -> Interval:
    """Returns the median with its 95 % interval, percentiles of a bootstrap with `RESAMPLES` resamples (Efron 1979).

    Args:
        values: (N,), finite, in any order; those that are NaN are left out.
        seed: Draws the resamples, at least 0; the same seed gives the same interval.

    Raises:
        ValueError: A value is infinite, or the seed is negative.
    """
    from scipy.stats import bootstrap

    generator = np.random.default_rng(seed)
    kept = _checked(values)
    kept = np.sort(kept[~np.isnan(kept)])
    if not kept.size:
        return Interval(value=math.nan, low=math.nan, high=math.nan, count=0)
    value = float(np.median(kept))
    low = high = value
    if kept[0] < kept[-1]:
        found = bootstrap(
            (kept,),
            np.median,
            n_resamples=RESAMPLES,
            batch=_BATCH,
            confidence_level=0.95,
            method="percentile",
            random_state=generator,
        )
        low, high = (float(end) for end in found.confidence_interval)
    return Interval(value=value, low=low, high=high, count=kept.size)


def paired_shares(first: Sequence[bool], second: Sequence[bool]) -> Comparison:
    """Compares the successes of two settings by the exact test of McNemar 1947, a sign test of the pairs that differ.

    Args:
        first: (N,), whether each cell of the first setting succeeded.
        second: (N,), likewise of the second setting, with the same seeds in the same order.

    Raises:
        ValueError: They are not equally many.
    """
    from scipy.stats import binomtest

    ours, others = np.asarray(first, bool), np.asarray(second, bool)
    _check_pairs(len(ours), len(others))
    count = len(ours)
    if count == 0:
        return Comparison(difference=math.nan, p=math.nan, count=0)
    only_first, only_second = int((ours & ~others).sum()), int((others & ~ours).sum())
    differ = only_first + only_second
    p = float(binomtest(only_first, differ, 0.5).pvalue) if differ else 1.0
    return Comparison(difference=(only_first - only_second) / count, p=p, count=count)


def paired_values(first: Sequence[float], second: Sequence[float]) -> Comparison:
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


def _signed_rank_p(differences: Values) -> float:
    """Returns Wilcoxon's two-sided p of `differences` (N,), none of which is zero."""
    from scipy.stats import rankdata, wilcoxon

    count = differences.size
    if not count:
        return 1.0
    if count > MOST_EXACT:
        return float(wilcoxon(differences).pvalue)  # SciPy takes the normal distribution for so many
    doubled = np.rint(2 * rankdata(np.abs(differences))).astype(np.int64)  # a mean rank may end in one half
    total = int(doubled.sum())
    ways = np.zeros(total + 1, np.int64)  # in how many ways signs give each sum of ranks
    ways[0] = 1
    for rank in doubled:
        ways[rank:] = ways[rank:] + ways[:-rank]
    positive = int(doubled[differences > 0].sum())
    tail = int(ways[: min(positive, total - positive) + 1].sum())
    return min(1.0, math.ldexp(tail, 1 - count))


def _checked(values: Sequence[float]) -> Values:
    array = np.asarray(values, np.float64)
    if np.isinf(array).any():
        raise ValueError("Values must be finite, or NaN where there is none; received an infinite one.")
    return array


def _check_pairs(first: int, second: int) -> None:
    if first != second:
        raise ValueError(f"Both settings need a cell for each seed; received {first} and {second} cells.")
