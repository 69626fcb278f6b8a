"""Reads the sets of images that nets are asked about: of recorded runs, of others' files, or given."""

from __future__ import annotations

from typing import NamedTuple

from fooler_gui.core.arrays import frozen
from fooler_gui.core.class_words import are_classes, few_names
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.errors import LabError
from fooler_gui.core.path_text import path_of
from fooler_gui.core.transfer import FileImages, ImageSet, ImageSource, RunImages
from fooler_gui.data.labelled_images import read_labelled_images
from fooler_gui.records.run_folder import read_record
from fooler_gui.records.run_reader import read_run_images


class ReadSet(NamedTuple):
    """A set of images, and what was converted in it, in sentences."""

    images: ImageSet
    remarks: tuple[str, ...] = ()


def image_set(source: ImageSource, info: ClassifierInfo) -> ReadSet:
    """Returns the images of `source` for nets with the images and classes of `info`.

    Raises:
        LabError: They cannot be read, or have another shape or other classes.
    """
    match source:
        case RunImages():
            read = ReadSet(_of_run(source, info))
        case FileImages(path=path):
            images, labels, remarks = read_labelled_images(path_of(path), info.input_shape, info.label_names)
            labels = None if labels is None else frozen(labels)
            read = ReadSet(ImageSet(name=path_of(path).name, images=frozen(images), labels=labels), remarks)
        case ImageSet():
            read = ReadSet(source)
    _check(read.images, info)
    return read


def _of_run(source: RunImages, info: ClassifierInfo) -> ImageSet:
    folder = path_of(source.folder)
    record = read_record(folder)
    images, labels = read_run_images(folder, info.input_shape, found_only=source.found_only)
    return ImageSet(
        name=record.name or folder.name,
        images=frozen(images),
        labels=frozen(labels),
        made_with=path_of(record.spec.classifier).stem,
        sha256=record.classifier_sha256,
        class_names=record.class_names[: len(record.class_names) - record.has_none_class],
    )


def _check(images: ImageSet, info: ClassifierInfo) -> None:
    """Refuses images of another shape or of other classes than those of `info`.

    Raises:
        LabError: They are.
    """
    name, names = images.name, images.class_names
    if images.images.shape[1:] != info.input_shape:
        wanted, given = (" × ".join(map(str, shape)) for shape in (info.input_shape, images.images.shape[1:]))
        raise LabError(f"The images of {name} must be {wanted}, as {info.name} takes them; they are {given}.")
    if names and not are_classes(names, info.label_names):
        raise LabError(
            f"The images of {name} must be of the classes of {info.name}, {few_names(info.label_names)}; they are of "
            f"{few_names(names)}."
        )
    highest = len(info.label_names) - 1
    if images.labels is not None and (images.labels > highest).any():
        received = int(images.labels.max())
        raise LabError(
            f"The labels of {name} must be classes of {info.name}, from 0 to {highest}; received {received}."
        )
