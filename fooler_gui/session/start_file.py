"""The file of images that the next run starts from: kept from a picture, and checked before it is used."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.core.path_text import path_of, text_of
from fooler_gui.core.run_spec import NOISE, is_made
from fooler_gui.core.start_words import start_name
from fooler_gui.core.write_check import NotWritable
from fooler_gui.kept_starts import keep_start
from fooler_gui.session.background import Background
from fooler_gui.session.model import SessionModel, bind

_Shape = tuple[int, int, int]
_Wanted = tuple[str, _Shape]
_Read = Callable[[Path, _Shape, int], FloatArray]
_Write = Callable[[Path, FloatArray], object]


class StartFile(QObject):
    """Keeps the set-up's start usable. Main thread only; files are read in the background.

    A file that cannot start a run of the classifier in use is told, and the kind of start before it is used again.

    Args:
        parent: Owner.
        model: Holds the set-up.
        read: Returns the images of a file, for a shape (H, W, C) and a number of slots, or raises a `LabError`.
        write: Writes images (N, H, W, C) to a file, or raises an `OSError`.

    Attributes:
        image: (H, W, C) float32, the first image of the file; None if the start is no file, or not read yet.

    Signals:
        image_changed: There is another image, or none.
    """

    image_changed = Signal()

    def __init__(self, parent: QObject, model: SessionModel, read: _Read, write: _Write) -> None:
        super().__init__(parent)
        self.image: FloatArray | None = None
        self._model = model
        self._read, self._write = read, write
        self._kind = NOISE
        self._wanted: _Wanted | None = None
        self._reading = Background(self)
        self._reading.problem_changed.connect(model.report)
        bind(self._check, model.setup_changed, model.classifier_changed, model.dataset_changed)

    @property
    def shape(self) -> _Shape | None:
        """(height, width, channels) of the images that runs change; None if not known yet."""
        classifier, dataset = self._model.classifier, self._model.dataset
        if classifier is not None:
            return classifier.input_shape
        return None if dataset is None else dataset.image_shape

    def keep(self, image: FloatArray, name: str) -> bool:
        """Starts the next run from `image` (H, W, C), kept in the user's data folder; returns whether it could be."""
        try:
            path = keep_start(image[None], name, self._write)
        except NotWritable as error:
            self._model.refuse(f"The start cannot be kept. {error}")
            return False
        except OSError as error:
            self._model.refuse(f"The start cannot be kept: {reason_of(error)}.")
            return False
        self._model.change_setup(start=text_of(path))
        return True

    @Slot()
    def close(self) -> None:
        """Stops reading."""
        self._reading.end()

    @Slot()
    def _check(self) -> None:
        start, shape = self._model.setup.start, self.shape
        if is_made(start):
            self._kind, wanted = start, None
        else:
            wanted = None if shape is None else (start, shape)
        if wanted == self._wanted:
            return
        self._wanted = wanted
        self._take(None)
        if wanted is not None:
            slots = self._model.setup.slots
            self._reading.do(partial(self._first_image, wanted, slots), self._on_read)

    def _on_read(self, read: tuple[_Wanted, FloatArray | str]) -> None:
        wanted, found = read
        if wanted != self._wanted:
            return
        if isinstance(found, str):
            self._model.refuse(f"{found} The next run starts from {start_name(self._kind)}.")
            self._model.change_setup(start=self._kind)
        else:
            self._take(found)

    def _first_image(self, wanted: _Wanted, slots: int) -> tuple[_Wanted, FloatArray | str]:
        """Returns the first image of the file `wanted`, or why it cannot be used. Called in the background."""
        start, shape = wanted
        try:
            return wanted, self._read(path_of(start), shape, slots)[0].copy()
        except LabError as error:
            return wanted, str(error)

    def _take(self, image: FloatArray | None) -> None:
        self.image = image
        self.image_changed.emit()
