"""Polynomial mutation."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.arrays import BoolArray, FloatArray

_STRENGTH = 15.0
"""The distribution's index, as in Nguyen and others 2015: the larger, the closer a value stays to what it was."""


def mutated(values: FloatArray, chosen: BoolArray, rng: np.random.Generator) -> FloatArray:
    """Returns `values`, float32 in [0, 1], with the `chosen` ones changed by Deb's polynomial operator (2001).

    For u uniform in [0, 1) a value changes by (2u)^(1/16) − 1 if u < ½, else by 1 − (2 (1 − u))^(1/16); what leaves
    [0, 1] is put back on its edge.

    Args:
        values: Of any shape.
        chosen: Of the same shape.
        rng: The source of u.
    """
    uniform = rng.random(int(chosen.sum()))
    power = 1 / (_STRENGTH + 1)
    change = np.where(uniform < 0.5, (2 * uniform) ** power - 1, 1 - (2 * (1 - uniform)) ** power)
    result = values.copy()
    result[chosen] = np.clip(values[chosen] + change, 0, 1)
    return result
