"""The nets that images are driven to fool: one, or an ensemble (method.md, Ensembles)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from fooler_gui.core.arrays import FloatArray, IntArray
from fooler_gui.core.terms import OutputView
from fooler_gui.engine.nets.classifier import Classifier


class WeightedNet(NamedTuple):
    """A further net of an ensemble, and the weight of its objective beside the first net's, which is 1."""

    classifier: Classifier
    weight: float


class Said(NamedTuple):
    """What N nets say of L batches of B images.

    Attributes:
        probabilities: (N, L, B) float32, the correct classification probabilities.
        tops: (N, L, B) int32, the most probable classes.
        top_probabilities: (N, L, B) float32, their probabilities.
    """

    probabilities: FloatArray
    tops: IntArray
    top_probabilities: FloatArray

    @property
    def least_sure(self) -> Said:
        """What the net says that is least sure of an image's label: the same as (L, B) arrays."""
        net = self.probabilities.argmin(axis=0)[np.newaxis]
        return Said(*(np.take_along_axis(part, net, axis=0)[0] for part in self))


class Nets:
    """A classifier, and the further ones of an ensemble.

    Args:
        classifier: The first net, whose recorded layers count.
        further: Nets of the same input shape and classes.

    Attributes:
        shares: The weight of each net's objective, over the sum of all weights.
    """

    def __init__(self, classifier: Classifier, further: Sequence[WeightedNet] = ()) -> None:
        self._classifiers = (classifier, *(net.classifier for net in further))
        weights = [1.0, *(net.weight for net in further)]
        self.shares = tuple(weight / sum(weights) for weight in weights)

    def __len__(self) -> int:
        return len(self._classifiers)

    @property
    def chunk(self) -> int:
        """How many images are processed at a time, so that the activations of all nets fit into memory."""
        return max(1, min(net.chunk for net in self._classifiers) // len(self))

    def is_same_beside_others(self, slots: int) -> bool:
        """Returns whether batches of `slots` images come out with the same bits one by one and all at once."""
        return all(net.is_same_beside_others(slots) for net in self._classifiers)

    def probabilities(self, images: FloatArray) -> FloatArray:
        """Returns (N, classes) float32: the least probability of each class that a net gives `images` (N, H, W, C)."""
        least: FloatArray = np.min([net.probabilities(images) for net in self._classifiers], axis=0)
        return least

    def outputs(
        self, images: tf.Tensor, labels: tf.Tensor, objective: tf.Tensor
    ) -> tuple[list[tf.Tensor], list[OutputView]]:
        """Returns the first net's activations on `images`, and each net's output; differentiable.

        Args:
            images: (L, B, H, W, C) float32.
            labels: (L,) int32.
            objective: (), its place in `OBJECTIVES`.

        Returns:
            For each recorded layer its activations as (L · B, units); the outputs.
        """
        batches = tf.unstack(tf.shape(images)[:2])
        pixels = tf.reshape(images, (-1, *images.shape[2:]))
        recorded, outputs = [], []
        for net in self._classifiers:
            activations, *output = net.activations(pixels)
            recorded.append(activations)
            logits, probabilities = (tf.reshape(part, (*batches, part.shape[1])) for part in output)
            outputs.append(OutputView(probabilities=probabilities, logits=logits, labels=labels, objective=objective))
        return recorded[0], outputs


def said_by(outputs: Sequence[OutputView]) -> tuple[Any, Any, Any]:
    """Returns what nets say as tensors; see `Said`."""
    own = [tf.gather(output.probabilities, output.labels, axis=2, batch_dims=1) for output in outputs]
    tops = [tf.argmax(output.probabilities, axis=2, output_type=tf.int32) for output in outputs]
    greatest = [tf.reduce_max(output.probabilities, axis=2) for output in outputs]
    return tf.stack(own), tf.stack(tops), tf.stack(greatest)
