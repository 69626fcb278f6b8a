"""Images of a person's own files, as other datasets come: IDX, also packed by gzip, and ``.npz``."""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from fooler_gui.core.messages import FloatArray
from fooler_gui.engine.array_file import ArrayFileError, held_arrays, read_arrays
from fooler_gui.engine.dataset import to_float

_NAMES = ("images", "test_images", "x_test")
_GZIP, _ZIP = b"\x1f\x8b", b"PK"
_BYTES_OF_THREE = b"\x00\x00\x08\x03"
_BYTES_OF_FOUR = b"\x00\x00\x08\x04"


def read_image_set(path: Path, input_shape: tuple[int, int, int], most: int) -> FloatArray:
    """Returns the first images of a file as (N, H, W, C) float32 in [0, 1], 1 ≤ N ≤ `most`.

    An IDX file holds (N, H, W) or (N, H, W, C) bytes and may be packed by gzip. An ``.npz`` file holds the array
    images, test_images or x_test: bytes, or floating point numbers in [0, 1].

    Args:
        path: The file.
        input_shape: The (H, W, C) that the classifier expects.
        most: So many at most are read.

    Raises:
        ArrayFileError: It is neither, or is damaged, or its images have another shape or range.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(4)
        if beginning[:2] == _ZIP:
            return _from_npz(path, input_shape, most)
        if beginning[:2] == _GZIP:
            with gzip.open(path) as unpacked:
                return _from_idx(path, unpacked, input_shape, most)
        with path.open("rb") as file:
            return _from_idx(path, file, input_shape, most)
    except FileNotFoundError as error:
        raise ArrayFileError(f"There is no file {path}.") from error
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise ArrayFileError(f"{path} cannot be read: {reason}.") from error


def _from_idx(path: Path, file: IO[bytes] | gzip.GzipFile, input_shape: tuple[int, int, int], most: int) -> FloatArray:
    magic = file.read(4)
    if magic not in (_BYTES_OF_THREE, _BYTES_OF_FOUR):
        raise ArrayFileError(
            f"{path.name} must be an IDX file of images, also packed by gzip, or an .npz file; it is neither."
        )
    axes = magic[3]
    header = file.read(4 * axes)
    if len(header) < 4 * axes:
        raise ArrayFileError(f"{path.name} must be an intact IDX file; it ends in its header.")
    count, *shape = struct.unpack(f">{axes}I", header)
    _check_shape(path, (count, *shape), input_shape)
    wanted = min(count, most)
    size = int(np.prod(input_shape))
    content = file.read(wanted * size)
    if len(content) < wanted * size:
        raise ArrayFileError(
            f"{path.name} must hold the {count:,} images that its header tells of; it holds {len(content) // size:,}."
        )
    return to_float(np.frombuffer(content, np.uint8).reshape(wanted, *input_shape))


def _from_npz(path: Path, input_shape: tuple[int, int, int], most: int) -> FloatArray:
    held = held_arrays(path)
    name = next((name for name in _NAMES if name in held), _NAMES[0])
    (images,) = read_arrays(path, [name])
    _check_shape(path, images.shape, input_shape)
    images = images[:most].reshape(-1, *input_shape)
    if images.dtype == np.uint8:
        return to_float(images)
    if not np.issubdtype(images.dtype, np.floating):
        raise ArrayFileError(f"{path.name}: {name} must be bytes or floating point numbers; received {images.dtype}.")
    _check_range(path, name, images)
    return np.ascontiguousarray(images, np.float32)


def _check_shape(path: Path, shape: tuple[int, ...], input_shape: tuple[int, int, int]) -> None:
    height, width, channels = input_shape
    allowed = [input_shape, (height, width)] if channels == 1 else [input_shape]
    if not shape or shape[0] < 1 or tuple(shape[1:]) not in allowed:
        raise ArrayFileError(
            f"{path.name} must hold at least one image of {height} × {width} × {channels}; received the shape "
            f"{tuple(shape)}."
        )


def _check_range(path: Path, name: str, images: npt.NDArray[np.floating]) -> None:
    if not (images.min() >= 0 and images.max() <= 1):
        raise ArrayFileError(
            f"{path.name}: {name} must be in [0, 1]; received values from {images.min():g} to {images.max():g}."
        )
