"""Names of classes: those in a file ``labels.txt`` beside a classifier, as Teachable Machine writes it, or numbers."""

from __future__ import annotations

import re
from pathlib import Path

_FILE = "labels.txt"
_MAXIMUM_BYTES = 2**20
_MAXIMUM_LETTERS = 100
_NUMBERED = re.compile(r"\d+[\s:,]+(?=\S)")


def names_beside(path: Path) -> tuple[str, ...]:
    """Returns the names in the file ``labels.txt`` in the folder of `path`, one a line; none if it has none that fit.

    A line may begin with the number of its class: ``0 Cat``, if all do.
    """
    try:
        with path.with_name(_FILE).open("rb") as file:
            text = file.read(_MAXIMUM_BYTES + 1).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if all(_NUMBERED.match(line) for line in lines):
        lines = [_NUMBERED.sub("", line, count=1) for line in lines]
    good = all(line.isprintable() and len(line) <= _MAXIMUM_LETTERS for line in lines)
    return tuple(lines) if good and len(text) <= _MAXIMUM_BYTES and len(set(lines)) == len(lines) else ()


def numbered_names(classes: int) -> tuple[str, ...]:
    """Returns the names of classes that have none."""
    return tuple(map(str, range(classes)))
