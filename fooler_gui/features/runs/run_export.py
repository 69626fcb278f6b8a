"""Exports recorded runs to files in the background, with progress and a way to cancel."""

from __future__ import annotations

import dataclasses
import threading
from contextlib import closing
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QProgressDialog, QWidget

from fooler_gui.core.export_settings import ExportSettings
from fooler_gui.core.path_text import path_of
from fooler_gui.exports.export_error import ExportError
from fooler_gui.exports.exported import Exported
from fooler_gui.exports.figures import fitting_scale
from fooler_gui.exports.recorded_run import RecordedRun
from fooler_gui.exports.run_export import FILE_FORMATS, export_run
from fooler_gui.session.background import Background
from fooler_gui.session.model import SessionModel
from fooler_gui.widgets.file_saving import FileSaving

_KINDS = [f"{entry.title} (*{entry.ending})" for entry in FILE_FORMATS]
_ENDINGS = tuple(entry.ending for entry in FILE_FORMATS)
_WHOLE = 100


class RunExport(QObject):
    """Asks where to write a run, and writes it in the background. Main thread only.

    Args:
        parent: Owner, and parent of the dialogs.
        model: Shows what was written, and what failed.
    """

    def __init__(self, parent: QWidget, model: SessionModel) -> None:
        super().__init__(parent)
        self._window = parent
        self._model = model
        self._files = FileSaving(parent, model.tell_done, model.refuse)
        self._background = Background(self)
        self._background.problem_changed.connect(self._on_failed)
        self._cancelled = threading.Event()
        self._dialog: QProgressDialog | None = None

    def export(self, folder: str) -> None:
        """Asks where to write the run in `folder`, and writes it in the format of the chosen name."""
        path = self._files.ask_for_path(f"{path_of(folder).name}.png", ";;".join(_KINDS), _ENDINGS)
        if path is not None:
            self.write_run(folder, path)

    def write_run(self, folder: str, path: Path) -> None:
        """Writes the run in `folder` to `path`, after any earlier export."""
        self._cancelled.clear()
        dialog = self._dialog = QProgressDialog(f"Writing {path.name}", "Cancel", 0, _WHOLE, self._window)
        dialog.setObjectName("run_export_progress")
        dialog.setWindowModality(Qt.WindowModality.NonModal)
        dialog.setMinimumDuration(500)
        dialog.canceled.connect(self._cancelled.set)
        dialog.setValue(0)
        self._background.do(lambda: self._write(folder, path), lambda exported: self._on_written(path, exported))

    def _write(self, folder: str, path: Path) -> Exported | None:
        """Writes the file, in the background; returns None if it was cancelled."""
        try:
            with RecordedRun(path_of(folder)) as run, closing(export_run(run, path, _settings(run))) as steps:
                while True:
                    try:
                        fraction = next(steps)
                    except StopIteration as end:
                        exported: Exported = end.value
                        return exported
                    if self._cancelled.is_set() or self._background.ended.is_set():
                        return None
                    self._background.tell(self._show_progress, fraction)
        except OSError as error:
            raise ExportError(f"{path} cannot be written: {error.strerror or error}. Choose another folder.") from error

    def _show_progress(self, fraction: float) -> None:
        if self._dialog is not None:
            self._dialog.setValue(min(_WHOLE - 1, round(_WHOLE * fraction)))

    def _on_written(self, path: Path, exported: Exported | None) -> None:
        self._close_dialog()
        if exported is None:
            self._model.tell("The export was cancelled; nothing was written.")
        else:
            thinned = f" It shows {exported.saves:,} of {exported.of:,} saves." if exported.saves < exported.of else ""
            self._model.tell_done(f"Wrote {path}.{thinned}")

    def _on_failed(self, sentence: str) -> None:
        self._close_dialog()
        self._model.refuse(sentence)

    def _close_dialog(self) -> None:
        if self._dialog is not None:
            self._dialog.reset()
            self._dialog.deleteLater()
            self._dialog = None

    @Slot()
    def close(self) -> None:
        """Cancels the export; no other one starts."""
        self._cancelled.set()
        self._background.end()


def _settings(run: RecordedRun) -> ExportSettings:
    """Returns the usual settings, with a scale that suits the run's images."""
    usual = ExportSettings()
    return dataclasses.replace(usual, scale=fitting_scale(run.image_shape[:2], usual.scale))
