"""Reads arrays from untrusted ``.npz`` and ``.npy`` files, and writes files whole or not at all."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.errors import LabError
from fooler_gui.core.file_kind import ARRAYS, IMAGES, FileKind, Wanted, kind_of
from fooler_gui.core.files import written_whole
from fooler_gui.core.formats import format_above
from fooler_gui.data.pixel_range import clipped, range_problem
from fooler_gui.data.zip_member import open_member

MAXIMUM_BYTES = 2**30
MOST_PACKED = 100
"""How many times its size a dataset's file may unpack to, beyond `MAXIMUM_BYTES`; images deflate to a tenth or more."""

OpenArray = Callable[[], IO[bytes]]
"""Opens an array as an ``.npy`` stream at its beginning."""


class ArrayFileError(LabError, ValueError):
    """A file cannot be used."""


def read_image_array(path: Path, names: Sequence[str]) -> tuple[str, npt.NDArray[Any]]:
    """Returns the images in the ``.npz`` or ``.npy`` file at `path` and the array's name.

    In an ``.npz`` file they are the first of `names` that it holds, or its only array, whatever its name.

    Raises:
        ArrayFileError: The file is missing or damaged, claims more than 1 GiB, or holds several arrays but none of
            `names`.
    """
    with intact(path, IMAGES):
        if kind_of(path) is FileKind.NPY:
            return names[0], _read(path, names[0], lambda: path.open("rb"))
        with zipfile.ZipFile(path) as archive:
            held = held_arrays(archive)
            name = next((name for name in names if name in held), held[0] if len(held) == 1 else None)
            if name is None:
                raise missing_array(path, names[0], held)
            return name, _read(path, name, member_of(archive, name))


@contextmanager
def intact(path: Path, wanted: Wanted) -> Iterator[None]:
    """Turns any error of the file at `path` into one sentence."""
    try:
        other = wanted.other(path)
        if other:
            raise not_intact(path, f"it is {other}")
        yield
    except FileNotFoundError as error:
        raise ArrayFileError(f"There is no file {path}.") from error
    except OSError as error:
        raise ArrayFileError(f"{path} cannot be read: {error.strerror or error}.") from error
    except ArrayFileError:
        raise
    except Exception as error:
        raise not_intact(path, "it is none, or damaged") from error


def not_intact(path: Path, reason: str) -> ArrayFileError:
    """Returns the error to raise for a file that cannot be used for the `reason`."""
    return ArrayFileError(f"{path.name} must be {ARRAYS.words}; {reason}.")


def missing_array(path: Path, name: str, held: Sequence[str]) -> ArrayFileError:
    """Returns the error to raise for a file that lacks the array `name` and has those called `held`."""
    return ArrayFileError(f"{path.name} must hold the array {name!r}; it holds {', '.join(held) or 'nothing'}.")


def held_arrays(archive: zipfile.ZipFile) -> list[str]:
    """Returns the names of the arrays in `archive`, in order."""
    return sorted(name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy"))


def member_of(archive: zipfile.ZipFile, name: str) -> OpenArray:
    """Returns a function that opens the array `name` of `archive`."""
    return lambda: open_member(archive, f"{name}.npy")


def _read(path: Path, name: str, open_array: OpenArray) -> npt.NDArray[Any]:
    with open_array() as member:
        shape, _, dtype = read_header(path, name, member)
    size = math.prod(map(abs, shape)) * dtype.itemsize  # the most that NumPy will allocate
    if size > MAXIMUM_BYTES:
        raise too_large(path, size)
    with open_array() as member:
        array: npt.NDArray[Any] = npy.read_array(member, allow_pickle=False)
    return array


def too_large(path: Path, size: int) -> ArrayFileError:
    """Returns the error to raise for a file that claims to unpack to `size` bytes, more than is allowed."""
    return ArrayFileError(
        f"{path.name} must unpack to at most 1 GiB; it unpacks to {format_above(size / 2**30, 1, 1)} GiB."
    )


def read_header(path: Path, name: str, member: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Returns shape, whether columns come first, and type in the header of the array `name`; leaves it at the data.

    Raises:
        ArrayFileError: It is a table or holds Python objects.
    """
    version = npy.read_magic(member)
    if version != (1, 0):  # later ones may have a header of gigabytes; NumPy uses them only for tables
        raise not_intact(path, f"{name} is a table, or damaged")
    shape, columns_first, dtype = npy.read_array_header_1_0(member)
    if dtype.hasobject:
        raise not_intact(path, f"{name} holds Python objects, which are never opened, as code in them would run")
    return shape, columns_first, dtype


def read_images(path: Path, input_shape: tuple[int, int, int]) -> FloatArray:
    """Returns the images of an ``.npz`` or ``.npy`` file as (N, H, W, C) float32 in [0, 1], N ≥ 1.

    Args:
        path: The file; its array ``images``, or its only one, holds floating point numbers, (N, H, W, C), or (N, H, W)
        if
            C is 1.
        input_shape: The (H, W, C) that the classifier expects.

    Raises:
        ArrayFileError: The file cannot be read, or its images have another shape, kind or range.
    """
    name, images = read_image_array(path, ["images"])
    height, width, channels = input_shape
    if channels == 1 and images.ndim == 3:
        images = images[..., np.newaxis]
    if images.ndim != 4 or images.shape[1:] != input_shape or len(images) == 0:
        raise ArrayFileError(
            f"{path.name}: {name} must have the shape (N, {height}, {width}, {channels}) with N of "
            f"at least 1; received {images.shape}."
        )
    return checked_floats(path, name, images)


def checked_floats(path: Path, name: str, images: npt.NDArray[Any], allowed: str = "") -> FloatArray:
    """Returns the array `name` of the file at `path` as float32 in [0, 1]; `allowed` names other allowed types.

    Raises:
        ArrayFileError: It has another type or range.
    """
    if not np.issubdtype(images.dtype, np.floating):
        raise ArrayFileError(f"{path.name}: {name} must be {allowed}floating point numbers; received {images.dtype}.")
    problem = range_problem(images)
    if problem:
        raise ArrayFileError(f"{path.name}: {name} must be {problem}.")
    return clipped(images)


def write_images(path: Path, images: FloatArray) -> None:
    """Writes `images` (N, H, W, C) as a file that `read_images` reads; see `write_arrays`."""
    write_arrays(path, {"images": images})


def write_arrays(path: Path, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
    """Writes `arrays` as a compressed ``.npz`` file, whole or not at all; a file at `path` is replaced.

    Raises:
        OSError: The folder is missing or cannot be written.
    """
    with written_whole(path) as temporary:
        np.savez_compressed(temporary, **arrays)  # type: ignore[arg-type]
