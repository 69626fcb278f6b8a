"""Names of a classifier's classes: those in ``labels.txt`` beside it, as Teachable Machine writes it, or numbers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.readers.class_names import LABELS_FILE, read_names


def names_beside(path: Path, classes: int) -> tuple[tuple[str, ...], str]:
    """Returns the names in the file ``labels.txt`` in the folder of `path`, and "", if they can be used.

    They must be one for each of the `classes`, and differ from each other. Else no names are returned, and why not in a
    sentence, which is "" without such a file.
    """
    try:
        names = read_names(path.with_name(LABELS_FILE))
    except ArrayFileError as error:
        return (), f"The names of the classes beside {path.name} are not used: {error}"
    (name, times), *_ = Counter(names).most_common(1) or [("", 0)]
    problem = ""
    if times > 1:
        problem = f"it must name each class once; {name} is in it {times:,} times"
    elif names and len(names) != classes:
        problem = f"it must name {classes:,} classes, as the classifier has; it names {len(names):,}"
    return ((), f"{LABELS_FILE} beside {path.name} is not used: {problem}.") if problem else (names, "")


def numbered_names(classes: int) -> tuple[str, ...]:
    """Returns the names of classes that have none."""
    return tuple(map(str, range(classes)))
