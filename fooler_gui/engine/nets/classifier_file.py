"""Classifiers on disk: ``.keras`` files that stock Keras loads, and HDF5 files, checked by `configuration_check`.

What is loaded is what was checked: each member of the file is read once, and Keras never opens the file itself.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import keras
import numpy as np

from fooler_gui.core.errors import LabError
from fooler_gui.core.file_kind import CLASSIFIER, FileKind, kind_of
from fooler_gui.core.files import written_whole
from fooler_gui.core.messages import ClassifierInfo
from fooler_gui.core.path_text import text_of
from fooler_gui.core.published import MNIST_SHA256
from fooler_gui.core.rounds_spec import NONE_NAME
from fooler_gui.core.write_check import check_file
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.data.zip_member import read_member
from fooler_gui.engine.nets.adapter import adapted, check_purpose
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.configuration_check import ClassifierFileError, check_configuration, network_of
from fooler_gui.engine.nets.entry import Shape, open_entry
from fooler_gui.engine.nets.label_names import names_beside, numbered_names
from fooler_gui.engine.nets.old_configuration import modern
from fooler_gui.engine.nets.weights import negative_variance, not_finite
from fooler_gui.engine.nets.weights_file import MAXIMUM_BYTES, ModelFile, check_weights

__all__ = ["ClassifierFileError", "describe", "describe_unsaved", "load_classifier", "save_classifier"]

NOTES = "fooler.json"
"""A member of the archive that stock Keras ignores: class names, whether the last one is for images that show nothing,
test accuracy and the fingerprint of its net."""

_CONFIGURATION = "config.json"
_WEIGHTS = "model.weights.h5"
_METADATA = "metadata.json"
_MEMBERS = {_METADATA, _CONFIGURATION, _WEIGHTS, NOTES}
_KERAS_2 = re.compile(r"2(\.\d{1,4}){1,3}")
_MAXIMUM_CONFIGURATION_BYTES = 2**22
_MAXIMUM_METADATA_BYTES = 2**16
_MAXIMUM_NOTES_BYTES = 2**20
_BYTES_A_WEIGHT = 4
_LEAST_BYTES_A_WEIGHT = 2  # half precision
_MOST_BYTES_A_WEIGHT = 32  # double precision, with three optimiser values per weight
_FRAME_BYTES = 2**24  # for the weights file's names and tables
_TOLERANCES = {"float16": 2e-3, "bfloat16": 2e-2}
"""How far from 1 probabilities in low precision may add up; 1e-4 in others."""


def save_classifier(
    classifier: Classifier, path: Path, test_accuracy: float | None = None, dataset_sha256: str = MNIST_SHA256
) -> None:
    """Writes `classifier` to `path` without optimiser state, whole or not at all; a file there is replaced.

    Args:
        classifier: The classifier to write.
        path: Ends in ``.keras``, in lower or upper case.
        test_accuracy: 0 to 1, stored in the file unless None.
        dataset_sha256: The hash of the dataset on which it was measured.

    Raises:
        ClassifierFileError: The name has another ending, or the folder is missing or cannot be written.
    """
    _check_ending(path)
    notes: dict[str, Any] = {"class_names": classifier.class_names, "has_none_class": classifier.has_none_class}
    try:
        with written_whole(path) as temporary:
            _write_by_keras(classifier.network, temporary)
            with zipfile.ZipFile(temporary, "a") as archive:
                if test_accuracy is not None:
                    measured = _fingerprint(archive.read(_CONFIGURATION), archive.read(_WEIGHTS))
                    notes |= {
                        "test_accuracy": test_accuracy,
                        "measured_sha256": measured,
                        "dataset_sha256": dataset_sha256,
                    }
                archive.writestr(NOTES, json.dumps(notes))
    except OSError as error:
        raise ClassifierFileError(f"{path} cannot be written: {error.strerror or error}.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person wants of a classifier whose file leaves it open.

    Attributes:
        image_shape: (height, width, channels) of the images to show it; None for those that it takes itself.
        output: The name of the output to use, if there are several.
        recorded_layers: The names of the layers to record; None for those proposed.
        dataset_sha256: The hash of the dataset whose test accuracy is wanted; None for any.
    """

    image_shape: Shape | None = None
    output: str = ""
    recorded_layers: tuple[str, ...] | None = None
    dataset_sha256: str | None = None


def load_classifier(path: Path, wish: Wish | None = None) -> tuple[Classifier, float | None]:
    """Returns the classifier in the file at `path`, and the test accuracy stored there, if any.

    The accuracy is one measured for exactly this net, on the dataset that is wished.

    Raises:
        ClassifierFileError: The file is missing or damaged, uses layers that are not allowed, or is not a classifier of
            images.
    """
    wish = wish or Wish()
    try:
        other = CLASSIFIER.other(path)
        if other:
            raise ClassifierFileError(f"{path.name} must be {CLASSIFIER.words}; it is {other}.")
        with path.open("rb") as file, _intact(path.name, "it is none, or damaged"):
            if kind_of(path) is FileKind.HDF5:
                stored = _stored_in_hdf5(_bounded(file, path.name), path.name, wish)
            else:
                with zipfile.ZipFile(file) as archive:
                    stored = _stored_in_archive(archive, path.name, wish)
            return _classifier(stored, path, wish), stored.accuracy
    except FileNotFoundError as error:
        raise ClassifierFileError(f"There is no file {path}.") from error
    except OSError as error:
        raise ClassifierFileError(f"{path} cannot be read: {error.strerror or error}.") from error


def describe(classifier: Classifier, path: Path, test_accuracy: float | None) -> ClassifierInfo:
    """Returns the description of `classifier`, whose file is at `path`.

    Raises:
        ClassifierFileError: The file can no longer be read.
    """
    try:
        sha256 = sha256_of(path)
    except OSError as error:
        raise ClassifierFileError(f"{path} cannot be read: {error.strerror or error}.") from error
    return _description(classifier, path.stem, text_of(path), sha256, test_accuracy)


def describe_unsaved(classifier: Classifier, test_accuracy: float) -> ClassifierInfo:
    """Returns the description of `classifier`, which has no file."""
    return _description(classifier, "unsaved", "", "", test_accuracy)


def _description(
    classifier: Classifier, name: str, path: str, sha256: str, test_accuracy: float | None
) -> ClassifierInfo:
    return ClassifierInfo(
        name=name,
        path=path,
        sha256=sha256,
        topology=classifier.description,
        input_shape=classifier.input_shape,
        class_names=classifier.class_names,
        recorded_layers=classifier.recorded_layers,
        parameters=classifier.parameters,
        test_accuracy=test_accuracy,
        input_range=classifier.input_range,
        adapted=classifier.adapted,
        has_none_class=classifier.has_none_class,
        asked_layers=classifier.chosen_layers,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Stored:
    """What a file holds: the network with its weights, and what the program noted beside it.

    Attributes:
        network: As the file describes it, with an entry for any number of images.
        changes: What was changed at its entry, in sentences.
        class_names: Those noted, or none.
        has_none_class: Whether the last of them is noted as one for images that show nothing.
        accuracy: The test accuracy noted for exactly this net, or None.
    """

    network: keras.Model
    changes: tuple[str, ...]
    class_names: tuple[str, ...] = ()
    has_none_class: bool = False
    accuracy: float | None = None


def _stored_in_archive(archive: zipfile.ZipFile, name: str, wish: Wish) -> _Stored:
    members = archive.namelist()
    strange = sorted(set(members) - _MEMBERS)
    if strange:
        raise ClassifierFileError(f"{name} may hold {', '.join(sorted(_MEMBERS))}; it holds {strange[0]!r}.")
    missing = next((member for member in (_CONFIGURATION, _WEIGHTS) if member not in members), None)
    if missing:
        raise ClassifierFileError(f"{name} must be {CLASSIFIER.words}; it lacks {missing}.")
    _check_size(archive, _CONFIGURATION, 0, _MAXIMUM_CONFIGURATION_BYTES, name)
    described = read_member(archive, _CONFIGURATION, _MAXIMUM_CONFIGURATION_BYTES)
    version = _keras_2(archive)
    with _intact(name, f"its {_CONFIGURATION} does not describe a net that Keras can build"), _converted(version, name):
        configuration = json.loads(described)
        network, changes, parameters = _planned(modern(configuration) if version else configuration, name, wish)
    most = min(_MOST_BYTES_A_WEIGHT * parameters + _FRAME_BYTES, MAXIMUM_BYTES)
    _check_size(archive, _WEIGHTS, _LEAST_BYTES_A_WEIGHT * parameters, most, name)
    weights = read_member(archive, _WEIGHTS, most)
    with _intact(name, f"its {_WEIGHTS} is not an intact HDF5 file"):
        check_weights(weights, name)
    notes = _notes(read_member(archive, NOTES, _MAXIMUM_NOTES_BYTES)) if NOTES in members else {}
    built = network()
    with _intact(name, f"its {_WEIGHTS} does not fit the net of its {_CONFIGURATION}"):
        _load_weights(built, weights)
    measured = notes.get("measured_sha256") == _fingerprint(described, weights)
    measured &= wish.dataset_sha256 in (None, notes.get("dataset_sha256"))
    return _Stored(
        network=built,
        changes=changes,
        class_names=notes.get("class_names", ()),
        has_none_class=notes.get("has_none_class", False),
        accuracy=notes.get("test_accuracy") if measured else None,
    )


def _bounded(file: BinaryIO, name: str) -> bytes:
    """Returns what `file` holds.

    Raises:
        ClassifierFileError: It is too large.
    """
    size = os.fstat(file.fileno()).st_size
    if size > MAXIMUM_BYTES:
        raise ClassifierFileError(f"{name} must have at most {MAXIMUM_BYTES:,} bytes; it has {size:,}.")
    return file.read(MAXIMUM_BYTES)


def _stored_in_hdf5(content: bytes, name: str, wish: Wish) -> _Stored:
    with _intact(name, "it is not an intact HDF5 file"):
        file = ModelFile(content, name)
    with _intact(name, "what it says of its net is nothing that Keras can build"):
        described = modern(file.configuration(_MAXIMUM_CONFIGURATION_BYTES))
        network, changes, parameters = _planned(described, name, wish)
    if len(content) < _LEAST_BYTES_A_WEIGHT * parameters:
        raise ClassifierFileError(
            f"{name} must hold the weights of its net, at least {_LEAST_BYTES_A_WEIGHT * parameters:,} bytes; it has "
            f"{len(content):,} bytes."
        )
    built = network()
    with _intact(name, "its weights do not fit its net"):
        file.load_into(built)
    return _Stored(network=built, changes=changes)


def _planned(configuration: Any, name: str, wish: Wish) -> tuple[Callable[[], keras.Model], tuple[str, ...], int]:
    """Returns what builds the network of a checked `configuration`, the changes at its entry, and its weights' number.

    Raises:
        ClassifierFileError: It is refused.
        Exception: Keras cannot build it.
    """
    if isinstance(configuration, dict):
        configuration.pop("compile_config", None)  # how it was trained
    changes = open_entry(configuration, wish.image_shape, name)
    parameters = check_configuration(configuration, name, lambda network: check_purpose(network, wish.output, name))
    return lambda: network_of(configuration), changes, parameters


@contextmanager
def _intact(name: str, problem: str) -> Iterator[None]:
    """Turns any error inside into a sentence with `problem`, unless it is a sentence already."""
    try:
        yield
    except LabError:
        raise
    except Exception as error:
        raise ClassifierFileError(f"{name} must be {CLASSIFIER.words}; {problem}.") from error


@contextmanager
def _converted(version: str, name: str) -> Iterator[None]:
    """Reports a net of Keras 2, `version` if it is one, that Keras 3 cannot build as such."""
    try:
        yield
    except ClassifierFileError:
        raise
    except Exception as error:
        if not version:
            raise
        raise ClassifierFileError(
            f"{name} must be a .keras file that Keras 3 can load; it was made by Keras {version}: load it with that, "
            "save it as .h5, load this with Keras 3 and save it as .keras."
        ) from error


def _keras_2(archive: zipfile.ZipFile) -> str:
    """Returns the version of Keras that made the file if it was Keras 2, otherwise ""."""
    try:
        metadata = json.loads(read_member(archive, _METADATA, _MAXIMUM_METADATA_BYTES))
        version = str(metadata["keras_version"])
    except Exception:  # noqa: BLE001 - a file from a stranger may raise anything, and then tells no version
        return ""
    return version if _KERAS_2.fullmatch(version) else ""


def _check_size(archive: zipfile.ZipFile, member: str, least: int, most: int, name: str) -> None:
    size = archive.getinfo(member).file_size
    if not least <= size <= most:
        raise ClassifierFileError(
            f"{name} must hold a {member} of {least:,} to {most:,} bytes; it holds one of {size:,} bytes."
        )


def _notes(content: bytes) -> dict[str, Any]:
    """Returns the valid entries of the program's own notes."""
    try:
        notes = json.loads(content)
    except ValueError:
        return {}
    if not isinstance(notes, dict):
        return {}
    good: dict[str, Any] = {
        "measured_sha256": notes.get("measured_sha256"),
        "dataset_sha256": notes.get("dataset_sha256", MNIST_SHA256),  # earlier versions knew no other
    }
    names, accuracy = notes.get("class_names"), notes.get("test_accuracy")
    if isinstance(names, list) and all(isinstance(name, str) and _is_short_text(name) for name in names):
        good["class_names"] = tuple(names)
        # Earlier versions told that class by its name alone.
        good["has_none_class"] = notes.get("has_none_class", names[-1:] == [NONE_NAME]) is True
    if isinstance(accuracy, float) and math.isfinite(accuracy) and 0 <= accuracy <= 1:
        good["test_accuracy"] = accuracy
    return good


def _is_short_text(text: str) -> bool:
    return 0 < len(text) <= 100 and text.isprintable()


def _fingerprint(configuration: bytes, weights: bytes) -> str:
    return hashlib.sha256(configuration + hashlib.sha256(weights).digest()).hexdigest()


def _write_by_keras(network: keras.Model, path: Path) -> None:
    """Writes to a name that ends in ``.keras`` first, as Keras requires."""
    unfinished = path.with_suffix(".keras")
    try:
        network.save(unfinished, include_optimizer=False)
        unfinished.replace(path)
    finally:
        if unfinished != path:
            unfinished.unlink(missing_ok=True)


class _InMemory(io.BytesIO):
    """A ``.keras`` file in memory, as there may be no space for temporary files."""

    def __str__(self) -> str:
        return f"{id(self)}.keras"


def _load_weights(network: keras.Model, weights: bytes) -> None:
    file = _InMemory()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(_WEIGHTS, weights)
    network.load_weights(file)


def _classifier(stored: _Stored, path: Path, wish: Wish) -> Classifier:
    name, network = path.name, stored.network
    damaged = not_finite(network)
    if damaged:
        raise ClassifierFileError(f"{name} must hold weights that are finite numbers; those of {damaged} are not.")
    impossible = negative_variance(network)
    if impossible:
        raise ClassifierFileError(f"{name} must hold variances of at least 0; some of {impossible} are below.")
    result = adapted(network, wish.image_shape, wish.output, name)
    classes = result.network.outputs[0].shape[1]
    candidates = (stored.class_names, names_beside(path))
    names = next((names for names in candidates if len(names) == classes), numbered_names(classes))
    classifier = Classifier(
        result.network,
        names,
        wish.recorded_layers,
        stored.changes + result.sentences,
        has_none_class=stored.has_none_class and names is stored.class_names,
    )
    probabilities = classifier.probabilities(np.full((1, *classifier.input_shape), 0.5, np.float32))
    if not np.isfinite(probabilities).all():
        raise ClassifierFileError(f"{name} must give a probability of each class; for a grey image it gives none.")
    total = probabilities.sum()
    if not abs(total - 1) <= _TOLERANCES.get(result.network.outputs[0].dtype, 1e-4):
        raise ClassifierFileError(
            f"{name} must end in a softmax whose probabilities add up to 1; they add up to {total:g}."
        )
    return classifier


def bytes_of(classifier: Classifier) -> int:
    """Returns the least size of the file of `classifier`, in bytes."""
    return _BYTES_A_WEIGHT * classifier.parameters


def check_writable(path: Path, size: int = 0) -> None:
    """Checks that a classifier can be written to `path`, so that no training is lost.

    Args:
        path: The file.
        size: Its expected size in bytes, if known.

    Raises:
        LabError: It cannot be written.
    """
    _check_ending(path)
    if path.is_dir():
        raise ClassifierFileError(f"A classifier must be a file; {path} is a folder.")
    check_file(path, size)


def _check_ending(path: Path) -> None:
    if path.suffix.lower() != ".keras":
        raise ClassifierFileError(f"A classifier's file name must end in .keras; received {path.name}.")
