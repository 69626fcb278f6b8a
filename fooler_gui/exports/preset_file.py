"""Writes coefficients as a TOML file for `core.preset_file` and ``--coefficients``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from fooler_gui.core.files import written_whole
from fooler_gui.core.preset_file import preset_to_dict
from fooler_gui.core.settings import CostCoefficients


def write_preset(path: Path, name: str, coefficients: CostCoefficients, descent: Mapping[str, Any]) -> None:
    """Writes `coefficients` under `name` as the file `path`, whole or not at all; it is replaced if it exists.

    Args:
        path: The file.
        name: Of what is written.
        coefficients: The coefficients.
        descent: The settings of the descent that go with them, by name.

    Raises:
        OSError: The folder is missing or cannot be written.
    """
    with written_whole(path) as unfinished:
        unfinished.write_text(tomli_w.dumps(preset_to_dict(name, coefficients, descent)), encoding="utf-8")
