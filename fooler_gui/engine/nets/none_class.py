"""A class of its own for images that show nothing.

After Nguyen, Yosinski and Clune 2015, *Deep neural networks are easily fooled*, who retrained with such a class.
"""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np

from fooler_gui.core.errors import LabError
from fooler_gui.core.rounds_spec import NONE_NAME
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.recorded_layers import is_softmax
from fooler_gui.engine.nets.weights import settle


class NoRoomForNone(LabError, ValueError):
    """A classifier has no layer that a further class could be added to."""


def none_class_of(class_names: Sequence[str], dataset_classes: Sequence[str]) -> int | None:
    """Returns the index of a classifier's class "none" beyond the dataset's, or None without one."""
    return len(dataset_classes) if tuple(class_names) == (*dataset_classes, NONE_NAME) else None


def with_none_class(classifier: Classifier) -> Classifier:
    """Returns a classifier with the same weights and a further last class, "none".

    Its logit starts at zero for every image, far below that of a recognised class.

    Raises:
        NoRoomForNone: Its classes are not made by a dense layer and a softmax.
    """
    network = classifier.network
    dense = [layer for layer in network.layers if isinstance(layer, keras.layers.Dense)]
    after = network.layers[network.layers.index(dense[-1]) + 1 :] if dense else []
    if not dense or dense[-1].units != len(classifier.class_names) or not all(map(is_softmax, after)):
        raise NoRoomForNone(
            "A class for images that show nothing can be added only to a classifier whose classes are made by a dense "
            "layer and a softmax; this one ends in something else."
        )
    last, settings = dense[-1], network.get_config()
    for layer in settings["layers"]:
        if layer["config"].get("name") == last.name:
            layer["config"]["units"] += 1
    widened = type(network).from_config(settings)
    for layer, former in zip(widened.layers, network.layers, strict=True):
        weights = former.get_weights()
        if former is last:
            weights = [np.concatenate([array, np.zeros_like(array[..., :1])], axis=-1) for array in weights]
        layer.set_weights(weights)
    settle(widened)
    return Classifier(
        widened,
        (*classifier.class_names, NONE_NAME),
        classifier.chosen_layers,
        classifier.adapted,
        classifier.input_range,
    )
