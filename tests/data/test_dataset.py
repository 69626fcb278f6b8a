from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from tiny import make_dataset, write_dataset

from fooler_gui.data import file_hash
from fooler_gui.data.array_file import ArrayFileError, write_arrays
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.data.loading import load_dataset
from fooler_gui.resources import resource


@pytest.fixture(scope="module")
def mnist() -> Dataset:
    return load_dataset(resource("mnist.npz"))


def test_mnist_has_its_images_and_labels(mnist: Dataset) -> None:
    assert mnist.train_images.shape == (60_000, 28, 28, 1)
    assert mnist.test_images.shape == (10_000, 28, 28, 1)
    assert mnist.train_labels.shape == (60_000,)
    assert mnist.test_labels.shape == (10_000,)
    assert mnist.train_images.dtype == mnist.test_images.dtype == np.uint8
    assert mnist.input_shape == (28, 28, 1)
    assert mnist.class_names == tuple("0123456789")


def test_mnist_has_6131_threes_and_5421_fives(mnist: Dataset) -> None:
    assert mnist.training_images_of(3).shape == (6131, 28, 28, 1)
    assert np.bincount(mnist.train_labels).min() == len(mnist.training_images_of(5)) == 5421
    assert np.bincount(mnist.test_labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


def test_mnists_first_training_image_is_the_well_known_five(mnist: Dataset) -> None:
    assert mnist.train_labels[0] == 5
    assert int(mnist.train_images[0].sum()) == 27_525


def test_images_are_given_out_as_float32_from_zero_to_one(mnist: Dataset) -> None:
    images = to_float(mnist.train_images[:50])
    assert images.shape == (50, 28, 28, 1)
    assert images.dtype == np.float32
    assert images.min() == 0
    assert images.max() == 1
    every = to_float(np.arange(256, dtype=np.uint8))
    np.testing.assert_array_equal(np.round(every * 255), np.arange(256))


def test_images_of_a_label_come_in_the_datasets_order(dataset: Dataset) -> None:
    expected = [image for image, label in zip(dataset.train_images, dataset.train_labels, strict=True) if label == 1]
    np.testing.assert_array_equal(dataset.training_images_of(1), expected)
    assert len(dataset.training_images_of(9)) == 0


def test_colour_images_keep_their_channels(tmp_path: Path) -> None:
    written = make_dataset((9, 7, 3), classes=4)
    dataset = load_dataset(write_dataset(written, tmp_path / "d.npz"), tuple("abcd"))
    assert dataset.input_shape == (9, 7, 3)
    assert dataset.class_names == ("a", "b", "c", "d")
    np.testing.assert_array_equal(dataset.test_images, written.test_images)


def arrays() -> dict[str, np.ndarray]:
    return {
        "train_images": np.zeros((4, 3, 3), np.uint8),
        "train_labels": np.array([0, 1, 2, 0], np.uint8),
        "test_images": np.zeros((2, 3, 3), np.uint8),
        "test_labels": np.array([0, 1], np.uint8),
    }


@pytest.mark.parametrize(
    ("name", "array", "sentence"),
    [
        (
            "train_images",
            np.zeros((4, 3, 3), complex),
            r"train_images must be numbers of shape .*; received complex128",
        ),
        ("train_images", np.zeros((4, 10), np.uint8), r"train_images must be numbers of shape .*\(4, 10\)"),
        (
            "train_images",
            np.zeros((4, 5, 5, 4), np.uint8),
            r"received uint8 of shape \(4, 5, 5, 4\); leave out transparency, as x\[\.\.\., :3\] does\.",
        ),
        ("test_images", np.zeros((0, 3, 3), np.uint8), r"test_images must be numbers of shape .*\(0, 3, 3\)"),
        ("train_images", np.full((4, 3, 3), 1e9), r"train_images must have pixels from 0 to 255, .* to 1e9"),
        ("train_images", np.full((4, 3, 3), -3.5), r"received values from -3\.5 to -3\.5"),
        ("train_images", np.full((4, 3, 3), np.nan), r"train_images must be finite numbers; some are not"),
        ("train_labels", np.zeros(5, np.uint8), r"train_labels must be one whole number for each of the 4 images"),
        ("train_labels", np.zeros((4, 3)), r"train_labels must name one class for each image"),
        ("train_labels", np.array([0, 1, 1.5, 0]), r"train_labels must be whole numbers; some are not"),
        ("train_labels", np.array([0, 1, np.inf, 0]), r"train_labels must be whole numbers; some are not"),
        ("train_labels", np.array(["a", "b", "c", "a"]), r"train_labels must be one whole number .*received <U1"),
        ("train_labels", np.array([0, 1, 2**40, 0]), r"train_labels must be numbers of classes; received"),
        ("test_labels", np.array([0, 3], np.uint8), r"labels for which there is a class name, 3 in all; received 3"),
        ("test_labels", np.array([0, -1]), r"labels for which there is a class name, 3 in all; received -1"),
    ],
)
def test_datasets_of_another_form_are_refused_with_a_sentence(
    name: str, array: np.ndarray, sentence: str, tmp_path: Path
) -> None:
    write_arrays(tmp_path / "d.npz", arrays() | {name: array})
    with pytest.raises(ArrayFileError, match=sentence):
        load_dataset(tmp_path / "d.npz", tuple("abc"))


def test_training_and_test_images_of_different_shapes_are_refused(tmp_path: Path) -> None:
    write_arrays(tmp_path / "d.npz", arrays() | {"test_images": np.zeros((2, 4, 3), np.uint8)})
    with pytest.raises(ArrayFileError, match=r"test_images must have the training images' shape \(3, 3, 1\)"):
        load_dataset(tmp_path / "d.npz", tuple("abc"))


def test_a_dataset_without_one_of_its_arrays_is_refused(tmp_path: Path) -> None:
    parts = arrays()
    del parts["test_labels"]
    write_arrays(tmp_path / "d.npz", parts)
    with pytest.raises(ArrayFileError, match="must hold the array 'test_labels'"):
        load_dataset(tmp_path / "d.npz")


def test_the_hash_is_that_of_the_file_and_is_computed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "d.npz"
    write_arrays(path, arrays())
    read: list[Path] = []
    monkeypatch.setattr(file_hash, "sha256_of", lambda file: read.append(file) or "ab" * 32)
    dataset = load_dataset(path, tuple("abc"))
    assert read == []
    assert (dataset.sha256, dataset.sha256, read) == ("ab" * 32, "ab" * 32, [path])


def test_the_hash_of_a_dataset_without_a_file_is_that_of_its_arrays(dataset: Dataset) -> None:
    one, other = (dataclasses.replace(dataset, file=None) for _ in range(2))
    assert one.sha256 == other.sha256
    assert len(one.sha256) == 64
    changed = dataset.train_labels.copy()
    changed[0] ^= 1
    assert dataclasses.replace(one, train_labels=changed).sha256 != one.sha256


def test_a_dataset_whose_file_is_gone_says_so_once_its_hash_is_wanted(tmp_path: Path) -> None:
    write_arrays(tmp_path / "d.npz", arrays())
    dataset = load_dataset(tmp_path / "d.npz", tuple("abc"))
    (tmp_path / "d.npz").unlink()
    with pytest.raises(ArrayFileError, match=r"d\.npz cannot be read: No such file or directory\."):
        _ = dataset.sha256
