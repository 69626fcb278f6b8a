"""Checks untrusted classifier files before anything is built: allowed layers, shapes and weights.

For `classifier_file`. First every class that the configuration names, then the shapes that follow from it, then what
the weights claim to be; Keras' own safe mode comes after that.
"""

from __future__ import annotations

import copy
import io
import math
from collections.abc import Iterator
from typing import Any

import h5py
import keras
import tensorflow as tf

from fooler_gui.core.errors import LabError
from fooler_gui.core.formats import format_above
from fooler_gui.engine.nets.network_size import activation_bytes

MAXIMUM_BYTES = 2**30
_MAXIMUM_LAYERS = 100
_MAXIMUM_ACTIVATION_BYTES = 2**28
_NETS = ("Functional", "Sequential")
_LAYERS = (
    "InputLayer",
    "Conv2D",
    "MaxPooling2D",
    "AveragePooling2D",
    "GlobalAveragePooling2D",
    "GlobalMaxPooling2D",
    "ZeroPadding2D",
    "Flatten",
    "Reshape",
    "Dense",
    "ReLU",
    "LeakyReLU",
    "ELU",
    "Activation",
    "Softmax",
    "Dropout",
    "BatchNormalization",
    "Rescaling",
)
_PARTS = (
    "DTypePolicy",
    "__keras_tensor__",
    "GlorotUniform",
    "GlorotNormal",
    "HeUniform",
    "HeNormal",
    "LecunUniform",
    "LecunNormal",
    "TruncatedNormal",
    "RandomNormal",
    "RandomUniform",
    "VarianceScaling",
    "Zeros",
    "Ones",
    "Constant",
    "L1",
    "L2",
    "L1L2",
)
_CLASSES_BY_DEPTH = (_NETS, _LAYERS + _PARTS, _PARTS)
_MODULES = (
    None,
    "keras",
    "keras.layers",
    "keras.models",
    "keras.initializers",
    "keras.regularizers",
    "keras.src.models.functional",
    "keras.src.models.sequential",
    "builtins",
)


class ClassifierFileError(LabError, ValueError):
    """A classifier file cannot be used."""


def network_of(configuration: dict[str, Any]) -> keras.Model:
    """Returns the network that `configuration` describes, with initial weights."""
    # Keras modifies its argument.
    return keras.saving.deserialize_keras_object(copy.deepcopy(configuration), safe_mode=True)


def check_configuration(configuration: dict[str, Any], name: str) -> int:
    """Refuses a configuration of anything but an ordinary convolutional net of acceptable size.

    Args:
        configuration: The configuration in the file.
        name: The file's name for messages.

    Returns:
        The number of weights.

    Raises:
        ClassifierFileError: It is refused.
        Exception: Keras cannot build it.
    """
    _check_classes(configuration, name)
    _check_chain(configuration["config"]["layers"], name)
    with tf.Graph().as_default():  # where neither weights nor images are allocated
        network = network_of(configuration)
        _check_purpose(network, name)
        _check_whole(network, configuration["config"]["layers"], name)
        needed = activation_bytes(network)
        parameters = int(network.count_params())
    if needed > _MAXIMUM_ACTIVATION_BYTES:
        raise ClassifierFileError(
            f"{name} must need at most {_MAXIMUM_ACTIVATION_BYTES // 2**20} MiB for the activations of one "
            f"image; it needs {format_above(needed / 2**20, _MAXIMUM_ACTIVATION_BYTES // 2**20)} MiB."
        )
    return parameters


def check_weights(weights: bytes, name: str) -> None:
    """Refuses weights that claim more than `weights`, an HDF5 file, holds, or that link elsewhere.

    Raises:
        ClassifierFileError: They are refused.
        Exception: They are not an intact HDF5 file.
    """
    claimed = 0
    links: list[tuple[str, object]] = []
    with h5py.File(io.BytesIO(weights), "r") as file:
        file.visititems_links(lambda place, link: links.append((place, link)))
        for place, link in links:
            if not isinstance(link, h5py.HardLink):
                raise ClassifierFileError(f"{name} must hold its weights itself; {place} is a link.")
            entry = file[place]
            if isinstance(entry, h5py.Dataset):
                if entry.is_virtual or entry.external or entry.dtype.hasobject:
                    raise ClassifierFileError(
                        f"{name} must hold its weights as plain numbers; {place} is something else."
                    )
                claimed += math.prod(entry.shape or ()) * entry.dtype.itemsize
    if claimed > len(weights):
        raise ClassifierFileError(
            f"{name} must hold the weights that it claims; it claims {claimed:,} bytes and holds {len(weights):,}."
        )


def _check_classes(configuration: dict[str, Any], name: str) -> None:
    """Refuses anything but a net, nested nets and layers, and every class that is not allowed in its place."""
    if not isinstance(configuration, dict) or "class_name" not in configuration:
        raise TypeError("no net")
    for kind, module, depth in _classes(configuration):
        if kind not in _CLASSES_BY_DEPTH[min(depth, 2)] or module not in _MODULES:
            raise ClassifierFileError(
                f"{name} may only use the layers of an ordinary convolutional net, one after another; "
                f"it names {module}.{kind}, which is not allowed there."
            )


def _classes(part: object) -> Iterator[tuple[object, object, int]]:
    """Yields (class name, module, nesting depth) of all that Keras would build from `part`."""
    waiting = [(part, 0)]
    while waiting:
        part, depth = waiting.pop()
        if isinstance(part, dict):
            if "class_name" in part:
                yield part["class_name"], part.get("module"), depth
                if part.get("registered_name") not in (None, part["class_name"]):
                    yield part["registered_name"], "a registered class", depth
                depth += 1
            waiting.extend((inner, depth) for inner in part.values())
        elif isinstance(part, list):
            waiting.extend((inner, depth) for inner in part)


def _check_chain(layers: list[dict[str, Any]], name: str) -> None:
    if len(layers) > _MAXIMUM_LAYERS:
        raise ClassifierFileError(f"{name} must have at most {_MAXIMUM_LAYERS} layers; it has {len(layers):,}.")
    for layer in layers:
        calls = layer.get("inbound_nodes", [])
        signals = sum(kind == "__keras_tensor__" for kind, _, _ in _classes(calls))
        if len(calls) > 1 or signals > 1:
            raise ClassifierFileError(
                f"{name} must use each layer once, on one signal; it uses one {len(calls)} times, on {signals} signals."
            )


def _check_purpose(network: keras.Model, name: str) -> None:
    shapes = [[tuple(end.shape) for end in ends] for ends in (network.inputs, network.outputs)]
    match shapes:
        case [[(None, int(), int(), int(channels))], [(None, int())]]:
            if channels not in (1, 3):
                raise ClassifierFileError(f"{name} must take images of 1 or 3 channels; it takes {channels}.")
        case _:
            raise ClassifierFileError(
                f"{name} must turn images (height, width, channels) into probabilities of classes; it does something "
                "else."
            )


def _check_whole(network: keras.Model, layers: list[dict[str, Any]], name: str) -> None:
    """Refuses layers outside the chain: Keras would allocate their weights, which are not counted elsewhere."""
    described = sum(layer.get("class_name") != "InputLayer" for layer in layers)
    used = sum(not isinstance(layer, keras.layers.InputLayer) for layer in network.layers)
    if described != used:
        raise ClassifierFileError(
            f"{name} must have no layers except those between images and probabilities; it has {described - used}."
        )
