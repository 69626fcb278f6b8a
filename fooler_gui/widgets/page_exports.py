"""The exports of a page, each with its file name and what writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, SignalInstance, Slot
from PySide6.QtWidgets import QWidget

from fooler_gui.widgets.file_saving import FileSaving, write_text, write_view

_KINDS = {
    ".csv": "Table (*.csv)",
    ".json": "JSON (*.json)",
    ".npz": "Array file (*.npz)",
    ".png": "PNG picture (*.png)",
}


@dataclass(frozen=True, slots=True)
class Export:
    """One export.

    Attributes:
        name: The suggested file name, ending in .csv, .json, .npz or .png.
        write: Writes the file at the given path; may raise an OSError or a LabError.
        why_not: Says why it cannot be written at present; "" if it can.
    """

    name: str
    write: Callable[[Path], object]
    why_not: Callable[[], str] = str


def text_export(name: str, text: Callable[[], str]) -> Export:
    """Returns an export that writes what `text` returns."""
    return Export(name, lambda path: write_text(path, text()))


def view_export(name: str, view: QWidget) -> Export:
    """Returns an export that writes `view` as a picture."""
    return Export(name, lambda path: write_view(path, view))


class PageExports(QObject):
    """Serves a page's export menu. Main thread only.

    Args:
        page: Owner, and parent of dialogs.
        requested: The page's signal with the name of the chosen export.
        exports: The exports by name.
        tell: Reports success, and dismisses an earlier problem.
        refuse: Reports a failure.
    """

    def __init__(
        self,
        page: QWidget,
        requested: SignalInstance,
        exports: Mapping[str, Export],
        tell: Callable[[str], object],
        refuse: Callable[[str], object],
    ) -> None:
        super().__init__(page)
        self._exports = exports
        self._files = FileSaving(page, tell, refuse)
        self._refuse = refuse
        requested.connect(self.export)

    @Slot(str)
    def export(self, what: str) -> None:
        """Asks where to write the export called `what`, and writes it."""
        export = self._exports[what]
        reason = export.why_not()
        if reason:
            self._refuse(reason)
        else:
            self._files.save(export.name, _KINDS[Path(export.name).suffix], export.write)
