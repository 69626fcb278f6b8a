from __future__ import annotations

import numpy as np
import pytest
from tiny import make_dataset

from fooler_gui.core.rounds_spec import HELD_OUT_KINDS, TRAINED_KINDS
from fooler_gui.data.dataset import to_float
from fooler_gui.data.start_kinds import START_KINDS

DATASET = make_dataset(shape=(20, 16, 1))
COUNT = 40


def made(kind: str, rng_seed: int = 0) -> np.ndarray:
    return START_KINDS[kind](np.random.default_rng(rng_seed), COUNT, DATASET)


def test_every_named_kind_can_be_made_and_none_is_both_trained_on_and_held_out() -> None:
    assert set(START_KINDS) == set(TRAINED_KINDS) | set(HELD_OUT_KINDS)
    assert not set(TRAINED_KINDS) & set(HELD_OUT_KINDS)


@pytest.mark.parametrize("kind", START_KINDS)
def test_starts_are_images_and_the_same_for_the_same_seed(kind: str) -> None:
    images = made(kind)
    assert images.shape == (COUNT, 20, 16, 1)
    assert images.dtype == np.float32
    assert images.min() >= 0
    assert images.max() <= 1
    np.testing.assert_array_equal(images, made(kind))
    assert kind == "black" or not np.array_equal(images, made(kind, 1))


def test_what_each_kind_is() -> None:
    assert 0.45 < made("uniform").mean() < 0.55
    assert (made("black") == 0).all()
    assert 0.2 < made("half bright").mean() < 0.3
    assert made("half bright").max() < 0.5
    assert made("nearly black").max() < 0.05
    assert 0.03 < (made("sparse") > 0).mean() < 0.07
    gaussian = made("gaussian")
    assert 0.12 < (gaussian == 0).mean() < 0.2  # a normal deviate is below minus one
    assert 0.12 < (gaussian == 1).mean() < 0.2
    assert made("faint").max() <= 0.15


def test_a_permuted_image_has_the_pixels_of_a_training_image() -> None:
    training = np.sort(to_float(DATASET.train_images).reshape(len(DATASET.train_images), -1), axis=1)
    for image in made("permuted"):
        assert (np.abs(training - np.sort(image.ravel())).max(axis=1) == 0).any()


def test_a_negative_is_one_minus_a_training_image() -> None:
    training = to_float(DATASET.train_images)
    for image in made("negative"):
        assert (np.abs(training - (1 - image)).max(axis=(1, 2, 3)) < 1e-6).any()


def test_a_patch_is_noise_in_one_rectangle() -> None:
    for image in made("patches")[..., 0]:
        rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
        assert (image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] > 0).mean() > 0.9
        assert 2 <= len(rows) <= 11
        assert 1 <= len(columns) <= 9


def test_blurring_makes_neighbours_alike() -> None:
    def unlikeness(images: np.ndarray) -> float:
        return float(np.abs(np.diff(images, axis=1)).mean() / images.std())

    assert unlikeness(made("blurred")) < 0.6 * unlikeness(made("uniform"))
    assert (made("blurred").min(axis=(1, 2, 3)) == 0).all()
    assert (made("blurred").max(axis=(1, 2, 3)) == 1).all()
