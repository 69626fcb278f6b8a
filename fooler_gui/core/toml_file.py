"""Reads TOML files that may come from strangers. Needs no TensorFlow, so that bad files are refused early."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from fooler_gui.core.errors import LabError

MAXIMUM_BYTES = 2**20
_MOST_DOTS = 1_000
"""In a line, outside its texts: the time to read a key of parts grows with the square of their number."""
_TEXT = re.compile(rb'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'')


class TomlFileError(LabError, ValueError):
    """A TOML file cannot be used. Its text is one sentence that can be shown as it is."""


def read_toml(path: Path) -> dict[str, Any]:
    """Returns what the TOML file at `path` holds.

    Raises:
        TomlFileError: The file is missing, cannot be read, is larger than 1 MiB or is not written in TOML.
    """
    try:
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
        table = tomllib.loads(data.decode())
        _check_whole_numbers(table)
    except (ValueError, OverflowError, RecursionError) as error:
        raise TomlFileError(f"{path.name} must be written in TOML; it could not be read ({_reason(error)}).") from error
    return table


def _check_whole_numbers(part: object) -> None:
    """Refuses what TOML refuses and Python does not: a number so long that not even a sentence about it could be."""
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
            return str(error)
        case UnicodeDecodeError():
            return "it is no text in UTF-8"
        case RecursionError():
            return "it is nested too deeply"
        case _:
            return "a whole number in it does not fit into 64 bits"
