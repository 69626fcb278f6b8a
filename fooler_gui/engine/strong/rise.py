"""What an attack raises: a number of an image and a label, with its gradient."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from fooler_gui.core.arrays import BoolArray, DoubleArray, FloatArray, IntArray
from fooler_gui.core.objectives import OBJECTIVES
from fooler_gui.core.terms import OutputView, known_terms
from fooler_gui.engine.nets.classifier import Classifier

_MISCLASSIFICATION = "misclassification_coeff"

Raised = Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor]]
"""Returns, for images (B, H, W, C) and labels (B,), the numbers to raise (B,) and the probabilities (B, classes)."""


class Risen(NamedTuple):
    """N images as they are evaluated.

    Attributes:
        values: (N,) float64, what is to rise.
        confidences: (N,) float32, the highest probability.
        gradient: (N, H, W, C) float32, of the values.
    """

    values: DoubleArray
    confidences: FloatArray
    gradient: FloatArray


class Tried(NamedTuple):
    """Images that a search tries.

    Attributes:
        images: (N, H, W, C) float32 in [0, 1].
        confidences: (N,), what the classifier makes of them.
    """

    images: FloatArray
    confidences: FloatArray


Search = Generator[Tried, BoolArray, FloatArray]
"""Yields what it tries, is sent (N,) which of these images go on, and returns the last images of those that still do.

It begins with the starts. What it yields next are the images that go on, in their order.
"""


class Rise:
    """What an attack raises, compiled once for any number of images.

    Args:
        classifier: Tells the images' shape and how many are processed at a time.
        raised: What is to rise.
    """

    def __init__(self, classifier: Classifier, raised: Raised) -> None:
        signature = [
            tf.TensorSpec((None, *classifier.input_shape), tf.float32),
            tf.TensorSpec((None,), tf.int64),
        ]
        self._chunk = classifier.chunk
        self._raised = raised
        self._compiled = tf.function(self._with_gradient, input_signature=signature, autograph=False)
        self._compiled_values = tf.function(self._values, input_signature=signature, autograph=False)

    def __call__(self, images: FloatArray, labels: IntArray) -> Risen:
        """Returns `images` (N, H, W, C) evaluated for `labels` (N,), N ≥ 1."""
        return Risen(*self._in_chunks(self._compiled, images, labels))

    def values(self, images: FloatArray, labels: IntArray) -> tuple[DoubleArray, FloatArray]:
        """Returns the values (N,) float64 and the confidences (N,) alone, which takes a third of the time."""
        values, confidences = self._in_chunks(self._compiled_values, images, labels)
        return values, confidences

    def _in_chunks(self, compiled: tf.types.experimental.PolymorphicFunction, *arrays: np.ndarray) -> list[Any]:
        parts = [
            [part.numpy() for part in compiled(*(tf.constant(array[start : start + self._chunk]) for array in arrays))]
            for start in range(0, len(arrays[0]), self._chunk)
        ]
        return [np.concatenate(part) for part in zip(*parts, strict=True)]

    def _values(self, images: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        values, probabilities = self._raised(images, labels)
        return tf.cast(values, tf.float64), tf.reduce_max(probabilities, axis=1)

    def _with_gradient(self, images: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(images)
            values, confidences = self._values(images, labels)
        return values, confidences, tape.gradient(values, images)


def rise_of(classifier: Classifier, objective: str) -> Rise:
    """Returns the rise of one of `OBJECTIVES` but the last, as misclassification cost means it: its fall."""

    def raised(images: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        _, logits, probabilities = classifier.activations(images)
        return raised_by(objective, logits, probabilities, labels), probabilities

    return Rise(classifier, raised)


def raised_by(objective: str, logits: tf.Tensor, probabilities: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    """Returns (B,) float64, minus the misclassification cost of each image.

    Args:
        objective: One of `OBJECTIVES` but the last.
        logits: (B, classes) float32.
        probabilities: (B, classes) float32.
        labels: (B,) int64.
    """
    term = next(term for term in known_terms().values() if term.coefficient_key == _MISCLASSIFICATION)
    view = OutputView(
        probabilities=probabilities[:, tf.newaxis],
        logits=logits[:, tf.newaxis],
        labels=tf.cast(labels, tf.int32),
        objective=OBJECTIVES.index(objective),
    )
    return -term.slot_values(view)[:, 0]
