"""Makes a dataset of what a reader finds in a file or folder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from fooler_gui.core.dataset_info import DatasetSettings
from fooler_gui.core.formats import format_bytes
from fooler_gui.data.arrangement import Places, arranged
from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.file_hash import sha256_of_dataset
from fooler_gui.data.image_store import Images, ImageStore, most_in_memory
from fooler_gui.data.readers.class_names import LABELS_FILE, read_names
from fooler_gui.data.readers.found import Part
from fooler_gui.data.readers.pixels import MOST_PIXELS, as_bytes, in_words, resized, size_within, stretch
from fooler_gui.data.readers.registry import read_found


def load_dataset(
    path: Path,
    class_names: tuple[str, ...] | None = None,
    *,
    largest: int = DatasetSettings.default("largest_side"),
    most_bytes: int | None = None,
    cache: Path | None = None,
) -> Dataset:
    """Returns the dataset of a file or folder of any form in `readers.registry`.

    Args:
        path: The file or folder.
        class_names: One for each class, in place of those found there.
        largest: The longest side of an image, in pixels; longer ones are made smaller.
        most_bytes: The most bytes of images to hold in memory, the others are read through a memory map; None for a
            quarter of the machine's memory.
        cache: The folder of memory maps; None for a temporary one.

    Raises:
        ArrayFileError: It is missing or damaged, or cannot be used as a dataset.
    """
    found = read_found(path, largest)
    names = read_names((path if path.is_dir() else path.parent) / LABELS_FILE)
    plan = arranged(found, names, class_names)
    remarks = [*found.remarks, *plan.remarks]
    height, width, channels = found.parts[0].shape
    if height * width > MOST_PIXELS:
        raise ArrayFileError(
            f"{found.name} must have images of at most {MOST_PIXELS:,} pixels; received {height:,} × {width:,}."
        )
    size = size_within(height, width, largest)
    if size != (height, width):
        remarks.append(f"Images of {height} × {width} were made smaller, to {size[0]} × {size[1]}.")

    def fill(arrays: tuple[Images, ...]) -> None:
        for part, *places in zip(found.parts, plan.to_train, plan.to_test, strict=True):
            _fill(part, places, arrays, size)
        if any(part.span is None for part in found.parts) and (span := stretch(arrays)) is not None:
            remarks.append(in_words(span))

    shapes = [(len(labels), *size, channels) for labels in (plan.train_labels, plan.test_labels)]
    store = ImageStore(
        most_in_memory() if most_bytes is None else most_bytes,
        cache,
        lambda: f"{sha256_of_dataset(path, found.files)[:32]}-{size[0]}x{size[1]}",
    )
    train_images, test_images = store.filled(shapes, fill)
    if not store.fits(shapes):
        remarks.append(
            f"The images take {format_bytes(sum(map(math.prod, shapes)))} and are read through a memory map."
        )
    return Dataset(
        train_images=train_images,
        train_labels=plan.train_labels,
        test_images=test_images,
        test_labels=plan.test_labels,
        class_names=plan.class_names,
        name=found.name,
        file=path,
        files=found.files,
        remarks=tuple(remarks),
        largest_side=largest,
    )


def _fill(part: Part, places: Sequence[Places], arrays: Sequence[Images], size: tuple[int, int]) -> None:
    """Writes the images of `part` to their `places` in each of `arrays`, in (height, width) `size`."""
    start = 0
    for chunk in part.chunks():
        images = resized(as_bytes(chunk, part.span), size)
        for own, array in zip(places, arrays, strict=True):
            where = own[start : start + len(images)]
            array[where[where >= 0]] = images[where >= 0]
        start += len(images)
