"""Room for the images of a dataset: in memory, or in a file that is read through a memory map."""

from __future__ import annotations

import atexit
import contextlib
import math
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy

from fooler_gui.core.errors import reason_of
from fooler_gui.core.files import written_whole
from fooler_gui.core.formats import format_bytes
from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.memory import memory_bytes

Images = npt.NDArray[np.uint8]
Fill = Callable[[tuple[Images, ...]], None]
"""Writes all images to arrays."""

_SHARE = 4


def most_in_memory() -> int:
    """Returns the most bytes of images that are held in memory: a quarter of this machine's."""
    return memory_bytes() // _SHARE


class ImageStore:
    """Gives out the arrays that the images of a dataset are written to.

    Args:
        most_bytes: The most bytes of images to hold in memory.
        cache: The folder for larger ones, made if missing; None for a temporary one that goes when the program ends.
        key: What their files are called there, which says all that the images depend on.
    """

    def __init__(self, most_bytes: int, cache: Path | None, key: Callable[[], str]) -> None:
        self._most_bytes = most_bytes
        self._cache = cache
        self._key = key

    def filled(self, shapes: Sequence[tuple[int, ...]], fill: Fill) -> tuple[Images, ...]:
        """Returns read-only uint8 arrays of `shapes`, written by `fill`; those in a file from before are not rewritten.

        Raises:
            ArrayFileError: The file cannot be written.
        """
        if self.fits(shapes):
            arrays = tuple(np.empty(shape, np.uint8) for shape in shapes)
            fill(arrays)
            for array in arrays:
                array.setflags(write=False)
            return arrays
        folder = self._folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            paths = [folder / f"{self._key()}-{number}.npy" for number, _ in enumerate(shapes)]
            if not all(map(_holds, paths, shapes)):
                _check_room(folder, sum(map(math.prod, shapes)))
                _write(paths, shapes, fill)
            return tuple(npy.open_memmap(path, mode="r") for path in paths)
        except OSError as error:
            raise ArrayFileError(
                f"The images do not fit into a quarter of the memory and cannot be written to {folder}: "
                f"{reason_of(error)}."
            ) from error

    def fits(self, shapes: Sequence[tuple[int, ...]]) -> bool:
        """Returns whether images of `shapes` are held in memory."""
        return sum(map(math.prod, shapes)) <= self._most_bytes

    def _folder(self) -> Path:
        if self._cache is None:
            folder = tempfile.mkdtemp(prefix="fooler-")
            atexit.register(shutil.rmtree, folder, ignore_errors=True)
            self._cache = Path(folder)
        return self._cache


def _holds(path: Path, shape: tuple[int, ...]) -> bool:
    """Returns whether the file at `path` is an array of bytes of `shape`."""
    try:
        array = npy.open_memmap(path, mode="r")
    except (OSError, ValueError):
        return False
    return array.shape == shape and array.dtype == np.uint8


def _check_room(folder: Path, size: int) -> None:
    """Refuses `size` bytes if they do not fit into `folder`: where a memory map meets a full disk, the program ends."""
    free = shutil.disk_usage(folder).free
    if size > free:
        raise ArrayFileError(
            f"The images take {format_bytes(size)}, which do not fit into a quarter of the memory; {folder} must have "
            f"room for them; it has {format_bytes(free)}."
        )


def _write(paths: Sequence[Path], shapes: Sequence[tuple[int, ...]], fill: Fill) -> None:
    with contextlib.ExitStack() as stack:
        unfinished = [stack.enter_context(written_whole(path)) for path in paths]
        arrays = tuple(
            npy.open_memmap(path, "w+", np.uint8, shape) for path, shape in zip(unfinished, shapes, strict=True)
        )
        fill(arrays)
        for array in arrays:
            array.flush()
