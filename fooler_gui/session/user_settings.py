"""What the window remembers between sessions, in a TOML file that the user may edit by hand."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import tomli_w

from fooler_gui.core.files import written_whole
from fooler_gui.core.settings import Settings
from fooler_gui.core.toml_file import TomlFileError, read_toml

_log = logging.getLogger(__name__)
_VERSION = 1
SettingsT = TypeVar("SettingsT", bound=Settings)


class UserSettings:
    """The remembered values, in tables. Missing or bad values never keep the rest from being read.

    Args:
        path: The TOML file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tables: dict[str, dict[str, Any]] = {}

    def load(self) -> str:
        """Reads the file; returns a sentence if it had to be ignored, else ""."""
        if not self._path.exists():
            return ""
        try:
            data = read_toml(self._path)
        except TomlFileError as error:
            return f"The remembered settings are ignored and the defaults used: {error}"
        self._tables = {name: table for name, table in data.items() if isinstance(table, dict)}
        return ""

    def table(self, name: str) -> Mapping[str, Any]:
        """Returns the values remembered under `name`; empty if there are none."""
        return self._tables.get(name, {})

    def settings(self, name: str, kind: type[SettingsT]) -> SettingsT:
        """Returns the settings remembered under `name`; bad ones are logged and keep their defaults."""
        settings, problems = kind.from_dict_leniently(self.table(name))
        for problem in problems:
            _log.warning("Remembered setting ignored: %s", problem)
        return settings

    def set_table(self, name: str, values: Mapping[str, Any]) -> None:
        """Remembers `values`, which must be TOML values, under `name`."""
        self._tables[name] = dict(values)

    def save(self) -> None:
        """Writes the file; a failure is only logged."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with written_whole(self._path) as temporary:
                temporary.write_text(tomli_w.dumps({"version": _VERSION, **self._tables}), encoding="utf-8")
        except OSError as error:
            _log.warning("The settings could not be written to %s: %s", self._path, error)
