"""What the classes of a dataset are called: each by its name, all of them digits if they are, else classes."""

from __future__ import annotations

from collections.abc import Sequence

from fooler_gui.core.rounds_spec import NONE_NAME

FEW_CLASSES = 20
"""Work and pictures for each class are for at most this many; of more, some are taken, and that is told."""

_DIGITS = tuple("0123456789")
_LONGEST_NAME = 32
_NAMED = 10


def class_word(class_names: Sequence[str]) -> str:
    """Returns "digit" if `class_names` are "0" to "9", the class for images that show nothing aside, else "class"."""
    return "digit" if tuple(name for name in class_names if name != NONE_NAME) == _DIGITS else "class"


def classes_word(class_names: Sequence[str], count: int = 2) -> str:
    """Returns the word for `count` of the classes: "digit", "digits", "class" or "classes"."""
    word = class_word(class_names)
    return word if count == 1 else {"digit": "digits", "class": "classes"}[word]


def class_name(class_names: Sequence[str], label: int) -> str:
    """Returns the name of the class `label`; its number if it has none."""
    return class_names[label] if 0 <= label < len(class_names) else str(label)


def are_classes(names: Sequence[str], wanted: Sequence[str]) -> bool:
    """Returns whether classes called `names` are the `wanted` ones: as many, of the same names or mere numbers."""
    return tuple(names) in (tuple(wanted), tuple(map(str, range(len(wanted)))))


def few_names(names: Sequence[str]) -> str:
    """Returns the first of `names`, ten at most, and how many they are if they are more."""
    more = f" … ({len(names):,} in all)" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def short_name(name: str) -> str:
    """Returns `name` on one line, the end of a long one left out."""
    line = " ".join(name.split())
    return line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1]}…"
