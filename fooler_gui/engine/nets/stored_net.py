"""Reads what a classifier's file holds, and checks it before anything is built.

Each member of the file is read once, and Keras never opens the file itself.
"""

from __future__ import annotations

import io
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import keras

from fooler_gui.core.errors import LabError
from fooler_gui.core.file_kind import CLASSIFIER, FileKind, kind_of
from fooler_gui.data.zip_member import read_member
from fooler_gui.engine.nets.adapter import check_purpose
from fooler_gui.engine.nets.configuration_check import ClassifierFileError, check_configuration, network_of
from fooler_gui.engine.nets.entry import open_entry
from fooler_gui.engine.nets.file_notes import NOTES, fingerprint, notes_in
from fooler_gui.engine.nets.old_configuration import modern
from fooler_gui.engine.nets.weights_file import MAXIMUM_BYTES, ModelFile, check_weights
from fooler_gui.engine.nets.wish import Wish

CONFIGURATION = "config.json"
WEIGHTS = "model.weights.h5"
_METADATA = "metadata.json"
_MEMBERS = {_METADATA, CONFIGURATION, WEIGHTS, NOTES}
_KERAS_2 = re.compile(r"2(\.\d{1,4}){1,3}")
_MAXIMUM_CONFIGURATION_BYTES = 2**22
_MAXIMUM_METADATA_BYTES = 2**16
_MAXIMUM_NOTES_BYTES = 2**20
_LEAST_BYTES_A_WEIGHT = 2  # half precision
_MOST_BYTES_A_WEIGHT = 32  # double precision, with three optimiser values per weight
_FRAME_BYTES = 2**24  # for the weights file's names and tables


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredNet:
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


def stored_net(file: BinaryIO, path: Path, wish: Wish) -> StoredNet:
    """Returns what `file`, which is open at `path`, holds.

    Raises:
        ClassifierFileError: It is damaged, uses layers that are not allowed, or does not fit the `wish`.
        Exception: It is something else.
    """
    if kind_of(path) is FileKind.HDF5:
        return _stored_in_hdf5(_bounded(file, path.name), path.name, wish)
    with zipfile.ZipFile(file) as archive:
        return _stored_in_archive(archive, path.name, wish)


@contextmanager
def intact(name: str, problem: str) -> Iterator[None]:
    """Turns any error inside into a sentence with `problem`, unless it is a sentence already."""
    try:
        yield
    except LabError:
        raise
    except Exception as error:
        raise ClassifierFileError(f"{name} must be {CLASSIFIER.words}; {problem}.") from error


def _stored_in_archive(archive: zipfile.ZipFile, name: str, wish: Wish) -> StoredNet:
    members = archive.namelist()
    strange = sorted(set(members) - _MEMBERS)
    if strange:
        raise ClassifierFileError(f"{name} may hold {', '.join(sorted(_MEMBERS))}; it holds {strange[0]!r}.")
    missing = next((member for member in (CONFIGURATION, WEIGHTS) if member not in members), None)
    if missing:
        raise ClassifierFileError(f"{name} must be {CLASSIFIER.words}; it lacks {missing}.")
    _check_size(archive, CONFIGURATION, 0, _MAXIMUM_CONFIGURATION_BYTES, name)
    described = read_member(archive, CONFIGURATION, _MAXIMUM_CONFIGURATION_BYTES)
    version = _keras_2(archive)
    with intact(name, f"its {CONFIGURATION} does not describe a net that Keras can build"), _converted(version, name):
        configuration = json.loads(described)
        network, changes, parameters = _planned(modern(configuration) if version else configuration, name, wish)
    most = min(_MOST_BYTES_A_WEIGHT * parameters + _FRAME_BYTES, MAXIMUM_BYTES)
    _check_size(archive, WEIGHTS, _LEAST_BYTES_A_WEIGHT * parameters, most, name)
    weights = read_member(archive, WEIGHTS, most)
    with intact(name, f"its {WEIGHTS} is not an intact HDF5 file"):
        check_weights(weights, name)
    notes = notes_in(read_member(archive, NOTES, _MAXIMUM_NOTES_BYTES)) if NOTES in members else {}
    built = network()
    with intact(name, f"its {WEIGHTS} does not fit the net of its {CONFIGURATION}"):
        _load_weights(built, weights)
    measured = notes.get("measured_sha256") == fingerprint(described, weights)
    measured &= wish.dataset_sha256 in (None, notes.get("dataset_sha256"))
    return StoredNet(
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


def _stored_in_hdf5(content: bytes, name: str, wish: Wish) -> StoredNet:
    with intact(name, "it is not an intact HDF5 file"):
        file = ModelFile(content, name)
    with intact(name, "what it says of its net is nothing that Keras can build"):
        described = modern(file.configuration(_MAXIMUM_CONFIGURATION_BYTES))
        network, changes, parameters = _planned(described, name, wish)
    if len(content) < _LEAST_BYTES_A_WEIGHT * parameters:
        raise ClassifierFileError(
            f"{name} must hold the weights of its net, at least {_LEAST_BYTES_A_WEIGHT * parameters:,} bytes; it has "
            f"{len(content):,} bytes."
        )
    built = network()
    with intact(name, "its weights do not fit its net"):
        file.load_into(built)
    return StoredNet(network=built, changes=changes)


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


class _InMemory(io.BytesIO):
    """A ``.keras`` file in memory, as there may be no space for temporary files."""

    def __str__(self) -> str:
        return f"{id(self)}.keras"


def _load_weights(network: keras.Model, weights: bytes) -> None:
    file = _InMemory()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(WEIGHTS, weights)
    network.load_weights(file)
