"""Files of classifiers to load, to damage and to forge."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import pytest

from fooler_gui.engine.nets.classifier_file import ClassifierFileError, load_classifier

layers = keras.layers
Members = dict[str, bytes]
BAD_INPUT = pytest.mark.filterwarnings("ignore::UserWarning")


def members_of(path: Path) -> Members:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def archive_of(path: Path, members: Members, method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def with_configuration(good: Path, path: Path, change: Callable[[Any], object]) -> Path:
    """Writes `good` to `path` with its configuration changed in place."""
    members = members_of(good)
    configuration = json.loads(members["config.json"])
    change(configuration)
    members["config.json"] = json.dumps(configuration).encode()
    return archive_of(path, members)


def layer_called(configuration: Any, name: str) -> Any:
    return next(layer for layer in configuration["config"]["layers"] if layer["name"] == name)


def refusal(path: Path) -> str:
    """Returns the sentence with which `path` is refused."""
    with pytest.raises(ClassifierFileError) as caught:
        load_classifier(path)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


HOSTILE = {
    "lambda layer": {"module": "keras.layers", "class_name": "Lambda", "config": {"name": "x"}},
    "saved model layer": {"module": "keras.layers", "class_name": "TFSMLayer", "config": {"filepath": "/etc/x"}},
    "torch layer": {"module": "keras.layers", "class_name": "TorchModuleWrapper", "config": {}},
    "lookup layer": {"module": "keras.layers", "class_name": "StringLookup", "config": {"vocabulary": "/etc/passwd"}},
    "lambda function": {"class_name": "__lambda__", "config": {"value": "gANj"}},
    "function of a module": {"module": "builtins", "class_name": "function", "config": "eval"},
    "foreign module": {"module": "os", "class_name": "Dense", "config": {}},
    "module within keras": {"module": "keras.src.utils.file_utils", "class_name": "Dense", "config": {}},
    "registered class": {
        "module": "keras.layers",
        "class_name": "Dense",
        "registered_name": "mine>Dense",
        "config": {},
    },
    "class that is a list": {"module": "keras.layers", "class_name": ["Dense"], "config": {}},
    "class that is a number": {"module": "keras.layers", "class_name": 3, "config": {}},
    "module that is a table": {"module": {"a": 1}, "class_name": "Dense", "config": {}},
}


def saved_by_keras(path: Path, network: keras.Model) -> Path:
    network.save(path)
    return path


def chain(*parts: keras.layers.Layer, shape: tuple[int, ...] = (8, 8, 1), dtype: str = "float32") -> keras.Model:
    return keras.Sequential([keras.Input(shape, dtype=dtype), *parts])
