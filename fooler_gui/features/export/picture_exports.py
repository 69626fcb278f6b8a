"""Exports what is on screen: pictures, arrays, the clipboard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QWidget

from fooler_gui.core.arrays import BoolArray
from fooler_gui.core.errors import LabError
from fooler_gui.core.files import written_whole
from fooler_gui.core.save import Save
from fooler_gui.exports.figures import fitting_scale, worst_picture, write_png
from fooler_gui.exports.grid_picture import grid_picture
from fooler_gui.exports.provenance import software_texts
from fooler_gui.features.export.shown import shown_info
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel
from fooler_gui.widgets.file_saving import FileSaving
from fooler_gui.widgets.pictures import to_qimage

FIGURE_SCALE = 3
FIGURE_SLOTS = 8
_PICTURE = "PNG picture (*.png)"


class PictureExports(QObject):
    """Serves the window's export actions that ask for nothing but a path. Main thread only.

    Args:
        parent: Owner, and parent of dialogs.
        model: Holds what is exported.
        controller: Finds the worst training images.
        actions: By name: "copy_grid", "export_found", "export_fooling" and "export_worst".
    """

    def __init__(
        self, parent: QWidget, model: SessionModel, controller: Controller, actions: dict[str, QAction]
    ) -> None:
        super().__init__(parent)
        self._window = parent
        self._model = model
        self._controller = controller
        self._files = FileSaving(parent, model.tell_done, model.refuse)
        self._worst_path: Path | None = None
        actions["copy_grid"].triggered.connect(self._on_copy_grid)
        actions["export_found"].triggered.connect(self._on_export_found)
        actions["export_fooling"].triggered.connect(self._on_export_fooling)
        actions["export_worst"].triggered.connect(self._on_export_worst)
        model.worst_images_changed.connect(self._on_worst_images_changed)

    def export_grid(self, path: Path, *, scale: int, captions: bool) -> None:
        """Writes the images on screen as the PNG picture `path`, and reports it."""
        run, save = self._model.run, self._model.shown
        if run is None or save is None:
            return
        info = shown_info(run, save)

        def write() -> None:
            picture = grid_picture(save, run.classifier.class_names, scale=scale, captions=captions)
            write_png(picture, path, info)

        self._files.write(path, write)

    def export_found(self, path: Path) -> None:
        """Writes the found images of the save on screen to the array file `path`, and reports it."""
        run, save = self._model.run, self._model.shown
        if run is not None and save is not None:
            slots = run.found_slots(save)
            self._files.write(path, lambda: write_found_images(path, save, slots))

    def export_worst(self, path: Path) -> None:
        """Finds the worst training images, then writes their figure as `path`."""
        self._worst_path = path
        self._controller.find_worst_images(FIGURE_SLOTS)

    def _scale(self) -> int:
        """Returns the scale that suits the images on screen."""
        save = self._model.shown
        return FIGURE_SCALE if save is None else fitting_scale(save.images.shape[2:4], FIGURE_SCALE)

    @Slot()
    def _on_copy_grid(self) -> None:
        run, save = self._model.run, self._model.shown
        if run is None or save is None:
            return
        try:
            picture = grid_picture(save, run.classifier.class_names, scale=self._scale(), captions=True)
        except LabError as error:
            self._model.refuse(str(error))
            return
        QGuiApplication.clipboard().setImage(to_qimage(picture))
        self._model.tell("Copied the grid to the clipboard.")

    @Slot()
    def _on_export_found(self) -> None:
        path = self._files.ask_for_path("found.npz", "NumPy arrays (*.npz)")
        if path is not None:
            self.export_found(path)

    @Slot()
    def _on_export_fooling(self) -> None:
        path = self._files.ask_for_path("fooling.png", _PICTURE)
        if path is not None:
            self.export_grid(path, scale=self._scale(), captions=True)

    @Slot()
    def _on_export_worst(self) -> None:
        path = self._files.ask_for_path("worst.png", _PICTURE)
        if path is not None:
            self.export_worst(path)

    @Slot()
    def _on_worst_images_changed(self) -> None:
        classifier, worst, path = self._model.classifier, self._model.worst_images, self._worst_path
        if classifier is None or worst is None or path is None:
            return
        self._worst_path = None
        picture = worst_picture(worst, classifier.class_names, scale=FIGURE_SCALE)
        self._files.write(path, lambda: write_png(picture, path, software_texts(classifier.sha256)))


def write_found_images(path: Path, save: Save, slots: BoolArray) -> None:
    """Writes the found images of `save`: ``images`` (N, H, W, C), ``labels`` (N,) and ``probabilities`` (N,).

    Args:
        path: The array file.
        save: The save.
        slots: (L, B), which images are found ones.

    Raises:
        OSError: The folder is missing or cannot be written.
    """
    with written_whole(path) as temporary:
        np.savez_compressed(
            temporary,
            images=save.images_of(slots),
            labels=save.labels_of(slots),
            probabilities=save.probabilities[slots],
        )
