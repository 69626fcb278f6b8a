from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from generators import outcome
from tiny import make_dataset

from fooler_gui.core.guarantee import GuaranteeSettings
from fooler_gui.core.image_kinds import KINDS, ImageRequest
from fooler_gui.core.messages import Remark, Working
from fooler_gui.core.run_control import RunControl
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.data.starts import make_images
from fooler_gui.engine.guarantee.densities import GuaranteeError
from fooler_gui.engine.guarantee.fitting import KEPT_RATIO, fit_densities, with_share_kept
from fooler_gui.engine.guarantee.mixture import Mixture, squared_distances

DATASET = make_dataset(a_class=210)
KEPT = 105
SETTINGS = GuaranteeSettings(components=6, kept=0.9)


def fit(
    dataset: Dataset = DATASET, settings: GuaranteeSettings = SETTINGS, control: RunControl | None = None
) -> tuple[Any, list[Any]]:
    told, fitted = outcome(fit_densities(dataset, settings, control or RunControl()))
    return fitted, told


def test_the_asked_share_of_validation_images_keeps_its_confidence() -> None:
    fitted, _ = fit()
    ratios = fitted.densities.log_ratio(to_float(DATASET.train_images[:KEPT]))
    assert fitted.validation_images == KEPT
    assert (ratios >= np.log(KEPT_RATIO) - 1e-9).sum() == KEPT - int(0.1 * KEPT)


def test_where_sparse_noise_is_near_there_is_a_component_at_its_mean() -> None:
    def sparse(count: int, rng_seed: int) -> np.ndarray:
        return make_images(
            KINDS.known()["sparse"],
            ImageRequest(rng=np.random.default_rng(rng_seed), count=count, dataset=DATASET),
        )

    images = (255 * sparse(630, 3)).astype(np.uint8)
    near = dataclasses.replace(DATASET, train_images=images)
    densities = fit(near)[0].densities
    outside, variance = densities.outside, densities.inside.variances[0]
    assert outside.variances == pytest.approx(np.array([SETTINGS.width, 3]) * variance)
    mean = densities.points(sparse(4_000, 4)).mean(axis=0)
    np.testing.assert_allclose(outside.centres, [np.zeros(64), mean], atol=0.02)
    ratios = densities.log_ratio(to_float(images[:KEPT]))
    assert (ratios >= np.log(KEPT_RATIO) - 1e-9).sum() == KEPT - int(0.1 * KEPT)
    for place in range(2):
        alone = Mixture(
            centres=outside.centres[[place]],
            variances=outside.variances[[place]],
            log_weights=outside.log_weights[[place]],
        )
        assert (dataclasses.replace(densities, outside=alone).log_ratio(to_float(images[:KEPT])) >= ratios - 1e-9).all()


def test_no_image_too_many_is_kept_where_binary_fractions_cannot_hold_the_share() -> None:
    fewer = make_dataset(a_class=200)
    ratios = with_share_kept(fit()[0].densities, fewer, 0.9).log_ratio(to_float(fewer.train_images[:100]))
    assert (ratios >= np.log(KEPT_RATIO) - 1e-9).sum() == 90


def test_another_share_is_kept_with_the_same_components() -> None:
    densities = fit()[0].densities
    all_kept = with_share_kept(densities, DATASET, 1.0)
    ratios = all_kept.log_ratio(to_float(DATASET.train_images[:KEPT]))
    assert ratios.min() == pytest.approx(np.log(KEPT_RATIO))
    assert all_kept.inside is densities.inside


def test_the_centres_are_those_of_k_means_and_its_progress_is_told() -> None:
    fitted, told = fit()
    fractions = [message.fraction for message in told if isinstance(message, Working) and message.fraction is not None]
    assert len(fractions) == 11
    assert fractions == sorted(set(fractions))
    assert fractions[0] == 0
    densities = fitted.densities
    points = densities.points(to_float(DATASET.train_images[KEPT:]))
    nearest = squared_distances(points, densities.inside.centres).argmin(axis=1)
    for component in range(len(densities.inside.variances)):
        own = points[nearest == component]
        np.testing.assert_allclose(own.mean(axis=0), densities.inside.centres[component], atol=1e-4)
        assert np.exp(densities.inside.log_weights[component]) == pytest.approx(len(own) / len(points))


def test_a_stop_ends_the_fitting_without_densities() -> None:
    control = RunControl()
    control.stop()
    assert fit(control=control)[0] is None


def test_components_lie_among_the_training_images_and_weigh_as_many() -> None:
    fitted, told = fit()
    inside, outside = fitted.densities.inside, fitted.densities.outside
    assert fitted.fitted_images == len(DATASET.train_images) - KEPT
    assert np.exp(inside.log_weights).sum() == pytest.approx(1)
    mean = np.exp(inside.log_weights) @ inside.centres
    np.testing.assert_allclose(mean, 0, atol=1e-5)
    assert outside.variances == pytest.approx([SETTINGS.width * inside.variances[0]])
    np.testing.assert_array_equal(outside.centres, np.zeros((1, 64)))
    assert not any(isinstance(message, Remark) for message in told)


def test_noise_is_far_from_all_components() -> None:
    fitted, _ = fit()
    noise = np.random.default_rng(3).random((50, 8, 8, 1), np.float32)
    assert (fitted.densities.log_ratio(noise) < np.log(0.01)).all()


def test_the_same_seed_gives_the_same_densities_and_another_one_others() -> None:
    first, again = (fit()[0].densities.inside.centres for _ in range(2))
    np.testing.assert_array_equal(first, again)
    other = fit(settings=dataclasses.replace(SETTINGS, rng_seed=1))[0].densities.inside.centres
    assert first.shape != other.shape or not np.array_equal(first, other)


def test_there_are_at_most_as_many_components_as_a_tenth_of_the_images() -> None:
    fitted, told = fit(settings=dataclasses.replace(SETTINGS, components=500))
    assert len(fitted.densities.inside.variances) <= 52
    (remark,) = (message.sentence for message in told if isinstance(message, Remark))
    assert remark.startswith("For 525 training images there are 52 components")


@pytest.mark.parametrize(
    ("dataset", "sentence"),
    [
        (make_dataset(a_class=16), "at least 100 validation images, a sixth of the training images; dataset has 8"),
        (make_dataset((65, 64, 1), a_class=1), "at most 4,096 numbers .* those of dataset have 4,160"),
        (
            dataclasses.replace(DATASET, train_images=np.full_like(DATASET.train_images, 7)),
            "training images that vary; those of dataset are copies of 1 image.",
        ),
        (
            dataclasses.replace(DATASET, train_images=np.where(DATASET.train_images > 120, 255, 0).astype(np.uint8)),
            "training images that vary; those of dataset are copies of 3 images.",
        ),
    ],
)
def test_datasets_that_allow_no_guarantee_are_refused(dataset: Dataset, sentence: str) -> None:
    with pytest.raises(GuaranteeError, match=sentence):
        fit(dataset)
