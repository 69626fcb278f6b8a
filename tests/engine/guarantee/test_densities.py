from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from toys import as_images, toy_densities

from fooler_gui.engine.guarantee.metric import FLOOR, whitening
from fooler_gui.engine.guarantee.mixture import Mixture

RNG = np.random.default_rng(4)


def test_the_densities_are_those_of_scipy_in_the_metric() -> None:
    densities, images = toy_densities(), as_images(RNG.random((50, 2)))
    rows = images.reshape(-1, 2).astype(np.float64)
    unskewed = np.linalg.inv(densities.matrix.T @ densities.matrix)

    def scipys(mixture: Mixture) -> np.ndarray:
        means = np.linalg.solve(densities.matrix, (mixture.centres - densities.offset).T).T
        parts = zip(means, mixture.variances, np.exp(mixture.log_weights), strict=True)
        return sum(
            weight * multivariate_normal(mean, variance * unskewed).pdf(rows) for mean, variance, weight in parts
        )

    expected = np.log(scipys(densities.inside)) - np.log(scipys(densities.outside))
    np.testing.assert_allclose(densities.log_ratio(images), expected, rtol=1e-9, atol=1e-9)


def test_a_mixture_of_one_integrates_to_its_weight() -> None:
    mixture = Mixture(centres=np.array([[0.3]]), variances=np.array([0.04]), log_weights=np.log([0.7]))
    line = np.linspace(-3, 3, 20_001)
    total = np.exp(mixture.log_density(line[:, np.newaxis])).sum() * (line[1] - line[0])
    assert total == pytest.approx(0.7, rel=1e-9)


def test_whitening_evens_out_what_varies_and_lengthens_nothing() -> None:
    skew = np.diag([3.0, 1.0, 0.3, 0.0])
    rows = (RNG.standard_normal((5_000, 4)) @ skew + 2).astype(np.float32)
    matrix, offset = whitening(rows)
    points = rows @ matrix.T + offset
    assert np.linalg.norm(matrix, 2) == pytest.approx(1)
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-5)
    floored = np.sqrt(FLOOR) * 3.0
    np.testing.assert_allclose(points.std(axis=0), [floored, floored, floored, 0], rtol=0.05, atol=1e-6)
