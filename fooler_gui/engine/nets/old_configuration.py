"""Brings the configuration of a network into the form of Keras 3: that of Keras 2.2 to 2.15, and of HDF5 files.

Nothing is checked or built here; `configuration_check` checks the result. What cannot be converted stays as it is.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from typing import Any

from fooler_gui.engine.nets.allowed_layers import LAYERS, NETS, WRAPPERS

Configuration = dict[str, Any]

_NETS = {"Model": "Functional"} | {kind: kind for kind in NETS}
_PART_MODULES = {
    "keras.initializers": (
        "GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal", "LecunUniform", "LecunNormal", "TruncatedNormal",
        "RandomNormal", "RandomUniform", "VarianceScaling", "Orthogonal", "Zeros", "Ones", "Constant",
    ),
    "keras.regularizers": ("L1", "L2", "L1L2", "OrthogonalRegularizer"),
    "keras.constraints": ("MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"),
}  # fmt: skip
_MODULE_OF = {kind: module for module, kinds in _PART_MODULES.items() for kind in kinds}
_GONE = {
    "batch_input_shape", "implementation", "time_major", "fused", "renorm", "renorm_clipping", "renorm_momentum",
    "virtual_batch_size", "adjustment", "input_length", "query_shape", "key_shape", "value_shape",
}  # fmt: skip
"""Settings of layers that Keras 3 no longer has and that do not change what a layer computes."""
_FUNCTIONS = {
    "math.truediv": "TrueDivide", "math.divide": "Divide", "math.multiply": "Multiply", "math.add": "Add",
    "math.subtract": "Subtract", "__operators__.add": "Add", "math.maximum": "Maximum", "math.minimum": "Minimum",
}  # fmt: skip
"""Functions of TensorFlow with two operands that Keras 2 keeps in a graph as a ``TFOpLambda``, and their operations."""


def modern(configuration: Any) -> Any:
    """Returns `configuration` in the form of Keras 3; what has it already comes back as it is.

    Args:
        configuration: What JSON gave, possibly from a stranger.

    Raises:
        Exception: It is no configuration of a network.
    """
    return _net(copy.deepcopy(configuration)) if isinstance(configuration, dict) else configuration


def _net(net: Configuration) -> Configuration:
    kind = _NETS.get(net["class_name"])
    if kind is None:
        return net
    inner = net["config"]
    if isinstance(inner, list):  # a sequential network before Keras 2.2.3
        inner = {"name": "sequential", "layers": inner}
    layers = [_layer(layer) for layer in inner["layers"]]
    if kind == "Sequential":
        layers = [*_entry(inner["layers"]), *layers]
    else:
        _connect(layers, inner)
    settings = {"name": inner.get("name", kind.lower()), "trainable": inner.get("trainable", True)}
    for key in ("build_input_shape", "input_layers", "output_layers"):
        if key in inner:
            settings[key] = inner[key]
    kept = {key: net[key] for key in ("name", "inbound_nodes", "build_config") if key in net}
    module = "keras" if kind == "Sequential" else "keras.src.models.functional"
    registered = None if kind == "Sequential" else kind
    return {
        "module": module, "class_name": kind, "config": settings | {"layers": layers}, "registered_name": registered,
    } | kept  # fmt: skip


def _entry(layers: list[Configuration]) -> Iterator[Configuration]:
    """Yields an input layer for a sequential network whose first layer tells the shape itself."""
    first = layers[0]["config"] if layers else {}
    shape = first.get("batch_input_shape") if isinstance(first, dict) else None
    if shape and layers[0]["class_name"] != "InputLayer":
        settings = {"batch_shape": shape, "dtype": "float32", "name": f"{first.get('name', 'layer')}_input"}
        yield {"module": "keras.layers", "class_name": "InputLayer", "config": settings, "registered_name": None}


def _layer(layer: Configuration) -> Configuration:
    kind = layer["class_name"]
    if kind in _NETS:
        return _net(layer)
    if kind == "TFOpLambda" and layer["config"].get("function") in _FUNCTIONS:
        operation = _FUNCTIONS[layer["config"]["function"]]
        name = layer["config"]["name"]
        return layer | {
            "module": "keras.src.ops.numpy", "class_name": operation, "registered_name": operation,
            "config": {"name": name},
        }  # fmt: skip
    if kind not in LAYERS | WRAPPERS or layer.get("registered_name") not in (None, kind):
        return layer
    settings = {key: _part(value) for key, value in layer["config"].items() if key not in _GONE}
    if kind == "InputLayer":
        shape = layer["config"].get("batch_input_shape")
        if shape is not None:
            settings["batch_shape"] = shape
        settings.pop("ragged", None)
    if kind.startswith("Depthwise"):
        settings.pop("groups", None)  # as many as channels, whatever it says
    if kind == "BatchNormalization" and isinstance(settings.get("axis"), list):
        settings["axis"] = settings["axis"][0]
    for held in ("layer", "backward_layer"):
        if kind in WRAPPERS and isinstance(settings.get(held), dict):
            settings[held] = _layer(settings[held])
    kept = {key: layer[key] for key in ("name", "inbound_nodes", "build_config") if key in layer}
    return {"module": "keras.layers", "class_name": kind, "config": settings, "registered_name": None} | kept


def _part(part: Any) -> Any:
    """Returns an initialiser, regulariser or dtype with the module that Keras 3 finds it in."""
    if not isinstance(part, dict) or "class_name" not in part:
        return part
    kind, settings = part["class_name"], part.get("config")
    if kind in ("Policy", "PolicyV1"):
        return settings["name"] if isinstance(settings, dict) else part
    if kind in _MODULE_OF and isinstance(settings, dict):
        kept = {key: value for key, value in settings.items() if key != "dtype"}
        return {"module": _MODULE_OF[kind], "class_name": kind, "config": kept, "registered_name": None}
    return part


# The graph of a functional network ----------------------------------------------------------------------------------


def _connect(layers: list[Configuration], inner: Configuration) -> None:
    """Writes the calls of `layers`, lists of ``[layer, call, output, keywords]`` in Keras 2, as Keras 3 does."""
    calls = [call for layer in layers for call in layer.get("inbound_nodes", ()) if isinstance(call, list)]
    ends = [*itertools.chain.from_iterable(calls), *_ends(inner["output_layers"])]
    nets = {layer["name"]: layer["class_name"] for layer in layers if layer["class_name"] in NETS}
    # Keras 2 counts the calls of a nested network from 1, as it has been called when it was made.
    first = {name: min((end[1] for end in ends if end[0] == name), default=0) for name in nets}

    def signal(name: str, call: int, output: int) -> Configuration:
        history = [name, call - first.get(name, 0), output]
        return {
            "class_name": "__keras_tensor__",
            "config": {"shape": [None], "dtype": "float32", "keras_history": history},
        }

    def argument(value: Any) -> Any:
        is_signal = isinstance(value, list) and len(value) == 3 and isinstance(value[0], str)
        return signal(*value) if is_signal else value

    for layer in layers:
        if "inbound_nodes" in layer:
            layer["inbound_nodes"] = [
                _call(layer, call, signal, argument) if isinstance(call, list) else call
                for call in layer["inbound_nodes"]
            ]
    if not calls:
        return
    for end in _ends(inner["output_layers"]):
        if nets.get(end[0]) == "Sequential":
            end[1] -= first[end[0]]
    if len(inner["output_layers"]) == 1:
        inner["output_layers"] = inner["output_layers"][0]
    if len(inner["input_layers"]) == 1:
        inner["input_layers"] = inner["input_layers"][0]


def _call(layer: Configuration, call: list[Any], signal: Any, argument: Any) -> Configuration:
    entering = [signal(*end[:3]) for end in call]
    keywords = {key: argument(value) for end in call[:1] for key, value in (end[3:] or [{}])[0].items()}
    if str(layer.get("module")).startswith("keras.src.ops"):
        other = keywords.get("y")
        return {"args": [*entering, *([] if other is None else [other])], "kwargs": {}}
    return {"args": entering if len(entering) == 1 else [entering], "kwargs": keywords}


def _ends(described: list[Any]) -> list[list[Any]]:
    return [described] if described and isinstance(described[0], str) else described
