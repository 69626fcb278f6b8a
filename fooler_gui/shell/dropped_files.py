"""Opens what is dropped onto the window or chosen in a dialog, whatever it is: a run, a sweep or a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from fooler_gui.core.file_kind import (
    CLASSIFIER,
    DATASET,
    EXPORTED,
    IMAGES,
    PICTURES,
    FileKind,
    kind_of,
)
from fooler_gui.core.given_images import holds_images_alone
from fooler_gui.core.lab_state import why_not_now
from fooler_gui.core.path_text import path_of, text_of
from fooler_gui.exports.carried_text import carried_text
from fooler_gui.exports.run_export import FILE_FORMATS, Shows
from fooler_gui.features.run.setup_files import SetupFiles
from fooler_gui.records.rounds_folder import holds_rounds
from fooler_gui.records.run_folder import holds_run
from fooler_gui.records.training_record import classifier_of, holds_training
from fooler_gui.session.model import SessionModel
from fooler_gui.sweeps.sweep_state import is_sweep

_BY_ENDING = {
    ".keras": FileKind.KERAS,
    ".bin": FileKind.IDX,
    ".csv": FileKind.TEXT,
    ".toml": FileKind.TEXT,
    **{entry.ending: FileKind.PNG for entry in FILE_FORMATS if entry.shows is not Shows.NUMBERS},
}
"""Kinds assumed from the file name if the content says nothing, so that opening refuses it with the right reason."""


class DroppedFiles(QObject):
    """Opens files according to their kind. Main thread only.

    Args:
        parent: Owner.
        model: Shows why something is refused.
        open_classifier: Puts the classifier in a file in use.
        open_run: Shows the run in a folder.
        open_rounds: Shows the rounds in a folder.
        open_sweep: Shows the sweep in a folder or file.
        open_dataset: Puts the dataset in a file or folder in use.
        setups: Opens coefficients, and restores set-ups from pictures.
        open_picture: Starts the next run from the picture in a file.
        open_images: Starts the next run from the images in a file of arrays.
    """

    def __init__(
        self,
        parent: QWidget,
        model: SessionModel,
        open_classifier: Callable[[str], object],
        open_run: Callable[[str], object],
        open_rounds: Callable[[str], object],
        open_sweep: Callable[[str], object],
        open_dataset: Callable[[str], object],
        setups: SetupFiles,
        open_picture: Callable[[str], object],
        open_images: Callable[[str], object],
    ) -> None:
        super().__init__(parent)
        self._window = parent
        self._model = model
        self._open_classifier = self._unless_busy(open_classifier)
        self._open_run = open_run
        self._open_rounds = self._unless_busy(open_rounds)
        self._open_sweep = open_sweep
        self._open_dataset = self._unless_busy(open_dataset)
        self._setups = setups
        self._open_picture = open_picture
        self._open_images = open_images

    @Slot()
    def ask(self) -> None:
        """Lets a person choose a file, and opens it."""
        dialog = QFileDialog(self._window, "Open")
        dialog.setObjectName("open_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.take)
        dialog.open()

    @Slot(str)
    def take(self, name: str) -> None:
        """Opens the file or folder called `name`, or says why it is refused."""
        path = path_of(name)
        if holds_rounds(path):
            self._open_rounds(name)
        elif is_sweep(path):
            self._open_sweep(name)
        elif holds_training(path):
            self._open_classifier(text_of(classifier_of(path)))
        else:
            self._take_kind(path, _kind_of(path))

    def _take_kind(self, path: Path, kind: FileKind) -> None:
        if kind is FileKind.FOLDER and holds_run(path):
            self._open_run(text_of(path))
        elif kind in IMAGES.kinds | {FileKind.FOLDER} and _is_start(path):
            self._open_images(text_of(path))
        elif kind in DATASET.kinds | DATASET.advice.keys() and path.suffix.lower() != ".toml":
            self._open_dataset(text_of(path))
        elif kind in CLASSIFIER.kinds or kind in CLASSIFIER.advice or kind is FileKind.UNPACKED_KERAS:
            self._open_classifier(text_of(path))
        elif kind is FileKind.TEXT:
            self._setups.open(path)
        elif _is_plain_picture(path):
            self._open_picture(text_of(path))
        elif kind in EXPORTED.kinds:
            self._setups.restore(path)
        else:
            what = "" if kind in (FileKind.UNKNOWN, FileKind.NO_FILE) else f", {kind.value}"
            self._model.report(
                "The folder of a run, of a training, of rounds or of a sweep, a picture, images to start from (.npz, "
                ".npy, a folder of pictures alone), a classifier (.keras, .h5), a dataset (a folder of pictures by "
                "class, .npz, .csv, IDX, CIFAR), or the file of a sweep or of coefficients (.toml) can be opened; "
                f"received {path.name}{what}."
            )

    def _unless_busy(self, open_file: Callable[[str], object]) -> Callable[[str], None]:
        """Returns `open_file`, which refuses with the reason while the lab is busy."""

        def open_or_refuse(path: str) -> None:
            reason = why_not_now(self._model.state, needs_classifier=False)
            if reason:
                self._model.report(reason)
            else:
                open_file(path)

        return open_or_refuse


def _is_start(path: Path) -> bool:
    """Returns whether images to start from are at `path`, and no dataset."""
    try:
        return holds_images_alone(path)
    except OSError:
        return False


def _is_plain_picture(path: Path) -> bool:
    """Returns whether the file at `path` is a picture without a set-up of a run."""
    try:
        return kind_of(path) in PICTURES and carried_text(path) is None
    except OSError:
        return False


def _kind_of(path: Path) -> FileKind:
    """Returns the kind of the file at `path` by its content, or by its name if the content says nothing."""
    try:
        kind = kind_of(path)
    except OSError:
        kind = FileKind.UNKNOWN
    by_name = _BY_ENDING.get(path.suffix.lower(), kind)
    by_content = CLASSIFIER.kinds | EXPORTED.kinds | DATASET.kinds | CLASSIFIER.advice.keys() | DATASET.advice.keys()
    return kind if kind in by_content - {FileKind.TEXT} else by_name
