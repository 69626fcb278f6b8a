"""What is in a folder from a stranger: links to folders apart, nothing hidden, and no more than can be real."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from fooler_gui.core.errors import reason_of
from fooler_gui.data.array_file import ArrayFileError

MAXIMUM_FILES = 2_000_000


class Entries(NamedTuple):
    """What is in a folder, each sorted by name.

    Attributes:
        folders: The folders.
        files: The ordinary files, also by links.
        links: Links to folders, which are not followed, and links to nothing.
    """

    folders: list[Path]
    files: list[Path]
    links: list[Path]


def entries_in(folder: Path) -> Entries:
    """Returns what is in `folder`.

    Raises:
        ArrayFileError: It cannot be read.
    """
    folders, files, links = [], [], []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith((".", "__MACOSX")):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(Path(entry.path))
                elif _is_file(entry):
                    files.append(Path(entry.path))
                elif entry.is_symlink():
                    links.append(Path(entry.path))
    except OSError as error:
        raise ArrayFileError(f"{folder} cannot be read: {reason_of(error)}.") from error
    return Entries(sorted(folders), sorted(files), sorted(links))


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
    return entries_in(folder).files


def entries_below(folder: Path) -> Entries:
    """Returns what is in `folder` and in all folders below it, folder by folder.

    Raises:
        ArrayFileError: One of them cannot be read.
    """
    below, waiting = Entries([], [], []), [folder]
    while waiting:
        found = entries_in(waiting.pop())
        for whole, part in zip(below, found, strict=True):
            whole.extend(part)
        waiting += reversed(found.folders)
    return below
