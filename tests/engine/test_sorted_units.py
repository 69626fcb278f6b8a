from __future__ import annotations

import numpy as np
import pytest

from fooler_gui.engine.sorted_units import NearestUnits, SortedUnits


def nearest(references: list[list[float]], patterns: list[list[float]]) -> list[list[float]]:
    units = SortedUnits(np.array(references, np.float32))
    return NearestUnits(units).nearest(np.array(patterns, np.float32)).tolist()


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 50])
@pytest.mark.parametrize("pace", [0.0, 0.01, 3.0])
def test_units_are_as_near_as_brute_force_finds_at_every_step_of_a_walk(pace: float, count: int) -> None:
    rng = np.random.default_rng(count)
    references = rng.normal(size=(count, 7)).astype(np.float32)
    follower, patterns = NearestUnits(SortedUnits(references)), np.zeros((6, 7), np.float32)
    for _ in range(12):
        found = follower.nearest(patterns)
        expected = np.abs(patterns[:, None, :] - references[None, :, :]).min(axis=1)
        np.testing.assert_array_equal(np.abs(patterns - found), expected)
        for unit in range(7):
            assert np.isin(found[:, unit], references[:, unit]).all()
        patterns = patterns + np.float32(pace) * rng.normal(size=patterns.shape).astype(np.float32)


def test_units_may_come_from_different_references() -> None:
    assert nearest([[0.0, 10.0], [10.0, 0.0]], [[1.0, 1.0]]) == [[0.0, 0.0]]


def test_units_outside_the_references_range_are_nearest_to_its_ends() -> None:
    assert nearest([[-1.0], [0.5], [2.0]], [[-9.0], [9.0], [-1.0], [2.0]]) == [[-1.0], [2.0], [-1.0], [2.0]]


def test_halfway_between_two_the_lower_is_taken_and_repeated_values_are_no_difficulty() -> None:
    patterns = [[0.0], [0.5], [1.0], [0.25], [0.75]]
    assert nearest([[0.0], [0.0], [0.0], [1.0], [1.0]], patterns) == [[0.0], [0.0], [1.0], [0.0], [1.0]]
