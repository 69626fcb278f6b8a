"""Exports as a person asks for them: a question where to, a file or the clipboard, and a sentence on what was done."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication

from fooler_gui.core.messages import WorstImages
from fooler_gui.exports.figures import write_png
from fooler_gui.exports.grid_picture import PictureTooBigError, grid_picture
from fooler_gui.features.run.export_dialog import ExportDialog
from fooler_gui.features.run.exports import picture_info, worst_picture, write_found_images
from fooler_gui.features.run.wiring import Wiring
from fooler_gui.session.controller import Controller
from fooler_gui.shell.file_desk import FileDesk
from fooler_gui.shell.main_window import MainWindow
from fooler_gui.widgets.pictures import to_qimage

FIGURE_SCALE = 3
FIGURE_SLOTS = 8


class ExportDesk(FileDesk):
    """Serves the window's export actions. Main thread only.

    Args:
        window: The main window, which owns the desk.
        controller: Holds what is exported.
        wiring: Knows what the run on screen was made with.
    """

    def __init__(self, window: MainWindow, controller: Controller, wiring: Wiring) -> None:
        super().__init__(window, window)
        self._controller = controller
        self._wiring = wiring
        self._worst_path: Path | None = None

        actions = window.actions_
        actions.export_grid.triggered.connect(self._on_export_grid)
        actions.copy_grid.triggered.connect(self._on_copy_grid)
        actions.export_found.triggered.connect(self._on_export_found)
        actions.export_fooling.triggered.connect(self._on_export_fooling)
        actions.export_worst.triggered.connect(self._on_export_worst)
        controller.worst_images_found.connect(self._on_worst_images_found)

    def export_grid(self, path: Path, *, scale: int, captions: bool) -> None:
        """Writes the images on screen as the PNG picture `path`, and says so."""
        save, classifier = self._wiring.on_screen(), self._wiring.classifier
        if save is None or classifier is None:
            return
        marks = [(step, text) for step, text in self._window.plots.marks() if step <= save.step]
        info = picture_info(classifier, self._wiring.spec, marks, run=self._wiring.run_id(), step=save.step)

        def write() -> None:
            picture = grid_picture(save, classifier.class_names, scale=scale, captions=captions)
            write_png(picture, path, info)

        self.write(path, write)

    def export_found(self, path: Path) -> None:
        """Writes the found images of the run on screen as the array file `path`, and says so."""
        save = self._wiring.on_screen()
        if save is not None:
            self.write(path, lambda: write_found_images(path, save))

    def export_worst(self, path: Path) -> None:
        """Finds the worst training images and writes their figure as `path` once they are found."""
        self._worst_path = path
        self._controller.find_worst_images(FIGURE_SLOTS)

    @Slot()
    def _on_export_grid(self) -> None:
        dialog = ExportDialog(self._window)
        if dialog.exec() == ExportDialog.DialogCode.Accepted:
            path = self.ask_for_path("grid.png", "PNG picture (*.png)")
            if path is not None:
                self.export_grid(path, scale=dialog.scale(), captions=dialog.captions())
        dialog.deleteLater()

    @Slot()
    def _on_copy_grid(self) -> None:
        save, classifier = self._wiring.on_screen(), self._wiring.classifier
        if save is None or classifier is None:
            return
        try:
            picture = grid_picture(save, classifier.class_names, scale=FIGURE_SCALE, captions=True)
        except PictureTooBigError as error:
            self.refuse(str(error))
            return
        QGuiApplication.clipboard().setImage(to_qimage(picture))
        self._window.set_status("Copied the grid to the clipboard.")

    @Slot()
    def _on_export_found(self) -> None:
        path = self.ask_for_path("found.npz", "NumPy arrays (*.npz)")
        if path is not None:
            self.export_found(path)

    @Slot()
    def _on_export_fooling(self) -> None:
        path = self.ask_for_path("fooling.png", "PNG picture (*.png)")
        if path is not None:
            self.export_grid(path, scale=FIGURE_SCALE, captions=True)

    @Slot()
    def _on_export_worst(self) -> None:
        path = self.ask_for_path("worst.png", "PNG picture (*.png)")
        if path is not None:
            self.export_worst(path)

    @Slot(object)
    def _on_worst_images_found(self, worst: WorstImages) -> None:
        classifier, path = self._controller.classifier, self._worst_path
        if classifier is None or path is None:
            return
        self._worst_path = None
        picture = worst_picture(worst, classifier.class_names, scale=FIGURE_SCALE)
        self.write(path, lambda: write_png(picture, path, picture_info(classifier)))
