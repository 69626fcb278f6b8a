from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from tiny import make_dataset

from fooler_gui.core.run_spec import AVERAGES, NOISE, RunSpec
from fooler_gui.core.settings import CostCoefficients, SettingError
from fooler_gui.data.array_file import ArrayFileError, write_arrays
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.data.starts import slot_rng, start_images


def spec(start: str, slots: int = 8) -> RunSpec:
    return RunSpec(
        classifier="x.keras",
        labels=(1,),
        slots=slots,
        start=start,
        coefficients=CostCoefficients(layer_cost_coeffs={}),
    )


def starts(start: str, dataset: Dataset, slots: int = 8, rng_seed: int = 0) -> np.ndarray:
    return start_images(spec(start, slots), 1, dataset, slot_rng(rng_seed, 1))


def test_noise_is_uniform_from_zero_to_one() -> None:
    images = starts(NOISE, make_dataset((28, 28, 1), a_class=2), slots=20)
    assert images.shape == (20, 28, 28, 1)
    assert images.dtype == np.float32
    assert images.min() >= 0
    assert images.max() < 1
    counts, _ = np.histogram(images, bins=10, range=(0, 1))
    np.testing.assert_allclose(counts / images.size, 0.1, atol=0.01)


def test_noise_has_the_datasets_shape_and_differs_from_slot_to_slot() -> None:
    images = starts(NOISE, make_dataset((9, 7, 3), a_class=2), slots=3)
    assert images.shape == (3, 9, 7, 3)
    assert len({image.tobytes() for image in images}) == 3


def test_noise_depends_on_the_seed_and_on_the_label_alone(dataset: Dataset) -> None:
    np.testing.assert_array_equal(starts(NOISE, dataset), starts(NOISE, dataset))
    assert not np.array_equal(starts(NOISE, dataset), starts(NOISE, dataset, rng_seed=1))
    other = start_images(spec(NOISE), 2, dataset, slot_rng(0, 2))
    assert not np.array_equal(starts(NOISE, dataset), other)


def test_averages_are_the_means_of_disjoint_parts_that_cover_every_training_image() -> None:
    # Image n of the class is bright at pixel n alone, so that an average shows which images it is made of.
    count = 21
    images = np.zeros((2 * count, 5, 5, 1), np.uint8)
    images.reshape(2 * count, 25)[np.arange(count), np.arange(count)] = 255
    images[count:] = 99
    labels = np.repeat(np.array([1, 0], np.uint8), count)
    dataset = Dataset(
        train_images=images,
        train_labels=labels,
        test_images=images[:1],
        test_labels=labels[:1],
        class_names=("zero", "one"),
    )
    averages = starts(AVERAGES, dataset).reshape(8, 25)
    parts = [set(np.flatnonzero(average)) for average in averages]
    assert sorted(pixel for part in parts for pixel in part) == list(range(count))
    assert {len(part) for part in parts} == {2, 3}
    for average, part in zip(averages, parts, strict=True):
        np.testing.assert_allclose(average[sorted(part)], 1 / len(part), rtol=1e-6)


def test_averages_depend_on_the_seed(dataset: Dataset) -> None:
    np.testing.assert_array_equal(starts(AVERAGES, dataset), starts(AVERAGES, dataset))
    assert not np.array_equal(starts(AVERAGES, dataset), starts(AVERAGES, dataset, rng_seed=1))


def test_as_many_averages_as_training_images_are_the_images_themselves(dataset: Dataset) -> None:
    own = to_float(dataset.training_images_of(1))
    averages = starts(AVERAGES, dataset, slots=len(own))
    assert {image.tobytes() for image in averages} == {image.tobytes() for image in own}


def test_more_averages_than_training_images_are_refused_with_a_sentence(dataset: Dataset) -> None:
    with pytest.raises(SettingError, match=r"for each of the 17 slots; there are 16\."):
        starts(AVERAGES, dataset, slots=17)


def test_test_images_of_a_class_are_drawn_with_the_seed_and_each_but_once(dataset: Dataset) -> None:
    own = {image.tobytes() for image in to_float(dataset.test_images[dataset.test_labels == 2])}
    assert len(own) == 8
    drawn = starts("digits:2", dataset)
    assert {image.tobytes() for image in drawn} == own
    np.testing.assert_array_equal(starts("digits:2", dataset), drawn)
    np.testing.assert_array_equal(starts("digits:2", dataset, slots=3), drawn[:3])
    other = start_images(dataclasses.replace(spec("digits:2"), rng_seed=1), 1, dataset, slot_rng(1, 1))
    assert not np.array_equal(other, drawn)


def test_test_images_of_a_class_are_the_same_for_every_label_and_take_nothing_from_later_noise(
    dataset: Dataset,
) -> None:
    used, fresh = slot_rng(0, 0), slot_rng(0, 0)
    np.testing.assert_array_equal(start_images(spec("digits:2"), 0, dataset, used), starts("digits:2", dataset))
    assert used.random() == fresh.random()


@pytest.mark.parametrize(
    ("start", "slots", "there"),
    [("digits:2", 9, "class 2 .*; there are 8"), ("digits:3", 1, "class 3 .*; there are 0")],
)
def test_too_few_test_images_of_a_class_are_refused_with_a_sentence(
    dataset: Dataset, start: str, slots: int, there: str
) -> None:
    with pytest.raises(SettingError, match=rf"{start} needs a test image of {there}\."):
        starts(start, dataset, slots=slots)


def test_images_of_a_file_are_taken_as_they_are(dataset: Dataset, tmp_path: Path) -> None:
    images = np.linspace(0, 1, 10 * 64).reshape(10, 8, 8)
    write_arrays(tmp_path / "mine.npz", {"images": images})
    taken = starts(str(tmp_path / "mine.npz"), dataset)
    np.testing.assert_array_equal(taken, images[:8, ..., None].astype(np.float32))


def test_too_few_images_in_a_file_are_refused_with_a_sentence(dataset: Dataset, tmp_path: Path) -> None:
    write_arrays(tmp_path / "mine.npz", {"images": np.zeros((3, 8, 8))})
    with pytest.raises(
        SettingError,
        match=r"mine\.npz must hold at least 8 images, one for each slot, or one image for all; it holds 3\.",
    ):
        starts(str(tmp_path / "mine.npz"), dataset)


def test_a_missing_file_is_refused_with_a_sentence(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(ArrayFileError, match="There is no file"):
        starts(str(tmp_path / "none.npz"), dataset)


def test_one_image_starts_every_slot_the_first_exactly_and_the_others_with_a_little_noise(
    dataset: Dataset, tmp_path: Path
) -> None:
    image = np.full((1, 8, 8), 0.5, np.float32)
    image[0, 0] = 1
    write_arrays(tmp_path / "mine.npz", {"images": image})
    taken = starts(str(tmp_path / "mine.npz"), dataset, slots=500)
    np.testing.assert_array_equal(taken[0, ..., 0], image[0])
    assert taken.shape == (500, 8, 8, 1)
    assert taken.dtype == np.float32
    assert taken.max() == 1
    assert taken[1:, 1:].std() == pytest.approx(0.02, rel=0.02)
    assert taken[1:, 1:].mean() == pytest.approx(0.5, abs=0.001)
    assert len({one.tobytes() for one in taken}) == 500


def test_the_noise_beside_one_image_is_of_the_seed_and_takes_nothing_from_later_noise(
    dataset: Dataset, tmp_path: Path
) -> None:
    write_arrays(tmp_path / "mine.npz", {"images": np.full((1, 8, 8), 0.5, np.float32)})
    start = str(tmp_path / "mine.npz")
    first, again = starts(start, dataset), starts(start, dataset)
    np.testing.assert_array_equal(first, again)
    other = start_images(dataclasses.replace(spec(start), rng_seed=1), 1, dataset, slot_rng(1, 1))
    np.testing.assert_array_equal(first[0], other[0])
    assert not np.array_equal(first[1], other[1])
    used, fresh = slot_rng(0, 1), slot_rng(0, 1)
    start_images(spec(start), 1, dataset, used)
    assert used.random() == fresh.random()
