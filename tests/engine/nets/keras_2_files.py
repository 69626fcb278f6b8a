"""Writes networks of Keras 3 as Keras 2 wrote its own: whole in HDF5, or as ``.keras``."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np

Configuration = dict[str, Any]

_LATER = ("optional", "registered_name", "module", "build_config")
_FUNCTIONS = {"TrueDivide": "math.truediv", "Subtract": "math.subtract", "Multiply": "math.multiply"}
_FORMER_NAMES = {"DepthwiseConv2D": {"kernel": "depthwise_kernel"}}


def configuration_of(network: keras.Model) -> Configuration:
    """Returns what Keras 2 said of a network in HDF5."""
    kind = type(network).__name__
    settings = network.get_config()
    inner: Configuration = {"name": network.name, "trainable": True}
    if kind == "Sequential":
        named = {layer.name: layer for layer in network.layers}
        inner["layers"] = [_layer(layer, named.get(layer["config"]["name"])) for layer in settings["layers"]]
        return {"class_name": kind, "config": inner}
    named = {layer.name: layer for layer in network.layers}
    nets = {name for name, layer in named.items() if isinstance(layer, keras.Model)}
    for layer in settings["layers"]:
        layer["inbound_nodes"] = [_call(call, nets) for call in layer["inbound_nodes"]]
    inner["layers"] = [_layer(layer, named.get(layer["name"])) for layer in settings["layers"]]
    for ends in ("input_layers", "output_layers"):
        found = settings[ends]
        found = [found] if isinstance(found[0], str) else found
        is_sequential = {name for name, layer in named.items() if isinstance(layer, keras.Sequential)}
        inner[ends] = [[name, call + (name in is_sequential), output] for name, call, output in found]
    return {"class_name": kind, "config": inner}


def _call(call: Configuration, nets: set[str]) -> list[Any]:
    arguments = call["args"][0]
    entering = arguments if isinstance(arguments, list) else [arguments]
    histories = [signal["config"]["keras_history"] for signal in entering]
    more = dict(call["kwargs"])
    if len(call["args"]) > 1:
        second = call["args"][1]
        is_signal = isinstance(second, dict)
        more["y"] = second["config"]["keras_history"] if is_signal else second
    return [[name, number + (name in nets), output, more] for name, number, output in histories]


def _layer(layer: Configuration, made: Any) -> Configuration:
    kept = {key: layer[key] for key in ("name", "inbound_nodes") if key in layer}
    kind = layer["class_name"]
    if isinstance(made, keras.Model):
        return configuration_of(made) | kept
    if kind in _FUNCTIONS:
        return {"class_name": "TFOpLambda", "config": {"name": layer["name"], "function": _FUNCTIONS[kind]}} | kept
    settings = {key: _part(value) for key, value in layer["config"].items() if key not in _LATER}
    if "batch_shape" in settings:
        settings["batch_input_shape"] = settings.pop("batch_shape")
    if kind == "DepthwiseConv2D":
        settings["groups"] = 1
    if kind == "BatchNormalization":
        settings["axis"] = [settings["axis"] % len(made.input.shape)]
    if kind in ("LSTM", "GRU"):
        settings |= {"implementation": 2, "time_major": False}
    return {"class_name": kind, "config": settings} | kept


def _part(part: Any) -> Any:
    if not isinstance(part, dict) or "class_name" not in part:
        return part
    if part["class_name"] == "DTypePolicy":
        return part["config"]["name"]
    return {"class_name": part["class_name"], "config": dict(part["config"])}


def write_h5(path: Path, network: keras.Model, configuration: Configuration | None = None) -> Path:
    """Writes `network` whole to an HDF5 file as Keras 2.4 did."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = "2.4.0"
        file.attrs["backend"] = "tensorflow"
        file.attrs["model_config"] = json.dumps(configuration or configuration_of(network)).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = np.array([layer.name for layer in network.layers], "S")
        for layer in network.layers:
            _write_weights(group.create_group(layer.name), layer)
    return path


def _write_weights(group: h5py.Group, layer: keras.layers.Layer) -> None:
    makers = {
        id(variable): part
        for part in layer._flatten_layers()
        if not isinstance(part, keras.Model)
        for variable in part.weights
    }
    names = []
    for variable in layer.trainable_weights + layer.non_trainable_weights:
        maker = makers[id(variable)]
        name = variable.path.rpartition("/")[2]
        name = _FORMER_NAMES.get(type(maker).__name__, {}).get(name, name)
        names.append(f"{maker.name}/{name}:0")
        group[names[-1]] = variable.numpy()
    if names:
        group.attrs["weight_names"] = np.array(names, "S")
    else:
        group.attrs["weight_names"] = []


def write_keras(path: Path, network: keras.Model, version: str = "2.15.0") -> Path:
    """Writes `network` as a ``.keras`` file as Keras 2.13 to 2.15 did."""
    network.save(path.with_name("now.keras"))
    with zipfile.ZipFile(path.with_name("now.keras")) as archive:
        weights = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(weights, "r+") as file:
        groups: list[str] = []
        file.visit(groups.append)
        for name in sorted(groups, key=len, reverse=True):
            if name.rpartition("/")[2] == "layers":
                file.move(name, f"{name.removesuffix('layers')}_layer_checkpoint_dependencies")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": version, "date_saved": "2023-12-01@09:00:00"}))
        archive.writestr("config.json", json.dumps(_with_modules(configuration_of(network))))
        archive.writestr("model.weights.h5", weights.getvalue())
    return path


def _with_modules(part: Configuration) -> Configuration:
    """Returns the configuration of a network or layer with the modules of Keras 2.13."""
    kind = part["class_name"]
    functional = ("keras.src.engine.functional", "Functional")
    module, registered = {"Functional": functional, "Sequential": ("keras", None)}.get(kind, ("keras.layers", None))
    settings = dict(part["config"])
    if "layers" in settings:
        settings["layers"] = [_with_modules(layer) for layer in settings["layers"]]
    return part | {"module": module, "registered_name": registered, "config": settings}
