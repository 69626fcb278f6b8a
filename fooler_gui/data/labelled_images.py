"""Images of others, perhaps with classes: arrays as users of ART, Foolbox and CleverHans save them, and pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fooler_gui.core.arrays import FloatArray, IntArray
from fooler_gui.core.class_words import few_names
from fooler_gui.core.file_kind import OTHERS_IMAGES, FileKind
from fooler_gui.core.given_images import CHANGED_IMAGES
from fooler_gui.data.array_file import MAXIMUM_BYTES, ArrayFileError, too_large
from fooler_gui.data.dataset import to_float
from fooler_gui.data.image_file import kind_among, read_image_set
from fooler_gui.data.readers.found import shape_in_words, whole_labels
from fooler_gui.data.readers.listing import entries_in, files_in
from fooler_gui.data.readers.npz import ArrayImages
from fooler_gui.data.readers.pictures import Picture, decoded, look_at, quietly, remarks_on
from fooler_gui.data.readers.pixels import span_of
from fooler_gui.data.readers.stored_array import StoredArray, names_in

IMAGE_NAMES = (*CHANGED_IMAGES, "x", "images", "x_test", "test_images", "data")
LABEL_NAMES = ("y_target", "target_labels", "targets", "target", "y", "labels", "label", "y_test", "test_labels")
"""The usual names of arrays in an ``.npz`` file, in lower case; the first that is there counts."""

MOST_IMAGES = 100_000


class LabelledImages(NamedTuple):
    """Images of a file or folder.

    Attributes:
        images: (N, H, W, C) float32 in [0, 1], N ≥ 1.
        labels: (N,), the classes that they are meant to be taken for; None if the file does not say.
        remarks: What was converted, in sentences.
    """

    images: FloatArray
    labels: IntArray | None
    remarks: tuple[str, ...] = ()


def read_labelled_images(
    path: Path, shape: tuple[int, int, int], class_names: Sequence[str] | None = None
) -> LabelledImages:
    """Returns the images of an ``.npz``, ``.npy`` or IDX file, or of a folder of pictures.

    In an ``.npz`` file they are the first of `IMAGE_NAMES`, or its only array beside labels; labels are the first of
    `LABEL_NAMES`, whole numbers or one-hot. Pixels may be bytes, or numbers in [0, 1], [-1, 1] or [0, 255]; channels
    may come first. A folder holds pictures, or a folder of them for each class, named as the class or by its number;
    they are resized to `shape`.

    Args:
        path: The file or folder.
        shape: The (H, W, C) that images must have.
        class_names: The names of the classes; None if labels are not wanted.

    Raises:
        ArrayFileError: It is none of these or damaged, or its images have another shape or its labels other classes.
    """
    match kind_among(OTHERS_IMAGES, path):
        case FileKind.FOLDER:
            return _from_folder(path, shape, class_names)
        case FileKind.NPZ:
            return _from_arrays(path, shape, class_names)
    return LabelledImages(read_image_set(path, shape, MOST_IMAGES), None)


def _from_arrays(path: Path, shape: tuple[int, int, int], class_names: Sequence[str] | None) -> LabelledImages:
    by_name = {name.lower(): name for name in reversed(names_in(path))}
    labels_name = next((by_name[name] for name in LABEL_NAMES if name in by_name), None)
    others = [name for name in by_name.values() if name != labels_name]
    name = next((by_name[name] for name in IMAGE_NAMES if name in by_name), others[0] if len(others) == 1 else None)
    if name is None:
        raise ArrayFileError(
            f"{path.name} must hold an array of images called {', '.join(IMAGE_NAMES[:-1])} or {IMAGE_NAMES[-1]}; it "
            f"holds {', '.join(sorted(by_name.values())) or 'nothing'}."
        )
    stored = StoredArray.of(path, name)
    _check_size(path, math.prod(stored.shape) * stored.dtype.itemsize)
    view = ArrayImages(stored)
    if view.shape != shape:
        raise ArrayFileError(
            f"{path.name}: {name} must hold images of {shape_in_words(shape)}; received {shape_in_words(view.shape)}."
        )
    if view.count > MOST_IMAGES:
        raise ArrayFileError(f"{path.name}: {name} must hold at most {MOST_IMAGES:,} images; it holds {view.count:,}.")
    labels = None
    if labels_name is not None and class_names is not None:
        given = StoredArray.of(path, labels_name).whole()
        labels = whole_labels(f"{path.name}: {labels_name}", given, view.count)
        _check_labels(f"{path.name}: {labels_name}", labels, len(class_names))
    images, remark = _in_unit_range(view)
    return LabelledImages(images, labels, tuple(filter(None, (view.remark, remark))))


def _in_unit_range(view: ArrayImages) -> tuple[FloatArray, str]:
    """Returns the images in [0, 1], and what was converted; numbers in [0, 1] keep their bits."""
    images = np.concatenate(list(view.chunks()))
    if view.is_bytes:
        return to_float(images), ""
    lowest, highest = span_of(view.name, iter([images]))
    if (lowest, highest) == (0.0, 1.0):
        return np.clip(np.ascontiguousarray(images, np.float32), 0, 1), ""
    scaled = (images.astype(np.float64) - lowest) / (highest - lowest)
    return scaled.clip(0, 1).astype(np.float32), f"Pixels from {lowest:,g} to {highest:,g} were scaled to 0 to 1."


def _check_size(path: Path, size: int) -> None:
    if size > MAXIMUM_BYTES:
        raise too_large(path, size)


def _check_labels(name: str, labels: IntArray, classes: int) -> None:
    if len(labels) and not 0 <= labels.min() <= labels.max() < classes:
        wrong = int(labels.min() if labels.min() < 0 else labels.max())
        raise ArrayFileError(f"{name} must be classes from 0 to {classes - 1}; received {wrong}.")


def _from_folder(path: Path, shape: tuple[int, int, int], class_names: Sequence[str] | None) -> LabelledImages:
    folders, files, _ = entries_in(path)
    labels: list[int] | None = None
    with quietly():
        pictures = _pictures_of(files)
        if not pictures and folders:
            in_classes = [(folder, _pictures_of(files_in(folder))) for folder in folders]
            pictures = [picture for _, those in in_classes for picture in those]
            if class_names is not None:
                labels = [label for folder, few in in_classes for label in [_class_of(folder, class_names)] * len(few)]
        if not pictures:
            raise ArrayFileError(f"{path} must hold pictures, or a folder of pictures for each class; it holds none.")
        if len(pictures) > MOST_IMAGES:
            raise ArrayFileError(f"{path} must hold at most {MOST_IMAGES:,} pictures; it holds {len(pictures):,}.")
        _check_size(path, len(pictures) * math.prod(shape) * 4)
        size, is_grey = shape[:2], shape[2] == 1
        images = to_float(np.stack([decoded(picture, size, is_grey=is_grey) for picture in pictures]))
    remarks = tuple(remarks_on(pictures, size, is_grey=is_grey))
    return LabelledImages(images, None if labels is None else np.array(labels), remarks)


def _pictures_of(files: Sequence[Path]) -> list[Picture]:
    return [picture for file in files if (picture := look_at(file)) is not None]


def _class_of(folder: Path, class_names: Sequence[str]) -> int:
    name = folder.name
    if name in class_names:
        return list(class_names).index(name)
    if name.isascii() and name.isdigit() and int(name) < len(class_names):
        return int(name)
    raise ArrayFileError(
        f"The folders in {folder.parent} must be named as classes ({few_names(class_names)}) or by their numbers "
        f"from 0 to {len(class_names) - 1}; received {name}."
    )
