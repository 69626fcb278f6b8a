"""Names of a classifier's classes: those in ``labels.txt`` beside it, as Teachable Machine writes it, or numbers."""

from __future__ import annotations

from pathlib import Path

from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.readers.class_names import LABELS_FILE, read_names


def names_beside(path: Path) -> tuple[str, ...]:
    """Returns the names in the file ``labels.txt`` in the folder of `path`; none if there are none that can be used.

    Names must differ from each other.
    """
    try:
        names = read_names(path.with_name(LABELS_FILE))
    except ArrayFileError:
        return ()
    return names if len(set(names)) == len(names) else ()


def numbered_names(classes: int) -> tuple[str, ...]:
    """Returns the names of classes that have none."""
    return tuple(map(str, range(classes)))
