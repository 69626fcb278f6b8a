"""Reads the values of options; one that is not allowed is refused in a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fooler_gui.core.coefficient_presets import PRESET_TITLES
from fooler_gui.core.errors import LabError
from fooler_gui.core.evaluation_report import FOUND, TEST, made_sets
from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.image_kinds import RUNS, kinds_for
from fooler_gui.core.number_text import SIZE_FORM, read_number, read_size, read_whole
from fooler_gui.core.run_spec import DIGITS
from fooler_gui.core.settings import SettingInfo, check_number
from fooler_gui.core.terms import COEFFICIENT_MAXIMUM, known_terms
from fooler_gui.core.topology import Convolution, Dense
from fooler_gui.sweeps.sweep_spec import Share

ALL_LABELS = "all"
FOOLING, WORST = "fooling", "worst"
DESCRIBE, GET = "describe", "get"
NO_LAYERS = "none"
_NAMED = 20
"""The most classes that a sentence names."""


class BadArguments(LabError):
    """The command line is invalid.

    It is not a ValueError, which argparse would replace by a sentence of its own.
    """


def number(option: str, minimum: float, maximum: float, *, whole: bool) -> Callable[[str], float]:
    """Returns a function that reads a number in this range for `option`, a whole one if `whole`."""

    def read(text: str) -> float:
        value = read_whole(text) if whole else read_number(text)
        try:
            # Text that is not a number is refused and quoted.
            return check_number(option, text if value is None else value, minimum, maximum, whole=whole)
        except LabError as error:
            raise BadArguments(str(error)) from error

    return read


def whole(option: str, minimum: float, maximum: float) -> Callable[[str], float]:
    """Returns a function that reads a whole number in this range for `option`."""
    return number(option, minimum, maximum, whole=True)


def text(option: str, info: SettingInfo) -> Callable[[str], str]:
    """Returns a function that reads a text of the form of a setting for `option`."""

    def read(given: str) -> str:
        if not re.fullmatch(info.pattern, given):
            raise BadArguments(f"{option} must be {info.form}; received {given!r}.")
        return given

    return read


def label(text: str) -> int | str:
    """Returns the class that `text` names: a number, or the name itself. `label_of` says which class it is."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def label_of(given: int | str, names: Sequence[str], option: str = "--label") -> int:
    """Returns the number of the class that is `given` by its number or its name in `names`.

    A name may be written in upper or lower case if no two differ in that alone.

    Args:
        given: The number, or the name.
        names: Of all classes.
        option: Where it was given.

    Raises:
        BadArguments: There is no such class, or several.
    """
    if isinstance(given, int) and given < len(names):
        return given
    word = str(given)
    found = [index for index, name in enumerate(names) if name == word]
    found = found or [index for index, name in enumerate(names) if name.casefold() == word.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(f"{index} ({names[index]})" for index in found[:_NAMED])
        raise BadArguments(f"{option} must name one class; {word!r} is any of {several}.")
    known = "" if _are_numbers(names) or len(names) > _NAMED else f" ({', '.join(names)})"
    raise BadArguments(
        f"{option} must be a class, by its name{known} or its number from 0 to {len(names) - 1}; received {given!r}."
    )


def term_coefficient(text: str) -> tuple[str, float]:
    """Returns the term and its coefficient that are given as NAME=COEFFICIENT.

    Raises:
        BadArguments: It has another form, there is no such term, or the coefficient is not allowed.
    """
    name, equals, coefficient = text.partition("=")
    terms = known_terms()
    if not equals:
        raise BadArguments(f"--term must be a term and its coefficient, such as closeness=1; received {text!r}.")
    if name not in terms:
        raise BadArguments(f"--term must name one of {', '.join(terms)}; received {name!r}.")
    return name, number(f"--term {name}", 0, COEFFICIENT_MAXIMUM, whole=False)(coefficient)


def layer_coefficient(text: str) -> tuple[str, float]:
    """Returns the layer and its coefficient that are given as NAME=COEFFICIENT; whether there is such a layer is open.

    Raises:
        BadArguments: It has another form, or the coefficient is not allowed.
    """
    name, equals, coefficient = text.rpartition("=")
    if not equals or not name:
        raise BadArguments(
            f"--layer-coefficient must be a layer and its coefficient, such as conv0=1e-4; received {text!r}."
        )
    return name, number(f"--layer-coefficient {name}", 0, COEFFICIENT_MAXIMUM, whole=False)(coefficient)


def shard(text: str) -> Share:
    """Returns the part of a sweep that is given as I/N.

    Raises:
        BadArguments: It has another form, or I is not from 1 to N.
    """
    number_text, _, of_text = text.partition("/")
    if not (number_text.isdecimal() and of_text.isdecimal() and 1 <= int(number_text) <= int(of_text)):
        raise BadArguments(f"--shard must be I/N with I from 1 to N, such as 2/5; received {text!r}.")
    return Share(number=int(number_text), of=int(of_text))


def weighted_file(text: str) -> tuple[Path, float | None]:
    """Returns the file that `text` names, and the weight after it, as in ``F.keras=0.5``; None without one."""
    name, _, weight = text.rpartition("=")
    if not name or read_number(weight) is None or Path(text).exists():
        return Path(text), None
    info = FurtherClassifier.info("weight")
    assert info.minimum is not None
    assert info.maximum is not None
    return Path(name), number("the weight of --classifier", info.minimum, info.maximum, whole=False)(weight)


class PresetOrFile(str):
    """The value of ``--coefficients``: a preset's name, or a file's."""

    @property
    def is_file(self) -> bool:
        """Whether it names a file."""
        return self not in map(name_of_preset, PRESET_TITLES)


class StartOrFile(str):
    """A value of ``--start``: a kind of images, test images of a class, or a file."""

    @property
    def is_file(self) -> bool:
        """Whether it names a file."""
        return self not in kinds_for(RUNS) and not self.startswith(f"{DIGITS}:")


def size(option: str) -> Callable[[str], int]:
    """Returns a function that reads a number of bytes for `option`, given as in ``500 MB`` or ``2GB``."""

    def read(text: str) -> int:
        found = read_size(text)
        if found is None:
            raise BadArguments(f"{option} must be {SIZE_FORM}; received {text!r}.")
        return found

    return read


def name_of_preset(name: str) -> str:
    """Returns what the command line calls the preset of coefficients `name`."""
    return name.replace(" ", "-")


def _are_numbers(names: Sequence[str]) -> bool:
    return all(name.isdecimal() for name in names)


def layer_names(text: str) -> tuple[str, ...]:
    """Returns the names of layers in `text`, which are separated by commas.

    Raises:
        BadArguments: One is empty.
    """
    names = tuple(name.strip() for name in text.split(","))
    if not all(names):
        raise BadArguments(f"--layers must be names of layers, separated by commas; received {text!r}.")
    return names


def named_file(text: str) -> tuple[str, Path]:
    """Returns the name and path of a set of images given as NAME=FILE.

    Raises:
        BadArguments: It has another form, or the name is taken by a set that is always evaluated.
    """
    name, equals, path = text.partition("=")
    if not (name and equals and path):
        raise BadArguments(f"--set must be a name and a file, such as fashion-mnist=images.gz; received {text!r}.")
    if name in (TEST, FOUND, *made_sets()):
        raise BadArguments(f"--set must not use the name of a set that is always evaluated; received {name}.")
    return name, Path(path)


def picture_size(text: str) -> tuple[int, int]:
    """Returns the (width, height) that `text` names as WxH.

    Raises:
        BadArguments: It has another form.
    """
    sides = text.lower().replace("×", "x").split("x")
    if len(sides) != 2 or not all(side.isascii() and side.isdigit() and len(side) < 10 for side in sides):
        raise BadArguments(f"--size must be width x height in pixels, such as 1920x1080; received {text!r}.")
    return int(sides[0]), int(sides[1])


def convolution(text: str) -> Convolution | str:
    """Returns the convolution that `text` describes, or ``none``.

    Raises:
        BadArguments: It is neither.
    """
    if text == NO_LAYERS:
        return text
    try:
        return Convolution.parse(text)
    except LabError as error:
        raise BadArguments(f"--conv: {error}") from error


def dense_layer(text: str) -> Dense | str:
    """Returns the dense layer that `text` describes, or ``none``.

    Raises:
        BadArguments: It is neither.
    """
    if text == NO_LAYERS:
        return text
    if read_number(text) is not None:
        return Dense(units=int(whole("--dense", 1, 65_536)(text)))
    try:
        return Dense.parse(text)
    except LabError as error:
        raise BadArguments(f"--dense: {error}") from error


def layers_or_none(option: str, given: Sequence[Any] | None) -> tuple[Any, ...] | None:
    """Returns the layers `given` to `option`, an empty tuple for ``none``; None if it was not given.

    Raises:
        BadArguments: ``none`` was given beside layers.
    """
    if given is None:
        return None
    if NO_LAYERS in given and len(given) > 1:
        raise BadArguments(f"{option} must be layers or none, not both.")
    return () if NO_LAYERS in given else tuple(given)
