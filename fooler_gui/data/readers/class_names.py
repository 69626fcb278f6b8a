"""Names of classes: ``labels.txt`` beside the data, and what labels mean without it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fooler_gui.core.dataset_info import MAXIMUM_CLASSES
from fooler_gui.core.errors import reason_of
from fooler_gui.core.file_kind import SAVE_IN_UTF_8
from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.readers.found import Array

LABELS_FILE = "labels.txt"
_MOST_BYTES = 2**20
LONGEST_NAME = 100
_LONGEST_NUMBER = 18
_NUMBERED = re.compile(r"(\d{1,9})[\s:,]+(\S.*)")
_SPACE = re.compile(r"\s+")


def read_names(path: Path) -> tuple[str, ...]:
    """Returns the names in the file at `path`, one a line, also numbered from 0 as in "0 Cat"; () without a file.

    Raises:
        ArrayFileError: It cannot be read, is not text in UTF-8, or too large.
    """
    if not path.is_file():
        return ()
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        lines = [line.strip() for line in content.decode("utf-8-sig").splitlines()]
    except OSError as error:
        raise ArrayFileError(f"{path} cannot be read: {reason_of(error)}.") from error
    except UnicodeDecodeError as error:
        raise ArrayFileError(f"{path.name} must be a text file in UTF-8; it is not; {SAVE_IN_UTF_8}.") from error
    if len(content) > _MOST_BYTES:
        raise ArrayFileError(f"{path.name} must have at most {_MOST_BYTES:,} bytes; it has more.")
    names = [line for line in lines if line]
    numbered = [_NUMBERED.fullmatch(name) for name in names]
    if all(match is not None and int(match[1]) == number for number, match in enumerate(numbered)):
        names = [match[2] for match in numbered if match is not None]
    return checked_names(names)


def checked_names(names: Sequence[str]) -> tuple[str, ...]:
    """Returns `names` of classes, each on one line and of at most 100 characters that can be shown.

    Raises:
        ArrayFileError: There are more than 10,000.
    """
    if len(names) > MAXIMUM_CLASSES:
        raise ArrayFileError(f"A dataset must have at most {MAXIMUM_CLASSES:,} classes; received {len(names):,}.")
    lines = (_SPACE.sub(" ", name).strip() for name in names)
    return tuple("".join(sign if sign.isprintable() else "�" for sign in line)[:LONGEST_NAME] or "?" for line in lines)


def classes_in(labels: Array) -> tuple[Array, tuple[str, ...]]:
    """Returns the values that are classes, sorted, and their names.

    Texts are classes of their own; if all are whole numbers, in their order. Numbers without a gap are the classes;
    numbers with few gaps, from 0 to the highest, as some classes may merely be absent; other numbers, those that occur.

    Args:
        labels: (N,) of all parts, N ≥ 1.
    """
    values = np.unique(labels)
    if values.dtype.kind in "US":
        if all(value.isdecimal() and len(value) <= _LONGEST_NUMBER for value in values.tolist()):
            values = np.array(sorted(values.tolist(), key=lambda value: (int(value), value)))
    else:
        lowest, highest = int(values[0]), int(values[-1])
        has_gaps = len(values) < highest - lowest + 1
        if has_gaps and lowest >= 0 and 2 * len(values) >= highest + 1:
            values = np.arange(highest + 1)
    return values, checked_names([str(value) for value in values.tolist()])


def indices_of(labels: Array, values: Array) -> npt.NDArray[np.int64]:
    """Returns (N,) the places of `labels` (N,) in `values`, which hold each."""
    order = np.argsort(values)
    return order[np.searchsorted(values, labels, sorter=order)].astype(np.int64)
