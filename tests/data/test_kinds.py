from __future__ import annotations

import numpy as np
import pytest
from tiny import make_dataset

from fooler_gui.core.evaluation_report import BERNOULLI, CLIPPED_NORMAL, NEGATIVES, NORMAL, PERMUTED, UNIFORM
from fooler_gui.core.image_kinds import EVALUATIONS, HELD_OUT, KINDS, ROUNDS, RUNS, ImageRequest, kinds_for
from fooler_gui.data.blur import blurred
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.data.kind_check import problem_of
from fooler_gui.data.starts import make_images

DATASET = make_dataset(shape=(20, 16, 1))
COUNT, MANY = 40, 2_000


def made(kind: str, rng_seed: int = 0) -> np.ndarray:
    request = ImageRequest(rng=np.random.default_rng(rng_seed), count=COUNT, dataset=DATASET)
    return make_images(KINDS.known()[kind], request)


@pytest.fixture(scope="module")
def pixels(dataset: Dataset) -> dict[str, np.ndarray]:
    """Many images of each set that evaluations ask about."""
    return {
        name: make_images(kind, ImageRequest(rng=np.random.default_rng(1), count=MANY, dataset=dataset))
        for name, kind in kinds_for(EVALUATIONS).items()
    }


def test_every_use_has_its_kinds_in_their_order_by_the_names_of_its_files() -> None:
    assert list(kinds_for(RUNS)) == [
        "noise", "averages", "permuted", "patches", "faint", "black", "negative", "gaussian", "half bright", "blurred",
        "half black", "sparse", "nearly black", "bernoulli",
    ]  # fmt: skip
    assert list(kinds_for(ROUNDS)) == ["uniform", "permuted", "patches", "faint", "black", "negative"]
    # Their places start the noise of fresh attacks.
    assert list(kinds_for(HELD_OUT)) == ["gaussian", "half bright", "blurred", "sparse", "nearly black"]
    assert list(kinds_for(EVALUATIONS)) == [UNIFORM, NORMAL, CLIPPED_NORMAL, BERNOULLI, NEGATIVES, PERMUTED]


@pytest.mark.parametrize("name", KINDS.known())
def test_the_programs_own_kinds_can_be_made_and_say_what_they_are(name: str) -> None:
    kind = KINDS.known()[name]
    assert problem_of(kind) == ""
    assert kind.tip.endswith(".")
    assert not set(kind.uses) >= {ROUNDS, HELD_OUT}


@pytest.mark.parametrize("kind", [name for name in KINDS.known() if name != "averages"])
def test_images_are_the_same_for_the_same_numbers_alone(kind: str) -> None:
    np.testing.assert_array_equal(made(kind), made(kind))
    assert kind == "black" or not np.array_equal(made(kind), made(kind, 1))


def test_what_each_kind_is() -> None:
    assert 0.45 < made("uniform").mean() < 0.55
    assert (made("black") == 0).all()
    assert 0.2 < made("half bright").mean() < 0.3
    half_black = made("half black")
    assert 0.45 < (half_black == 0).mean() < 0.55
    assert 0.45 < half_black[half_black > 0].mean() < 0.55
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


@pytest.mark.parametrize(
    ("name", "mean", "deviation"), [(UNIFORM, 0.5, 12**-0.5), (NORMAL, 0.0, 1.0), (BERNOULLI, 0.5, 0.5)]
)
def test_noise_has_the_mean_and_deviation_it_is_called_by(
    pixels: dict[str, np.ndarray], name: str, mean: float, deviation: float
) -> None:
    assert pixels[name].mean(dtype=float) == pytest.approx(mean, abs=0.01)
    assert pixels[name].std(dtype=float) == pytest.approx(deviation, abs=0.01)


def test_noise_has_the_range_it_is_called_by(pixels: dict[str, np.ndarray]) -> None:
    assert 0 <= pixels[UNIFORM].min() < pixels[UNIFORM].max() < 1
    assert set(np.unique(pixels[BERNOULLI])) == {0, 1}
    assert pixels[NORMAL].min() < -3
    clipped = pixels[CLIPPED_NORMAL]
    assert (clipped.min(), clipped.max()) == (0, 1)
    # Half a deviation and more below the mean is below zero: 15.9 % of a normal distribution.
    assert (clipped == 0).mean() == pytest.approx(0.1587, abs=0.01)


def test_negatives_are_test_images_each_as_often(pixels: dict[str, np.ndarray], dataset: Dataset) -> None:
    tests = {image.tobytes() for image in to_float(dataset.test_images)}
    request = ImageRequest(rng=np.random.default_rng(0), count=len(tests), dataset=dataset)
    few = make_images(KINDS.known()[NEGATIVES], request)
    assert {np.round((1 - image) * 255).astype(np.uint8).tobytes() for image in few} == {
        image.tobytes() for image in dataset.test_images
    }


def test_permuted_and_blurred_digits_are_smooth_and_in_range(pixels: dict[str, np.ndarray]) -> None:
    images = pixels[PERMUTED]
    assert images.min() >= 0
    assert images.max() <= 1
    steps = np.abs(np.diff(images[..., 0], axis=2)).mean()
    assert steps < 0.5 * np.abs(np.diff(pixels[UNIFORM][..., 0], axis=2)).mean()
    assert len(np.unique(images.reshape(MANY, -1), axis=0)) == MANY


def test_other_channels_are_blurred_apart() -> None:
    request = ImageRequest(rng=np.random.default_rng(0), count=7, dataset=make_dataset(shape=(6, 5, 3)))
    assert make_images(KINDS.known()[PERMUTED], request).shape == (7, 6, 5, 3)


def test_a_point_is_blurred_to_the_gaussian() -> None:
    images = np.zeros((2, 21, 21, 1), np.float32)
    images[:, 10, 10] = 1
    narrow, wide = blurred(images, np.array([1.0, 2.0]), 10)[..., 0]
    for image, sigma in ((narrow, 1.0), (wide, 2.0)):
        row = image[10] / image[10, 10]
        np.testing.assert_allclose(row, np.exp(-((np.arange(21) - 10) ** 2) / (2 * sigma**2)), atol=1e-6)
        np.testing.assert_allclose(image, image.T, atol=1e-7)
        assert image.sum() == pytest.approx(1, abs=1e-5)


def test_an_even_image_stays_as_it_is_to_its_border() -> None:
    images = np.full((1, 4, 5, 2), 0.25, np.float32)
    np.testing.assert_allclose(blurred(images, np.array([2.5]), 10), images, atol=1e-6)
