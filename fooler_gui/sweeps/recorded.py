"""What a cell records: a run, rounds, or a classifier with the record of its training beside it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from fooler_gui.records.training_record import training_folder


def recorded_names(path: Path) -> tuple[str, ...]:
    """Returns the names of what a cell that records into `path` may write beside each other."""
    return path.name, training_folder(path).name


def recorded_files(path: Path) -> Iterator[Path]:
    """Yields all files that a cell that recorded into `path` has written."""
    for entry in _entries(path):
        yield from (entry,) if entry.is_file() else (file for file in entry.rglob("*") if file.is_file())


def recorded_bytes(path: Path) -> int:
    """Returns how much a cell that recorded into `path` has written."""
    return sum(file.stat().st_size for file in recorded_files(path))


def remove_recorded(path: Path) -> None:
    """Removes what a cell recorded into `path`; another process may do so at the same time.

    Raises:
        OSError: It cannot be removed.
    """
    for entry in _entries(path):
        with suppress(FileNotFoundError):
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _entries(path: Path) -> tuple[Path, ...]:
    return tuple(entry for name in recorded_names(path) if (entry := path.with_name(name)).exists())
