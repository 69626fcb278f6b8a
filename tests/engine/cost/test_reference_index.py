from __future__ import annotations

import numpy as np
import pytest
from test_coded_patterns import coded, patterns_like_activations

from fooler_gui.engine.cost.reference_index import ReferenceIndex

UNITS = 30


class BruteForce:
    """The plain twin of `ReferenceIndex`: compares everything with everything."""

    def __init__(self, references: np.ndarray) -> None:
        self.references = references

    def nearest(self, patterns: np.ndarray) -> np.ndarray:
        return ((patterns[:, None].astype(np.float64) - self.references) ** 2).sum(axis=2).argmin(axis=1)


def index_of(references: np.ndarray) -> ReferenceIndex:
    return ReferenceIndex(coded(references), lambda indices: {index: references[index] for index in indices})


def assert_as_brute_force(index: ReferenceIndex, references: np.ndarray, patterns: np.ndarray) -> None:
    np.testing.assert_array_equal(index.nearest(patterns), BruteForce(references).nearest(patterns))


@pytest.mark.parametrize("slots", [1, 8, 40])
@pytest.mark.parametrize("pace", [0.0, 1e-3, 0.05, 1.0], ids=["still", "slow", "as a descent", "jumping"])
def test_the_nearest_is_that_of_brute_force_at_every_step_of_a_walk(pace: float, slots: int) -> None:
    references = patterns_like_activations(900, UNITS)
    rng = np.random.default_rng(slots)
    index, patterns = index_of(references), rng.random((slots, UNITS), np.float32)
    towards = references[rng.integers(0, 900, slots)]
    for _ in range(60):
        assert_as_brute_force(index, references, patterns)
        noise = rng.normal(size=patterns.shape).astype(np.float32)
        patterns = patterns + np.float32(pace) * (noise + towards - patterns)


def test_a_slow_walk_is_followed_with_few_full_searches() -> None:
    references = patterns_like_activations(900, UNITS)
    rng = np.random.default_rng(0)
    index, patterns = index_of(references), rng.random((8, UNITS), np.float32)
    for _ in range(100):
        index.nearest(patterns)
        patterns = patterns + np.float32(1e-3) * rng.normal(size=patterns.shape).astype(np.float32)
    assert index.searches < 10


def test_a_slot_that_jumps_as_a_reinitialised_one_does_is_found_again() -> None:
    references = patterns_like_activations(900, UNITS)
    rng = np.random.default_rng(2)
    index, patterns = index_of(references), rng.random((8, UNITS), np.float32)
    for step in range(12):
        if step % 3 == 2:
            patterns = patterns.copy()
            patterns[step % 8] = 4 * rng.random(UNITS, np.float32)
        assert_as_brute_force(index, references, patterns)


@pytest.mark.parametrize("gap", [0.0, 1e-7, 1e-5, 1e-3])
def test_of_two_references_that_are_nearly_as_near_the_nearer_one_is_found(gap: float) -> None:
    rng = np.random.default_rng(3)
    references = patterns_like_activations(200, UNITS)
    here = rng.random(UNITS, np.float32)
    aside = rng.normal(size=UNITS)
    aside /= np.linalg.norm(aside)
    references[50] = here + 0.1 * aside
    references[150] = here - (0.1 + gap) * aside
    index = index_of(references)
    for step in range(20):
        patterns = (here + 1e-4 * step * rng.normal(size=UNITS)).astype(np.float32)[np.newaxis]
        assert_as_brute_force(index, references, patterns)


@pytest.mark.parametrize("spread", [1e-7, 1e-5, 1e-3])
@pytest.mark.parametrize("rng_seed", range(4))
def test_among_many_references_that_hardly_differ_the_nearest_is_never_lost(spread: float, rng_seed: int) -> None:
    rng = np.random.default_rng(rng_seed)
    references = patterns_like_activations(300, UNITS)
    crowd = rng.choice(300, 60, replace=False)
    references[crowd] = references[crowd[0]] + spread * rng.normal(size=(60, UNITS)).astype(np.float32)
    index = index_of(references)
    patterns = references[crowd[:5]] + np.float32(0.2) * rng.normal(size=(5, UNITS)).astype(np.float32)
    for _ in range(80):
        assert_as_brute_force(index, references, patterns)
        patterns = patterns + np.float32(3e-3) * rng.normal(size=patterns.shape).astype(np.float32)


def test_a_reference_that_is_not_finite_is_never_the_nearest_and_spoils_no_other() -> None:
    references = patterns_like_activations(200, UNITS)
    references[17, 3] = np.inf
    finite = np.delete(np.arange(200), 17)
    rng = np.random.default_rng(8)
    index, patterns = index_of(references), rng.random((4, UNITS), np.float32)
    for _ in range(40):
        expected = finite[BruteForce(references[finite]).nearest(patterns)]
        np.testing.assert_array_equal(index.nearest(patterns), expected)
        patterns = patterns + np.float32(0.02) * rng.normal(size=patterns.shape).astype(np.float32)


def test_of_equal_references_the_first_is_the_nearest() -> None:
    references = np.repeat(patterns_like_activations(5, UNITS), 60, axis=0)
    patterns = np.random.default_rng(4).random((4, UNITS), np.float32)
    index = index_of(references)
    for _ in range(3):
        assert_as_brute_force(index, references, patterns)


def test_a_pattern_that_is_a_reference_has_it_as_its_nearest() -> None:
    references = patterns_like_activations(300, UNITS)
    assert index_of(references).nearest(references[[7, 250]]).tolist() == [7, 250]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_with_few_references_all_are_on_the_shortlist(count: int) -> None:
    references = patterns_like_activations(count, UNITS)
    rng = np.random.default_rng(5)
    index = index_of(references)
    for _ in range(4):
        patterns = 3 * rng.random((3, UNITS), np.float32)
        assert_as_brute_force(index, references, patterns)
    assert index.searches == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e30])
def test_a_pattern_that_is_not_finite_gets_some_reference_and_spoils_no_other_slot(bad: float) -> None:
    references = patterns_like_activations(300, UNITS)
    patterns = np.random.default_rng(6).random((3, UNITS), np.float32)
    index = index_of(references)
    for broken in (False, True, False):
        given = patterns.copy()
        if broken:
            given[1, 4] = bad
        found = index.nearest(given)
        assert 0 <= found.min() <= found.max() < 300
        whole = [0, 2] if broken else [0, 1, 2]
        np.testing.assert_array_equal(found[whole], BruteForce(references).nearest(given[whole]))


def test_of_references_too_large_to_be_squared_some_one_is_given() -> None:
    index = index_of(np.float32(1e20) * patterns_like_activations(300, UNITS))
    rng = np.random.default_rng(6)
    for _ in range(3):
        found = index.nearest(np.float32(1e20) * rng.random((3, UNITS), np.float32))
        assert 0 <= found.min() <= found.max() < 300


def test_where_a_steady_move_leads_is_expected() -> None:
    references = np.zeros((2, UNITS), np.float32)
    references[1, 0] = 1
    index, patterns = index_of(references), np.zeros((2, UNITS), np.float32)
    found, expected = [], []
    # The first slot passes the half-way at the third step; the second, close to it, has all be measured every time.
    for places in ((0.26, 0.499), (0.39, 0.489), (0.52, 0.499)):
        patterns[:, 0] = places
        found.append(index.nearest(patterns.copy()).tolist())
        expected.append(index.expected().tolist())
    assert found == [[0, 0], [0, 0], [1, 0]]
    assert expected == [[0, 0], [1, 0], [1, 1]]


def test_of_equal_references_no_other_is_expected_than_the_nearest() -> None:
    references = np.repeat(patterns_like_activations(5, UNITS), 3, axis=0)
    index, patterns = index_of(references), np.random.default_rng(7).random((4, UNITS), np.float32)
    for _ in range(5):
        np.testing.assert_array_equal(index.nearest(patterns) % 3, 0)
        np.testing.assert_array_equal(index.expected() % 3, 0)
        patterns = patterns * np.float32(1.01)
