"""Classifiers on disk: plain ``.keras`` files that stock Keras loads, read through `classifier_wall`.

What is loaded is what was checked: each member of the file is read once, and Keras never opens the file itself.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from fooler_gui.core.files import written_whole
from fooler_gui.core.messages import ClassifierInfo
from fooler_gui.core.path_text import text_of
from fooler_gui.core.write_check import check_file
from fooler_gui.engine.classifier import Classifier
from fooler_gui.engine.classifier_wall import (
    MAXIMUM_BYTES,
    ClassifierFileError,
    check_configuration,
    check_weights,
    network_of,
)
from fooler_gui.engine.file_hash import sha256_of
from fooler_gui.engine.zip_member import read_member

__all__ = ["ClassifierFileError", "describe", "load_classifier", "save_classifier"]

NOTES = "fooler.json"
"""A member of the archive that stock Keras passes over: class names, measured accuracy and what it was measured of."""

_CONFIGURATION = "config.json"
_WEIGHTS = "model.weights.h5"
_MEMBERS = {"metadata.json", _CONFIGURATION, _WEIGHTS, NOTES}
_MAXIMUM_CONFIGURATION_BYTES = 2**22
_MAXIMUM_NOTES_BYTES = 2**20
_BYTES_A_WEIGHT = 4
_LEAST_BYTES_A_WEIGHT = 2  # half precision
_MOST_BYTES_A_WEIGHT = 32  # double precision, with three values of the optimiser beside each weight
_FRAME_BYTES = 2**24  # for names and tables of the weights' file
_TOLERANCES = {"float16": 2e-3, "bfloat16": 2e-2}
"""How far from 1 probabilities of a low precision may add up; 1e-4 in others."""


def save_classifier(classifier: Classifier, path: Path, test_accuracy: float | None = None) -> None:
    """Writes `classifier` to `path`, weights only, whole or not at all; a file there is replaced.

    Args:
        classifier: What to write.
        path: Ends in ``.keras``.
        test_accuracy: As measured, 0 to 1; noted in the file. None notes none.

    Raises:
        ClassifierFileError: The name has another ending, or the folder is missing or cannot be written.
    """
    if path.suffix != ".keras":
        raise ClassifierFileError(f"A classifier's file name must end in .keras; received {path.name}.")
    notes: dict[str, Any] = {"class_names": classifier.class_names}
    try:
        with written_whole(path) as temporary:
            classifier.network.save(temporary, include_optimizer=False)
            with zipfile.ZipFile(temporary, "a") as archive:
                if test_accuracy is not None:
                    measured = _fingerprint(archive.read(_CONFIGURATION), archive.read(_WEIGHTS))
                    notes |= {"test_accuracy": test_accuracy, "measured_sha256": measured}
                archive.writestr(NOTES, json.dumps(notes))
    except OSError as error:
        raise ClassifierFileError(f"{path} cannot be written: {error.strerror or error}.") from error


def load_classifier(path: Path) -> tuple[Classifier, float | None]:
    """Returns the classifier of the file at `path`, and the test accuracy noted there of this very net, if any.

    Raises:
        ClassifierFileError: The file is missing, is no intact ``.keras`` file, asks for what the wall does not allow,
            or is no classifier of images.
    """
    if path.suffix != ".keras":
        raise ClassifierFileError(f"A classifier must be a .keras file; received {path.name}.")
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            return _load(archive, path.name)
    except FileNotFoundError as error:
        raise ClassifierFileError(f"There is no file {path}.") from error
    except ClassifierFileError:
        raise
    except Exception as error:
        raise ClassifierFileError(
            f"{path.name} must be an intact .keras file; it could not be read ({type(error).__name__})."
        ) from error


def describe(classifier: Classifier, path: Path, test_accuracy: float) -> ClassifierInfo:
    """Returns what is known of `classifier`, whose file is at `path`.

    Raises:
        ClassifierFileError: The file cannot be read any more.
    """
    try:
        sha256 = sha256_of(path)
    except OSError as error:
        raise ClassifierFileError(f"{path} cannot be read: {error.strerror or error}.") from error
    return ClassifierInfo(
        name=path.stem,
        path=text_of(path),
        sha256=sha256,
        topology=classifier.description,
        input_shape=classifier.input_shape,
        class_names=classifier.class_names,
        recorded_layers=classifier.recorded_layers,
        parameters=classifier.parameters,
        test_accuracy=test_accuracy,
    )


def _load(archive: zipfile.ZipFile, name: str) -> tuple[Classifier, float | None]:
    members = archive.namelist()
    strange = sorted(set(members) - _MEMBERS)
    if strange:
        raise ClassifierFileError(f"{name} may hold {', '.join(sorted(_MEMBERS))}; it holds {strange[0]!r}.")
    _check_size(archive, _CONFIGURATION, 0, _MAXIMUM_CONFIGURATION_BYTES, name)
    described = read_member(archive, _CONFIGURATION, _MAXIMUM_CONFIGURATION_BYTES)
    configuration = json.loads(described)
    if isinstance(configuration, dict):
        configuration.pop("compile_config", None)  # how it was trained
    parameters = check_configuration(configuration, name)
    most = min(_MOST_BYTES_A_WEIGHT * parameters + _FRAME_BYTES, MAXIMUM_BYTES)
    _check_size(archive, _WEIGHTS, _LEAST_BYTES_A_WEIGHT * parameters, most, name)
    weights = read_member(archive, _WEIGHTS, most)
    check_weights(weights, name)
    notes = _notes(read_member(archive, NOTES, _MAXIMUM_NOTES_BYTES)) if NOTES in members else {}
    network = network_of(configuration)
    _load_weights(network, weights)
    measured = notes.get("measured_sha256") == _fingerprint(described, weights)
    return _classifier(network, notes, name), notes.get("test_accuracy") if measured else None


def _check_size(archive: zipfile.ZipFile, member: str, least: int, most: int, name: str) -> None:
    size = archive.getinfo(member).file_size
    if not least <= size <= most:
        raise ClassifierFileError(
            f"{name} must hold a {member} of {least:,} to {most:,} bytes; it holds one of {size:,} bytes."
        )


def _notes(content: bytes) -> dict[str, Any]:
    """Returns what makes sense of the program's own notes."""
    try:
        notes = json.loads(content)
    except ValueError:
        return {}
    if not isinstance(notes, dict):
        return {}
    good: dict[str, Any] = {"measured_sha256": notes.get("measured_sha256")}
    names, accuracy = notes.get("class_names"), notes.get("test_accuracy")
    if isinstance(names, list) and all(isinstance(name, str) and _is_short_text(name) for name in names):
        good["class_names"] = tuple(names)
    if isinstance(accuracy, float) and math.isfinite(accuracy) and 0 <= accuracy <= 1:
        good["test_accuracy"] = accuracy
    return good


def _is_short_text(text: str) -> bool:
    return 0 < len(text) <= 100 and text.isprintable()


def _fingerprint(configuration: bytes, weights: bytes) -> str:
    return hashlib.sha256(configuration + hashlib.sha256(weights).digest()).hexdigest()


class _InMemory(io.BytesIO):
    """A ``.keras`` file that lies nowhere, as there may be no room for temporary ones."""

    def __str__(self) -> str:
        return f"{id(self)}.keras"


def _load_weights(network: keras.Model, weights: bytes) -> None:
    file = _InMemory()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(_WEIGHTS, weights)
    network.load_weights(file)


def _classifier(network: keras.Model, notes: dict[str, Any], name: str) -> Classifier:
    classes = network.outputs[0].shape[1]
    names = notes.get("class_names", ())
    names = names if len(names) == classes else tuple(str(index) for index in range(classes))
    classifier = Classifier(network, names)
    total = classifier.probabilities(np.full((1, *classifier.input_shape), 0.5, np.float32)).sum()
    if not abs(total - 1) <= _TOLERANCES.get(network.outputs[0].dtype, 1e-4):
        raise ClassifierFileError(
            f"{name} must end in a softmax whose probabilities add up to 1; they add up to {total:g}."
        )
    return classifier


def bytes_of(classifier: Classifier) -> int:
    """Returns how large the file of `classifier` is at least."""
    return _BYTES_A_WEIGHT * classifier.parameters


def check_writable(path: Path, size: int = 0) -> None:
    """Makes sure that a classifier can be written to `path`, so that no training ends in front of a closed door.

    Args:
        path: Of the file.
        size: That it will have, in bytes, as far as is known.

    Raises:
        LabError: It cannot.
    """
    if path.suffix != ".keras":
        raise ClassifierFileError(f"A classifier's file name must end in .keras; received {path.name}.")
    if path.is_dir():
        raise ClassifierFileError(f"A classifier must be a file; {path} is a folder.")
    check_file(path, size)
