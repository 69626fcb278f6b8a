"""Lines of a text from a stranger, packed by gzip or not: none too long, and no more than the file can really hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fooler_gui.data.array_file import MAXIMUM_BYTES, MOST_PACKED, ArrayFileError, too_large
from fooler_gui.data.idx_file import opened

LONGEST_LINE = 2**22
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
