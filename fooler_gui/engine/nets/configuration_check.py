"""Checks the configuration in an untrusted classifier file before anything is built.

For `classifier_file`. First every class that the configuration names and where it stands, then how often layers are
called, then the shapes that follow from it; Keras' own safe mode comes after that.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras
import tensorflow as tf

from fooler_gui.core.errors import LabError
from fooler_gui.core.formats import format_above
from fooler_gui.engine.nets.allowed_layers import is_layer, is_net, is_part, is_wrapper, reason_against
from fooler_gui.engine.nets.network_size import activation_bytes

_MAXIMUM_CALLS = 1_200
_MAXIMUM_DEPTH = 8
_MAXIMUM_ACTIVATION_BYTES = 2**28


class ClassifierFileError(LabError, ValueError):
    """A classifier file cannot be used."""


def network_of(configuration: dict[str, Any]) -> keras.Model:
    """Returns the network that `configuration` describes, with initial weights."""
    # Keras modifies its argument.
    return keras.saving.deserialize_keras_object(copy.deepcopy(configuration), safe_mode=True)


def check_configuration(
    configuration: dict[str, Any], name: str, check_further: Callable[[keras.Model], None] = lambda _network: None
) -> int:
    """Refuses a configuration of anything but a net of allowed layers of acceptable size.

    Args:
        configuration: The configuration in the file, in the form of Keras 3.
        name: The file's name for messages.
        check_further: Checks the mere plan of the network, in which no weights are made.

    Returns:
        The number of weights.

    Raises:
        ClassifierFileError: It is refused.
        Exception: Keras cannot build it.
    """
    kind, module = _class_of(configuration)
    if not is_net(kind, module):
        _refuse(configuration, name)
    _calls_in_net(configuration, name, 0)
    with tf.Graph().as_default():  # where neither weights nor images are allocated
        network = network_of(configuration)
        _check_quantisation(network, name)
        _check_whole(network, configuration, name)
        check_further(network)
        needed = activation_bytes(network)
        parameters = int(network.count_params())
    if needed > _MAXIMUM_ACTIVATION_BYTES:
        raise ClassifierFileError(
            f"{name} must need at most {_MAXIMUM_ACTIVATION_BYTES // 2**20} MiB for the activations of one "
            f"image; it needs {format_above(needed / 2**20, _MAXIMUM_ACTIVATION_BYTES // 2**20)} MiB."
        )
    return parameters


def input_layers(configuration: Any) -> Iterator[dict[str, Any]]:
    """Yields the settings of every input layer in `configuration`, which may be anything, outermost first."""
    inner = configuration.get("config") if isinstance(configuration, dict) else None
    layers = inner.get("layers") if isinstance(inner, dict) else None
    described = [layer for layer in layers if isinstance(layer, dict)] if isinstance(layers, list) else []
    for layer in described:
        if layer.get("class_name") == "InputLayer" and isinstance(layer.get("config"), dict):
            yield layer["config"]
    for layer in described:
        yield from input_layers(layer)


def _calls_in_net(net: Mapping[str, Any], name: str, depth: int) -> int:
    """Returns how often layers are called in `net`, whose every class is checked; nested nets count for each call."""
    if depth > _MAXIMUM_DEPTH:
        raise ClassifierFileError(f"{name} must have nets within nets at most {_MAXIMUM_DEPTH} deep; it has more.")
    layers = net["config"]["layers"]
    if not isinstance(layers, list):
        raise TypeError("no layers")
    calls = 0
    for layer in layers:
        times = max(1, len(layer.get("inbound_nodes", ())))
        within = 1
        if is_net(*_class_of(layer)):
            within = _calls_in_net(layer, name, depth + 1)
        else:
            _check_layer(layer, name, depth)
        calls += times * within
        if calls > _MAXIMUM_CALLS:
            raise ClassifierFileError(
                f"{name} must have at most {_MAXIMUM_CALLS:,} layers, each counted as often as it is used; it has more."
            )
    _check_parts([value for key, value in net.items() if key != "config"], name)
    _check_registered(net, name)
    _check_parts([value for key, value in net["config"].items() if key != "layers"], name)
    return calls


def _check_layer(layer: Mapping[str, Any], name: str, depth: int) -> None:
    kind, module = _class_of(layer)
    held: tuple[str, ...] = ()
    if is_wrapper(kind, module):
        held = ("layer", "backward_layer")
        if depth > _MAXIMUM_DEPTH:
            raise ClassifierFileError(f"{name} must have layers within layers at most {_MAXIMUM_DEPTH} deep.")
        for inner in filter(None, (layer["config"].get(place) for place in held)):
            _check_layer(inner, name, depth + 1)
    elif not is_layer(kind, module):
        _refuse(layer, name)
    _check_registered(layer, name)
    _check_parts([value for key, value in layer.items() if key != "config"], name)
    settings = layer.get("config")
    if isinstance(settings, dict):
        settings = [value for key, value in settings.items() if key not in held]
    _check_parts(settings, name)


def _check_parts(part: object, name: str) -> None:
    """Refuses every class in `part` that is no allowed part of a layer."""
    waiting = [part]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if "class_name" in part:
                _check_registered(part, name)
                if not is_part(*_class_of(part)):
                    _refuse(part, name)
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def _class_of(part: Any) -> tuple[object, object]:
    if not isinstance(part, dict) or "class_name" not in part:
        raise TypeError("no class")
    return part["class_name"], part.get("module")


def _check_registered(part: Mapping[str, Any], name: str) -> None:
    if part.get("registered_name") not in (None, part["class_name"]):
        _refuse(part, name)


def _refuse(part: Mapping[str, Any], name: str) -> None:
    reason = reason_against(part["class_name"], part.get("module"), part.get("registered_name"))
    raise ClassifierFileError(f"{name} {_short(reason)}.")


def _short(text: str) -> str:
    """Returns `text` on one line, cut where a hostile name makes it endless."""
    line = " ".join("".join(sign if sign.isprintable() else "?" for sign in text).split())
    return line if len(line) <= 600 else f"{line[:600]} …"


def _check_quantisation(network: keras.Model, name: str) -> None:
    quantised = [layer.name for layer in network._flatten_layers() if getattr(layer, "quantization_mode", None)]
    if quantised:
        raise ClassifierFileError(
            f"{name} must hold weights as floating-point numbers; those of {_short(quantised[0])} are quantised: save "
            "the net before quantisation."
        )


def _check_whole(network: keras.Model, net: Mapping[str, Any], name: str) -> None:
    """Refuses layers outside the graph: Keras would allocate their weights, which are not counted elsewhere."""
    operations = {layer.name: layer for layer in getattr(network, "operations", network.layers)}
    described = [layer for layer in net["config"]["layers"] if layer.get("class_name") != "InputLayer"]
    used = sum(not isinstance(layer, keras.layers.InputLayer) for layer in operations.values())
    if len(described) != used:
        raise ClassifierFileError(
            f"{name} must have no layers except those between images and probabilities; it has {len(described) - used}."
        )
    for layer in described:
        if is_net(*_class_of(layer)):
            _check_whole(operations[layer["config"]["name"]], layer, name)
