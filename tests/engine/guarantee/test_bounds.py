from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.special import logsumexp
from toys import CLASSES, as_images, toy_classifier, toy_densities

from fooler_gui.core.arrays import DoubleArray
from fooler_gui.engine.guarantee.bounds import Bounds
from fooler_gui.engine.guarantee.densities import Densities
from fooler_gui.engine.guarantee.mixture import Mixture
from fooler_gui.engine.guarantee.network import with_guarantee

DENSITIES = toy_densities()
BOUNDS = Bounds(DENSITIES, CLASSES)
MIDDLES = np.array([[0.2, 0.25], [0.5, 0.5], [0.9, 0.9], [0.05, 0.95], [0.7, 0.1], [1.0, 0.0]])
LEVELS = (0.4, 0.5, 0.999)


def disc(middle: DoubleArray, radius: float, rings: int = 40, spokes: int = 300) -> DoubleArray:
    """Returns points (N, 2) of a whole disc, its rim included."""
    radii = np.linspace(0, radius, rings)[:, np.newaxis]
    angles = np.linspace(0, 2 * np.pi, spokes)
    return middle + np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=-1).reshape(-1, 2)


@pytest.mark.parametrize("radius", [0.0, 0.03, 0.1, 0.3])
def test_no_image_within_the_radius_exceeds_the_bound(radius: float) -> None:
    classifier = with_guarantee(toy_classifier(), DENSITIES)
    bounds = BOUNDS.around(as_images(MIDDLES)).confidences(radius)
    for middle, bound in zip(MIDDLES, bounds, strict=True):
        highest = classifier.probabilities(as_images(disc(middle, radius * (1 - 1e-6)))).max()
        assert highest <= bound


def test_no_image_within_a_certified_radius_exceeds_the_confidence() -> None:
    classifier = with_guarantee(toy_classifier(), DENSITIES)
    around = BOUNDS.around(as_images(MIDDLES))
    radii = np.stack([around.radii(level) for level in LEVELS])
    assert (np.diff(radii, axis=0) >= 0).all()
    assert (radii[0] > 0.05).sum() >= 3
    for level, row in zip(LEVELS, radii, strict=True):
        for middle, radius in zip(MIDDLES, row, strict=True):
            if radius > 0:
                assert classifier.probabilities(as_images(disc(middle, radius * (1 - 1e-6)))).max() <= level


def test_the_bound_holds_in_interval_arithmetic() -> None:
    """Each small square that meets the disc is proved, on its own, to hold nothing over the confidence."""
    level = 0.5
    cells = 400
    edges = np.linspace(-0.5, 1.5, cells + 1)
    low = np.stack(np.meshgrid(edges[:-1], edges[:-1], indexing="ij"), axis=-1).reshape(-1, 2)
    high = low + (edges[1] - edges[0])
    highest = _interval_of_confidence(low, high)
    for middle, radius in zip(MIDDLES, BOUNDS.around(as_images(MIDDLES)).radii(level), strict=True):
        nearest = np.clip(middle, low, high)
        meets = np.linalg.norm(nearest - middle, axis=1) <= 0.97 * radius
        assert not radius or highest[meets].max() <= level


def _interval_of_confidence(low: DoubleArray, high: DoubleArray) -> DoubleArray:
    """Returns (N,) upper ends of the bound (1/M) (1 + M r) / (1 + r) on boxes from `low` to `high` (N, 2)."""
    rising, falling = np.maximum(DENSITIES.matrix, 0), np.minimum(DENSITIES.matrix, 0)
    least = low @ rising.T + high @ falling.T + DENSITIES.offset
    most = high @ rising.T + low @ falling.T + DENSITIES.offset

    def logarithm(mixture: Mixture, *, greatest: bool) -> DoubleArray:
        below, above = least[:, np.newaxis] - mixture.centres, most[:, np.newaxis] - mixture.centres
        nearest = np.where((below <= 0) & (above >= 0), 0, np.minimum(np.abs(below), np.abs(above)))
        farthest = np.maximum(np.abs(below), np.abs(above))
        squares = np.square(nearest if greatest else farthest).sum(axis=-1)
        return logsumexp(mixture.log_peaks - squares / (2 * mixture.variances), axis=1)

    ratios = np.exp(logarithm(DENSITIES.inside, greatest=True) - logarithm(DENSITIES.outside, greatest=False))
    return (1 + CLASSES * ratios) / (1 + ratios) / CLASSES


def test_the_bound_is_never_over_the_product_of_two_and_is_reached_with_one_component_each() -> None:
    one = dataclasses.replace(
        DENSITIES,
        matrix=np.eye(2),
        offset=np.zeros(2),
        inside=_parts(DENSITIES.inside, 1),
        outside=_parts(DENSITIES.outside, 1),
    )
    middle, radius = np.array([0.05, 0.5]), 0.2
    around = Bounds(one, CLASSES).around(as_images(middle[np.newaxis]))
    ratios = one.log_ratio(as_images(disc(middle, radius, spokes=2_000)))
    reached = (1 + CLASSES * np.exp(ratios.max())) / (1 + np.exp(ratios.max())) / CLASSES
    assert around.confidences(radius)[0] == pytest.approx(reached, rel=1e-3)
    for middle in MIDDLES:
        bound = BOUNDS.around(as_images(middle[np.newaxis])).confidences(radius)[0]
        assert bound <= _product_bound(middle, radius) * (1 + 1e-4)


def _parts(mixture: Mixture, count: int) -> Mixture:
    return Mixture(
        centres=mixture.centres[:count], variances=mixture.variances[:count], log_weights=mixture.log_weights[:count]
    )


def _product_bound(middle: DoubleArray, radius: float) -> float:
    """Returns the bound as method.md states it."""
    point = middle @ DENSITIES.matrix.T + DENSITIES.offset
    inside, outside = DENSITIES.inside, DENSITIES.outside
    near = np.maximum(np.linalg.norm(inside.centres - point, axis=1) - radius, 0)
    far = np.linalg.norm(outside.centres - point, axis=1) + radius
    numerator = logsumexp(inside.log_peaks - np.square(near) / (2 * inside.variances))
    ratio = np.exp(numerator - logsumexp(outside.log_peaks - np.square(far) / (2 * outside.variances)))
    return float((1 + CLASSES * ratio) / (1 + ratio) / CLASSES)


def test_no_image_whatsoever_beyond_the_distance_exceeds_the_confidence() -> None:
    classifier = with_guarantee(toy_classifier(), DENSITIES)
    line = np.linspace(0, 1, 400)
    images = as_images(np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2))
    highest = classifier.probabilities(images).max(axis=1)
    points = DENSITIES.points(images)
    nearest = np.linalg.norm(points[:, np.newaxis] - DENSITIES.inside.centres, axis=2).min(axis=1)
    for level in LEVELS:
        beyond = nearest > BOUNDS.distance(level)
        assert beyond.any()
        assert highest[beyond].max() <= level


def test_nothing_is_certified_at_a_confidence_that_every_image_has() -> None:
    assert not BOUNDS.around(as_images(MIDDLES)).radii(1 / CLASSES).any()
    assert BOUNDS.distance(1 / CLASSES) == np.inf


def test_the_rounding_error_is_below_what_is_allowed_for_it() -> None:
    rng = np.random.default_rng(1)
    size, count = 300, 40
    matrix = rng.standard_normal((size, size))
    matrix /= np.linalg.norm(matrix, 2)
    inside = Mixture(
        centres=rng.standard_normal((count, size)),
        variances=np.full(count, 0.005),
        log_weights=np.full(count, -np.log(count)),
    )
    outside = Mixture(centres=np.zeros((1, size)), variances=np.array([0.2]), log_weights=np.zeros(1))
    densities = Densities(matrix=matrix, offset=rng.standard_normal(size), inside=inside, outside=outside)
    images = rng.random((20, 1, size, 1), np.float32)
    exact = densities.log_ratio(images) - _log_ratio_in_longdouble(densities, images.reshape(20, -1))
    allowed = Bounds(densities, 10)._error(np.linalg.norm(images.reshape(20, -1), axis=1))
    assert (np.abs(exact) < allowed).all()
    assert allowed.max() < 0.01


def _log_ratio_in_longdouble(densities: Densities, rows: DoubleArray) -> DoubleArray:
    exact = np.longdouble
    points = rows.astype(exact) @ densities.matrix.T.astype(exact) + densities.offset

    def logarithm(mixture: Mixture) -> DoubleArray:
        squares = np.square(points[:, np.newaxis] - mixture.centres).sum(axis=2)
        exponents = mixture.log_peaks - squares / (2 * mixture.variances)
        highest = exponents.max(axis=1, keepdims=True)
        return np.log(np.exp(exponents - highest).sum(axis=1)) + highest[:, 0]

    return logarithm(densities.inside) - logarithm(densities.outside)
