"""Lets a comparison do without the determinism that this program asks of TensorFlow. TensorFlow must be loaded before.

Deterministic operations forbid XLA the gradient of a max-pool and hold back Keras' supply of batches; nobody but this
program asked for them, so comparisons are compiled and run without. This program always runs with them.
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
