from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from made_rises import gone_through
from toys import CLASSES, as_images, toy_classifier, toy_densities

from fooler_gui.core.objectives import MARGIN
from fooler_gui.core.strong_attack import StrongAttackSettings
from fooler_gui.engine.guarantee.bounds import Bounds
from fooler_gui.engine.guarantee.network import with_guarantee
from fooler_gui.engine.strong.ball import highest_within
from fooler_gui.engine.strong.guaranteed import ENOUGH, guaranteed_rises
from fooler_gui.engine.strong.plan import planned_attacks
from fooler_gui.engine.strong.rise import rise_of

DENSITIES = toy_densities()
NET = with_guarantee(toy_classifier(), DENSITIES)
RISES = guaranteed_rises(NET)
_INSIDE = dataclasses.replace(DENSITIES.inside, variances=DENSITIES.inside.variances / 50)
SHARP_DENSITIES = dataclasses.replace(DENSITIES, inside=_INSIDE)
SHARP = with_guarantee(toy_classifier(), SHARP_DENSITIES)
SHARP_RISES = guaranteed_rises(SHARP)
FAR = as_images(np.array([[0.95, 0.98], [0.0, 1.0], [1.0, 0.0]]))
LABELS = np.array([0, 1, 2])


def test_only_a_classifier_with_a_guarantee_has_densities_to_raise() -> None:
    assert guaranteed_rises(toy_classifier()) is None
    assert RISES is not None


def test_what_rises_is_the_logarithm_of_the_densities_ratio() -> None:
    assert RISES is not None
    near = as_images(np.array([[0.2, 0.21], [0.78, 0.4], [0.9, 0.9]]))
    risen = RISES.ratio(near, LABELS)
    np.testing.assert_allclose(risen.values, DENSITIES.log_ratio(near), rtol=1e-9)
    np.testing.assert_allclose(risen.confidences, NET.probabilities(near).max(axis=1), rtol=1e-6)
    leads = rise_of(toy_classifier(), MARGIN)(near, LABELS).values
    np.testing.assert_allclose(
        RISES.both(near, LABELS).values, leads + np.minimum(DENSITIES.log_ratio(near), ENOUGH), rtol=1e-5
    )


def test_the_gradient_of_the_densities_is_that_of_differences() -> None:
    assert RISES is not None
    pixels = np.array([[0.35, 0.6], [0.7, 0.5]])
    gradient = RISES.ratio(as_images(pixels), LABELS[:2]).gradient.reshape(2, 2)
    step = 1e-3
    for axis in range(2):
        moved = step * np.eye(2)[axis]
        higher, lower = (DENSITIES.log_ratio(as_images(pixels + sign * moved)) for sign in (1, -1))
        np.testing.assert_allclose(gradient[:, axis], (higher - lower) / (2 * step), rtol=1e-2)


def test_far_away_only_the_densities_still_have_a_gradient() -> None:
    assert SHARP_RISES is not None
    assert SHARP_DENSITIES.log_ratio(FAR).max() < -500
    assert not rise_of(SHARP, MARGIN)(FAR, LABELS).gradient.any()
    for rise in SHARP_RISES:
        assert np.abs(rise(FAR, LABELS).gradient).max(axis=(1, 2, 3)).min() > 1


@pytest.mark.parametrize("name", ["density, then margin", "density and margin"])
def test_attacks_through_the_densities_reach_what_plain_descent_never_finds(name: str) -> None:
    settings = StrongAttackSettings(adam_steps=1_500)
    rng = np.random.default_rng(0)
    attacks = {attack.name: attack for attack in planned_attacks(SHARP, settings, SHARP_RISES, rng)}

    def highest(which: str) -> np.ndarray:
        tried, _ = gone_through(attacks[which].begin(FAR, LABELS))
        assert len(tried) == attacks[which].length + 1
        return np.max([one.confidences for one in tried], axis=0)

    np.testing.assert_allclose(highest("Adam on the logit"), 1 / CLASSES, rtol=1e-6)
    assert (highest(name) > 0.9).all()


def test_plain_classifiers_are_attacked_without_densities() -> None:
    settings = StrongAttackSettings(targets=5)
    plan = planned_attacks(toy_classifier(), settings, None, np.random.default_rng(0))
    assert [attack.name for attack in plan] == [
        "descent", "margin", "cross-entropy", "target 1", "target 2", "target 3", "Adam on the logit", "random search",
    ]  # fmt: skip
    assert [attack.blind for attack in plan] == [False] * 7 + [True]


@pytest.mark.parametrize("level", [0.5, 0.9])
def test_nothing_within_a_certified_ball_exceeds_the_bound(level: float) -> None:
    assert RISES is not None
    rng = np.random.default_rng(1)
    images = as_images(rng.random((40, 2)))
    around = Bounds(DENSITIES, CLASSES).around(images)
    radii = around.radii(level)
    certified = radii > 0
    assert certified.sum() > 10
    images, radii, labels = images[certified], radii[certified], rng.integers(0, CLASSES, certified.sum())
    rises = (rise_of(NET, MARGIN), *RISES)
    assert highest_within(rises, images, labels, radii, 30, 5, rng).max() <= level


def test_an_attack_within_a_larger_ball_does_exceed_it() -> None:
    assert RISES is not None
    rng = np.random.default_rng(1)
    images = as_images(np.array([[0.5, 0.5]]))
    radii = Bounds(DENSITIES, CLASSES).around(images).radii(0.5)
    highest = highest_within([RISES.both], images, np.array([1]), 3 * radii, 100, 2, rng)
    assert radii[0] > 0
    assert highest[0] > 0.5
