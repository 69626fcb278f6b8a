from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest

from fooler_gui.core.errors import LabError
from fooler_gui.engine.cost.coded_patterns import (
    CodedPatterns,
    encode,
    encode_bytes,
    parts_in_cache,
    room_for,
    squared_norms,
)


def patterns_like_activations(count: int, units: int, rng_seed: int = 0) -> np.ndarray:
    """Patterns of a layer behind a ReLU: many zeros, a few directions of great variance."""
    rng = np.random.default_rng(rng_seed)
    mixed = rng.normal(size=(count, 5)) @ rng.normal(size=(5, units)) + 0.3 * rng.normal(size=(count, units))
    return np.maximum(mixed, 0).astype(np.float32)


def coded(patterns: np.ndarray, part: int = 100, *, mapped: bool = False) -> CodedPatterns:
    codes = room_for(*patterns.shape, mapped=mapped)
    for start in range(0, len(patterns), part):
        codes.put(start, encode(patterns[start : start + part]))
    return CodedPatterns(codes)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("count", [1, 2, 350])
def test_a_decoded_pattern_is_within_the_error_of_the_true_one(count: int, scale: float) -> None:
    patterns = np.float32(scale) * patterns_like_activations(count, 40) - np.float32(scale)
    codes = coded(patterns)
    assert len(codes) == count
    distances = np.linalg.norm(codes.rows(np.arange(count)).astype(np.float64) + codes.mean - patterns, axis=1)
    assert distances.max() <= codes.error
    assert codes.error < 1e-4 * np.linalg.norm(patterns, axis=1).max()


def test_a_pattern_has_the_same_code_whatever_others_it_is_coded_with() -> None:
    patterns = patterns_like_activations(70, 900)
    for at_once, by_parts in zip(coded(patterns, 70).codes, coded(patterns, 9).codes, strict=True):
        np.testing.assert_array_equal(at_once, by_parts)


def test_codes_worked_by_hand() -> None:
    codes = encode(np.array([[0, 65535, 2.4, 2.6], [-1, 1, 0, 0]], np.float32))
    assert codes.codes.tolist() == [[0, 65535, 2, 3], [0, 65535, 32768, 32768]]
    assert codes.lows.tolist() == [0, -1]
    assert codes.steps.tolist() == [1, np.float32(2 / 65535)]
    np.testing.assert_allclose(codes.errors, [np.hypot(0.4, 0.4), np.hypot(1 / 65535, 1 / 65535)], rtol=2e-3)
    assert not codes.far.any()


@pytest.mark.parametrize(
    ("count", "units", "sizes"), [(1, 1, [1]), (600, 1024, [256, 256, 88]), (3, 2**20, [1, 1, 1]), (0, 8, [])]
)
def test_parts_that_stay_in_the_cache_hold_every_pattern_once(count: int, units: int, sizes: list[int]) -> None:
    parts = [np.arange(count)[part] for part in parts_in_cache(count, units)]
    assert [len(part) for part in parts] == sizes
    assert [place for part in parts for place in part] == list(range(count))


def test_the_greatest_sum_of_a_search_is_not_less_than_that_of_any_pattern() -> None:
    patterns = patterns_like_activations(350, 40) - 1
    codes = coded(patterns)
    spans = codes.codes.codes.astype(np.float64) * codes.codes.steps[:, None]
    lows = np.abs(codes.codes.lows).max() * 40**0.5
    least = np.linalg.norm(spans, axis=1).max() + lows + np.linalg.norm(codes.mean)
    assert least <= codes.measures.bounds[0] <= 1.002 * least


def test_codes_in_a_file_are_those_in_memory() -> None:
    patterns = patterns_like_activations(350, 40)
    in_memory, mapped = coded(patterns), coded(patterns, mapped=True)
    assert isinstance(mapped._codes, np.memmap)
    np.testing.assert_array_equal(mapped._codes, in_memory._codes)
    np.testing.assert_array_equal(mapped.rows(np.arange(350)), in_memory.rows(np.arange(350)))


def test_a_file_of_codes_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = tmp_path / "missing"
    monkeypatch.setattr(tempfile, "tempdir", str(missing))
    with pytest.raises(LabError) as told:
        room_for(50, 40, mapped=True)
    assert str(told.value) == (
        f"The references do not fit into a quarter of the memory, and their 4.0 kB cannot be written to {missing}: "
        "No such file or directory. Less memory for references takes a smaller sample."
    )


@pytest.mark.parametrize("units", [1, 40, 900])
def test_a_search_is_within_the_error_and_the_doubt_of_the_true_distances(units: int) -> None:
    patterns = patterns_like_activations(350, units)
    codes = coded(patterns)
    activations = np.random.default_rng(1).random((6, units), np.float32)
    centred = activations - codes.mean
    norms = squared_norms(centred)
    found, doubt = codes.squared_distances(centred, norms), codes.doubt(norms)
    true = np.linalg.norm(activations[:, None].astype(np.float64) - patterns[None], axis=2)
    lower = np.sqrt(np.maximum(found - doubt[:, None], 0)) - codes.error
    upper = np.sqrt(found + doubt[:, None]) + codes.error
    assert (lower <= true).all()
    assert (true <= upper).all()
    assert np.median(upper - lower) < 0.01 * np.median(true)


def test_constant_patterns_are_coded_without_error() -> None:
    codes = coded(np.repeat(np.array([[0.0], [0.5], [-7.0]], np.float32), 9, axis=1))
    assert codes.error == 0
    assert (codes.rows(np.arange(3)) + codes.mean)[:, 4].tolist() == pytest.approx([0.0, 0.5, -7.0])


def test_a_dataset_s_bytes_are_their_own_codes() -> None:
    images = np.random.default_rng(2).integers(0, 256, (30, 4, 5, 1), dtype=np.uint8)
    codes = CodedPatterns(encode_bytes(images))
    assert np.shares_memory(codes._codes, images)
    true = (images.astype(np.float32) / np.float32(255)).reshape(30, -1)
    distances = np.linalg.norm(codes.rows(np.arange(30)).astype(np.float64) + codes.mean - true, axis=1)
    assert distances.max() <= 2 * codes.error  # taking the mean off and adding it again rounds as well
    assert codes.error < 1e-5


def test_directions_are_orthonormal_and_coordinates_and_rest_make_up_the_whole_norm() -> None:
    codes = coded(patterns_like_activations(350, 60))
    count = codes.directions.shape[1]
    np.testing.assert_allclose(codes.directions.T @ codes.directions, np.eye(count), atol=1e-4)
    rows = codes.rows(np.arange(350)).astype(np.float64)
    along = rows @ codes.directions
    np.testing.assert_allclose(codes.coordinates[:, :-1], along, atol=1e-3)
    rest = np.linalg.norm(rows - along @ codes.directions.T, axis=1)
    assert (codes.coordinates[:, -1] >= rest - 1e-6).all()
    assert np.median(rest) < 0.5 * np.median(np.linalg.norm(rows, axis=1))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 3e38])
def test_a_pattern_that_is_not_finite_is_infinitely_far_and_spoils_no_other(bad: float) -> None:
    patterns = patterns_like_activations(20, 8)
    patterns[7, 3] = bad
    codes = coded(patterns)
    centred = np.zeros((2, 8), np.float32)
    distances = codes.squared_distances(centred, squared_norms(centred))
    assert np.isinf(distances[:, 7]).all()
    assert np.isfinite(np.delete(distances, 7, axis=1)).all()
    assert np.isfinite(codes.error)
