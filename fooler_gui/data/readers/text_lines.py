"""Lines of a text from a stranger, packed by gzip or not: none too long, and no more than the file can really hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fooler_gui.core.file_kind import SAVE_IN_UTF_8
from fooler_gui.data.array_file import MAXIMUM_BYTES, MOST_PACKED, ArrayFileError, too_large
from fooler_gui.data.idx_file import opened
from fooler_gui.data.readers.class_names import LONGEST_NAME

LONGEST_LINE = 2**22
_BYTES_A_BATCH = 2**24
_NOTHING = b',;\t\r\n "'
"""What is in the rows that a spreadsheet leaves empty."""


def lines_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yields the lines of the file at `path`, stripped, each after its number from 1; no blanks or mere separators.

    Raises:
        ArrayFileError: It cannot be read, is damaged, has a line of more than 4 MiB, or unpacks to far too much.
    """
    with opened(path) as file:
        most = max(MAXIMUM_BYTES, MOST_PACKED * path.stat().st_size)
        number, size = 0, 0
        while line := file.readline(LONGEST_LINE + 1):
            number, size = number + 1, size + len(line)
            if len(line) > LONGEST_LINE:
                raise ArrayFileError(f"{path.name} must have lines of at most 4 MiB; line {number:,} is longer.")
            if size > most:
                raise too_large(path, size)
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.strip(_NOTHING):
                yield number, line.strip()


def batches_of(lines: Iterator[tuple[int, bytes]], most: int) -> Iterator[list[tuple[int, bytes]]]:
    """Yields `lines` in lists of at most `most` lines, fewer if they are so long that they would fill the memory."""
    batch, size = [], 0
    for number, line in lines:
        batch.append((number, line))
        size += len(line)
        if len(batch) == most or size >= _BYTES_A_BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def text_of(path: Path, number: int, line: bytes) -> str:
    """Returns a `line` of the file at `path`, or a part of it, as text.

    Raises:
        ArrayFileError: It is not in UTF-8.
    """
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise ArrayFileError(
            f"{path.name} must be a text file in UTF-8; line {number:,} is in another encoding; {SAVE_IN_UTF_8}."
        ) from error


def checked_class(path: Path, number: int, name: str) -> str:
    """Returns the `name` of a class in a line of the file at `path`.

    Raises:
        ArrayFileError: It is so long that many of them would fill the memory.
    """
    if len(name) > LONGEST_NAME:
        raise ArrayFileError(
            f"{path.name} must name classes in at most {LONGEST_NAME} characters; line {number:,} has {len(name):,}."
        )
    return name
