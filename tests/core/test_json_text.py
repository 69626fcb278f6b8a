from __future__ import annotations

import json
import math

from fooler_gui.core.json_text import json_text


def test_numbers_that_are_not_finite_are_null_however_deep() -> None:
    value = {"a": [1, math.nan, (math.inf, -math.inf)], "b": {"c": 0.5, "d": "NaN"}, "e": None, "f": True}
    assert json.loads(json_text(value)) == {
        "a": [1, None, [None, None]],
        "b": {"c": 0.5, "d": "NaN"},
        "e": None,
        "f": True,
    }
