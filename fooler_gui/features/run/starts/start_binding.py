"""Binds the button of starts to the set-up, and makes pictures, drawings and images of the dataset starts."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.class_words import class_name
from fooler_gui.core.ground import draws_on_dark, has_dark_ground, is_on_light_ground
from fooler_gui.core.jobs import Classify, ShowTestImages
from fooler_gui.core.mosaic import ByteArray
from fooler_gui.core.run_spec import DIGITS, class_of_start
from fooler_gui.core.settings import DescentSettings
from fooler_gui.core.start_words import start_name
from fooler_gui.features.run.batch_grid import BatchGrid
from fooler_gui.features.run.starts.drawing_dialog import DrawingDialog
from fooler_gui.features.run.starts.gallery_dialog import MOST_IMAGES, GalleryDialog
from fooler_gui.features.run.starts.start_button import StartButton
from fooler_gui.kept_starts import is_kept
from fooler_gui.session.controller import Controller
from fooler_gui.session.model import SessionModel, bind
from fooler_gui.session.start_file import StartFile
from fooler_gui.widgets.slot_images import (
    ImageRefusedError,
    Shape,
    file_filter,
    image_from_file,
    image_from_mime,
)

_DURING_A_RUN = "A picture becomes the start of the next run; stop this run first, or drop the picture on a slot."
_ARRAYS_FILTER = "Images (*.npz *.npy *-ubyte *-ubyte.gz);;All files (*)"
_NO_SHAPE = "A picture can become a start once a classifier or a dataset is in use."


class StartBinding(QObject):
    """Chooses what the next run starts from. Main thread only.

    Args:
        parent: Owner, and parent of dialogs.
        model: The session's model.
        controller: Asks the engine what it sees in a drawing, and for images of the dataset.
        start_file: Keeps the start's file.
        previews: Returns a picture of each kind of start that can be made, by its name, from images of the dataset
            (K, H, W, C) and for a shape (H, W, C).
        button: Shows the start, and offers others.
        grid: Hands over pictures that it is given while no run is in progress.

    Attributes:
        previews: A picture (H, W, C) of each kind of start, by its name.

    Signals:
        shown_changed: The start, its name or a picture is another one.
    """

    shown_changed = Signal()

    def __init__(
        self,
        parent: QWidget,
        model: SessionModel,
        controller: Controller,
        start_file: StartFile,
        previews: Callable[[ByteArray, Shape], Mapping[str, FloatArray]],
        button: StartButton,
        grid: BatchGrid,
    ) -> None:
        super().__init__(parent)
        self._window = parent
        self._model = model
        self._controller = controller
        self._start_file = start_file
        self._button = button
        self._make_previews = previews
        self._choices: dict[str, str] = {}
        self.previews: Mapping[str, FloatArray] = {}
        self._previewed: tuple[Shape | None, ByteArray | None] = None, None
        self._start = model.setup.start
        self._reinitialise_below = DescentSettings.default("reinitialise_below")
        button.kind_requested.connect(lambda kind: model.change_setup(start=kind))
        button.gallery_requested.connect(self.open_gallery)
        button.drawing_requested.connect(self.open_drawing)
        button.picture_requested.connect(self._ask_for_picture)
        button.images_requested.connect(self._ask_for_images)
        button.paste_requested.connect(self._paste)
        button.menu().aboutToShow.connect(self._offer_own)
        grid.start_requested.connect(self.take)
        bind(
            self.synchronise,
            model.setup_changed,
            model.dataset_changed,
            model.classifier_changed,
            start_file.image_changed,
        )

    @Slot()
    def synchronise(self) -> None:
        """Shows the start, and a picture of each kind."""
        model, shape = self._model, self._start_file.shape
        shape_before, examples_before = self._previewed
        if shape is not None and (shape != shape_before or model.examples is not examples_before):
            self._previewed = shape, model.examples
            self.previews = self._make_previews(model.examples, shape)
            self._button.set_previews(self.previews)
        before, self._start = self._start, model.setup.start
        start = self._start
        if _is_of_images(before) and not _is_of_images(start):
            self._allow_reinitialising()
        self._button.show_start(start, start_name(start), self._picture_of(start))
        self.shown_changed.emit()

    def choice(self) -> str:
        """Returns where the start was picked or made: "gallery", "drawing", or "" for anything else."""
        return self._choices.get(self._model.setup.start, "")

    def open_picture(self, path: str) -> None:
        """Starts the next run from the picture in the file `path`."""
        self.take(lambda shape: image_from_file(path, shape), Path(path).stem)

    def open_images(self, path: str) -> None:
        """Starts the next run from the images in the file `path`, one a slot or one for all, or says why not."""
        if self._model.run_is_active or self._start_file.shape is None:
            self._model.refuse(_DURING_A_RUN if self._model.run_is_active else _NO_SHAPE)
            return
        self._model.tell_done(f"The next run starts from “{start_name(path)}”. Press Space to run.")
        self._model.change_setup(start=path)

    @Slot(object, str)
    def take(self, make: Callable[[Shape], FloatArray], name: str) -> None:
        """Starts the next run from the picture that `make` returns for a shape, or says why not.

        One that is dark on light is inverted where the dataset's images are light on dark.
        """
        shape = self._start_file.shape
        if self._model.run_is_active or shape is None:
            self._model.refuse(_DURING_A_RUN if self._model.run_is_active else _NO_SHAPE)
            return
        try:
            image = make(shape)
        except ImageRefusedError as refusal:
            self._model.refuse(str(refusal))
            return
        inverted = has_dark_ground(self._model.examples) and is_on_light_ground(image)
        self._start_from(1 - image if inverted else image, name, inverted=inverted)

    def _start_from(self, image: FloatArray, name: str, *, choice: str = "", inverted: bool = False) -> None:
        """Starts the next run from `image`; its slots are not reinitialised, as the image would be lost."""
        model = self._model
        self._note_reinitialising()
        if not self._start_file.keep(image, name):
            return
        self._choices[model.setup.start] = choice
        self._stop_reinitialising()
        self.shown_changed.emit()
        turned = ", turned to light on dark as in the dataset" if inverted else ""
        rest = "; slots after the first get a little noise, so that they part" if model.setup.slots > 1 else ""
        model.tell_done(
            f"The next run starts from “{name}”{turned}{rest}. No slot will be reinitialised. Press Space to run."
        )

    def _start_from_class(self, shown: int) -> None:
        """Starts the next run from test images of the class `shown`; its slots are not reinitialised either."""
        model = self._model
        self._note_reinitialising()
        start = f"{DIGITS}:{shown}"
        model.change_setup(start=start)
        self._stop_reinitialising()
        model.tell_done(
            f"The next run starts from {start_name(start)}, another one for each slot. No slot will be reinitialised. "
            "Press Space to run."
        )

    def _picture_of(self, start: str) -> FloatArray | None:
        shown, examples = class_of_start(start), self._model.examples
        if shown is not None:
            return examples[shown].astype(np.float32) / np.float32(255) if shown < len(examples) else None
        return self.previews.get(start, self._start_file.image)

    def _note_reinitialising(self) -> None:
        if not _is_of_images(self._model.setup.start):
            self._reinitialise_below = self._model.setup.descent.reinitialise_below

    def _stop_reinitialising(self) -> None:
        descent = self._model.setup.descent
        self._model.change_setup(descent=dataclasses.replace(descent, reinitialise_below=0.0))

    def _allow_reinitialising(self) -> None:
        """Reinitialises slots as before one's own image was the start, unless that was set since."""
        descent = self._model.setup.descent
        if descent.reinitialise_below == 0:
            self._model.change_setup(descent=dataclasses.replace(descent, reinitialise_below=self._reinitialise_below))

    def _offer_own(self) -> None:
        """Enables what can be chosen now, with the reason in the tooltips of the rest."""
        dataset, data = self._model.dataset, QGuiApplication.clipboard().mimeData()
        own, shape, examples = self._button.own, self._start_file.shape, self._model.examples
        self._button.show_icons(examples[0].astype(np.float32) / np.float32(255) if len(examples) else None)
        own["gallery"].setEnabled(dataset is not None and any(dataset.test))
        own["drawing"].setEnabled(shape is not None)
        own["picture"].setEnabled(shape is not None)
        own["images"].setEnabled(shape is not None)
        own["paste"].setEnabled(shape is not None and data is not None and (data.hasImage() or data.hasUrls()))

    @Slot()
    def _paste(self) -> None:
        self.take(lambda shape: image_from_mime(QGuiApplication.clipboard().mimeData(), shape), "pasted picture")

    @Slot()
    def _ask_for_picture(self) -> None:
        dialog = QFileDialog(self._window, "Start from a picture", "", file_filter())
        dialog.setObjectName("open_start_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.open_picture)
        _open(dialog)

    @Slot()
    def _ask_for_images(self) -> None:
        dialog = QFileDialog(self._window, "Start from the images of a file", "", _ARRAYS_FILTER)
        dialog.setObjectName("open_images_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.open_images)
        _open(dialog)

    @Slot()
    def open_gallery(self) -> None:
        """Offers images of the dataset, one of which becomes the start."""
        model, questions = self._model, self._controller.questions
        dataset = model.dataset
        if dataset is None:
            return
        labels, names = model.setup.labels, dataset.class_names
        dialog = GalleryDialog(self._window, names, model.examples, [class_name(names, label) for label in labels])
        questions.answer_changed.connect(dialog.take)
        dialog.images_requested.connect(
            lambda label: questions.ask(ShowTestImages(label=label, most=MOST_IMAGES, towards=labels[0]))
        )
        dialog.start_requested.connect(
            lambda image, name: self._start_from(image, f"{dataset.name} {name}", choice="gallery")
        )
        others = (label for label in range(len(names)) if dataset.test[label] and label not in labels)
        dialog.class_requested.connect(self._start_from_class)
        dialog.show_class(next(others, 0))
        _open(dialog)

    @Slot()
    def open_drawing(self) -> None:
        """Offers a pad; the drawing becomes the start."""
        model, questions, shape = self._model, self._controller.questions, self._start_file.shape
        if shape is None:
            return
        classifier, dataset = model.classifier, model.dataset
        names = classifier.class_names if classifier is not None else dataset.class_names if dataset else ()
        dark = draws_on_dark(model.examples)
        dialog = DrawingDialog(self._window, shape, dark=dark, class_names=names, label=model.setup.labels[0])
        questions.answer_changed.connect(dialog.take)
        dialog.classify_requested.connect(lambda image: questions.ask(Classify(images=image[np.newaxis])))
        dialog.start_requested.connect(lambda image: self._start_from(image, "drawing", choice="drawing"))
        _open(dialog)


def _is_of_images(start: str) -> bool:
    """Returns whether `start` was picked or made here, so that its slots are not reinitialised."""
    return is_kept(start) or class_of_start(start) is not None


def _open(dialog: QDialog) -> None:
    """Opens `dialog` over its window; it is deleted when it closes."""
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
