"""JSON that every program reads."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence


def json_text(value: object) -> str:
    """Returns `value` as one line of JSON; numbers that are not finite, which JSON lacks, are null."""
    return json.dumps(_finite(value), allow_nan=False)


def _finite(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
