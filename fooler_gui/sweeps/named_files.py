"""The files that a sweep's options name: where they lie, and what is in them."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from fooler_gui.core.errors import reason_of
from fooler_gui.sweeps.sweep_spec import Cell, Options, SweepError, SweepSpec

Change = Callable[[str, Path], Path]
"""Takes an option's name and a path that is given to it; returns another path."""


class Naming(NamedTuple):
    """What is known of options that name files.

    Attributes:
        with_paths: Returns the options of a job with every path changed; a function that a process can import.
        members: Returns all files that belong to a file or folder given to an option, which is among them if it is a
            file. They lie beside or below it. Raises a `LabError` if it is missing.
    """

    with_paths: Callable[[str, Mapping[str, Any], Change], Options]
    members: Callable[[str, Path], tuple[Path, ...]]


NO_FILES = Naming(lambda _job, options, _change: dict(options), lambda _option, path: (path,))
"""Takes no option for the name of a file."""


class NamedFiles:
    """The files that the options of a sweep name.

    Args:
        spec: The sweep.
        naming: Tells which options name files.

    Attributes:
        hashes: The SHA-256 of each file or folder and of what belongs to it, by its path as the sweep gives it.

    Raises:
        LabError: One is missing or cannot be read.
    """

    def __init__(self, spec: SweepSpec, naming: Naming = NO_FILES) -> None:
        self._folder, self._naming = spec.folder, naming
        self.hashes: dict[str, str] = {}
        for name, value in spec.values():
            naming.with_paths(spec.job, {name: value}, self._note)

    @property
    def are_relative(self) -> bool:
        """Whether one is given by a path that begins at the sweep's folder of files."""
        return any(not Path(path).is_absolute() for path in self.hashes)

    def located(self, cell: Cell) -> Options:
        """Returns the options of a cell with absolute paths."""
        return self._naming.with_paths(cell.job, cell.options, lambda _option, path: self._folder / path)

    def hash_of(self, cell: Cell) -> str:
        """Returns the hash of a cell, for which files are what they hold, wherever they lie."""
        options = self._naming.with_paths(cell.job, cell.options, lambda _option, path: Path(self.hashes[str(path)]))
        return dataclasses.replace(cell, options=options).hash

    def _note(self, option: str, path: Path) -> Path:
        if str(path) not in self.hashes:
            located = self._folder / path
            members = self._naming.members(option, located)
            self.hashes[str(path)] = _hash_of(members, located if located.is_dir() else located.parent)
        return path


def _hash_of(files: tuple[Path, ...], folder: Path) -> str:
    """Returns the SHA-256 of the contents of `files` and, if they are several, of their names as seen from `folder`."""
    whole = hashlib.sha256()
    for file in sorted(files):
        try:
            with file.open("rb") as opened:
                content = hashlib.file_digest(opened, "sha256").digest()
        except OSError as error:
            raise SweepError(f"{file} cannot be read: {reason_of(error)}.") from error
        if len(files) == 1:
            return content.hex()
        whole.update(hashlib.sha256(os.fsencode(file.relative_to(folder).as_posix())).digest() + content)
    return whole.hexdigest()
