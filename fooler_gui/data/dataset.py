"""The training and test images. The only place that knows the dataset's file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fooler_gui.core.errors import reason_of
from fooler_gui.core.messages import FloatArray
from fooler_gui.data.array_file import ArrayFileError, read_arrays
from fooler_gui.data.file_hash import sha256_of


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset:
    """Labelled images, stored as uint8 and returned as float32.

    Attributes:
        train_images: (N, H, W, C) uint8.
        train_labels: (N,) uint8, each below the number of classes.
        test_images: (M, H, W, C) uint8.
        test_labels: (M,) uint8.
        class_names: One for each class.
        file: The file they were read from, or None.
    """

    train_images: npt.NDArray[np.uint8]
    train_labels: npt.NDArray[np.uint8]
    test_images: npt.NDArray[np.uint8]
    test_labels: npt.NDArray[np.uint8]
    class_names: tuple[str, ...]
    file: Path | None = None

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the file, or of the images and labels if there is none, in hexadecimal.

        Raises:
            ArrayFileError: The file cannot be read any more.
        """
        if self.file is not None:
            try:
                return sha256_of(self.file)
            except OSError as error:
                raise ArrayFileError(f"{self.file} cannot be read: {reason_of(error)}.") from error
        parts = hashlib.sha256()
        for array in (self.train_images, self.train_labels, self.test_images, self.test_labels):
            parts.update(repr(array.shape).encode())
            parts.update(np.ascontiguousarray(array).data)
        return parts.hexdigest()

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of an image."""
        _, height, width, channels = self.train_images.shape
        return height, width, channels

    def training_images_of(self, label: int) -> npt.NDArray[np.uint8]:
        """Returns every training image of `label`, (N_label, H, W, C) uint8, in the dataset's order."""
        images: npt.NDArray[np.uint8] = self.train_images[self.train_labels == label]
        return images


def to_float(images: npt.NDArray[np.uint8]) -> FloatArray:
    """Returns uint8 `images` as float32 in [0, 1], in the same shape."""
    return images.astype(np.float32) / np.float32(255)


def load_dataset(path: Path, class_names: tuple[str, ...] = tuple("0123456789")) -> Dataset:
    """Returns the dataset of an ``.npz`` file with train_images, train_labels, test_images and test_labels.

    Images are (N, H, W) or (N, H, W, C) uint8, labels (N,) uint8.

    Raises:
        ArrayFileError: The file is missing or damaged, or holds other arrays.
    """
    names = ("train_images", "train_labels", "test_images", "test_labels")
    arrays = dict(zip(names, read_arrays(path, names), strict=True))
    for part in ("train", "test"):
        images, labels = arrays[f"{part}_images"], arrays[f"{part}_labels"]
        if images.dtype != np.uint8 or images.ndim not in (3, 4) or len(images) == 0:
            raise ArrayFileError(
                f"{path.name}: {part}_images must be uint8 of shape (N, H, W) or (N, H, W, C); "
                f"received {images.dtype} of shape {images.shape}."
            )
        if labels.dtype != np.uint8 or labels.shape != images.shape[:1] or labels.max() >= len(class_names):
            raise ArrayFileError(
                f"{path.name}: {part}_labels must be {len(images)} uint8 numbers below "
                f"{len(class_names)}; received {labels.dtype} of shape {labels.shape}."
            )
        arrays[f"{part}_images"] = images if images.ndim == 4 else images[..., np.newaxis]
    expected, received = (arrays[f"{part}_images"].shape[1:] for part in ("train", "test"))
    if received != expected:
        raise ArrayFileError(
            f"{path.name}: test_images must have the training images' shape {expected}; received {received}."
        )
    return Dataset(**arrays, class_names=class_names, file=path)
