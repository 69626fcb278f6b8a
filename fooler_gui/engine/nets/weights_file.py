"""Reads the weights in untrusted HDF5 files: those within ``.keras`` files, and whole-model files of their own.

Only plain numbers that the file itself holds are read, after a check of what it claims. Names in it are never followed
out of it.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator
from typing import Any

import h5py
import keras
import numpy as np
import numpy.typing as npt

from fooler_gui.engine.nets.configuration_check import ClassifierFileError
from fooler_gui.engine.nets.weights import settle

MAXIMUM_BYTES = 2**30
_MAXIMUM_NAMES = 20_000
_MAXIMUM_ENTRIES, _MAXIMUM_DEPTH = 50_000, 100
_MAXIMUM_TEXT_BYTES = 2**29
_HEAP = b"GCOL"
"""The signature of each block of an HDF5 file in which texts of any length lie."""
_STATISTICS = frozenset({"gamma", "beta", "moving_mean", "moving_variance"})
_VERSIONS = 32


def check_weights(content: bytes, name: str) -> None:
    """Refuses weights that claim more than `content`, an HDF5 file, holds, or that link elsewhere.

    Raises:
        ClassifierFileError: They are refused.
        Exception: They are not an intact HDF5 file.
    """
    claimed = 0
    with h5py.File(io.BytesIO(content), "r") as file:
        for place, entry in _entries(file, name):
            if isinstance(entry, h5py.Dataset):
                if entry.is_virtual or entry.external or entry.dtype.hasobject:
                    raise ClassifierFileError(
                        f"{name} must hold its weights as plain numbers; {place} is something else."
                    )
                claimed += math.prod(entry.shape or ()) * entry.dtype.itemsize
    if claimed > len(content):
        raise ClassifierFileError(
            f"{name} must hold the weights that it claims; it claims {claimed:,} bytes and holds {len(content):,}."
        )


def _entries(file: h5py.File, name: str) -> Iterator[tuple[str, object]]:
    """Yields each group and array in `file` once, with its place.

    HDF5's own search goes as deep as a file says, which takes hours.

    Raises:
        ClassifierFileError: There are too many, too deep within each other, or some lead elsewhere.
    """
    known: set[int] = set()
    seen = 0
    waiting: list[tuple[str, h5py.Group, int]] = [("", file, 0)]
    while waiting:
        path, group, depth = waiting.pop()
        for key in group:
            place, seen = f"{path}{key}", seen + 1
            if seen > _MAXIMUM_ENTRIES or depth > _MAXIMUM_DEPTH:
                raise ClassifierFileError(
                    f"{name} must hold its weights in at most {_MAXIMUM_ENTRIES:,} places, at most {_MAXIMUM_DEPTH} "
                    "within each other; it holds more."
                )
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                raise ClassifierFileError(f"{name} must hold its weights itself; {place} is a link.")
            entry = group[key]
            address = h5py.h5o.get_info(entry.id).addr
            if address in known:
                continue
            known.add(address)
            yield place, entry
            if isinstance(entry, h5py.Group):
                waiting.append((f"{place}/", entry, depth + 1))


class ModelFile:
    """A whole network in one HDF5 file, as Keras 2.2 to 3 write it.

    Args:
        content: The file.
        name: Its name for messages.

    Raises:
        ClassifierFileError: It is refused.
        Exception: It is not an intact HDF5 file.
    """

    def __init__(self, content: bytes, name: str) -> None:
        check_weights(content, name)
        self._name = name
        self._longest_text = _longest_text(content)
        self._file = h5py.File(io.BytesIO(content), "r")

    def configuration(self, most_bytes: int) -> Any:
        """Returns what the file says of its network, in the form it was written in; at most `most_bytes` of text.

        Raises:
            ClassifierFileError: It says nothing or too much.
            Exception: It is not JSON.
        """
        texts = self._texts(self._file, "model_config")
        if not texts:
            raise ClassifierFileError(
                f"{self._name} holds weights without a net; open the file that holds both, which model.save writes, or "
                "build the net in Keras, load these weights into it and save it as .keras."
            )
        if len(texts[0]) > most_bytes:
            raise ClassifierFileError(
                f"{self._name} must describe its net in at most {most_bytes:,} bytes; it takes {len(texts[0]):,}."
            )
        return json.loads(texts[0])

    def load_into(self, network: keras.Model) -> None:
        """Gives `network` the weights: layers by name or else in order, within each first those that are trainable.

        Raises:
            Exception: They are weights of another network.
        """
        weights = self._file["model_weights"]
        named = [name for name in self._names(weights, "layer_names") if self._names(weights[name], "weight_names")]
        layers = {layer.name: layer for layer in network.layers if layer.weights}
        ordered = named if set(named) == set(layers) else list(layers)
        for name, called in zip(named, ordered, strict=True):
            group, layer = weights[name], layers[called]
            given = {place: group[place] for place in self._names(group, "weight_names")}
            _assign(_in_order(layer, given), list(given.values()))
        settle(network)

    def _names(self, group: h5py.Group, attribute: str) -> list[str]:
        """Returns the names in `attribute`, which may be divided into several with a number at the end."""
        names = self._texts(group, attribute)
        for part in range(_VERSIONS):
            names += self._texts(group, f"{attribute}{part}")
        return [name.decode() for name in names]

    def _texts(self, group: h5py.Group, attribute: str) -> list[bytes]:
        if attribute not in group.attrs:
            return []
        count = math.prod(group.attrs.get_id(attribute).shape or ())
        if count > _MAXIMUM_NAMES or count * self._longest_text > _MAXIMUM_TEXT_BYTES:
            raise ClassifierFileError(f"{self._name} must name its layers and weights in short; it does not.")
        value = group.attrs[attribute]
        texts = [value] if isinstance(value, str | bytes) else np.ravel(value).tolist()
        if not all(isinstance(text, str | bytes) for text in texts):
            raise TypeError("no text")
        return [text.encode() if isinstance(text, str) else text for text in texts]


def _longest_text(content: bytes) -> int:
    """Returns the size of the largest block of texts: no text is longer, however often it is named."""
    longest, place = 0, content.find(_HEAP)
    while place >= 0:
        longest = max(longest, int.from_bytes(content[place + 8 : place + 16], "little"))
        place = content.find(_HEAP, place + 1)
    return min(longest, len(content))


def _in_order(layer: keras.layers.Layer, given: dict[str, h5py.Dataset]) -> list[keras.Variable]:
    """Returns the weights of `layer` in the order of those `given`.

    That is trainable ones first, as they are now or were when it was saved; or layer by layer.

    Raises:
        ValueError: No order fits.
    """
    parts = layer._flatten_layers()
    parts = [(part._trainable_variables, part._non_trainable_variables) for part in parts]
    known = {id(variable) for variable in layer.weights}
    once = [variable for role in (0, 1) for part in parts for variable in part[role] if id(variable) in known]
    for order in (layer.trainable_weights + layer.non_trainable_weights, layer.weights, once):
        if len(order) == len(given) and all(
            _fits(variable, place, values) for variable, (place, values) in zip(order, given.items(), strict=True)
        ):
            return list(order)
    raise ValueError(layer.name)


def _fits(variable: keras.Variable, place: str, values: h5py.Dataset) -> bool:
    """Returns whether `values`, called `place`, may be those of `variable`; equal shapes alone mix up statistics."""
    names = {variable.path.rpartition("/")[2], place.rpartition("/")[2].partition(":")[0]}
    return tuple(variable.shape) == values.shape and (len(names) == 1 or not names & _STATISTICS)


def _assign(variables: list[keras.Variable], given: list[h5py.Dataset]) -> None:
    for variable, values in zip(variables, given, strict=True):
        numbers: npt.NDArray[Any] = np.asarray(values[()])
        variable.assign(numbers)
