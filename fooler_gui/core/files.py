"""Writes files whole or not at all, and never over another one unasked."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fooler_gui.core.write_errors import never_passes

TEMPORARY = ".fooler-"
"""Prefix of unfinished files and folders, short so that no name gets too long for the file system."""


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yields a temporary path beside `path`; what is written there becomes `path` on success and is deleted on error.

    Mode and owner of a replaced file are kept; if `path` is a link, its target is replaced.

    Raises:
        OSError: The folder is missing or cannot be written.
    """
    target = followed(path)
    former = _status_of(target)
    if former is not None and not stat.S_ISREG(former.st_mode):
        raise FileExistsError(errno.EEXIST, "something that is no ordinary file lies there", str(path))
    temporary = _made_beside(target, former)
    try:
        yield temporary
        _bring_to_disk(temporary)
        if former is not None:
            _take_over(temporary, former)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def followed(path: Path) -> Path:
    """Returns `path` with all links followed; it need not exist."""
    return Path(os.path.realpath(path))


def make_folder(path: Path) -> None:
    """Makes the folder `path`, or the target if it is a link, and missing parents.

    Raises:
        OSError: It cannot be made.
    """
    followed(path).mkdir(parents=True, exist_ok=True)


def free_path(path: Path) -> Path:
    """Returns `path`, or if it exists the first of ``name-2.png``, ``name-3.png`` … that does not."""
    return next(name for name in numbered(path) if not _is_taken(name))


def numbered(path: Path) -> Iterator[Path]:
    """Yields `path`, ``name-2.png``, ``name-3.png`` … without end."""
    yield path
    for number in itertools.count(2):
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")


@contextmanager
def folder_written_whole(path: Path) -> Iterator[Path]:
    """Yields a temporary folder beside `path`; it becomes `path` on success and is deleted on error.

    An existing folder at `path`, or at the end of its links, is replaced; its mode and owner are kept.

    Raises:
        OSError: The parent folder is missing or cannot be written.
    """
    target = followed(path)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=TEMPORARY) as around:
        unfinished, former = Path(around) / "new", Path(around) / "former"
        unfinished.mkdir()
        yield unfinished
        status = _status_of(target)
        if status is not None:
            _take_over(unfinished, status)
            target.rename(former)
        unfinished.rename(target)


def claimed_folder(wanted: Path) -> Path:
    """Returns `wanted` or a folder named as by `free_path` that no other process can get from this function.

    It is created, unless no folder can be created there at present.
    """
    return next(path for path in numbered(wanted) if claim_folder(path))


def claim_folder(path: Path) -> bool:
    """Makes the folder `path` and returns whether it now belongs to the caller alone.

    If no folder can be made at present, an unused name is the caller's without one.
    """
    try:
        path.mkdir(parents=True)
    except OSError:
        return not _is_taken(path)
    return True


def give_back_folder(path: Path) -> None:
    """Removes the folder `path` if it exists and is empty."""
    with contextlib.suppress(OSError):
        path.rmdir()


def file_size(path: Path) -> int:
    """Returns the bytes of the file `path`; 0 if there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _is_taken(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _made_beside(path: Path, former: os.stat_result | None) -> Path:
    """Makes an empty file with the umask's mode, limited to the mode of a `former` one."""
    mode = 0o666 if former is None else former.st_mode & 0o666 | 0o600
    while True:
        temporary = path.with_name(f"{TEMPORARY}{secrets.token_hex(4)}{path.suffix}")
        with contextlib.suppress(FileExistsError):
            os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
            return temporary


def _bring_to_disk(path: Path) -> None:
    with path.open("rb") as written:
        try:
            os.fsync(written.fileno())
        except OSError as error:
            if not never_passes(error):  # a file system that cannot sync is no reason to lose the file
                raise


def _status_of(path: Path) -> os.stat_result | None:
    """Returns the status of what is at `path`; None if there is nothing."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _take_over(path: Path, former: os.stat_result) -> None:
    """Gives `path` the owner and mode of what it replaces, as far as the file system allows."""
    present = path.stat()
    if hasattr(os, "chown") and (present.st_uid, present.st_gid) != (former.st_uid, former.st_gid):
        with contextlib.suppress(OSError):
            os.chown(path, former.st_uid, former.st_gid)
    if path.stat().st_mode != former.st_mode:
        with contextlib.suppress(OSError):
            path.chmod(stat.S_IMODE(former.st_mode))
