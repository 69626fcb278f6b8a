from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from scipy.stats import binomtest, bootstrap, rankdata, wilcoxon

from fooler_gui.sweeps.statistics import (
    Comparison,
    Interval,
    holm,
    median,
    medians,
    paired_shares,
    paired_values,
    share,
)

DARWIN = (49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48)
"""Crossed minus self-fertilised maize, in eighths of an inch (Darwin 1876; Fisher 1935)."""


def is_nothing(interval: Interval) -> bool:
    return interval.count == 0 and all(map(math.isnan, (interval.value, interval.low, interval.high)))


def enumerated_p(differences: Sequence[float]) -> float:
    """Returns Wilcoxon's p, found by giving the ranks all signs."""
    ranks = rankdata(np.abs(differences))
    middle = ranks.sum() / 2
    found = abs(ranks[np.array(differences) > 0].sum() - middle)
    sums = [np.dot(signs, ranks) for signs in itertools.product((0, 1), repeat=len(ranks))]
    return float(np.mean([abs(one - middle) >= found for one in sums]))


@pytest.mark.parametrize(
    ("successes", "count", "low", "high"),
    [(8, 10, 0.490162, 0.943318), (0, 5, 0.0, 0.434482), (5, 5, 0.565518, 1.0), (50, 100, 0.403832, 0.596168)],
)
def test_a_share_has_wilsons_interval(successes: int, count: int, low: float, high: float) -> None:
    found = share(successes, count)
    assert (found.value, found.count) == (successes / count, count)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-6)


def test_the_share_of_no_cells_is_not_known() -> None:
    assert is_nothing(share(0, 0))


@pytest.mark.parametrize("count", [1, 2, 7, 10, 30, 1000])
def test_scipy_has_the_same_intervals_of_shares(count: int) -> None:
    for successes in range(0, count + 1, max(1, count // 20)):
        found = share(successes, count)
        expected = binomtest(successes, count).proportion_ci(method="wilson")
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=0, abs=1e-9)
        assert 0 <= found.low <= found.value <= found.high <= 1


@pytest.mark.parametrize(("successes", "count"), [(-1, 5), (6, 5), (1, 0), (-2, -1)])
def test_more_successes_than_cells_are_refused(successes: int, count: int) -> None:
    with pytest.raises(ValueError, match=f"received {successes} of {count}"):
        share(successes, count)


def test_the_interval_of_a_median_worked_by_hand() -> None:
    """Of 1 to 7 a resample's median is 1 with 1.0 % and at most 2 with 10 %, and likewise at the other end."""
    at_most = [sum(math.comb(7, k) * top**k * (7 - top) ** (7 - k) for k in range(4, 8)) / 7**7 for top in (1, 2)]
    assert at_most[0] < 0.02 < 0.09 < at_most[1]
    assert median([4, 1, 7, 2, 6, 3, 5]) == Interval(value=4.0, low=2.0, high=6.0, count=7)


def test_the_median_of_an_even_number_lies_between_two_values() -> None:
    assert median([0, 1]) == Interval(value=0.5, low=0.0, high=1.0, count=2)


def test_the_same_seed_gives_the_same_interval_in_any_order() -> None:
    values = np.random.default_rng(1).normal(size=40).tolist()
    assert median(values, seed=3) == median(values[::-1], seed=3)
    assert len({median(values, seed=seed) for seed in range(30)}) > 1


def test_a_bootstrap_of_many_values_is_as_wide_as_theory_says() -> None:
    """The median of n normal values deviates by √(π / 2n)."""
    found = median(np.random.default_rng(2).normal(size=2000).tolist())
    assert found.high - found.low == pytest.approx(2 * 1.96 * math.sqrt(math.pi / 4000), rel=0.25)


@pytest.mark.parametrize("count", [3, 4, 9, 30, 200])
def test_scipys_bootstrap_has_nearly_the_same_interval(count: int) -> None:
    """Both are random; by how much is told by SciPy's own with other seeds."""
    values = np.random.default_rng(count).normal(size=count)
    intervals = [
        bootstrap(
            (values,), np.median, n_resamples=10_000, batch=1000, method="percentile", rng=seed
        ).confidence_interval
        for seed in range(3)
    ]
    found = median(values.tolist())
    for end in ("low", "high"):
        ends = [getattr(interval, end) for interval in intervals]
        assert min(ends) - 0.05 <= getattr(found, end) <= max(ends) + 0.05


def test_medians_of_groups_are_those_of_each_alone() -> None:
    values, groups = [5.0, 1.0, math.nan, 2.0, 9.0, 3.0], np.array([2, 0, 0, 2, 2, 0])
    first, second, third = medians(values, groups, 3)
    assert (first, third) == (median([1, 3]), median([2, 5, 9]))
    assert is_nothing(second)


def test_the_median_of_very_many_values_has_an_interval_too() -> None:
    found = median(list(range(300_001)))
    assert (found.value, found.count) == (150_000.0, 300_001)
    assert 149_000 < found.low < 149_700 < 150_300 < found.high < 151_000


@pytest.mark.parametrize("values", [[2.5], [2.5] * 6, [math.nan, 2.5, math.nan]])
def test_values_that_are_all_equal_are_their_own_interval(values: list[float]) -> None:
    assert median(values) == Interval(value=2.5, low=2.5, high=2.5, count=len(values) - sum(map(math.isnan, values)))


def test_values_that_are_not_known_are_left_out() -> None:
    assert median([5, math.nan, 1, 3, math.nan]) == median([1, 3, 5])


@pytest.mark.parametrize("values", [[], [math.nan], [math.nan, math.nan]])
def test_the_median_of_nothing_is_not_known(values: list[float]) -> None:
    assert is_nothing(median(values))


def test_infinite_values_are_refused() -> None:
    with pytest.raises(ValueError, match="must be finite"):
        median([1, math.inf])
    with pytest.raises(ValueError, match="must be finite"):
        paired_values([1, 2], [1, -math.inf])


def test_mcnemars_test_worked_by_hand() -> None:
    first = [True] * 1 + [False] * 9 + [True] * 6 + [False] * 4
    second = [False] * 1 + [True] * 9 + [True] * 6 + [False] * 4
    p = 2 * (math.comb(10, 0) + math.comb(10, 1)) / 2**10
    assert p == 0.021484375
    found = paired_shares(first, second)
    assert (found.difference, found.count) == (-0.4, 20)
    assert found.p == pytest.approx(p, abs=1e-12)
    turned = paired_shares(second, first)
    assert (turned.difference, turned.p) == (0.4, pytest.approx(p, abs=1e-12))


def test_as_many_pairs_each_way_are_no_difference() -> None:
    assert paired_shares([True, False, True], [False, True, True]) == Comparison(difference=0.0, p=1.0, count=3)


def test_without_a_pair_that_differs_p_is_1() -> None:
    assert paired_shares([True, False], [True, False]) == Comparison(difference=0.0, p=1.0, count=2)


def test_without_pairs_nothing_is_known() -> None:
    for found in (paired_shares([], []), paired_values([], []), paired_values([1, math.nan], [math.nan, 2])):
        assert found.count == 0
        assert math.isnan(found.difference)
        assert math.isnan(found.p)


def test_settings_with_different_numbers_of_cells_are_refused() -> None:
    with pytest.raises(ValueError, match="received 2 and 1 cells"):
        paired_shares([True, False], [True])
    with pytest.raises(ValueError, match="received 1 and 3 cells"):
        paired_values([1], [1, 2, 3])


def test_wilcoxons_test_of_darwins_maize() -> None:
    """The ranks of the two negative differences sum to 24, which is as far out in 1352 of 2^15 cases."""
    found = paired_values(DARWIN, [0] * 15)
    assert (found.difference, found.count) == (24.0, 15)
    assert found.p == 1352 / 2**15 == 0.041259765625


def test_five_pairs_that_all_differ_one_way_are_not_enough() -> None:
    """Also where differences are equal: the normal distribution would say 2.5 to 4.3 %."""
    assert paired_values([2, 3, 4, 5, 6], [1, 1, 1, 1, 1]) == Comparison(difference=3.0, p=0.0625, count=5)
    assert paired_values([1, 1, 1, 1, 1], [2, 2, 2, 2, 2]) == Comparison(difference=-1.0, p=0.0625, count=5)


@pytest.mark.parametrize(
    "differences",
    [(3,), (1, -1), (1, 2, -2, 4), (1, 1, -1, 2, 2, 3), (-5, 1, 1, 2, 2, 2, 9, -4), (7, -1, 3, 3, 5, -3, 8, 8, 2, 6)],
)
def test_wilcoxons_p_is_that_of_all_signs(differences: tuple[int, ...]) -> None:
    found = paired_values([10 + one for one in differences], [10] * len(differences))
    assert found.p == pytest.approx(enumerated_p(differences), abs=1e-12)


@pytest.mark.parametrize("count", [20, 50, 51, 120])
def test_wilcoxons_p_is_that_of_scipy(count: int) -> None:
    generator = np.random.default_rng(count)
    first, second = generator.normal(0.3, 1, count), generator.normal(0, 1, count)
    expected = wilcoxon(first, second).pvalue
    assert paired_values(first.tolist(), second.tolist()).p == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("count", [50, 51])
def test_wilcoxons_p_is_near_that_of_the_normal_distribution(count: int) -> None:
    """Of whole numbers, as counts of steps are, with many equal differences."""
    differences = np.random.default_rng(4).integers(-7, 8, 60)
    differences = differences[differences != 0][:count]
    ranks = rankdata(np.abs(differences))
    z = (np.sign(differences) * ranks).sum() / math.sqrt(np.square(ranks).sum())
    expected = math.erfc(abs(z) / math.sqrt(2))
    found = paired_values(differences.tolist(), [0] * count)
    assert found.count == count
    assert found.p == pytest.approx(expected, rel=1e-9 if count > 50 else 0.1)
    assert (found.p == pytest.approx(expected, rel=1e-9)) == (count > 50)


def test_pairs_without_a_difference_are_counted_but_not_ranked() -> None:
    found = paired_values([1, 2, 3, 9, 9, 9], [0, 0, 0, 9, 9, 9])
    assert found == Comparison(difference=0.5, p=0.25, count=6)
    assert paired_values([4, 4], [4, 4]) == Comparison(difference=0.0, p=1.0, count=2)


def test_pairs_with_a_value_that_is_not_known_are_left_out() -> None:
    full = paired_values([1, 5, 3], [0, 3, 0])
    assert paired_values([1, math.nan, 5, 7, 3], [0, 2, 3, math.nan, 0]) == full


def test_the_difference_is_the_median_of_the_pairs_not_of_the_settings() -> None:
    assert paired_values([1, 5, 9], [0, 9, 2]).difference == 1.0


def test_holms_correction_worked_by_hand() -> None:
    assert holm((0.01, 0.04, 0.03)) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.01, 0.005, 0.2, 0.04]) == pytest.approx([0.03, 0.02, 0.2, 0.08])


def test_a_corrected_p_is_at_most_1() -> None:
    assert holm([0.6, 0.7, 1.0]) == [1.0, 1.0, 1.0]


def test_a_p_that_is_not_known_is_no_comparison() -> None:
    first, unknown, last = holm([0.02, math.nan, 0.03])
    assert (first, last) == pytest.approx((0.04, 0.04))
    assert math.isnan(unknown)


def test_one_comparison_or_none_needs_no_correction() -> None:
    assert holm([0.04]) == [0.04]
    assert holm([]) == []


@pytest.mark.parametrize("p", [-0.1, 1.1, math.inf])
def test_a_p_out_of_range_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match="A p must be 0 to 1"):
        holm([0.5, p])
