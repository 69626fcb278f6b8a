"""Files that are written whole or not at all, and never over another one unasked."""

from __future__ import annotations

import contextlib
import itertools
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Gives a temporary path beside `path`; what was written there becomes `path` at the end, or vanishes.

    Raises:
        OSError: The folder is missing or cannot be written.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def free_path(path: Path) -> Path:
    """Returns `path`, or, when it exists, the first of ``name-2.png``, ``name-3.png`` … that does not."""
    return next(name for name in numbered(path) if not _is_taken(name))


def numbered(path: Path) -> Iterator[Path]:
    """Yields `path`, ``name-2.png``, ``name-3.png`` …, without an end."""
    yield path
    for number in itertools.count(2):
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")


@contextmanager
def folder_written_whole(path: Path) -> Iterator[Path]:
    """Gives a temporary folder beside `path`; with what was written there it becomes `path` at the end, or vanishes.

    A folder that `path` names already is replaced.

    Raises:
        OSError: The folder around it is missing or cannot be written.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as around:
        unfinished, former = Path(around) / "new", Path(around) / "former"
        unfinished.mkdir()
        yield unfinished
        if path.exists():
            path.rename(former)
        unfinished.rename(path)


def claimed_folder(wanted: Path) -> Path:
    """Returns `wanted`, or a folder named as by `free_path`, which no other program has got from this function.

    It is made already, unless no folder can be made there at present.
    """
    return next(path for path in numbered(wanted) if claim_folder(path))


def claim_folder(path: Path) -> bool:
    """Makes the folder `path`, and tells whether it is the caller's, and nobody else's.

    Where no folder can be made at present, a name that nothing bears is the caller's without one.
    """
    try:
        path.mkdir(parents=True)
    except OSError:
        return not _is_taken(path)
    return True


def give_back_folder(path: Path) -> None:
    """Removes the folder `path` if it is there and nothing is in it."""
    with contextlib.suppress(OSError):
        path.rmdir()


def _is_taken(path: Path) -> bool:
    return path.exists() or path.is_symlink()
