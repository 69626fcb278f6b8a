"""Reads TOML files that may come from strangers. Needs no TensorFlow, so that bad files are refused early."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from fooler_gui.core.errors import LabError

MAXIMUM_BYTES = 2**20


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
        if len(data) > MAXIMUM_BYTES:
            raise TomlFileError(f"{path.name} must be a TOML file of at most 1 MiB; it is larger.")
        return tomllib.loads(data.decode())
    except FileNotFoundError as error:
        raise TomlFileError(f"There is no file {path}.") from error
    except OSError as error:
        raise TomlFileError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error) if isinstance(error, tomllib.TOMLDecodeError) else type(error).__name__
        raise TomlFileError(f"{path.name} must be written in TOML; it could not be read ({reason}).") from error
