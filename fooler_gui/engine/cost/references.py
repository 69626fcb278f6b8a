"""The references: recorded activations of a label's training images, and the nearest ones to a batch of images.

The nearest is the true one: codes and bounds only tell which references come into question (`reference_index`); the
activations that costs are made of are the classifier's own, computed again for these few.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from fooler_gui.core.messages import FloatArray
from fooler_gui.data.dataset import to_float
from fooler_gui.engine.cost.coded_patterns import CodedPatterns, Codes, IntArray, encode, encode_bytes, room_for
from fooler_gui.engine.cost.reference_index import ReferenceIndex
from fooler_gui.engine.cost.sorted_units import SortedUnits
from fooler_gui.engine.nets.classifier import Classifier

_INPUTS = 0
_RECORDED_AT_A_TIME = 250
_MOST_KEPT = 32


class RecordingStopped(Exception):
    """A person asked for a stop while references were recorded."""


def never() -> bool:
    """Tells that nobody asked for a stop."""
    return False


class References:
    """What N images do in some layers of a classifier, prepared for the search.

    Args:
        classifier: Whose activations are recorded.
        images: (N, H, W, C), N ≥ 1, float32 in [0, 1] or a dataset's uint8.
        places: Of the wanted layers among the classifier's recorded ones, where 0 is ``inputs``. With none, nothing
            is recorded.
        per_unit: For each wanted layer whether the nearest is taken unit by unit (2016 program, at dense layers).
        stopped: Tells whether a stop was asked for; it is looked at every few hundred images.

    Attributes:
        layers: What is known of each wanted layer.

    Raises:
        RecordingStopped: A stop was asked for before all images were recorded.
    """

    def __init__(
        self,
        classifier: Classifier,
        images: FloatArray | npt.NDArray[np.uint8],
        places: Sequence[int],
        per_unit: Sequence[bool],
        stopped: Callable[[], bool] = never,
    ) -> None:
        self._classifier = classifier
        self._images = images
        self._places = tuple(places)
        self._kept: dict[int, list[FloatArray]] = {}
        self.layers = self._recorded(per_unit, stopped) if places else ()

    def _recorded(
        self, per_unit: Sequence[bool], stopped: Callable[[], bool]
    ) -> tuple[CodedPatterns | SortedUnits, ...]:
        """Returns what all images do in the wanted layers."""
        images, gathered = self._images, list[Codes | FloatArray]()
        for start in range(0, len(images), _RECORDED_AT_A_TIME):
            if stopped():
                raise RecordingStopped
            recorded = self._record(np.arange(start, min(start + _RECORDED_AT_A_TIME, len(images))))
            if not gathered:
                gathered = [
                    self._room(place, by_unit, patterns.shape[1])
                    for place, by_unit, patterns in zip(self._places, per_unit, recorded, strict=True)
                ]
            for whole, patterns in zip(gathered, recorded, strict=True):
                if isinstance(whole, np.ndarray):
                    whole[start : start + len(patterns)] = patterns
                elif whole.codes.dtype == np.uint16:  # a dataset's bytes are their own codes, and there already
                    whole.put(start, encode(patterns))
        return tuple(
            SortedUnits(layer) if isinstance(layer, np.ndarray) else CodedPatterns(layer) for layer in gathered
        )

    def _room(self, place: int, by_unit: bool, units: int) -> Codes | FloatArray:
        if by_unit:
            return np.empty((len(self._images), units), np.float32)
        if place == _INPUTS and self._images.dtype == np.uint8:
            return encode_bytes(np.asarray(self._images, np.uint8))  # which are kept anyway
        return room_for(len(self._images), units)

    def patterns(self, layer: int, indices: Sequence[int]) -> dict[int, FloatArray]:
        """Returns the true patterns (U,) float32 of the references `indices` in wanted layer `layer`.

        The same few are asked for again and again, and are kept.
        """
        if self._places[layer] == _INPUTS:
            floats = self._floats(np.array(indices)).reshape(len(indices), -1)
            return dict(zip(indices, floats, strict=True))
        missing = [index for index in indices if index not in self._kept]
        for index in list(self._kept)[: max(0, len(self._kept) + len(missing) - _MOST_KEPT)]:
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

    def _record(self, indices: IntArray) -> list[FloatArray]:
        recorded = self._classifier.record(self._floats(indices))
        return [recorded[place] for place in self._places]

    def _floats(self, indices: IntArray) -> FloatArray:
        images: npt.NDArray[Any] = self._images[indices]
        return to_float(images) if images.dtype == np.uint8 else images


class ReferenceSearch:
    """Follows what is nearest to one batch of images as it moves.

    Args:
        references: Of the batch's label.

    Attributes:
        references: See above.
    """

    def __init__(self, references: References) -> None:
        self.references = references
        self._layers = [
            layer if isinstance(layer, SortedUnits) else _NearestWhole(references, place, layer)
            for place, layer in enumerate(references.layers)
        ]

    def follow(self, patterns: Sequence[FloatArray]) -> bool:
        """Finds the references nearest to the batch's patterns (B, U) of every wanted layer.

        Returns:
            Whether any is another one than `rows` has had.
        """
        moved = [
            layer.follow(pattern)
            for layer, pattern in zip(self._layers, patterns, strict=True)
            if isinstance(layer, _NearestWhole)
        ]
        return any(moved)

    def expect(self) -> None:
        """Has `rows` be those that will be the nearest if the batch moves on as it moved last; a guess."""
        for layer in self._layers:
            if isinstance(layer, _NearestWhole):
                layer.expect()

    def rows(self, layer: int, slots: int) -> FloatArray:
        """Returns the references (B, U) that `follow` or `expect` came to last, of a layer with whole patterns.

        Zeros before anything was found for so many `slots`.
        """
        return self._whole(layer).rows(slots)

    def version(self, layer: int, slots: int) -> int:
        """Returns a number that no other content of `rows` has, of this or any other search."""
        return self._whole(layer).version(slots)

    def values(self, layer: int) -> tf.Tensor:
        """Returns the values (U, N) of a layer whose references are taken unit by unit, rising in each row."""
        units = self._layers[layer]
        assert isinstance(units, SortedUnits), "patterns of this layer are taken whole"
        return units.values

    def nearest_index(self, layer: int, slot: int) -> int | None:
        """Returns which reference `follow` found last for a slot; None where it goes unit by unit."""
        whole = self._layers[layer]
        return None if isinstance(whole, SortedUnits) else int(whole.nearest[slot])

    def _whole(self, layer: int) -> _NearestWhole:
        whole = self._layers[layer]
        assert isinstance(whole, _NearestWhole), "patterns of this layer are taken unit by unit"
        return whole


class _NearestWhole:
    """Follows a batch in a layer whose patterns are taken whole.

    Attributes:
        nearest: (B,), which reference was the nearest to each slot when it was followed last.
    """

    _versions = itertools.count()

    def __init__(self, references: References, layer: int, coded: CodedPatterns) -> None:
        self._true_patterns = partial(references.patterns, layer)
        self._index = ReferenceIndex(coded, self._true_patterns)
        self._units = coded.units
        self._set_out(0)

    def _set_out(self, slots: int) -> None:
        self._rows: FloatArray = np.zeros((slots, self._units), np.float32)
        self._taken: IntArray = np.full(slots, -1)
        self.nearest: IntArray = np.empty(0, np.int64)
        self._version = next(self._versions)

    def rows(self, slots: int) -> FloatArray:
        """Returns the true patterns (B, U) of references; zeros where there were not so many `slots`."""
        if slots != len(self._rows):
            self._set_out(slots)
        return self._rows

    def version(self, slots: int) -> int:
        """Returns the number of this content of `rows`."""
        self.rows(slots)
        return self._version

    def follow(self, patterns: FloatArray) -> bool:
        """Has `rows` be the references nearest to `patterns` (B, U); returns whether any is another one than before."""
        self.rows(len(patterns))
        self.nearest = self._index.nearest(patterns)
        return self._take(self.nearest)

    def expect(self) -> None:
        """Has `rows` be the references that will be the nearest if patterns move on as they moved last."""
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
