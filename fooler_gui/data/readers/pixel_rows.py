"""Datasets in CSV files, gzipped or not: in each row a label, first or last, and all pixels of an image."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from fooler_gui.core.file_kind import FileKind, kind_of
from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.readers.found import (
    IMAGES_A_CHUNK,
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
from fooler_gui.data.readers.text_lines import batches_of, checked_class, lines_of, text_of

_DELIMITERS = (b",", b";", b"\t")
_LABEL_NAMES = {b"label", b"labels", b"class", b"target", b"y", b"category", b"digit", b"letter"}
_MOST_KEPT = 2**28
"""The most bytes of pixels that are kept from the first reading, which saves the second."""


def is_pixel_rows(path: Path) -> bool:
    """Returns whether the file at `path` may be of this form."""
    return kind_of(path) in (FileKind.TEXT, FileKind.PACKED_TEXT)


def read_pixel_rows(path: Path) -> Found:
    """Returns the dataset in the CSV file at `path`.

    Raises:
        ArrayFileError: Its rows are not a label and the pixels of an image.
    """
    rows = _Rows(path)
    labels, span, kept = _read_through(rows)
    shape = rows.shape

    def chunks() -> Iterator[Array]:
        parsed = (pixels for _, pixels in rows.chunks()) if kept is None else iter(kept)
        for pixels in parsed:
            yield pixels.reshape(len(pixels), *shape)

    column = "first" if rows.is_first else "last"
    remarks = [f"The {column} column was taken as the label, the others as images of {shape_in_words(shape)}."]
    if span != (0.0, 255.0):
        remarks.append(in_words(span))
    part = Part(role=Role.TRAIN, labels=labels, shape=shape, chunks=chunks, span=span)
    return Found(name=path.name.partition(".")[0], parts=(part,), remarks=tuple(remarks))


class _Rows:
    """The rows of a file.

    Args:
        path: The file.

    Attributes:
        name: The file's name.
        is_first: Whether the label is the first column, not the last.
        shape: Of the image in a row.

    Raises:
        ArrayFileError: The first rows are not of this form.
    """

    def __init__(self, path: Path) -> None:
        self._path, self.name = path, path.name
        sample = [line for _, line in next(batches_of(lines_of(path), IMAGES_A_CHUNK + 1), [])]
        self._delimiter = max(_DELIMITERS, key=(sample[0] if sample else b"").count)
        first = self._fields(sample[0]) if sample else []
        shape = shape_of_pixels(len(first) - 1) if len(first) > 4 else None
        if shape is None:
            raise ArrayFileError(
                f"{path.name} must have a label and a square number of pixels, or three times one, in each row; "
                f"received {len(first):,} columns."
            )
        self.shape = shape
        self._has_header = _is_header(first)
        rows = [self._plain(line) for line in sample[self._has_header :]]
        if not rows:
            raise ArrayFileError(f"{path.name} must have rows below its heading; it has none.")
        self.is_first = _is_label_first(first if self._has_header else (), rows)

    def chunks(self) -> Iterator[tuple[list[str], Array]]:
        """Yields the labels and the pixels, (n, columns) numbers, of the rows."""
        lines = itertools.islice(lines_of(self._path), int(self._has_header), None)
        columns = self.shape[0] * self.shape[1] * self.shape[2]
        for few in batches_of(lines, IMAGES_A_CHUNK):
            labels, pixels = [], []
            for number, line in few:
                label, rest = self._split(line)
                if rest.count(b",") != columns - 1:
                    raise ArrayFileError(
                        f"{self.name} must have {columns + 1:,} columns in each row; line {number:,} has "
                        f"{rest.count(b',') + 2:,}."
                    )
                labels.append(checked_class(self._path, number, text_of(self._path, number, label)))
                pixels.append(rest)
            yield labels, self._numbers(few[0][0], few[-1][0], pixels, columns)

    def _fields(self, line: bytes) -> list[bytes]:
        return [field.strip() for field in self._plain(line).split(b",")]

    def _plain(self, line: bytes) -> bytes:
        return line.replace(b'"', b"").replace(self._delimiter, b",")

    def _split(self, line: bytes) -> tuple[bytes, bytes]:
        plain = self._plain(line)
        if self.is_first:
            label, _, rest = plain.partition(b",")
        else:
            rest, _, label = plain.rpartition(b",")
        return label.strip(), rest

    def _numbers(self, first: int, last: int, rows: Sequence[bytes], columns: int) -> Array:
        text = b",".join(rows)
        for kind in (np.int64, np.float64):
            numbers = _parsed(text, kind)
            if numbers is not None and numbers.size == len(rows) * columns:
                return numbers.reshape(len(rows), columns)
        raise ArrayFileError(
            f"{self.name} must hold numbers in every column but the label's; lines {first:,} to {last:,} hold "
            "something else."
        )


def _parsed(text: bytes, kind: type[np.number]) -> Array | None:
    """Returns the numbers of this `kind` in `text`, separated by commas; None if there is something else."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            numbers: Array = np.fromstring(text, kind, sep=",")
        except (ValueError, OverflowError, DeprecationWarning):
            return None
    return numbers


def _is_number(field: bytes | str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _is_header(fields: Sequence[bytes]) -> bool:
    """Returns whether the first row names the columns: by texts, or by numbers that count up."""
    texts = [field for field in fields if not _is_number(field)]
    inner = fields[1:] if fields and not _is_number(fields[0]) else fields[:-1]
    counts_up = any(list(inner) == [b"%d" % number for number in range(start, start + len(inner))] for start in (0, 1))
    return len(texts) > 1 or (len(texts) == 1 and counts_up)


def _is_label_first(header: Sequence[bytes], rows: Sequence[bytes]) -> bool:
    """Returns whether the label is the first column: by its name, or as the one that can be labels.

    Labels are texts, or whole numbers that are not all the same; of two such columns the one with fewer values.
    """
    if header:
        is_first, is_last = (header[place].lower() in _LABEL_NAMES for place in (0, -1))
        if is_first != is_last:
            return is_first
    first = {row.partition(b",")[0].strip() for row in rows}
    last = {row.rpartition(b",")[2].strip() for row in rows}
    if _can_be_labels(first) != _can_be_labels(last):
        return _can_be_labels(first)
    return len(first) <= len(last)


def _can_be_labels(values: set[bytes]) -> bool:
    return len(values) > 1 and all(not _is_number(value) or float(value).is_integer() for value in values)


def _read_through(rows: _Rows) -> tuple[Array, tuple[float, float], list[Array] | None]:
    """Returns all labels, the range of the pixels, and the pixels themselves if they are few bytes."""
    texts: list[str] = []
    span = Span()
    kept: list[Array] | None = []
    size = 0
    for labels, pixels in rows.chunks():
        texts += labels
        check_count(rows.name, len(texts))
        span.see(pixels)
        size += pixels.size
        is_bytes = pixels.dtype.kind == "i" and pixels.min() >= 0 and pixels.max() <= 255
        if kept is not None and is_bytes and size <= _MOST_KEPT:
            kept.append(pixels.astype(np.uint8))
        else:
            kept = None
    return _labels(rows.name, texts), span.found(rows.name), kept


def _labels(name: str, texts: list[str]) -> Array:
    if all(map(_is_number, set(texts))):
        return whole_labels(f"{name}: the labels", np.array([float(text) for text in texts]), len(texts))
    return np.array(texts)
