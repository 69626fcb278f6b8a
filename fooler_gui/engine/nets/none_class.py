"""A class of its own for images that show nothing.

After Nguyen, Yosinski and Clune 2015, *Deep neural networks are easily fooled*, who retrained with such a class.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from fooler_gui.core.errors import LabError
from fooler_gui.core.rounds_spec import NONE_NAME
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.graph import times_called
from fooler_gui.engine.nets.recorded_layers import is_softmax
from fooler_gui.engine.nets.weights import settle

_SECOND_NAME = f"{NONE_NAME} of these"
_BEHIND = (
    layers.GlobalAveragePooling2D, layers.GlobalMaxPooling2D, layers.Flatten, layers.Reshape, layers.Dropout,
    layers.Identity, layers.ActivityRegularization,
)  # fmt: skip
"""Layers that may stand between the layer which makes the classes and the softmax: they keep each class by itself."""
_ACTIVATIONS = (keras.activations.linear, keras.activations.softmax, keras.activations.log_softmax)


class NoRoomForNone(LabError, ValueError):
    """A classifier has no layer that a further class could be added to."""


def with_none_class(classifier: Classifier) -> Classifier:
    """Returns a classifier with the same weights and a further last class, "none".

    Its logit starts at zero for every image, far below that of a recognised class.

    Raises:
        NoRoomForNone: Its classes are not made by a dense layer or a convolution and a softmax.
    """
    network, classes = classifier.network, len(classifier.class_names)
    last, behind = _end_of(network, classes)
    settings = network.get_config()
    configurations = {layer["config"].get("name"): layer["config"] for layer in settings["layers"]}
    _widen(configurations[last.name])
    for layer in behind:
        if isinstance(layer, layers.Reshape):
            configurations[layer.name]["target_shape"] = (classes + 1,)
    widened = type(network).from_config(settings)
    for layer, former in zip(widened.layers, network.layers, strict=True):
        weights = former.get_weights()
        if former is last:
            weights = [np.concatenate([array, np.zeros_like(array[..., :1])], axis=-1) for array in weights]
        layer.set_weights(weights)
    settle(widened)
    name = _SECOND_NAME if NONE_NAME in classifier.class_names else NONE_NAME
    return classifier.rebuilt(widened, class_names=(*classifier.class_names, name), has_none_class=True)


def _widen(settings: dict[str, Any]) -> None:
    settings["units" if "units" in settings else "filters"] += 1


def _end_of(network: keras.Model, classes: int) -> tuple[layers.Layer, list[layers.Layer]]:
    """Returns the layer of `network` that makes the classes, and what stands behind it, from the end on."""
    behind: list[layers.Layer] = []
    operation, call, _ = network.outputs[0]._keras_history
    while is_softmax(operation) or _passes_on(operation, classes):
        behind.append(operation)
        operation, call, _ = operation._inbound_nodes[call].input_tensors[0]._keras_history
    if not _makes(operation, classes) or times_called(network, operation) != 1:
        raise NoRoomForNone(
            "A class for images that show nothing can be added only to a classifier whose classes are made by a dense "
            "layer or a convolution, and a softmax; this one ends in something else."
        )
    return operation, behind


def _passes_on(operation: keras.Operation, classes: int) -> bool:
    if isinstance(operation, layers.Activation):
        return operation.activation in _ACTIVATIONS
    if isinstance(operation, layers.Reshape):
        return tuple(operation.target_shape) == (classes,)
    if isinstance(operation, layers.Flatten):
        return bool(operation.output.shape[1] == classes)
    return isinstance(operation, _BEHIND)


def _makes(operation: keras.Operation, classes: int) -> bool:
    """Returns whether `operation` makes a value for each of `classes`, all in the same way."""
    if isinstance(operation, layers.Dense):
        made = operation.units
    elif type(operation) is layers.Conv2D and (operation.data_format, operation.groups) == ("channels_last", 1):
        made = operation.filters
    else:
        return False
    return made == classes and operation.activation in _ACTIVATIONS
