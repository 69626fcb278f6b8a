"""How the values of options are written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fooler_gui.core.formats import format_number

_LONGEST = 120


def value_text(value: Any) -> str:
    """Returns the value of an option, cut if it is very long."""
    match value:
        case None:
            text = "–"
        case float():
            text = format_number(value)
        case list():
            text = json.dumps(value, ensure_ascii=False)
        case _:
            text = str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def setting_text(values: Mapping[str, Any]) -> str:
    """Returns the values of several options: ``labels 3, batch_cost_coeff 0.5``; ``all cells`` of none."""
    return ", ".join(f"{name} {value_text(value)}" for name, value in values.items()) or "all cells"
