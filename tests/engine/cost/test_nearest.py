from __future__ import annotations

import numpy as np
import pytest
from test_coded_patterns import coded, patterns_like_activations

from fooler_gui.engine.cost.nearest import NearestPatterns

UNITS = 30


def true_distances(patterns: np.ndarray, references: np.ndarray) -> np.ndarray:
    return ((patterns[:, None].astype(np.float64) - references[None]) ** 2).sum(axis=2)


def assert_all_nearest_are_candidates(patterns: np.ndarray, references: np.ndarray, found: list[np.ndarray]) -> None:
    distances = true_distances(patterns, references)
    for slot, candidates in enumerate(found):
        # All references at the least distance: of two that are equal either may be asked for.
        nearest = np.flatnonzero(distances[slot] == distances[slot].min())
        assert np.isin(nearest, candidates).any(), f"slot {slot}: {nearest} is missing in {candidates}"


@pytest.mark.parametrize("slots", [1, 8, 40])
@pytest.mark.parametrize("pace", [0.0, 1e-3, 0.05, 1.0], ids=["still", "slow", "as a descent", "jumping"])
def test_the_true_nearest_is_a_candidate_at_every_step_of_a_walk(pace: float, slots: int) -> None:
    references = patterns_like_activations(900, UNITS)
    rng = np.random.default_rng(slots)
    follower, patterns = NearestPatterns(coded(references)), rng.random((slots, UNITS), np.float32)
    towards = references[rng.integers(0, 900, slots)]
    for _ in range(60):
        assert_all_nearest_are_candidates(patterns, references, follower.candidates(patterns))
        noise = rng.normal(size=patterns.shape).astype(np.float32)
        patterns = patterns + np.float32(pace) * (noise + towards - patterns)


def test_a_slow_walk_is_followed_with_few_full_searches() -> None:
    references = patterns_like_activations(900, UNITS)
    rng = np.random.default_rng(0)
    follower, patterns = NearestPatterns(coded(references)), rng.random((8, UNITS), np.float32)
    for _ in range(100):
        follower.candidates(patterns)
        patterns = patterns + np.float32(1e-3) * rng.normal(size=patterns.shape).astype(np.float32)
    assert follower.searches < 10


def test_a_slot_that_jumps_as_a_reinitialised_one_does_is_found_again() -> None:
    references = patterns_like_activations(900, UNITS)
    rng = np.random.default_rng(2)
    follower, patterns = NearestPatterns(coded(references)), rng.random((8, UNITS), np.float32)
    for step in range(12):
        if step % 3 == 2:
            patterns = patterns.copy()
            patterns[step % 8] = 4 * rng.random(UNITS, np.float32)
        assert_all_nearest_are_candidates(patterns, references, follower.candidates(patterns))


@pytest.mark.parametrize("gap", [0.0, 1e-7, 1e-5, 1e-3])
def test_near_ties_leave_both_references_in_question_or_the_nearer_one(gap: float) -> None:
    rng = np.random.default_rng(3)
    references = patterns_like_activations(200, UNITS)
    here = rng.random(UNITS, np.float32)
    aside = rng.normal(size=UNITS)
    aside /= np.linalg.norm(aside)
    references[50] = here + 0.1 * aside
    references[150] = here - (0.1 + gap) * aside
    follower = NearestPatterns(coded(references))
    for step in range(20):
        patterns = (here + 1e-4 * step * rng.normal(size=UNITS)).astype(np.float32)[np.newaxis]
        assert_all_nearest_are_candidates(patterns, references, follower.candidates(patterns))


@pytest.mark.parametrize("spread", [1e-7, 1e-5, 1e-3])
@pytest.mark.parametrize("rng_seed", range(4))
def test_among_many_references_that_hardly_differ_the_nearest_is_never_lost(spread: float, rng_seed: int) -> None:
    rng = np.random.default_rng(rng_seed)
    references = patterns_like_activations(300, UNITS)
    crowd = rng.choice(300, 60, replace=False)
    references[crowd] = references[crowd[0]] + spread * rng.normal(size=(60, UNITS)).astype(np.float32)
    follower = NearestPatterns(coded(references))
    patterns = references[crowd[:5]] + np.float32(0.2) * rng.normal(size=(5, UNITS)).astype(np.float32)
    for _ in range(80):
        assert_all_nearest_are_candidates(patterns, references, follower.candidates(patterns))
        patterns = patterns + np.float32(3e-3) * rng.normal(size=patterns.shape).astype(np.float32)


def test_a_reference_that_is_not_finite_is_never_a_candidate_and_spoils_no_other() -> None:
    references = patterns_like_activations(200, UNITS)
    references[17, 3] = np.inf
    finite = np.delete(np.arange(200), 17)
    rng = np.random.default_rng(8)
    follower, patterns = NearestPatterns(coded(references)), rng.random((4, UNITS), np.float32)
    for _ in range(40):
        found = follower.candidates(patterns)
        assert all(17 not in candidates for candidates in found)
        distances = true_distances(patterns, references[finite])
        assert all(finite[row.argmin()] in candidates for row, candidates in zip(distances, found, strict=True))
        patterns = patterns + np.float32(0.02) * rng.normal(size=patterns.shape).astype(np.float32)


def test_equal_references_are_no_difficulty() -> None:
    references = np.repeat(patterns_like_activations(5, UNITS), 60, axis=0)
    patterns = np.random.default_rng(4).random((4, UNITS), np.float32)
    follower = NearestPatterns(coded(references))
    for _ in range(3):
        assert_all_nearest_are_candidates(patterns, references, follower.candidates(patterns))


def test_a_pattern_that_is_a_reference_has_it_among_its_candidates() -> None:
    references = patterns_like_activations(300, UNITS)
    found = NearestPatterns(coded(references)).candidates(references[[7, 250]])
    assert 7 in found[0]
    assert 250 in found[1]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_with_few_references_all_are_on_the_shortlist(count: int) -> None:
    references = patterns_like_activations(count, UNITS)
    rng = np.random.default_rng(5)
    follower = NearestPatterns(coded(references))
    for _ in range(4):
        patterns = 3 * rng.random((3, UNITS), np.float32)
        assert_all_nearest_are_candidates(patterns, references, follower.candidates(patterns))
    assert follower.searches == 1


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e30])
def test_a_pattern_that_is_not_finite_gets_some_candidate_and_spoils_no_other_slot(bad: float) -> None:
    references = patterns_like_activations(300, UNITS)
    patterns = np.random.default_rng(6).random((3, UNITS), np.float32)
    follower = NearestPatterns(coded(references))
    for broken in (False, True, False):
        given = patterns.copy()
        if broken:
            given[1, 4] = bad
        found = follower.candidates(given)
        assert all(len(candidates) > 0 for candidates in found)
        whole = [0, 2] if broken else [0, 1, 2]
        assert_all_nearest_are_candidates(given[whole], references, [found[slot] for slot in whole])
