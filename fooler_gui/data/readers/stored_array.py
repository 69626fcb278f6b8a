"""An array of an ``.npz`` file that is read one chunk after another, so that it never needs to fit into memory."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy

from fooler_gui.core.file_kind import ARRAYS
from fooler_gui.data.array_file import (
    MAXIMUM_BYTES,
    MOST_PACKED,
    held_arrays,
    intact,
    member_of,
    not_intact,
    read_header,
    too_large,
)
from fooler_gui.data.readers.found import Array, images_a_chunk


def names_in(path: Path) -> tuple[str, ...]:
    """Returns the names of the arrays in the ``.npz`` file at `path`.

    Raises:
        ArrayFileError: It is missing or damaged.
    """
    with intact(path, ARRAYS), zipfile.ZipFile(path) as archive:
        return tuple(held_arrays(archive))


@dataclass(frozen=True, kw_only=True)
class StoredArray:
    """An array of an ``.npz`` file.

    Attributes:
        path: The file.
        name: The array's name.
        shape: Its shape, at least one axis.
        dtype: Its type.
        columns_first: Whether it is stored in Fortran's order.
    """

    path: Path
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    columns_first: bool

    @classmethod
    def of(cls, path: Path, name: str) -> StoredArray:
        """Returns the array `name` of the file at `path`, of which only the header is read.

        Raises:
            ArrayFileError: It cannot be used, or claims a size that no real file has.
        """
        with intact(path, ARRAYS), zipfile.ZipFile(path) as archive:
            with member_of(archive, name)() as member:
                shape, columns_first, dtype = read_header(path, name, member)
            packed = archive.getinfo(f"{name}.npy").compress_size
        size = math.prod(map(abs, shape)) * dtype.itemsize
        if size > (MAXIMUM_BYTES if columns_first else max(MAXIMUM_BYTES, MOST_PACKED * packed)):
            raise too_large(path, size)
        if not shape or min(shape) < 0:
            raise not_intact(path, f"{name} has no usable shape")
        return cls(path=path, name=name, shape=shape, dtype=dtype, columns_first=columns_first)

    def chunks(self) -> Iterator[Array]:
        """Yields the array along its first axis.

        Raises:
            ArrayFileError: It is cut short or damaged.
        """
        count, *rest = self.shape
        step, size = images_a_chunk(tuple(rest)), math.prod(rest) * self.dtype.itemsize
        with (
            intact(self.path, ARRAYS),
            zipfile.ZipFile(self.path) as archive,
            member_of(archive, self.name)() as member,
        ):
            if self.columns_first:
                yield npy.read_array(member, allow_pickle=False)
                return
            read_header(self.path, self.name, member)
            for start in range(0, count, step):
                rows = min(step, count - start)
                content = member.read(rows * size)
                if len(content) < rows * size:
                    raise not_intact(self.path, f"{self.name} is cut short")
                yield np.frombuffer(content, self.dtype).reshape(rows, *rest)

    def whole(self) -> Array:
        """Returns the array.

        Raises:
            ArrayFileError: It is cut short, damaged or larger than 1 GiB.
        """
        if math.prod(self.shape) * self.dtype.itemsize > MAXIMUM_BYTES:
            raise too_large(self.path, math.prod(self.shape) * self.dtype.itemsize)
        return np.concatenate([np.empty((0, *self.shape[1:]), self.dtype), *self.chunks()])
