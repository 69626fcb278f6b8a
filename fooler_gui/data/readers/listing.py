"""What is in a folder from a stranger: no links to folders, nothing hidden, and no more than can be real."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from fooler_gui.core.errors import reason_of
from fooler_gui.data.array_file import ArrayFileError

MAXIMUM_FILES = 2_000_000


def entries_in(folder: Path) -> tuple[list[Path], list[Path]]:
    """Returns the folders and the ordinary files in `folder`, each sorted by name; links to folders are neither.

    Raises:
        ArrayFileError: It cannot be read.
    """
    folders, files = [], []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith((".", "__MACOSX")):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(Path(entry.path))
                elif _is_file(entry):
                    files.append(Path(entry.path))
    except OSError as error:
        raise ArrayFileError(f"{folder} cannot be read: {reason_of(error)}.") from error
    return sorted(folders), sorted(files)


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that goes round in circles
        return False


def files_in(folder: Path) -> list[Path]:
    """Returns the ordinary files in `folder`, sorted by name.

    Raises:
        ArrayFileError: It cannot be read.
    """
    return entries_in(folder)[1]


def files_below(folder: Path) -> Iterator[Path]:
    """Yields the files in `folder` and in all folders below it, in order.

    Raises:
        ArrayFileError: One of them cannot be read.
    """
    waiting = [folder]
    while waiting:
        folders, files = entries_in(waiting.pop())
        yield from files
        waiting += reversed(folders)
