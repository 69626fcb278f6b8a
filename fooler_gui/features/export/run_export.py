"""Exports runs: asks how in a dialog with a preview, and writes in the background, with the time left and Cancel."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QProgressDialog, QWidget

from fooler_gui.core.export_settings import ExportSettings
from fooler_gui.core.formats import format_left
from fooler_gui.core.path_text import path_of
from fooler_gui.exports.export_error import ExportError
from fooler_gui.exports.exported import Exported
from fooler_gui.exports.grid_picture import write_picture
from fooler_gui.exports.recorded_run import RecordedRun
from fooler_gui.exports.run_export import export_run
from fooler_gui.features.export.export_dialog import ExportDialog
from fooler_gui.features.export.preview_drawer import ExportSource, PreviewDrawer
from fooler_gui.features.export.shown import shown_info, shown_shot
from fooler_gui.session.background import Background
from fooler_gui.session.model import SessionModel
from fooler_gui.widgets.file_saving import FileSaving

PICTURE, ANIMATION = ".png", ".gif"
"""The formats that are chosen at first."""
_WHOLE = 100


class RunExport(QObject):
    """Asks how and where to write a run, and writes it in the background. Main thread only.

    Args:
        parent: Owner, and parent of the dialogs.
        model: Holds the run on screen; shows what was written, and what failed.
        actions: By name: "export_grid" and "export_run", for the run on screen.
    """

    def __init__(self, parent: QWidget, model: SessionModel, actions: dict[str, QAction]) -> None:
        super().__init__(parent)
        self._window = parent
        self._model = model
        self._drawer = PreviewDrawer(self)
        self._background = Background(self)
        self._background.problem_changed.connect(self._on_failed)
        self._dialog: ExportDialog | None = None
        self._writings: list[_Writing] = []
        actions["export_grid"].triggered.connect(lambda: self.export_shown(PICTURE))
        actions["export_run"].triggered.connect(lambda: self.export_shown(ANIMATION))

    def export(self, folder: str) -> None:
        """Asks how and where to write the run in `folder`."""
        self._ask(ExportSource(folder=folder), PICTURE)

    def export_shown(self, ending: str) -> None:
        """Asks how and where to write the run on screen, at first as a file that ends in `ending`."""
        run, save = self._model.run, self._model.shown
        if run is not None and save is not None:
            source = ExportSource(folder=run.folder, shot=shown_shot(run, save), texts=shown_info(run, save))
            self._ask(source, ending)

    def write(self, source: ExportSource, path: Path, settings: ExportSettings) -> None:
        """Writes `source` to `path` as its ending and `settings` say, after any earlier export."""
        writing = _Writing(path, self._window)
        self._writings.append(writing)
        self._background.do(lambda: self._write(source, writing, settings), self._on_written)

    def _ask(self, source: ExportSource, ending: str) -> None:
        if self._dialog is not None:
            self._dialog.reject()
        self._drawer.begin(source)
        dialog = self._dialog = ExportDialog(self._drawer, ending, QApplication.activeWindow() or self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.file_requested.connect(lambda: self._choose_file(dialog, source))
        dialog.finished.connect(self._on_dialog_finished)
        dialog.open()

    def _choose_file(self, dialog: ExportDialog, source: ExportSource) -> None:
        form, settings = dialog.form.form(), dialog.form.settings()
        files = FileSaving(dialog, self._model.tell_done, self._model.refuse)
        name = path_of(source.folder).name or "grid"
        path = files.ask_for_path(f"{name}{form.ending}", f"{form.title} (*{form.ending})")
        if path is not None:
            dialog.accept()
            self.write(source, path, settings)

    @Slot()
    def _on_dialog_finished(self) -> None:
        self._dialog = None
        self._drawer.finish()

    def _write(self, source: ExportSource, writing: _Writing, settings: ExportSettings) -> Exported | None:
        """Writes the file, in the background; returns None if it was cancelled."""
        path = writing.path
        try:
            if source.shot is not None and path.suffix.lower() == PICTURE:
                return Exported(saves=1, of=1, size=write_picture(source.shot, path, settings, source.texts))
            step = None if source.shot is None else source.shot.save.step
            with RecordedRun(path_of(source.folder)) as run, closing(export_run(run, path, settings, step)) as shares:
                return self._follow(shares, writing)
        except OSError as error:
            raise ExportError(f"{path} cannot be written: {error.strerror or error}. Choose another folder.") from error

    def _follow(self, shares: Generator[float, None, Exported], writing: _Writing) -> Exported | None:
        began = time.monotonic()
        while True:
            try:
                share = next(shares)
            except StopIteration as end:
                exported: Exported = end.value
                return exported
            if writing.cancelled.is_set() or self._background.ended.is_set():
                return None
            self._background.tell(writing.show_progress, (share, time.monotonic() - began))

    def _on_written(self, exported: Exported | None) -> None:
        path = self._end_writing()
        if exported is None:
            self._model.tell("The export was cancelled; nothing was written.")
        else:
            thinned = f" It shows {exported.saves:,} of {exported.of:,} saves." if exported.saves < exported.of else ""
            self._model.tell_done(f"Wrote {path}.{thinned}")

    def _on_failed(self, sentence: str) -> None:
        self._end_writing()
        self._model.refuse(sentence)

    def _end_writing(self) -> Path:
        """Ends the first writing, as they are done in order."""
        writing = self._writings.pop(0)
        writing.close()
        return writing.path

    @Slot()
    def close(self) -> None:
        """Cancels exports; no other one starts."""
        for writing in self._writings:
            writing.cancelled.set()
        self._drawer.close()
        self._background.end()


class _Writing:
    """One export on its way: its path and its progress dialog."""

    def __init__(self, path: Path, window: QWidget) -> None:
        self.path = path
        self.cancelled = threading.Event()
        self._words = f"Writing {path.name}"
        self._dialog = QProgressDialog(self._words, "Cancel", 0, _WHOLE, window)
        self._dialog.setObjectName("run_export_progress")
        self._dialog.setWindowModality(Qt.WindowModality.NonModal)
        self._dialog.setMinimumDuration(500)
        self._dialog.canceled.connect(self.cancelled.set)
        self._dialog.setValue(0)

    def show_progress(self, progress: tuple[float, float]) -> None:
        """Shows the share done, and from the seconds that it took the time left."""
        share, elapsed = progress
        if not self.cancelled.is_set():
            self._dialog.setLabelText(f"{self._words}{format_left(elapsed, share)}")
            self._dialog.setValue(min(_WHOLE - 1, round(_WHOLE * share)))

    def close(self) -> None:
        """Closes the dialog."""
        self._dialog.reset()
        self._dialog.deleteLater()
