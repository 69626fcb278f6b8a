"""Classifiers on disk: saves ``.keras`` files that stock Keras loads, and loads these and HDF5 files."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.file_kind import CLASSIFIER
from fooler_gui.core.files import written_whole
from fooler_gui.core.path_text import text_of
from fooler_gui.core.published import MNIST_SHA256
from fooler_gui.core.write_check import check_file
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.engine.nets.adapter import adapted
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.configuration_check import ClassifierFileError
from fooler_gui.engine.nets.file_notes import NOTES, fingerprint
from fooler_gui.engine.nets.label_names import names_beside, numbered_names
from fooler_gui.engine.nets.stored_net import CONFIGURATION, WEIGHTS, StoredNet, intact, stored_net
from fooler_gui.engine.nets.weights import negative_variance, not_finite
from fooler_gui.engine.nets.wish import Wish

__all__ = ["ClassifierFileError", "describe", "describe_unsaved", "load_classifier", "save_classifier"]

_BYTES_A_WEIGHT = 4
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
                    measured = fingerprint(archive.read(CONFIGURATION), archive.read(WEIGHTS))
                    notes |= {
                        "test_accuracy": test_accuracy,
                        "measured_sha256": measured,
                        "dataset_sha256": dataset_sha256,
                    }
                archive.writestr(NOTES, json.dumps(notes))
    except OSError as error:
        raise ClassifierFileError(f"{path} cannot be written: {error.strerror or error}.") from error


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
        with path.open("rb") as file, intact(path.name, "it is none, or damaged"):
            stored = stored_net(file, path, wish)
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
        adapted=(*classifier.adapted, *filter(None, [classifier.unused_names])),
        has_none_class=classifier.has_none_class,
        asked_layers=classifier.chosen_layers,
        operations=classifier.operations,
        layers=classifier.layers,
        has_guarantee=classifier.has_guarantee,
    )


def _write_by_keras(network: keras.Model, path: Path) -> None:
    """Writes to a name that ends in ``.keras`` first, as Keras requires."""
    unfinished = path.with_suffix(".keras")
    try:
        network.save(unfinished, include_optimizer=False)
        unfinished.replace(path)
    finally:
        if unfinished != path:
            unfinished.unlink(missing_ok=True)


def _classifier(stored: StoredNet, path: Path, wish: Wish) -> Classifier:
    name, network = path.name, stored.network
    damaged = not_finite(network)
    if damaged:
        raise ClassifierFileError(f"{name} must hold weights that are finite numbers; those of {damaged} are not.")
    impossible = negative_variance(network)
    if impossible:
        raise ClassifierFileError(f"{name} must hold variances of at least 0; some of {impossible} are below.")
    result = adapted(network, wish.image_shape, wish.output, name)
    classes = result.network.outputs[0].shape[1]
    names, unused_names = stored.class_names, ""
    if len(names) != classes:
        beside, unused_names = names_beside(path, classes)
        names = beside or numbered_names(classes)
    classifier = Classifier(
        result.network,
        names,
        wish.recorded_layers,
        stored.changes + result.sentences,
        has_none_class=stored.has_none_class and names is stored.class_names,
        unused_names=unused_names,
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
