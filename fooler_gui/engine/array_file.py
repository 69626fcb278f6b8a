"""Reads arrays from ``.npz`` files that may come from strangers, and writes them so that no half is ever left."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy

from fooler_gui.core.errors import LabError
from fooler_gui.core.files import written_whole
from fooler_gui.core.messages import FloatArray
from fooler_gui.engine.zip_member import open_member

MAXIMUM_BYTES = 2**30


class ArrayFileError(LabError, ValueError):
    """A file cannot be used. Its text is one sentence that can be shown as it is."""


class MissingArray(ArrayFileError):
    """A file is intact so far, but does not hold an array."""


def held_arrays(path: Path) -> list[str]:
    """Returns the names of the arrays in the ``.npz`` file at `path`, in order.

    Raises:
        ArrayFileError: The file is missing, or is no intact ``.npz``.
    """
    with _archive(path) as archive:
        return _held(archive)


def read_arrays(path: Path, names: Sequence[str]) -> list[npt.NDArray[Any]]:
    """Returns the arrays called `names` of the ``.npz`` file at `path`, without ever unpickling.

    Raises:
        MissingArray: The file lacks an array.
        ArrayFileError: The file is missing, is no intact ``.npz``, or claims more than 1 GiB.
    """
    with _archive(path) as archive:
        held = _held(archive)
        missing = [name for name in names if name not in held]
        if missing:
            raise MissingArray(
                f"{path.name} must hold the array {missing[0]!r}; it holds {', '.join(held) or 'nothing'}."
            )
        size = sum(_claimed_bytes(archive, name) for name in names)
        if size > MAXIMUM_BYTES:
            raise ArrayFileError(f"{path.name} must unpack to at most 1 GiB; it unpacks to {size / 2**30:.1f} GiB.")
        return [_read_array(archive, name) for name in names]


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Opens the ``.npz`` file at `path`; whatever is wrong with it becomes one sentence."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except FileNotFoundError as error:
        raise ArrayFileError(f"There is no file {path}.") from error
    except IsADirectoryError as error:
        raise ArrayFileError(f"{path} must be an .npz file; it is a folder.") from error
    except PermissionError as error:
        raise ArrayFileError(f"{path} cannot be read: permission denied.") from error
    except ArrayFileError:
        raise
    except Exception as error:
        raise ArrayFileError(
            f"{path.name} must be an intact .npz file of plain arrays; it could not be read "
            f"({str(error) or type(error).__name__})."
        ) from error


def _held(archive: zipfile.ZipFile) -> list[str]:
    return sorted(name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy"))


def _claimed_bytes(archive: zipfile.ZipFile, name: str) -> int:
    """Returns the bytes that the header of an array claims, which is all that NumPy will make room for."""
    with open_member(archive, f"{name}.npy") as member:
        version = npy.read_magic(member)
        if version != (1, 0):  # later ones may have a header of gigabytes; NumPy uses them for tables alone
            raise ValueError(f"{name} is of format {version}")
        shape, _, dtype = npy.read_array_header_1_0(member)
    return math.prod(map(abs, shape)) * dtype.itemsize


def _read_array(archive: zipfile.ZipFile, name: str) -> npt.NDArray[Any]:
    with open_member(archive, f"{name}.npy") as member:
        array: npt.NDArray[Any] = npy.read_array(member, allow_pickle=False)
    return array


def read_images(path: Path, input_shape: tuple[int, int, int]) -> FloatArray:
    """Returns the array ``images`` of an ``.npz`` file as (N, H, W, C) float32 in [0, 1], N ≥ 1.

    Args:
        path: The file; its array is (N, H, W, C), or (N, H, W) where C is 1, of floating point numbers.
        input_shape: The (H, W, C) that the classifier expects.

    Raises:
        ArrayFileError: The file cannot be read, or its images have another shape, kind or range.
    """
    (images,) = read_arrays(path, ["images"])
    height, width, channels = input_shape
    if channels == 1 and images.ndim == 3:
        images = images[..., np.newaxis]
    if images.ndim != 4 or images.shape[1:] != input_shape or len(images) == 0:
        raise ArrayFileError(
            f"{path.name}: images must have the shape (N, {height}, {width}, {channels}) with N of "
            f"at least 1; received {images.shape}."
        )
    if not np.issubdtype(images.dtype, np.floating):
        raise ArrayFileError(f"{path.name}: images must be floating point numbers; received {images.dtype}.")
    if not (images.min() >= 0 and images.max() <= 1):
        raise ArrayFileError(
            f"{path.name}: images must be in [0, 1]; received values from {images.min():g} to {images.max():g}."
        )
    return np.ascontiguousarray(images, np.float32)


def write_arrays(path: Path, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
    """Writes `arrays` as a compressed ``.npz`` file, whole or not at all; a file at `path` is replaced.

    Raises:
        OSError: The folder is missing or cannot be written.
    """
    with written_whole(path) as temporary:
        np.savez_compressed(temporary, **arrays)  # type: ignore[arg-type]
