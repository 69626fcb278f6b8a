"""Switches off, for comparisons, the determinism that this program requires. TensorFlow must be loaded first.

Deterministic operations rule out XLA's gradient of a max-pool and slow down Keras' input pipeline; only this program
needs them, so comparisons are compiled and run without. This program always runs with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import tensorflow as tf
from tensorflow.python.framework.config import disable_op_determinism


@contextmanager
def without_determinism() -> Iterator[None]:
    """Switches determinism off inside, and on again after."""
    disable_op_determinism()
    try:
        yield
    finally:
        tf.config.experimental.enable_op_determinism()
