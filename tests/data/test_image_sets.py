from __future__ import annotations

import numpy as np
import pytest
from tiny import make_dataset

from fooler_gui.core.evaluation_report import (
    BERNOULLI,
    CLIPPED_NORMAL,
    DRIVEN,
    MADE_SETS,
    NEGATIVES,
    NORMAL,
    PERMUTED,
    SCALED,
    UNIFORM,
)
from fooler_gui.data.blur import blurred
from fooler_gui.data.dataset import to_float
from fooler_gui.data.image_sets import IMAGE_SETS

COUNT = 2_000


@pytest.fixture(scope="module")
def pixels(dataset):
    made = {name: make(np.random.default_rng(1), COUNT, dataset) for name, make in IMAGE_SETS.items()}
    for images in made.values():
        assert images.shape == (COUNT, *dataset.input_shape)
        assert images.dtype == np.float32
    return made


def test_every_set_is_made_but_those_that_take_a_classifier():
    assert [*IMAGE_SETS, SCALED, DRIVEN] == list(MADE_SETS)


@pytest.mark.parametrize(
    ("name", "mean", "deviation"), [(UNIFORM, 0.5, 12**-0.5), (NORMAL, 0.0, 1.0), (BERNOULLI, 0.5, 0.5)]
)
def test_noise_has_the_mean_and_deviation_it_is_called_by(pixels, name, mean, deviation):
    assert pixels[name].mean(dtype=float) == pytest.approx(mean, abs=0.01)
    assert pixels[name].std(dtype=float) == pytest.approx(deviation, abs=0.01)


def test_noise_has_the_range_it_is_called_by(pixels):
    assert 0 <= pixels[UNIFORM].min() < pixels[UNIFORM].max() < 1
    assert set(np.unique(pixels[BERNOULLI])) == {0, 1}
    assert pixels[NORMAL].min() < -3
    clipped = pixels[CLIPPED_NORMAL]
    assert (clipped.min(), clipped.max()) == (0, 1)
    # Half a deviation and more below the mean is below zero: 15.9 % of a normal distribution.
    assert (clipped == 0).mean() == pytest.approx(0.1587, abs=0.01)


def test_negatives_are_test_images_each_as_often(pixels, dataset):
    tests = {image.tobytes() for image in to_float(dataset.test_images)}
    few = IMAGE_SETS[NEGATIVES](np.random.default_rng(0), len(tests), dataset)
    assert {np.round((1 - image) * 255).astype(np.uint8).tobytes() for image in few} == {
        image.tobytes() for image in dataset.test_images
    }


def test_permuted_and_blurred_digits_are_smooth_and_in_range(pixels):
    images = pixels[PERMUTED]
    assert images.min() >= 0
    assert images.max() <= 1
    steps = np.abs(np.diff(images[..., 0], axis=2)).mean()
    assert steps < 0.5 * np.abs(np.diff(pixels[UNIFORM][..., 0], axis=2)).mean()
    assert len(np.unique(images.reshape(COUNT, -1), axis=0)) == COUNT


def test_other_channels_are_blurred_apart():
    dataset = make_dataset(shape=(6, 5, 3))
    images = IMAGE_SETS[PERMUTED](np.random.default_rng(0), 7, dataset)
    assert images.shape == (7, 6, 5, 3)


def test_a_point_is_blurred_to_the_gaussian():
    images = np.zeros((2, 21, 21, 1), np.float32)
    images[:, 10, 10] = 1
    narrow, wide = blurred(images, np.array([1.0, 2.0]), 10)[..., 0]
    for image, sigma in ((narrow, 1.0), (wide, 2.0)):
        row = image[10] / image[10, 10]
        np.testing.assert_allclose(row, np.exp(-((np.arange(21) - 10) ** 2) / (2 * sigma**2)), atol=1e-6)
        np.testing.assert_allclose(image, image.T, atol=1e-7)
        assert image.sum() == pytest.approx(1, abs=1e-5)


def test_an_even_image_stays_as_it_is_to_its_border():
    images = np.full((1, 4, 5, 2), 0.25, np.float32)
    np.testing.assert_allclose(blurred(images, np.array([2.5]), 10), images, atol=1e-6)
