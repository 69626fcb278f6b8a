"""The one check whether something can be written, made before anything is computed; it leaves no trace.

The write is tried beside the target under a name of its own, so that no program that makes or looks for the target
meets it.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
from pathlib import Path

from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.core.files import TEMPORARY, followed
from fooler_gui.core.write_errors import says_too_large

_MOUNTS = Path("/proc/self/mountinfo")
"""Where Linux lists mounts; the fifth word of each line is the mount point."""

_OCTAL = re.compile(rb"\\([0-7]{3})")


class NotWritable(LabError, ValueError):
    """Something cannot be written."""


def check_folder(path: Path) -> None:
    """Checks that files can be written in the folder `path`, which need not exist.

    Raises:
        NotWritable: They cannot.
    """
    target = followed(path)
    try:
        if target.is_symlink():
            target.stat()  # raises, as the link is circular
        existing = next(folder for folder in (target, *target.parents) if folder.exists())
    except OSError as error:
        raise _refusal(path, error) from error
    if not existing.is_dir():
        raise NotWritable(f"{path} must be a folder or a path for a new one; {existing} is a file.")
    _try(existing, target.relative_to(existing) / "x", path, 0)


def check_file(path: Path, size: int = 0) -> None:
    """Checks that the file `path` can be written; its folder must exist.

    Args:
        path: The file, which may exist and be replaced.
        size: Its expected size in bytes, if known.

    Raises:
        NotWritable: It cannot.
    """
    target = followed(path)
    if os.path.isfile(target) and _is_mounted(target):
        raise NotWritable(f"{path} must be a file that can be replaced; it is a mount point, so name another one.")
    _try(target.parent, Path(target.name), path, size)
    try:
        with target.open("r+b"):
            pass
    except (FileNotFoundError, IsADirectoryError):
        pass
    except OSError as error:
        if error.errno != errno.EACCES:  # a read-only file may still be replaced, unless it is immutable
            raise _refusal(path, error) from error


def _is_mounted(file: Path) -> bool:
    """Returns whether `file` itself is a mount point, as single files in containers may be."""
    try:
        mounts = _MOUNTS.read_bytes().splitlines()
    except OSError:
        return os.path.ismount(file)
    places = {_OCTAL.sub(lambda sign: bytes([int(sign[1], 8)]), mount.split()[4]) for mount in mounts}
    return os.fsencode(file.resolve()) in places


def _try(folder: Path, inside: Path, wanted: Path, size: int) -> None:
    """Writes a file of `size` bytes at the same depth in a folder of its own in `folder`."""
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=TEMPORARY) as around:
            trial = Path(around, inside)
            trial.parent.mkdir(parents=True, exist_ok=True)
            with trial.open("wb") as file:
                file.write(b"\0")
                file.flush()
                _try_size(file.fileno(), size)
    except OSError as error:
        raise _refusal(wanted, error, size) from error


def _try_size(file: int, size: int) -> None:
    try:
        os.truncate(file, size)
    except OSError as error:
        if says_too_large(error):  # some file systems cannot extend a file without writing
            raise


def _refusal(wanted: Path, error: OSError, size: int = 0) -> NotWritable:
    if says_too_large(error):
        return NotWritable(f"{wanted} must be on a file system that allows files of {size:,} bytes; this one is not.")
    if error.errno == errno.ENAMETOOLONG:
        return NotWritable(f"{wanted} must have a name that the file system allows; this one is too long.")
    return NotWritable(f"Nothing can be written to {wanted}: {reason_of(error)}.")
