"""Classifiers on disk: plain ``.keras`` files that stock Keras loads, and a wall against hostile ones.

Keras' own safe mode is the second line; the first is an allow-list of every class that a file's configuration
names, checked before Keras sees the file.
"""

from __future__ import annotations

import hashlib
import json
import math
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from fooler_gui.core.errors import LabError
from fooler_gui.core.files import written_whole
from fooler_gui.core.messages import ClassifierInfo
from fooler_gui.engine.classifier import Classifier

NOTES = "fooler.json"
"""A member of the archive that stock Keras passes over: class names and measured accuracy."""

_MEMBERS = {"metadata.json", "config.json", "model.weights.h5", NOTES}
_MAXIMUM_BYTES = 2**30
_MAXIMUM_CONFIGURATION_BYTES = 2**22
_MAXIMUM_UNITS = 2**28
_ALLOWED_CLASSES = (
    "Functional",
    "Sequential",
    "InputLayer",
    "Conv2D",
    "MaxPooling2D",
    "AveragePooling2D",
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
_ALLOWED_MODULES = (
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
    """A classifier file cannot be used. Its text is one sentence that can be shown as it is."""


def save_classifier(classifier: Classifier, path: Path, test_accuracy: float) -> None:
    """Writes `classifier` to `path`, weights only, whole or not at all; a file there is replaced.

    Args:
        classifier: What to write.
        path: Ends in ``.keras``.
        test_accuracy: As measured, 0 to 1; noted in the file.

    Raises:
        ClassifierFileError: The name has another ending, or the folder is missing or cannot be written.
    """
    if path.suffix != ".keras":
        raise ClassifierFileError(f"A classifier's file name must end in .keras; received {path.name}.")
    notes = {"class_names": classifier.class_names, "test_accuracy": test_accuracy}
    try:
        with written_whole(path) as temporary:
            classifier.network.save(temporary, include_optimizer=False)
            with zipfile.ZipFile(temporary, "a") as archive:
                archive.writestr(NOTES, json.dumps(notes))
    except OSError as error:
        raise ClassifierFileError(f"{path} cannot be written: {error.strerror or error}.") from error


def load_classifier(path: Path) -> tuple[Classifier, float | None]:
    """Returns the classifier of the file at `path`, and the test accuracy noted there, if any.

    Raises:
        ClassifierFileError: The file is missing, is no intact ``.keras`` file, names a class that is not allowed,
            or is no classifier of images.
    """
    if path.suffix != ".keras":
        raise ClassifierFileError(f"A classifier must be a .keras file; received {path.name}.")
    configuration, notes, weight_bytes = _read_archive(path)
    for kind, module in _classes(configuration):
        if kind not in _ALLOWED_CLASSES or module not in _ALLOWED_MODULES:
            raise ClassifierFileError(
                f"{path.name} may only use the layers of an ordinary convolutional net; it names {module}.{kind}."
            )
    try:
        _check_claims(configuration, weight_bytes, path)
        network = keras.saving.load_model(path, compile=False, safe_mode=True)
    except ClassifierFileError:
        raise
    except Exception as error:
        raise ClassifierFileError(
            f"{path.name} must be an intact .keras file; Keras could not load it ({type(error).__name__})."
        ) from error
    return _checked(network, path, notes), notes.get("test_accuracy")


def describe(classifier: Classifier, path: Path, test_accuracy: float) -> ClassifierInfo:
    """Returns what is known of `classifier`, whose file is at `path`."""
    return ClassifierInfo(
        name=path.stem,
        path=str(path),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        topology=classifier.description,
        input_shape=classifier.input_shape,
        class_names=classifier.class_names,
        recorded_layers=classifier.recorded_layers,
        parameters=classifier.parameters,
        test_accuracy=test_accuracy,
    )


def _read_archive(path: Path) -> tuple[Any, dict[str, Any], int]:
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {info.filename: info.file_size for info in archive.infolist()}
            strange = sorted(set(sizes) - _MEMBERS)
            if strange:
                raise ClassifierFileError(
                    f"{path.name} may hold {', '.join(sorted(_MEMBERS))}; it holds {strange[0]!r}."
                )
            if sum(sizes.values()) > _MAXIMUM_BYTES or sizes["config.json"] > _MAXIMUM_CONFIGURATION_BYTES:
                raise ClassifierFileError(
                    f"{path.name} must unpack to at most 1 GiB with a configuration of at most "
                    f"4 MiB; it unpacks to {sum(sizes.values()) / 2**20:.0f} MiB."
                )
            configuration = json.loads(archive.read("config.json"))
            if isinstance(configuration, dict):
                configuration.pop("compile_config", None)  # how it was trained; Keras passes over it too
            notes = json.loads(archive.read(NOTES)) if NOTES in sizes and sizes[NOTES] < 2**20 else {}
    except FileNotFoundError as error:
        raise ClassifierFileError(f"There is no file {path}.") from error
    except ClassifierFileError:
        raise
    except Exception as error:
        raise ClassifierFileError(
            f"{path.name} must be an intact .keras file; it could not be read ({type(error).__name__})."
        ) from error
    return configuration, _checked_notes(notes), sizes.get("model.weights.h5", 0)


def _checked_notes(notes: object) -> dict[str, Any]:
    if not isinstance(notes, dict):
        return {}
    good: dict[str, Any] = {}
    names, accuracy = notes.get("class_names"), notes.get("test_accuracy")
    if isinstance(names, list) and all(isinstance(name, str) and 0 < len(name) <= 100 for name in names):
        good["class_names"] = tuple(names)
    if isinstance(accuracy, float) and math.isfinite(accuracy) and 0 <= accuracy <= 1:
        good["test_accuracy"] = accuracy
    return good


def _classes(configuration: object) -> Iterator[tuple[object, object]]:
    """Yields (class name, module) of everything that Keras would build from `configuration`."""
    waiting = [configuration]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            if "class_name" in part:
                yield part["class_name"], part.get("module")
                if part.get("registered_name") not in (None, part["class_name"]):
                    yield part["registered_name"], "a registered class"
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def _check_claims(configuration: dict[str, Any], weight_bytes: int, path: Path) -> None:
    """Refuses a file whose configuration asks for more memory than its weights and any image could need.

    Keras makes every weight before it reads one from the file. In a graph of its own nothing is made yet.
    """
    with tf.Graph().as_default():
        network = keras.saving.deserialize_keras_object(configuration, safe_mode=True)
        parameters = network.count_params()
        units = max(math.prod(size or 1 for size in layer.output.shape) for layer in network.layers)
    if 2 * parameters > weight_bytes or units > _MAXIMUM_UNITS:
        raise ClassifierFileError(
            f"{path.name} must hold all of its weights and have at most {_MAXIMUM_UNITS:,} units in a layer; it has "
            f"{parameters:,} weights in {weight_bytes:,} bytes and up to {units:,} units."
        )


def _checked(network: object, path: Path, notes: dict[str, Any]) -> Classifier:
    if (
        not isinstance(network, keras.Model)
        or len(network.inputs) != 1
        or len(network.outputs) != 1
        or len(network.inputs[0].shape) != 4
        or None in network.inputs[0].shape[1:]
        or len(network.outputs[0].shape) != 2
    ):
        raise ClassifierFileError(
            f"{path.name} must turn images (height, width, channels) into probabilities of "
            "classes; it does something else."
        )
    classes = network.outputs[0].shape[1]
    names = notes.get("class_names", ())
    names = names if len(names) == classes else tuple(str(index) for index in range(classes))
    classifier = Classifier(network, names)
    probabilities = classifier.probabilities(np.full((1, *classifier.input_shape), 0.5, np.float32))
    if not np.allclose(probabilities.sum(), 1, atol=1e-4):
        raise ClassifierFileError(
            f"{path.name} must end in a softmax whose probabilities add up to 1; they add up "
            f"to {probabilities.sum():g}."
        )
    return classifier
