"""The forms of datasets that can be read. Which one a file or folder has is told by its content."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from fooler_gui.core.file_kind import DATASET, FileKind, kind_of
from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.idx_file import unreadable
from fooler_gui.data.readers.cifar import is_cifar, read_cifar
from fooler_gui.data.readers.found import Found
from fooler_gui.data.readers.idx import is_idx_set, read_idx
from fooler_gui.data.readers.listing import files_in
from fooler_gui.data.readers.npz import is_npz, read_npz
from fooler_gui.data.readers.picture_folder import is_picture_folder, read_picture_folder
from fooler_gui.data.readers.picture_table import is_picture_table, read_picture_table
from fooler_gui.data.readers.pixel_rows import is_pixel_rows, read_pixel_rows


class Form(NamedTuple):
    """A form of dataset.

    Attributes:
        is_it: Returns whether a file or folder has it.
        read: Returns the dataset; the number is the longest side of its images, for those that can be read smaller.
    """

    is_it: Callable[[Path], bool]
    read: Callable[[Path, int], Found]


FORMS = (
    Form(is_npz, lambda path, _: read_npz(path)),
    Form(is_idx_set, lambda path, _: read_idx(path)),
    Form(is_cifar, lambda path, _: read_cifar(path)),
    Form(is_picture_table, read_picture_table),
    Form(is_pixel_rows, lambda path, _: read_pixel_rows(path)),
    Form(is_picture_folder, read_picture_folder),
)
"""In the order in which they are tried."""


def read_found(path: Path, largest: int) -> Found:
    """Returns the dataset of the file or folder `path`, of whatever form.

    Raises:
        ArrayFileError: It is missing, has none of the forms, or cannot be used.
    """
    try:
        other = "" if is_cifar(path) else DATASET.other(path)
        if other:
            raise ArrayFileError(f"{path.name} must be {DATASET.words}; it is {other}.")
        form = next((form for form in FORMS if form.is_it(path)), None)
        if form is None:
            raise ArrayFileError(f"{path.name} must be {DATASET.words}; it is none, or damaged.")
        _refuse_pickles(path)
        return form.read(path, largest)
    except OSError as error:
        raise unreadable(path, error) from error


def _refuse_pickles(path: Path) -> None:
    """Refuses a folder whose files are pickles, such as those of CIFAR's Python version."""
    if path.is_dir() and any(kind_of(file) is FileKind.PICKLE for file in files_in(path)[:20]):
        advice = DATASET.advice[FileKind.PICKLE]
        raise ArrayFileError(f"{path} must be {DATASET.words}; what it holds is {FileKind.PICKLE.value}; {advice}.")
