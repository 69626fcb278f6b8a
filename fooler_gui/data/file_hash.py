"""The hash that identifies files and folders."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from fooler_gui.core.errors import reason_of
from fooler_gui.data.array_file import ArrayFileError


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 of the file at `path`, in hexadecimal.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of_dataset(path: Path, files: Sequence[Path] = ()) -> str:
    """Returns the SHA-256 of the dataset at `path`, in hexadecimal.

    Args:
        path: Its file or folder.
        files: All its files if they are several; the hash is then that of their names, as seen from the folder, and
            their contents. Empty for the file `path` alone.

    Raises:
        ArrayFileError: One of them cannot be read.
    """
    root = path if path.is_dir() else path.parent
    try:
        if not files:
            return sha256_of(path)
        hashes = {os.fsencode(file.relative_to(root).as_posix()): sha256_of(file) for file in files}
    except OSError as error:
        raise ArrayFileError(f"{error.filename or path} cannot be read: {reason_of(error)}.") from error
    together = hashlib.sha256()
    for name, content in sorted(hashes.items()):
        together.update(hashlib.sha256(name).digest() + bytes.fromhex(content))
    return together.hexdigest()
