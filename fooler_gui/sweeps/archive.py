"""Files and folders as bytes: a ZIP archive in memory, the same for the same contents."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Iterable
from pathlib import Path, PurePosixPath

from fooler_gui.core.errors import LabError, reason_of


class ArchiveRefused(LabError, ValueError):
    """Files cannot be packed or unpacked."""


def packed(files: Iterable[Path], folder: Path) -> bytes:
    """Returns `files`, which lie beneath `folder`, with their paths from there.

    Raises:
        ArchiveRefused: One cannot be read.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file in sorted(files):
            try:
                archive.writestr(zipfile.ZipInfo(file.relative_to(folder).as_posix()), file.read_bytes())
            except OSError as error:
                raise ArchiveRefused(f"{file} cannot be read: {reason_of(error)}.") from error
    return buffer.getvalue()


def unpack(data: bytes, folder: Path, names: Collection[str] | None = None) -> None:
    """Writes the files that were packed as `data` into `folder`, or none of them.

    Args:
        data: From `packed`, or anything.
        folder: The folder, which exists.
        names: Of what may come to lie in the folder itself; None for any.

    Raises:
        ArchiveRefused: It is no such archive, or a path in it leads elsewhere.
        OSError: A file cannot be written.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                _check(name, names)
            archive.extractall(folder)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ArchiveRefused(f"What was received is no archive of files: {reason_of(error)}.") from error


def _check(name: str, names: Collection[str] | None) -> None:
    parts = PurePosixPath(name).parts
    leads_away = not parts or ".." in parts or name.startswith("/") or "\\" in name or ":" in name
    if leads_away or (names is not None and parts[0] not in names):
        raise ArchiveRefused(f"What was received must hold what a cell records; it holds {name!r}.")
