"""The binary version of CIFAR-10 and CIFAR-100: records of one or two label bytes and 3 × 32 × 32 pixels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fooler_gui.core.file_kind import FileKind, kind_of
from fooler_gui.data.array_file import MAXIMUM_BYTES, ArrayFileError
from fooler_gui.data.readers.class_names import read_names
from fooler_gui.data.readers.found import IMAGES_A_CHUNK, Array, Found, Part, Role
from fooler_gui.data.readers.listing import files_in

_SHAPE = (32, 32, 3)
_PIXELS = 3 * 32 * 32
_CLASSES = {1: (10,), 2: (20, 100)}
"""The number of classes of each label byte, by how many there are: CIFAR-100's are coarse and fine."""
_NAMES = {1: "batches.meta.txt", 2: "fine_label_names.txt"}
_TEST = "test"
_BATCH = re.compile(r"(data_batch_\d+|test_batch)\.bin")
_OWN_NAME = re.compile(rf"{_BATCH.pattern}|(train|test)\.bin")
"""What the files of both are called."""


def is_cifar(path: Path) -> bool:
    """Returns whether `path` is a file of CIFAR's binary version, perhaps a damaged one, or a folder that holds some.

    Raises:
        OSError: It cannot be read.
    """
    if path.is_dir():
        return any(_label_bytes(file) or _BATCH.fullmatch(file.name) for file in _candidates(path))
    return _label_bytes(path) > 0 or (_OWN_NAME.fullmatch(path.name) is not None and kind_of(path) is FileKind.UNKNOWN)


def read_cifar(path: Path) -> Found:
    """Returns the dataset of the file `path` and those beside it, or of the folder `path`.

    Raises:
        ArrayFileError: There is only a test part, or a file is damaged or too large.
    """
    folder = path if path.is_dir() else path.parent
    candidates = _candidates(folder)
    files = {file: count for file in candidates if (count := _label_bytes(file))}
    damaged = next((file for file in candidates if file not in files and _OWN_NAME.fullmatch(file.name)), None)
    if damaged is not None:
        raise _damaged(damaged)
    if not path.is_dir():
        files = {file: count for file, count in files.items() if count == _label_bytes(path)} or {
            path: _label_bytes(path)
        }
    kinds = set(files.values())
    if len(kinds) > 1:
        raise ArrayFileError(f"{folder} must hold one dataset; it holds CIFAR-10 and CIFAR-100; name one of the files.")
    (label_bytes,) = kinds
    roles = {file: Role.TEST if file.name.lower().startswith(_TEST) else Role.TRAIN for file in files}
    if Role.TRAIN not in roles.values():
        raise ArrayFileError(f"{folder} must hold training images, such as data_batch_1.bin or train.bin; it does not.")
    return Found(
        name=f"cifar-{_CLASSES[label_bytes][-1]}",
        parts=tuple(
            _part(role, [file for file in files if roles[file] is role], label_bytes)
            for role in Role
            if role in roles.values()
        ),
        class_names=read_names(folder / _NAMES[label_bytes]),
        files=tuple(files),
    )


def _candidates(folder: Path) -> list[Path]:
    return [file for file in files_in(folder) if file.suffix.lower() == ".bin"]


def _label_bytes(path: Path) -> int:
    """Returns how many label bytes the records of the file at `path` have; 0 if it is no file of CIFAR's."""
    size = path.stat().st_size
    if size > MAXIMUM_BYTES:
        return 0
    for count, classes in _CLASSES.items():
        record = count + _PIXELS
        if size and size % record == 0:
            labels = np.memmap(path, np.uint8, "r").reshape(-1, record)[:, :count]
            if (labels < np.array(classes)).all():
                return count
    return 0


def _damaged(path: Path) -> ArrayFileError:
    """Returns the error to raise for a file that is called as one of CIFAR's, but is none."""
    return ArrayFileError(
        f"{path.name} must be a CIFAR binary file of at most 1 GiB: records of 3,073 bytes with a label below 10, or "
        "of 3,074 bytes with labels below 20 and 100; it is cut short, damaged or none."
    )


def _part(role: Role, files: list[Path], label_bytes: int) -> Part:
    def records() -> Iterator[Array]:
        for file in files:
            stored = np.memmap(file, np.uint8, "r").reshape(-1, label_bytes + _PIXELS)
            for start in range(0, len(stored), IMAGES_A_CHUNK):
                yield stored[start : start + IMAGES_A_CHUNK]

    def chunks() -> Iterator[Array]:
        for chunk in records():
            yield chunk[:, label_bytes:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)

    labels = np.concatenate([chunk[:, label_bytes - 1] for chunk in records()])
    return Part(role=role, labels=labels.astype(np.int64), shape=_SHAPE, chunks=chunks)
