"""The references: recorded activations of a label's training images, and the search for the nearest to a batch.

The nearest is exact: codes and bounds only select candidates (`reference_index`); the activations used in costs are
the classifier's own, recomputed for these few.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from fooler_gui.core.array_store import drop_pages
from fooler_gui.core.arrays import FloatArray
from fooler_gui.data.dataset import to_float
from fooler_gui.engine.cost.coded_patterns import (
    CodedPatterns,
    Codes,
    IntArray,
    encode,
    encode_bytes,
    parts_in_cache,
    room_for,
)
from fooler_gui.engine.cost.graph_search import WholePatterns
from fooler_gui.engine.cost.reference_index import ReferenceIndex
from fooler_gui.engine.cost.sorted_units import SortedUnits, nearest_by_unit
from fooler_gui.engine.cost.stored_references import StoredReferences
from fooler_gui.engine.nets.classifier import Classifier

_INPUTS = 0
_THREADS = 2
_RECORDED_AT_A_TIME = 250
_RECORDED_BYTES = 2**26
_LEAST_KEPT, _MOST_KEPT = 32, 128
_KEPT_BYTES = 2**25

_Layer = CodedPatterns | SortedUnits | WholePatterns


class RecordingStopped(Exception):
    """A stop was requested while references were recorded."""


def never() -> bool:
    """Returns that no stop was requested."""
    return False


class References:
    """The activations of N images in some layers of a classifier, prepared for the search.

    Args:
        classifier: Whose activations are recorded.
        images: (N, H, W, C), float32 in [0, 1] or a dataset's uint8.
        places: Indices of the wanted layers among the classifier's recorded ones, where 0 is ``inputs``; may be empty.
        per_unit: For each wanted layer whether the nearest is taken unit by unit (2016 program, at dense layers).
        stopped: Returns whether a stop was requested; checked every few hundred images.
        numbers: (N,), what identifies each image elsewhere; None for their places here.
        mapped: Whether the codes of activations are read through a memory map: the same nearest, in less memory.
        stored: Where they are kept on disk, read from there if they were recorded before; None for nowhere. Those taken
            unit by unit are not kept.
        in_graph: Whether the nearest are found within the compiled cost; then the activations are kept in memory as
            they are.

    Attributes:
        layers: The recorded activations of each wanted layer; none without images.
        units: The number of units of each wanted layer.
        on_disk: Whether they are kept on disk, and read from there.

    Raises:
        RecordingStopped: A stop was requested before all images were recorded.
        LabError: The file that is mapped cannot be written.
    """

    _net_in_turn = Lock()
    """Held by those that the net works for: only one at a time, while others are measured and put on disk."""

    def __init__(
        self,
        classifier: Classifier,
        images: FloatArray | npt.NDArray[np.uint8],
        places: Sequence[int],
        per_unit: Sequence[bool],
        stopped: Callable[[], bool] = never,
        numbers: IntArray | None = None,
        *,
        mapped: bool = False,
        stored: StoredReferences | None = None,
        in_graph: bool = False,
    ) -> None:
        self._classifier = classifier
        self._images = images
        self._numbers = np.arange(len(images)) if numbers is None else numbers
        self._places, self._per_unit = tuple(places), tuple(per_unit)
        self._mapped = mapped
        self._in_graph = in_graph
        self._kept: dict[int, list[FloatArray]] = {}
        self._keeping = Lock()
        self.units = tuple(classifier.units[place] for place in places)
        self.layers: tuple[_Layer, ...] = ()
        self.on_disk = False
        if not places or not len(images):
            return
        if stored is None or in_graph or any(per_unit):
            self.layers = self._recorded(per_unit, stopped)
        else:
            self.layers = self._read_or_recorded(stored, stopped)

    @property
    def whole(self) -> tuple[WholePatterns, ...]:
        """The layers that are searched within the compiled cost; without images each holds one pattern of zeros."""
        if not self.layers:
            sizes = [units for units, by_unit in zip(self.units, self._per_unit, strict=True) if not by_unit]
            return tuple(WholePatterns(np.zeros((1, units), np.float32)) for units in sizes)
        return tuple(layer for layer in self.layers if isinstance(layer, WholePatterns))

    def _read_or_recorded(self, stored: StoredReferences, stopped: Callable[[], bool]) -> tuple[_Layer, ...]:
        """Returns the activations from disk, where they are put first if they are not there."""
        given = [self._own_codes(place) for place in self._places]
        kept = stored.read(self.units, given, len(self._images))
        if kept is not None:
            self.on_disk = True
            return kept
        recorded = self._recorded([False] * len(self._places), stopped)
        stored.write([layer for layer in recorded if isinstance(layer, CodedPatterns)], given)
        kept = stored.read(self.units, given, len(self._images))
        self.on_disk = kept is not None
        return kept or recorded

    def _own_codes(self, place: int) -> Codes | None:
        """Returns the codes of a layer that holds a dataset's bytes, which are their own; None for any other."""
        if place == _INPUTS and self._images.dtype == np.uint8:
            return encode_bytes(np.asarray(self._images, np.uint8))
        return None

    def _recorded(self, per_unit: Sequence[bool], stopped: Callable[[], bool]) -> tuple[_Layer, ...]:
        """Returns the activations of all images in the wanted layers."""
        with ThreadPoolExecutor(_THREADS) as threads:
            with self._net_in_turn:
                gathered = self._gathered(per_unit, stopped, threads)
            return tuple(threads.map(_prepared, gathered, per_unit))

    def _gathered(
        self, per_unit: Sequence[bool], stopped: Callable[[], bool], threads: ThreadPoolExecutor
    ) -> list[Codes | FloatArray]:
        """Returns the activations of all images in the wanted layers as the net gives them, written by `threads`."""
        images = self._images
        gathered = [
            self._room(place, by_unit, units)
            for place, by_unit, units in zip(self._places, per_unit, self.units, strict=True)
        ]
        at_a_time = max(2, min(_RECORDED_AT_A_TIME, _RECORDED_BYTES // (4 * sum(self._classifier.units))))
        putting: Iterable[None] = ()
        for start in range(0, len(images), at_a_time):
            if stopped():
                raise RecordingStopped
            recorded = self._record(np.arange(start, min(start + at_a_time, len(images))))
            _wait(putting)  # else patterns would pile up
            putting = threads.map(partial(_put, start), gathered, recorded)
        _wait(putting)
        if stopped():
            raise RecordingStopped
        return gathered

    def _room(self, place: int, by_unit: bool, units: int) -> Codes | FloatArray:
        if by_unit or self._in_graph:
            return np.empty((len(self._images), units), np.float32)
        return self._own_codes(place) or room_for(len(self._images), units, mapped=self._mapped)

    def patterns(self, layer: int, indices: Sequence[int]) -> dict[int, FloatArray]:
        """Returns the true patterns (U,) float32 of the references `indices` in wanted layer `layer`.

        They are cached, as the same few are needed again and again. Several threads may ask at a time.
        """
        if self._places[layer] == _INPUTS:
            floats = self._floats(np.array(indices)).reshape(len(indices), -1)
            return dict(zip(indices, floats, strict=True))
        with self._keeping:
            missing = [index for index in indices if index not in self._kept]
            most = min(_MOST_KEPT, max(_LEAST_KEPT, _KEPT_BYTES // (4 * sum(self.units))))
            for index in list(self._kept)[: max(0, len(self._kept) + len(missing) - most)]:
                if index not in indices:
                    del self._kept[index]
            if missing:
                for index, *patterns in zip(missing, *self._record(np.array(missing)), strict=True):
                    self._kept[index] = patterns
            return {index: self._kept[index][layer] for index in indices}

    def image(self, index: int) -> FloatArray:
        """Returns the image (H, W, C) float32 in [0, 1] of the reference `index`."""
        image: FloatArray = self._floats(np.array([index]))[0]
        return image

    def number(self, index: int) -> int:
        """Returns the number of the reference `index`."""
        return int(self._numbers[index])

    def _record(self, indices: IntArray) -> list[FloatArray]:
        recorded = self._classifier.record(self._floats(indices))
        return [recorded[place] for place in self._places]

    def _floats(self, indices: IntArray) -> FloatArray:
        images: npt.NDArray[Any] = self._images[indices]
        return to_float(images) if images.dtype == np.uint8 else images


def _put(start: int, layer: Codes | FloatArray, patterns: FloatArray) -> None:
    """Writes `patterns` (n, U) to a layer, unless it holds a dataset's bytes, which are their own codes."""
    if isinstance(layer, np.ndarray):
        layer[start : start + len(patterns)] = patterns
    elif layer.codes.dtype == np.uint16:
        for part in parts_in_cache(*patterns.shape):
            layer.put(start + part.start, encode(patterns[part]))


def _prepared(layer: Codes | FloatArray, by_unit: bool) -> _Layer:
    """Returns a layer ready for the search."""
    if isinstance(layer, np.ndarray):
        return SortedUnits(layer) if by_unit else WholePatterns(layer)
    return CodedPatterns(layer)


def _wait(work: Iterable[None]) -> None:
    """Waits until all is done; raises what failed."""
    for _ in work:
        pass


class ReferenceSearch:
    """Tracks the nearest references of one batch of images as it moves.

    Args:
        references: The label's references.

    Attributes:
        references: See above.
    """

    def __init__(self, references: References) -> None:
        self.references = references
        self._layers: list[SortedUnits | _NearestWhole | _NearestInGraph | _NoReferences] = [
            self._followed(place, layer) for place, layer in enumerate(references.layers)
        ] or list(map(_NoReferences, references.units))

    def _followed(self, place: int, layer: _Layer) -> SortedUnits | _NearestWhole | _NearestInGraph:
        match layer:
            case SortedUnits():
                return layer
            case WholePatterns():
                return _NearestInGraph()
            case CodedPatterns():
                return _NearestWhole(self.references, place, layer)

    def follow(self, patterns: Sequence[FloatArray]) -> bool:
        """Finds the references nearest to the batch's patterns (B, U) of every wanted layer.

        Returns:
            Whether any differs from those in `rows`.
        """
        moved = [
            layer.follow(pattern)
            for layer, pattern in zip(self._layers, patterns, strict=True)
            if isinstance(layer, _NearestWhole)
        ]
        return any(moved)

    def take(self, nearest: Sequence[IntArray]) -> None:
        """Notes the references `nearest` (B,) to the batch in each layer that was searched within the compiled cost."""
        if not self.references.layers:
            return
        searched = [layer for layer in self._layers if isinstance(layer, _NearestInGraph)]
        for layer, indices in zip(searched, nearest, strict=True):
            layer.nearest = indices

    def expect(self) -> None:
        """Sets `rows` to a guess of the nearest after another move like the last."""
        for layer in self._layers:
            if isinstance(layer, _NearestWhole):
                layer.expect()

    def rows(self, layer: int, slots: int) -> FloatArray:
        """Returns the references (B, U) last found by `follow` or `expect`, for a layer with whole patterns.

        Zeros before anything was found for this many `slots`.
        """
        return self._whole(layer).rows(slots)

    def version(self, layer: int, slots: int) -> int:
        """Returns a number unique to this content of `rows` among all searches."""
        return self._whole(layer).version(slots)

    def values(self, layer: int) -> tf.Tensor:
        """Returns the values (U, N) of a layer whose references are taken unit by unit, ascending in each row."""
        units = self._layers[layer]
        assert isinstance(units, SortedUnits | _NoReferences), "patterns of this layer are taken whole"
        return units.values

    def nearest_index(self, layer: int, slot: int) -> int | None:
        """Returns the index of the reference that was last found for a slot, by `follow` or told by `take`.

        None if references are taken unit by unit, or if there are none.
        """
        whole = self._layers[layer]
        return int(whole.nearest[slot]) if isinstance(whole, _NearestWhole | _NearestInGraph) else None

    def nearest_values(self, layer: int, pattern: FloatArray) -> FloatArray | None:
        """Returns the values (U,) nearest to `pattern` (U,) in a layer whose references are taken unit by unit.

        None if they are taken whole, or if there are none.
        """
        units = self._layers[layer]
        if not isinstance(units, SortedUnits):
            return None
        nearest: FloatArray = nearest_by_unit(pattern[np.newaxis, np.newaxis], units.values).numpy()[0, 0]
        return nearest

    def _whole(self, layer: int) -> _NearestWhole | _NoReferences:
        whole = self._layers[layer]
        assert isinstance(whole, _NearestWhole | _NoReferences), "this layer is not searched between calls"
        return whole


class _NoReferences:
    """Stands in place of the references of a layer of `units` where there are none; no term uses what it gives."""

    def __init__(self, units: int) -> None:
        self._units = units

    @property
    def values(self) -> tf.Tensor:
        return tf.zeros((self._units, 1))

    def rows(self, slots: int) -> FloatArray:
        return np.zeros((slots, self._units), np.float32)

    def version(self, slots: int) -> int:
        return -slots


class _NearestInGraph:
    """What the compiled cost found in a layer whose patterns are taken whole.

    Attributes:
        nearest: (B,), the index of the reference last found nearest to each slot.
    """

    def __init__(self) -> None:
        self.nearest: IntArray = np.empty(0, np.int64)


class _NearestWhole:
    """Tracks a batch in a layer whose patterns are taken whole.

    Attributes:
        nearest: (B,), the index of the reference last found nearest to each slot.
    """

    _versions = itertools.count()

    def __init__(self, references: References, layer: int, coded: CodedPatterns) -> None:
        self._true_patterns = partial(references.patterns, layer)
        self._index = ReferenceIndex(coded, self._true_patterns)
        self._coded, self._units = coded, coded.units
        self._set_out(0)

    def _set_out(self, slots: int) -> None:
        self._rows: FloatArray = np.zeros((slots, self._units), np.float32)
        self._taken: IntArray = np.full(slots, -1)
        self.nearest: IntArray = np.empty(0, np.int64)
        self._version = next(self._versions)

    def rows(self, slots: int) -> FloatArray:
        """Returns the true patterns (B, U) of references; zeros if the number of `slots` is new."""
        if slots != len(self._rows):
            self._set_out(slots)
        return self._rows

    def version(self, slots: int) -> int:
        """Returns the number of this content of `rows`."""
        self.rows(slots)
        return self._version

    def follow(self, patterns: FloatArray) -> bool:
        """Sets `rows` to the references nearest to `patterns` (B, U); returns whether any changed."""
        self.rows(len(patterns))
        self.nearest = self._index.nearest(patterns)
        drop_pages(self._coded.codes.codes)  # the few that are needed again are kept decoded
        return self._take(self.nearest)

    def expect(self) -> None:
        """Sets `rows` to a guess of the nearest after another move like the last."""
        if len(self.nearest):
            self._take(self._index.expected())

    def _take(self, indices: IntArray) -> bool:
        others = np.flatnonzero(indices != self._taken)
        if len(others) == 0:
            return False
        true = self._true_patterns(np.unique(indices[others]).tolist())
        for slot in others:
            self._rows[slot] = true[int(indices[slot])]
        self._taken = indices
        self._version = next(self._versions)
        return True
