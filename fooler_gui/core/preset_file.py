"""Coefficients in a TOML file, to be kept and shared. Every room may use this module.

Such a file holds a name, if somebody gave one, and any of the coefficients of `CostCoefficients`; those left out are
the article's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fooler_gui.core.settings import CostCoefficients
from fooler_gui.core.toml_file import TomlFileError, read_toml

FORMAT = 1
LONGEST_NAME = 100
_ABOUT = ("format", "name")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoefficientPreset:
    """What a file tells of coefficients.

    Attributes:
        name: Given by a person, or the file's.
        given: In the form of `CostCoefficients.from_dict`.
    """

    name: str
    given: Mapping[str, Any]

    def coefficients(self, recorded_layers: Iterable[str]) -> CostCoefficients:
        """Returns the coefficients for a classifier that records `recorded_layers`.

        Raises:
            SettingError: One of another layer is given.
        """
        return CostCoefficients.from_dict(self.given, recorded_layers)


def preset_to_dict(name: str, coefficients: CostCoefficients) -> dict[str, Any]:
    """Returns what a file that keeps `coefficients` under `name` holds."""
    return {"format": FORMAT, "name": name, **coefficients.to_dict()}


def read_preset(path: Path) -> CoefficientPreset:
    """Returns the coefficients in the TOML file at `path`.

    Raises:
        LabError: The file cannot be read, or a name or value in it is not allowed. Whether a classifier records such
            layers is not known yet.
    """
    data = read_toml(path)
    about = {name: data.pop(name) for name in _ABOUT if name in data}
    if about.get("format", FORMAT) != FORMAT:
        raise TomlFileError(f"{path.name} must hold coefficients of format {FORMAT}; received {about['format']!r}.")
    name = about.get("name", path.stem)
    if not isinstance(name, str) or len(name) > LONGEST_NAME:
        raise TomlFileError(f"The name in {path.name} must be a text of at most {LONGEST_NAME} characters; it is not.")
    layers = data.get("layer_cost_coeffs", {})
    preset = CoefficientPreset(name=name, given=data)
    preset.coefficients(layers if isinstance(layers, dict) else ())
    return preset
