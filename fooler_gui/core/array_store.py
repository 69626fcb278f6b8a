"""A bounded folder of arrays that can be made anew, kept to save time. Needs no TensorFlow."""

from __future__ import annotations

import mmap
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = dict[str, npt.NDArray[Any]]

MOST_BYTES = 4 * 10**9
"""The most bytes that a store takes unless told otherwise."""

_ENDING = ".npy"
_HEADER = 128
_UNFINISHED = "unfinished-"


def drop_pages(array: npt.NDArray[Any]) -> None:
    """Frees the memory that an `array` read through a memory map takes; what is needed again is read again.

    Other arrays stay as they are, and so does every array where the system has no such advice (Windows).
    """
    base: object = array
    while isinstance(base, np.ndarray):
        base = base.base
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)


class ArrayStore:
    """A folder of arrays by key, bounded: the entries that were not used for longest go first.

    It only saves time: what cannot be read is made anew, and what cannot be written is not kept.

    Args:
        folder: Made when first written to; nothing is kept in a relative one, which stands for a missing home.
        most_bytes: The most bytes that all entries may take together.

    Attributes:
        most_bytes: See above.
    """

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self.most_bytes = most_bytes

    def read(self, key: str) -> Arrays | None:
        """Returns the arrays kept as `key`, read-only, through memory maps; None if there are none."""
        entry = self._folder / key
        try:
            arrays = {
                path.name.removesuffix(_ENDING): np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
                for path in entry.iterdir()
            }
            os.utime(entry)
        except (EOFError, OSError, ValueError):
            return None
        return arrays

    def write(self, key: str, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Keeps `arrays` as `key`, unless they take more than is allowed or than the disk has room for."""
        size = sum(array.nbytes + _HEADER for array in arrays.values())
        if size > self.most_bytes or not self._folder.is_absolute():
            return
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._make_room(size)
            if shutil.disk_usage(self._folder).free < 2 * size:
                return
            self._write(self._folder / key, arrays)

    def bytes_kept(self) -> int:
        """Returns how many bytes all entries take."""
        return sum(size for _, size in self._entries())

    def clear(self) -> None:
        """Deletes all entries.

        Raises:
            OSError: One cannot be deleted.
        """
        if self._folder.exists():
            shutil.rmtree(self._folder)

    def _write(self, entry: Path, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self._folder))
        try:
            for name, array in arrays.items():
                np.save(unfinished / f"{name}{_ENDING}", array, allow_pickle=False)
            shutil.rmtree(entry, ignore_errors=True)
            unfinished.replace(entry)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)

    def _make_room(self, size: int) -> None:
        entries = sorted(self._entries(), key=lambda entry: entry[0].stat().st_mtime)
        kept = sum(taken for _, taken in entries)
        for entry, taken in entries:
            if kept + size <= self.most_bytes:
                return
            shutil.rmtree(entry)
            kept -= taken

    def _entries(self) -> list[tuple[Path, int]]:
        """Returns the folder of each entry that can be read, also of one that was broken off, and its bytes.

        Another process may delete entries meanwhile.
        """
        entries = []
        with suppress(OSError):
            for entry in self._folder.iterdir():
                with suppress(OSError):
                    entries.append((entry, sum(path.stat().st_size for path in entry.iterdir())))
        return entries
