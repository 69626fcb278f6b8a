"""Images in a user's own files, in the formats of other datasets: IDX, gzipped or not, ``.npz`` and ``.npy``."""

from __future__ import annotations

import gzip
import math
from pathlib import Path
from typing import IO

import numpy as np

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.file_kind import IMAGE_SET, FileKind, Wanted, kind_of
from fooler_gui.data.array_file import ArrayFileError, checked_floats, read_image_array
from fooler_gui.data.dataset import to_float
from fooler_gui.data.idx_file import opened, read_idx_header, unreadable

_NAMES = ("images", "test_images", "x_test")


def read_image_set(
    path: Path, input_shape: tuple[int, int, int], most: int, *, is_transposed: bool = False
) -> FloatArray:
    """Returns the first images of a file as (N, H, W, C) float32 in [0, 1], 1 ≤ N ≤ `most`.

    An IDX file holds (N, H, W) or (N, H, W, C) bytes and may be gzipped. An ``.npz`` file holds the array images,
    test_images or x_test, or a single one under any name, an ``.npy`` file one: bytes, or floating point numbers in
    [0, 1].

    Args:
        path: The file.
        input_shape: The (H, W, C) that the classifier expects.
        most: The most images to read.
        is_transposed: Whether the file holds the images transposed; they are turned upright.

    Raises:
        ArrayFileError: It is no such file or damaged, or its images have another shape or range.
    """
    height, width, channels = input_shape
    shape = (width, height, channels) if is_transposed else input_shape
    images = _read(path, shape, most)
    return np.ascontiguousarray(images.swapaxes(1, 2)) if is_transposed else images


def kind_among(wanted: Wanted, path: Path) -> FileKind:
    """Returns what the file at `path` is, as far as its first bytes tell.

    Raises:
        ArrayFileError: It cannot be read, or is something other than what is `wanted`.
    """
    try:
        other, kind = wanted.other(path), kind_of(path)
    except OSError as error:
        raise unreadable(path, error) from error
    if other:
        raise ArrayFileError(f"{path.name} must be {wanted.words}; it is {other}.")
    return kind


def _read(path: Path, input_shape: tuple[int, int, int], most: int) -> FloatArray:
    match kind_among(IMAGE_SET, path):
        case FileKind.NPZ | FileKind.NPY:
            return _from_arrays(path, input_shape, most)
        case FileKind.IDX | FileKind.PACKED_IDX:
            with opened(path) as file:
                return _from_idx(path, file, input_shape, most)
    raise ArrayFileError(f"{path.name} must be {IMAGE_SET.words}; it is none, or damaged.")


def _from_idx(path: Path, file: IO[bytes] | gzip.GzipFile, input_shape: tuple[int, int, int], most: int) -> FloatArray:
    count, *shape = read_idx_header(path, file)
    if not shape:
        raise ArrayFileError(f"{path.name} must be an IDX file of images; it is one of {count:,} labels.")
    _check_shape(path, (count, *shape), input_shape)
    wanted = min(count, most)
    size = math.prod(input_shape)
    content = file.read(wanted * size)
    if len(content) < wanted * size:
        raise ArrayFileError(
            f"{path.name} must hold the {count:,} images that its header claims; it holds {len(content) // size:,}."
        )
    return to_float(np.frombuffer(content, np.uint8).reshape(wanted, *input_shape))


def _from_arrays(path: Path, input_shape: tuple[int, int, int], most: int) -> FloatArray:
    name, images = read_image_array(path, _NAMES)
    _check_shape(path, images.shape, input_shape)
    images = images[:most].reshape(-1, *input_shape)
    return to_float(images) if images.dtype == np.uint8 else checked_floats(path, name, images, "bytes or ")


def _check_shape(path: Path, shape: tuple[int, ...], input_shape: tuple[int, int, int]) -> None:
    height, width, channels = input_shape
    allowed = [input_shape, (height, width)] if channels == 1 else [input_shape]
    if not shape or shape[0] < 1 or tuple(shape[1:]) not in allowed:
        raise ArrayFileError(
            f"{path.name} must hold at least one image of {height} × {width} × {channels}; received the shape "
            f"{tuple(shape)}."
        )
