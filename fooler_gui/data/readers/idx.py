"""Datasets in IDX files, gzipped or not: pairs of images and labels, named as MNIST's or EMNIST's are."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fooler_gui.core.evaluation_report import TURNED_UPRIGHT
from fooler_gui.core.file_kind import FileKind, kind_of
from fooler_gui.data.array_file import MAXIMUM_BYTES, MOST_PACKED, ArrayFileError, too_large
from fooler_gui.data.idx_file import is_emnist, is_idx, opened, read_idx_header
from fooler_gui.data.readers.found import Array, Found, Part, Role, check_count, images_a_chunk
from fooler_gui.data.readers.listing import files_in

_DECORATION = re.compile(r"\.gz$|[-._]?idx\d|[-._]?ubyte|[-._]?(images?|labels?)")
_ROLES = {
    Role.TEST: re.compile(r"[-._]?(t10k|test)"),
    Role.VALIDATION: re.compile(r"[-._]?(validation|valid|val)"),
    Role.TRAIN: re.compile(r"[-._]?train(ing)?"),
}


@dataclass(frozen=True, slots=True)
class _File:
    """An IDX file.

    Attributes:
        path: Its path.
        shape: In its header; one axis if it holds labels.
        key: Its name without what distinguishes images from labels and packed from unpacked files.
    """

    path: Path
    shape: tuple[int, ...]
    key: str

    @property
    def role(self) -> Role:
        """What its images or labels are for, by its name."""
        return next((role for role, word in _ROLES.items() if word.search(self.key)), Role.TRAIN)

    @property
    def set_name(self) -> str:
        """Its name without what distinguishes training from test files; "" for MNIST's own names."""
        return _ROLES[self.role].sub("", self.key, count=1).strip("-._")


def is_idx_set(path: Path) -> bool:
    """Returns whether `path` is an IDX file or a folder that holds some."""
    return any(map(is_idx, files_in(path))) if path.is_dir() else is_idx(path)


def read_idx(path: Path) -> Found:
    """Returns the dataset of the IDX file `path` and those beside it, or of the folder `path`.

    Raises:
        ArrayFileError: Images lack labels, a file is damaged, or the folder holds several sets.
    """
    folder = path if path.is_dir() else path.parent
    files = [_of(file) for file in files_in(folder) if is_idx(file)]
    names = {file.set_name for file in files} if path.is_dir() else {_of(path).set_name}
    if len(names) > 1:
        raise ArrayFileError(
            f"{path} must hold one dataset; it holds {', '.join(sorted(filter(None, names)))}; name one of the files."
        )
    (name,) = names
    pairs = _pairs(folder, [file for file in files if file.set_name == name])
    is_transposed = is_emnist(name, pairs[0][0].path)
    parts = [_part(images, labels, is_transposed=is_transposed) for images, labels in pairs]
    other = next((part for part in parts if part.shape != parts[0].shape), None)
    if other is not None:
        raise ArrayFileError(f"{folder} must hold images of one shape; received {parts[0].shape} and {other.shape}.")
    return Found(
        name=name or folder.resolve().name,
        parts=tuple(parts),
        files=tuple(file.path for pair in pairs for file in pair),
        remarks=(TURNED_UPRIGHT,) if is_transposed else (),
    )


def _of(path: Path) -> _File:
    with opened(path) as file:
        shape = read_idx_header(path, file)
    size, packed = math.prod(shape), path.stat().st_size
    if size > packed and kind_of(path) is FileKind.IDX:
        raise ArrayFileError(
            f"{path.name} must hold all that its header claims, {size:,} bytes; it has {packed:,} bytes."
        )
    if size > max(MAXIMUM_BYTES, MOST_PACKED * packed):
        raise too_large(path, size)
    check_count(path.name, shape[0])
    return _File(path, shape, _DECORATION.sub("", path.name.lower()))


def _pairs(folder: Path, files: list[_File]) -> list[tuple[_File, _File]]:
    """Returns images and labels of each part; of equal files, packed and not, the first by name."""
    images = {file.key: file for file in reversed(files) if len(file.shape) in (3, 4)}
    labels = {file.key: file for file in reversed(files) if len(file.shape) == 1}
    if not images:
        raise ArrayFileError(f"{folder} must hold an IDX file of images beside the one of labels; it does not.")
    lacking = next((file for key, file in sorted(images.items()) if key not in labels), None)
    if lacking is not None:
        raise ArrayFileError(
            f"{lacking.path.name} must have its labels beside it, as train-images-idx3-ubyte has "
            f"train-labels-idx1-ubyte; there are none in {folder}."
        )
    pairs = {images[key].role: (images[key], labels[key]) for key in sorted(images)}
    if Role.TRAIN not in pairs:
        raise ArrayFileError(f"{folder} must hold training images, such as train-images-idx3-ubyte; it does not.")
    return [pairs[role] for role in Role if role in pairs]


def _part(images: _File, labels: _File, *, is_transposed: bool) -> Part:
    count, *axes = images.shape
    height, width, channels = (*axes, 1)[:3]
    if labels.shape[0] != count or count < 1 or channels not in (1, 3) or 0 in axes:
        raise ArrayFileError(
            f"{images.path.name} must hold images of 1 or 3 channels, as many as {labels.path.name} has labels; "
            f"received the shape {images.shape} and {labels.shape[0]:,} labels."
        )

    def chunks() -> Iterator[Array]:
        for chunk in _chunks(images):
            upright = chunk.reshape(len(chunk), height, width, channels)
            yield upright.swapaxes(1, 2) if is_transposed else upright

    return Part(
        role=images.role,
        labels=np.concatenate(list(_chunks(labels))).astype(np.int64),
        shape=(width, height, channels) if is_transposed else (height, width, channels),
        chunks=chunks,
    )


def _chunks(file: _File) -> Iterator[Array]:
    """Yields the bytes of `file` along the first axis."""
    count, *axes = file.shape
    size = math.prod(axes)
    step = images_a_chunk(tuple(axes)) if axes else count
    with opened(file.path) as content:
        read_idx_header(file.path, content)
        for start in range(0, count, step):
            rows = min(step, count - start)
            read = content.read(rows * size)
            if len(read) < rows * size:
                raise ArrayFileError(
                    f"{file.path.name} must hold the {count:,} entries that its header claims; it ends after "
                    f"{start + len(read) // size:,}."
                )
            yield np.frombuffer(read, np.uint8).reshape(rows, *axes)
        content.read(1)  # a packed file is found to be damaged only at its end
