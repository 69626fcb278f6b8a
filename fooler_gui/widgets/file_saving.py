"""What all exports share: asking for a path, and saying what was written or why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QSize, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from fooler_gui.core.errors import LabError
from fooler_gui.core.files import free_path, written_whole

_LEAST_SIZE = QSize(800, 520)


class FileSaving:
    """Asks for paths, writes files and reports the outcome. Main thread only.

    Args:
        asker: The dialog's parent.
        tell: Reports success, and dismisses an earlier problem.
        refuse: Reports a failure.
    """

    def __init__(self, asker: QWidget, tell: Callable[[str], object], refuse: Callable[[str], object]) -> None:
        self._asker = asker
        self._tell = tell
        self._refuse = refuse

    def ask_for_path(self, name: str, kinds: str, endings: tuple[str, ...] = ()) -> Path | None:
        """Asks where to write `name`; returns None if cancelled.

        Args:
            name: The suggested file name, with its suffix.
            kinds: The file dialog's filters.
            endings: Further allowed suffixes; if the file has none of them, that of the chosen filter is added.
        """
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        suggested = free_path(Path(folder or Path.cwd()) / name)
        # The dialog itself asks before a file is replaced.
        chosen, kind = QFileDialog.getSaveFileName(self._asker, "Export", str(suggested), kinds)
        if not chosen:
            return None
        path = Path(chosen)
        if path.suffix.lower() in (suggested.suffix, *endings):
            return path
        ending = next((ending for ending in endings if f"*{ending})" in kind), suggested.suffix)
        return free_path(path.with_name(path.name + ending))

    def write(self, path: Path, write: Callable[[], object]) -> None:
        """Calls `write`, which writes the file `path`, and reports the outcome."""
        try:
            write()
        except OSError as error:
            self._refuse(f"{path} cannot be written: {error.strerror or error}. Choose another folder.")
        except LabError as error:
            self._refuse(str(error))
        else:
            self._tell(f"Wrote {path}.")

    def save(self, name: str, kinds: str, write: Callable[[Path], object]) -> None:
        """Asks where to write `name`, calls `write` with the path, and reports the outcome."""
        path = self.ask_for_path(name, kinds)
        if path is not None:
            self.write(path, lambda: write(path))


def write_view(path: Path, view: QWidget) -> None:
    """Writes `view` as the PNG picture `path`, whole or not at all.

    Raises:
        OSError: The folder is missing or cannot be written.
    """
    if not view.isVisible():  # it has no size yet if its tab was never shown
        view.resize(view.size().expandedTo(_LEAST_SIZE))
    picture = QBuffer()
    picture.open(QIODevice.OpenModeFlag.WriteOnly)
    if not view.grab().save(picture, "PNG"):
        raise OSError(0, "the picture could not be drawn")
    with written_whole(path) as temporary:
        temporary.write_bytes(bytes(picture.data().data()))


def write_text(path: Path, text: str) -> None:
    """Writes `text` as the file `path`, whole or not at all.

    Raises:
        OSError: The folder is missing or cannot be written.
    """
    with written_whole(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
