"""Moves folders to the system's trash, and restores them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFile

from fooler_gui.core.errors import LabError
from fooler_gui.core.path_text import is_text


class TrashError(LabError):
    """A folder cannot be moved to the trash or restored from it. Its text is one sentence."""


def move_to_trash(folder: Path) -> Path:
    """Moves `folder` to the system's trash, and returns its path there.

    Raises:
        TrashError: The system has no trash for it, or refuses.
    """
    file = QFile(str(folder))
    # Qt would move another file if the name is not text.
    if not is_text(str(folder)) or not file.moveToTrash():
        raise TrashError(f"{folder} cannot be moved to the system's trash; delete it outside this program.")
    return Path(file.fileName())


def restore(trashed: Path, folder: Path) -> None:
    """Moves `trashed` out of the trash and back to `folder`.

    Raises:
        TrashError: It is no longer in the trash, or `folder` exists again.
    """
    if folder.exists():
        raise TrashError(f"{folder} cannot be restored from the trash; something else has its name now.")
    try:
        trashed.rename(folder)
    except FileNotFoundError as error:
        raise TrashError(f"{folder} cannot be restored; it is no longer in the trash.") from error
    except OSError as error:
        raise TrashError(f"{folder} cannot be restored from the trash: {error.strerror or error}.") from error
    _forget_origin(trashed)


def _forget_origin(trashed: Path) -> None:
    """Removes the note in which the trash of a Linux desktop keeps the former path."""
    if trashed.parent.name == "files":
        (trashed.parent.parent / "info" / f"{trashed.name}.trashinfo").unlink(missing_ok=True)
