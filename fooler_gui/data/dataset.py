"""The training and test images of a dataset."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.dataset_info import NO_DATASET, DatasetInfo, DatasetSettings
from fooler_gui.core.path_text import text_of
from fooler_gui.data.file_hash import sha256_of_dataset


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset:
    """Labelled images, stored as uint8 and returned as float32.

    Attributes:
        train_images: (N, H, W, C) uint8.
        train_labels: (N,) uint8, or uint16 for more than 256 classes, each below the number of classes.
        test_images: (M, H, W, C) uint8.
        test_labels: (M,) likewise.
        class_names: One for each class.
        name: A short name to show.
        file: The file or folder they were read from, or None.
        files: All files that were read, if they are several.
        remarks: What was converted, split or resized on reading, in sentences.
        largest_side: The longest side that images could keep on reading, in pixels.
    """

    train_images: npt.NDArray[np.uint8]
    train_labels: npt.NDArray[np.unsignedinteger]
    test_images: npt.NDArray[np.uint8]
    test_labels: npt.NDArray[np.unsignedinteger]
    class_names: tuple[str, ...]
    name: str = "dataset"
    file: Path | None = None
    files: tuple[Path, ...] = ()
    remarks: tuple[str, ...] = ()
    largest_side: int = DatasetSettings.default("largest_side")

    @classmethod
    def without_images(cls, image_shape: tuple[int, int, int], class_names: tuple[str, ...]) -> Self:
        """Returns what stands in place of a dataset where a classifier is used without one.

        Args:
            image_shape: (height, width, channels) of the classifier's images.
            class_names: One for each of its classes.
        """
        images, labels = np.empty((0, *image_shape), np.uint8), np.empty(0, np.uint8)
        return cls(
            train_images=images,
            train_labels=labels,
            test_images=images,
            test_labels=labels,
            class_names=class_names,
            name=NO_DATASET,
        )

    @property
    def has_images(self) -> bool:
        """Whether there are any training images."""
        return len(self.train_images) > 0

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the file or files, or of the images and labels if there is none, in hexadecimal.

        Raises:
            ArrayFileError: The file cannot be read any more.
        """
        if self.file is not None:
            return sha256_of_dataset(self.file, self.files)
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

    @property
    def info(self) -> DatasetInfo:
        """What it is, without the images.

        Raises:
            ArrayFileError: As for `sha256`.
        """
        classes = len(self.class_names)
        return DatasetInfo(
            name=self.name,
            path="" if self.file is None else text_of(self.file.absolute()),
            sha256=self.sha256,
            image_shape=self.input_shape,
            class_names=self.class_names,
            train=tuple(np.bincount(self.train_labels, minlength=classes).tolist()),
            test=tuple(np.bincount(self.test_labels, minlength=classes).tolist()),
            remarks=self.remarks,
            largest_side=self.largest_side,
        )

    def examples(self, most: int) -> npt.NDArray[np.uint8]:
        """Returns the first training image of each of the first `most` classes, (K, H, W, C) uint8.

        It is black for a class without any; K is 0 without images.
        """
        count = min(most, len(self.class_names)) if self.has_images else 0
        examples = np.zeros((count, *self.input_shape), np.uint8)
        labels, first = np.unique(self.train_labels, return_index=True)
        examples[labels[labels < count]] = self.train_images[first[labels < count]]
        return examples

    def training_images_of(self, label: int) -> npt.NDArray[np.uint8]:
        """Returns every training image of `label`, (N_label, H, W, C) uint8, in the dataset's order."""
        images: npt.NDArray[np.uint8] = self.train_images[self.train_labels == label]
        return images


def to_float(images: npt.NDArray[np.uint8]) -> FloatArray:
    """Returns uint8 `images` as float32 in [0, 1], in the same shape."""
    return images.astype(np.float32) / np.float32(255)
