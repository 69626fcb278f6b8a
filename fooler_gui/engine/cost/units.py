"""The unit that is the objective of a descent (method.md, Objectives, optimisers and budgets)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import tensorflow as tf

from fooler_gui.core.classifier_info import channels_of
from fooler_gui.core.settings import SettingError
from fooler_gui.engine.nets.classifier import Classifier


class UnitPlace(NamedTuple):
    """Where a unit is.

    Attributes:
        layer: 1 for the first recorded layer; 0 for no unit.
        channel: Its channel, or its place in a layer without channels; from 0.
    """

    layer: int = 0
    channel: int = 0


def unit_place(classifier: Classifier, unit: str) -> UnitPlace:
    """Returns the place of the `unit` of `classifier` that is named like ``conv1:5``.

    Raises:
        SettingError: There is no such unit.
    """
    layer, _, number = unit.rpartition(":")
    layers = classifier.recorded_layers
    if layer not in layers:
        raise SettingError(
            f"unit must be a recorded layer, one of {', '.join(layers)}, and the number of a channel or unit in it, "
            f"such as {layers[-1]}:0; received {unit!r}."
        )
    channels = channels_of(classifier.layers, layers)[layer]
    if int(number) >= channels:
        raise SettingError(f"unit must be from {layer}:0 to {layer}:{channels - 1}; received {unit!r}.")
    return UnitPlace(layers.index(layer) + 1, int(number))


def unit_activations(
    classifier: Classifier, patterns: Sequence[tf.Tensor], batches: Sequence[tf.Tensor], unit: tf.Tensor
) -> tf.Tensor:
    """Returns (L, B) float32, the activation of a unit in each image: the mean of its channel over all places.

    Args:
        classifier: The classifier.
        patterns: (L · B, U) of each recorded layer.
        batches: L and B.
        unit: (2,) int32, a `UnitPlace`; of no unit the activations are zeros.
    """
    channels = channels_of(classifier.layers, classifier.recorded_layers)

    def mean_of(layer: str, pattern: tf.Tensor) -> tf.Tensor:
        places = tf.gather(tf.reshape(pattern, (*batches, -1, channels[layer])), unit[1], axis=3)
        return tf.reduce_mean(places, axis=2)

    means = [
        partial(mean_of, layer, pattern) for layer, pattern in zip(classifier.recorded_layers, patterns, strict=True)
    ]
    return tf.switch_case(unit[0], [lambda: tf.zeros(batches), *means])
