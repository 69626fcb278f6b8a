"""Reads untrusted TOML files. Needs no TensorFlow, so that bad files are refused early."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from fooler_gui.core.errors import LabError
from fooler_gui.core.file_kind import TOML

MAXIMUM_BYTES = 2**20
_MOST_DOTS = 1_000
"""In a line, outside strings: the time to read a dotted key grows with the square of its parts."""
_PLACE = re.compile(r"(.*) \(at (.*)\)")
_KEY = re.compile(r"\(('.*?'),?\)")
_TEXT = re.compile(rb'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'')


class TomlFileError(LabError, ValueError):
    """A TOML file cannot be used."""


def read_toml(path: Path) -> dict[str, Any]:
    """Returns the contents of the TOML file at `path`, with or without a byte order mark.

    Raises:
        TomlFileError: The file is missing, cannot be read, is larger than 1 MiB or is not TOML.
    """
    try:
        other = TOML.other(path)
        if other:
            raise TomlFileError(f"{path.name} must be {TOML.words}; it is {other}.")
        with path.open("rb") as file:
            data = file.read(MAXIMUM_BYTES + 1)
    except FileNotFoundError as error:
        raise TomlFileError(f"There is no file {path}.") from error
    except OSError as error:
        raise TomlFileError(f"{path} cannot be read: {error.strerror or error}.") from error
    if len(data) > MAXIMUM_BYTES:
        raise TomlFileError(f"{path.name} must be a TOML file of at most 1 MiB; it is larger.")
    if any(line.count(b".") > _MOST_DOTS for line in _TEXT.sub(b"", data).split(b"\n")):
        raise TomlFileError(f"{path.name} must have at most {_MOST_DOTS:,} dots in a line; it has more.")
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
        _check_whole_numbers(table)
    except (ValueError, OverflowError, RecursionError) as error:
        raise TomlFileError(f"{path.name} must be {TOML.words}; {_reason(error)}.") from error
    return table


def _check_whole_numbers(part: object) -> None:
    """Refuses whole numbers beyond 64 bits, as TOML does but Python does not; they may be too long even to show."""
    if isinstance(part, dict):
        part = list(part.values())
    if isinstance(part, list):
        for entry in part:
            _check_whole_numbers(entry)
    elif isinstance(part, int) and not -(2**63) <= part < 2**63:
        raise OverflowError


def _reason(error: Exception) -> str:
    match error:
        case tomllib.TOMLDecodeError():
            return _in_words(str(error))
        case UnicodeDecodeError():
            return "it is not UTF-8 text"
        case RecursionError():
            return "it is nested too deeply"
        case _:
            return "a whole number in it does not fit into 64 bits"


def _in_words(problem: str) -> str:
    """Returns a `tomllib` message in this program's words: ``line 2, column 1: invalid statement``."""
    placed = _PLACE.fullmatch(_KEY.sub(lambda key: key[1].replace("', '", "."), problem))
    what, place = placed.groups() if placed else (problem, "")
    what = what[:1].lower() + what[1:]
    return f"{place}: {what}" if place else what
