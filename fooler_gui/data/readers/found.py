"""What a reader finds: the parts of a dataset, whose images are read one chunk after another."""

from __future__ import annotations

import enum
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fooler_gui.data.array_file import ArrayFileError

Array = npt.NDArray[Any]
IMAGES_A_CHUNK = 1_000
MAXIMUM_IMAGES = 10_000_000
"""The most images of a dataset; their labels and places alone then take a gigabyte."""

_BYTES_A_CHUNK = 2**25


class Role(enum.Enum):
    """What a part is for; each value is the word for it."""

    TRAIN = "training"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """Labelled images of one part of a dataset.

    Attributes:
        role: What they are for.
        labels: (N,), numbers or names of classes.
        shape: (height, width, channels) of every image.
        chunks: Returns an iterator over all images in order, as (n, H, W, C) arrays of numbers; may be called again.
        span: The (lowest, highest) value that pixels can have; None for uint8 images, which are taken as they are.
    """

    role: Role
    labels: Array
    shape: tuple[int, int, int]
    chunks: Callable[[], Iterator[Array]]
    span: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Found:
    """A dataset as a reader found it.

    Attributes:
        name: A short name to show.
        parts: Its parts.
        class_names: The names in order of the labels' numbers; () if the data have none.
        files: All files that belong to it, if they are several.
        remarks: What is converted on the way, in sentences.
    """

    name: str
    parts: tuple[Part, ...]
    class_names: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    remarks: tuple[str, ...] = ()


def shape_of_pixels(count: int) -> tuple[int, int, int] | None:
    """Returns the shape of an image of `count` pixel values: square, grey or with three channels; None if neither."""
    for channels in (1, 3):
        side = math.isqrt(count // channels)
        if side and channels * side * side == count:
            return side, side, channels
    return None


def shape_in_words(shape: tuple[int, ...]) -> str:
    """Returns ``28 × 28 × 1``."""
    return " × ".join(map(str, shape))


def images_a_chunk(shape: tuple[int, ...]) -> int:
    """Returns how many images of `shape` to read at a time."""
    return max(1, min(IMAGES_A_CHUNK, _BYTES_A_CHUNK // max(1, math.prod(shape))))


def check_count(name: str, count: int) -> None:
    """Refuses more than `MAXIMUM_IMAGES`.

    Args:
        name: What to call their file in an error.
        count: The number of images.

    Raises:
        ArrayFileError: There are more.
    """
    if count > MAXIMUM_IMAGES:
        raise ArrayFileError(f"{name} must hold at most {MAXIMUM_IMAGES:,} images; it holds {count:,}.")


def whole_labels(name: str, labels: Array, count: int) -> npt.NDArray[np.int64]:
    """Returns the labels of `count` images as (N,) whole numbers.

    Args:
        name: What to call them in an error.
        labels: (N,), (N, 1) or one-hot (N, K), of any type whose values are whole numbers.
        count: N.

    Raises:
        ArrayFileError: They are something else.
    """
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    is_one_hot = labels.ndim == 2
    if labels.ndim not in (1, 2) or len(labels) != count or labels.dtype.kind not in "uifb":
        raise ArrayFileError(
            f"{name} must be one whole number for each of the {count:,} images, or one-hot; received {labels.dtype} "
            f"of shape {labels.shape}."
        )
    if is_one_hot:
        if not (((labels == 0) | (labels == 1)).all() and (labels.sum(axis=1) == 1).all()):
            raise ArrayFileError(f"{name} must name one class for each image; some images have several, or none.")
        classes: npt.NDArray[np.int64] = labels.argmax(axis=1).astype(np.int64)
        return classes
    if labels.dtype.kind == "f" and not (np.isfinite(labels) & (labels == np.floor(labels))).all():
        raise ArrayFileError(f"{name} must be whole numbers; some are not.")
    if len(labels) and not -(2**31) <= labels.min() <= labels.max() < 2**31:
        raise ArrayFileError(f"{name} must be numbers of classes; received one of {labels.max()}.")
    return labels.astype(np.int64)
