"""A layer's references taken unit by unit (method.md, the 2016 program's first difference)."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from fooler_gui.core.messages import FloatArray


class SortedUnits:
    """The values that N references have in each unit of a layer.

    Args:
        patterns: (N, U) float32, N ≥ 1.

    Attributes:
        values: (U, N) float32, rising in each row.
    """

    def __init__(self, patterns: FloatArray) -> None:
        self.values: tf.Tensor = tf.constant(np.sort(patterns.T, axis=1))
