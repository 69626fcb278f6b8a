"""The header of an IDX file, gzipped or not, and EMNIST's habit of storing images transposed."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from fooler_gui.core.errors import reason_of
from fooler_gui.core.file_kind import FileKind, kind_of
from fooler_gui.data.array_file import ArrayFileError

_BYTES = 8
_TYPES = {
    9: "signed bytes",
    11: "16-bit whole numbers",
    12: "32-bit whole numbers",
    13: "32-bit floating point numbers",
    14: "64-bit floating point numbers",
}
"""Data types of an IDX file by the number in its header, except `_BYTES`."""
_EMNIST = "emnist"


def is_emnist(name: str, path: Path) -> bool:
    """Returns whether a set is EMNIST or a part such as emnist-letters, by its name or that of its file."""
    return any(called.lower().startswith(_EMNIST) for called in (name, path.name))


def is_idx(path: Path) -> bool:
    """Returns whether the file at `path` is IDX; EMNIST's own are, and hold their images transposed.

    Raises:
        ArrayFileError: It cannot be read.
    """
    try:
        return kind_of(path) in (FileKind.IDX, FileKind.PACKED_IDX)
    except OSError as error:
        raise unreadable(path, error) from error


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes] | gzip.GzipFile]:
    """Yields the file at `path` opened for reading, unpacked if it is packed by gzip.

    Raises:
        ArrayFileError: It cannot be read, or reading it inside fails because it is cut short or damaged.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            if packed:
                with gzip.open(file) as unpacked:
                    yield unpacked
            else:
                yield file
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ArrayFileError(
            f"{path.name} must be an intact file packed by gzip; it is cut short or damaged."
        ) from error
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> ArrayFileError:
    """Returns the error to raise for a file that cannot be read."""
    if isinstance(error, FileNotFoundError):
        return ArrayFileError(f"There is no file {path}.")
    return ArrayFileError(f"{path} cannot be read: {reason_of(error)}.")


def read_idx_header(path: Path, file: IO[bytes] | gzip.GzipFile) -> tuple[int, ...]:
    """Returns the shape in the header of an IDX file of bytes, opened at its beginning, and leaves it at the data.

    Raises:
        ArrayFileError: The file ends in its header or holds something other than bytes.
    """
    _, _, kind, axes = file.read(4)
    header = file.read(4 * axes)
    if len(header) < 4 * axes:
        raise ArrayFileError(f"{path.name} must be an intact IDX file; it ends in its header.")
    if kind != _BYTES:
        raise ArrayFileError(f"{path.name} must hold unsigned bytes; it holds {_TYPES[kind]}.")
    return struct.unpack(f">{axes}I", header)
