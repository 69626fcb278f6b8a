"""Coefficients in TOML files, to be kept and shared.

Such a file holds an optional name and any of the coefficients of `CostCoefficients`; those left out are the
article's. A table ``descent`` may hold settings of the descent that go with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fooler_gui.core.settings import CostCoefficients, DescentSettings
from fooler_gui.core.toml_file import TomlFileError, read_toml

FORMAT = 1
LONGEST_NAME = 100
_ABOUT = ("format", "name")
_DESCENT = "descent"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoefficientPreset:
    """The contents of a coefficient file.

    Attributes:
        name: Given by a person, or the file's.
        given: Coefficients as `CostCoefficients.from_dict` takes them.
        descent: The settings of the descent that go with them, by name; the others stay as they are.
    """

    name: str
    given: Mapping[str, Any]
    descent: Mapping[str, Any] = field(default_factory=dict)

    def coefficients(self, recorded_layers: Iterable[str]) -> CostCoefficients:
        """Returns the coefficients for a classifier that records `recorded_layers`.

        Raises:
            SettingError: It names another layer.
        """
        return CostCoefficients.from_dict(self.given, recorded_layers)


def preset_to_dict(name: str, coefficients: CostCoefficients, descent: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the contents of a file with `coefficients` and settings of the `descent` under `name`."""
    settings = {_DESCENT: dict(descent)} if descent else {}
    return {"format": FORMAT, "name": name, **coefficients.to_dict(), **settings}


def read_preset(path: Path) -> CoefficientPreset:
    """Returns the coefficients in the TOML file at `path`.

    Raises:
        LabError: The file cannot be read, or a name or value in it is not allowed. Layer names are
            not checked against a classifier here.
    """
    data = read_toml(path)
    about = {name: data.pop(name) for name in _ABOUT if name in data}
    if about.get("format", FORMAT) != FORMAT:
        raise TomlFileError(f"{path.name} must hold coefficients of format {FORMAT}; received {about['format']!r}.")
    name = about.get("name", path.stem)
    if not isinstance(name, str) or len(name) > LONGEST_NAME:
        raise TomlFileError(f"The name in {path.name} must be a text of at most {LONGEST_NAME} characters; it is not.")
    descent = data.pop(_DESCENT, {})
    DescentSettings.from_dict(descent)
    layers = data.get("layer_cost_coeffs", {})
    preset = CoefficientPreset(name=name, given=data, descent=descent)
    preset.coefficients(layers if isinstance(layers, dict) else ())
    return preset
