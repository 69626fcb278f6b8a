"""The system's trash: there and back again."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QFile

from fooler_gui.core.errors import LabError
from fooler_gui.core.path_text import is_text


class TrashError(LabError):
    """Something cannot be moved to the trash or out of it. Its text is one sentence."""


def move_to_trash(folder: Path) -> Path:
    """Moves `folder` to the system's trash and returns where it lies there.

    Raises:
        TrashError: The system has no trash for it, or does not let it go.
    """
    file = QFile(str(folder))
    # Qt takes a name that is no text for another one.
    if not is_text(str(folder)) or not file.moveToTrash():
        raise TrashError(f"{folder} cannot be moved to the system's trash; delete it outside of this program.")
    return Path(file.fileName())


def bring_back(trashed: Path, folder: Path) -> None:
    """Moves what lies at `trashed` in the trash back to where it was, `folder`.

    Raises:
        TrashError: It is no longer there, or something else is in its place.
    """
    if folder.exists():
        raise TrashError(f"{folder} cannot be brought back from the trash; something else has its name now.")
    try:
        trashed.rename(folder)
    except FileNotFoundError as error:
        raise TrashError(f"{folder} cannot be brought back; it is no longer in the trash.") from error
    except OSError as error:
        raise TrashError(f"{folder} stays in the trash: {error.strerror or error}.") from error
    _forget_origin(trashed)


def _forget_origin(trashed: Path) -> None:
    """Removes what a trash as on Linux notes of where a thing came from."""
    if trashed.parent.name == "files":
        (trashed.parent.parent / "info" / f"{trashed.name}.trashinfo").unlink(missing_ok=True)
