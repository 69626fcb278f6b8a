"""Datasets in ``.npz`` files, under the names of this program, of Keras, of MedMNIST, and other usual ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from fooler_gui.core.dataset_info import MAXIMUM_CLASSES
from fooler_gui.core.file_kind import FileKind, kind_of
from fooler_gui.data.array_file import ArrayFileError, missing_array
from fooler_gui.data.readers.found import (
    Array,
    Found,
    Part,
    Role,
    check_count,
    shape_in_words,
    shape_of_pixels,
    whole_labels,
)
from fooler_gui.data.readers.pixels import Span, in_words
from fooler_gui.data.readers.stored_array import StoredArray, names_in

_NAMES: Mapping[Role, tuple[tuple[str, str], ...]] = {
    Role.TRAIN: (
        ("train_images", "train_labels"),
        ("x_train", "y_train"),
        ("images", "labels"),
        ("x", "y"),
        ("data", "target"),
        ("data", "labels"),
    ),
    Role.VALIDATION: (
        ("val_images", "val_labels"),
        ("validation_images", "validation_labels"),
        ("x_val", "y_val"),
        ("x_valid", "y_valid"),
    ),
    Role.TEST: (("test_images", "test_labels"), ("x_test", "y_test")),
}
"""The names of images and labels of each part, in lower case."""
_CLASS_NAMES = ("class_names", "label_names")
_LONGEST_NAME_BYTES = 4_000


def is_npz(path: Path) -> bool:
    """Returns whether the file at `path` is of this form."""
    return kind_of(path) is FileKind.NPZ


def read_npz(path: Path) -> Found:
    """Returns the dataset in the ``.npz`` file at `path`.

    Raises:
        ArrayFileError: It lacks the arrays, or they cannot be used.
    """
    held = names_in(path)
    by_name = {name.lower(): name for name in reversed(held)}
    stored = {role: pair for role in Role if (pair := _pair(path, role, by_name, held)) is not None}
    if Role.TRAIN not in stored:
        raise missing_array(path, _NAMES[Role.TRAIN][0][0], held)
    views = {role: ArrayImages(images) for role, (images, _) in stored.items()}
    shapes = {role: view.shape for role, view in views.items()}
    other = next((role for role, shape in shapes.items() if shape != shapes[Role.TRAIN]), None)
    if other is not None:
        raise ArrayFileError(
            f"{path.name}: {stored[other][0].name} must have the training images' shape {shapes[Role.TRAIN]}; received "
            f"{shapes[other]}."
        )
    span = _span(views)
    parts = tuple(
        Part(
            role=role,
            labels=whole_labels(f"{path.name}: {labels.name}", labels.whole(), images.shape[0]),
            shape=views[role].shape,
            chunks=views[role].chunks,
            span=None if images.dtype == np.uint8 else span,
        )
        for role, (images, labels) in stored.items()
    )
    remarks = [] if span is None or span == (0.0, 255.0) else [in_words(span)]
    return Found(
        name=path.stem,
        parts=parts,
        class_names=_class_names(path, by_name),
        remarks=tuple(dict.fromkeys([*remarks, *(view.remark for view in views.values() if view.remark)])),
    )


def _pair(
    path: Path, role: Role, by_name: Mapping[str, str], held: tuple[str, ...]
) -> tuple[StoredArray, StoredArray] | None:
    """Returns images and labels of a part; None if the file has none."""
    names = [pair for pair in _NAMES[role] if pair[0] in by_name]
    if not names:
        return None
    images, labels = next((pair for pair in names if pair[1] in by_name), names[0])
    if labels not in by_name:
        raise missing_array(path, labels, held)
    pair = StoredArray.of(path, by_name[images]), StoredArray.of(path, by_name[labels])
    for array in pair:
        check_count(f"{path.name}: {array.name}", array.shape[0])
    return pair


class ArrayImages:
    """The images of an array as (N, H, W, C).

    Args:
        array: (N, H, W), (N, H, W, C), (N, C, H, W) or (N, H · W · C) numbers.

    Attributes:
        count: N.
        shape: (H, W, C).
        remark: What is converted; "" if nothing is.

    Raises:
        ArrayFileError: It has another shape or type.
    """

    def __init__(self, array: StoredArray) -> None:
        self._array = array
        self._channels_first = False
        self.count = array.shape[0]
        self.remark = ""
        shape = array.shape[1:]
        if len(shape) == 1 and (found := shape_of_pixels(shape[0])) is not None:
            self.shape = found
            self.remark = f"Rows of {shape[0]:,} numbers were taken as images of {shape_in_words(found)}."
        elif len(shape) == 3 and shape[0] in (1, 3) and shape[2] not in (1, 3):
            self.shape = (shape[1], shape[2], shape[0])
            self._channels_first = True
            self.remark = "Channels were moved from the first axis of each image to the last."
        else:
            self.shape = (*shape, 1)[:3] if len(shape) == 2 else shape[:3]  # type: ignore[assignment]
        is_image = len(shape) in (1, 2, 3) and len(self.shape) == 3 and self.shape[2] in (1, 3)
        if not is_image or 0 in array.shape or array.dtype.kind not in "uifb":
            way_out = "; leave out transparency, as x[..., :3] does" if len(shape) == 3 and shape[2] == 4 else ""
            raise ArrayFileError(
                f"{array.path.name}: {array.name} must be numbers of shape (N, H, W) or (N, H, W, C), C 1 or 3; "
                f"received {array.dtype} of shape {array.shape}{way_out}."
            )

    @property
    def is_bytes(self) -> bool:
        """Whether the pixels are bytes already."""
        return self._array.dtype == np.uint8

    @property
    def name(self) -> str:
        """What to call it in an error."""
        return f"{self._array.path.name}: {self._array.name}"

    def chunks(self) -> Iterator[Array]:
        """Yields the images."""
        for chunk in self._array.chunks():
            if self._channels_first:
                yield chunk.transpose(0, 2, 3, 1)
            else:
                yield chunk.reshape(len(chunk), *self.shape)


def _span(views: Mapping[Role, ArrayImages]) -> tuple[float, float] | None:
    """Returns the range of all pixels that are not bytes; None if all are."""
    others = [view for view in views.values() if not view.is_bytes]
    if not others:
        return None
    span = Span()
    for view in others:
        for chunk in view.chunks():
            span.see(chunk)
    return span.found(others[0].name)


def _class_names(path: Path, by_name: Mapping[str, str]) -> tuple[str, ...]:
    name = next((by_name[name] for name in _CLASS_NAMES if name in by_name), None)
    if name is None:
        return ()
    names = StoredArray.of(path, name)
    is_short = math.prod(names.shape) <= MAXIMUM_CLASSES and names.dtype.itemsize <= _LONGEST_NAME_BYTES
    if len(names.shape) != 1 or names.dtype.kind not in "US" or not is_short:
        raise ArrayFileError(
            f"{path.name}: {name} must be texts, at most {MAXIMUM_CLASSES:,}, none of more than 1,000 characters; "
            f"received {names.dtype} of shape {names.shape}."
        )
    texts = names.whole().tolist()
    return tuple(text.decode(errors="replace") if isinstance(text, bytes) else str(text) for text in texts)
