"""Files that are written whole or not at all, and never over another one unasked."""

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
"""What the names of unfinished files and folders begin with. They are short, as no name may be too long for a disk."""


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Gives a temporary path beside `path`; what was written there becomes `path` at the end, or vanishes.

    A file that is replaced hands on its mode and owner; where `path` is a link, what it leads to is replaced.

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
    """Returns where `path` lies in the end, all links followed; nothing need be there."""
    return Path(os.path.realpath(path))


def make_folder(path: Path) -> None:
    """Makes the folder `path`, or that which it leads to as a link, and those around it, where they are missing.

    Raises:
        OSError: It cannot be made.
    """
    followed(path).mkdir(parents=True, exist_ok=True)


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

    A folder that `path` names already, or leads to as a link, is replaced, and hands on its mode and owner.

    Raises:
        OSError: The folder around it is missing or cannot be written.
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


def _made_beside(path: Path, former: os.stat_result | None) -> Path:
    """Makes an empty file, of the mode that the umask leaves or, beside a `former` one, of no more than its mode."""
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
            if not never_passes(error):  # a file system that cannot be told to is no reason to lose the file
                raise


def _status_of(path: Path) -> os.stat_result | None:
    """Returns the status of what is at `path`; None where there is nothing."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _take_over(path: Path, former: os.stat_result) -> None:
    """Gives `path` owner and mode of what it replaces, as far as the file system knows of such and lets us."""
    present = path.stat()
    if hasattr(os, "chown") and (present.st_uid, present.st_gid) != (former.st_uid, former.st_gid):
        with contextlib.suppress(OSError):
            os.chown(path, former.st_uid, former.st_gid)
    if path.stat().st_mode != former.st_mode:
        with contextlib.suppress(OSError):
            path.chmod(stat.S_IMODE(former.st_mode))
