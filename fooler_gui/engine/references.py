"""The references: recorded activations of a label's training images, and the nearest ones to a batch of images.

The nearest is the true one: codes and bounds only tell which references come into question (`nearest`); the
activations that costs are made of are the classifier's own, computed again for these few.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from fooler_gui.core.messages import FloatArray
from fooler_gui.engine.classifier import Classifier
from fooler_gui.engine.coded_patterns import CodedPatterns, IntArray, encode
from fooler_gui.engine.dataset import to_float
from fooler_gui.engine.nearest import NearestPatterns
from fooler_gui.engine.sorted_units import NearestUnits, SortedUnits

_INPUTS = 0
_RECORDED_AT_A_TIME = 250
_MOST_KEPT = 256


class References:
    """What N images do in some layers of a classifier, prepared for the search.

    Args:
        classifier: Whose activations are recorded.
        images: (N, H, W, C), N ≥ 1, float32 in [0, 1] or a dataset's uint8.
        places: Of the wanted layers among the classifier's recorded ones, where 0 is ``inputs``. With none, nothing
            is recorded.
        per_unit: For each wanted layer whether the nearest is taken unit by unit (2016 program, at dense layers).

    Attributes:
        layers: What is known of each wanted layer.
    """

    def __init__(
        self,
        classifier: Classifier,
        images: FloatArray | npt.NDArray[np.uint8],
        places: Sequence[int],
        per_unit: Sequence[bool],
    ) -> None:
        self._classifier = classifier
        self._images = images
        self._places = tuple(places)
        self._kept: dict[int, list[FloatArray]] = {}
        parts: list[list[Any]] = [[] for _ in places]
        for start in range(0, len(images), _RECORDED_AT_A_TIME) if places else ():
            indices = np.arange(start, min(start + _RECORDED_AT_A_TIME, len(images)))
            for part, by_unit, patterns in zip(parts, per_unit, self._record(indices), strict=True):
                part.append(patterns if by_unit else encode(patterns))
        self.layers = tuple(
            SortedUnits(part) if by_unit else CodedPatterns(part) for part, by_unit in zip(parts, per_unit, strict=True)
        )

    def keep(self, indices: Iterable[int]) -> None:
        """Has the true patterns of `indices` at hand for `patterns`, computing those that were not kept from before."""
        wanted = dict.fromkeys(indices)
        missing = [index for index in wanted if index not in self._kept]
        for index in list(self._kept)[: max(0, len(self._kept) + len(missing) - _MOST_KEPT)]:
            if index not in wanted:
                del self._kept[index]
        if missing:
            for index, *patterns in zip(missing, *self._record(np.array(missing)), strict=True):
                self._kept[index] = patterns

    def patterns(self, layer: int, indices: IntArray) -> FloatArray:
        """Returns the true patterns (M, U) float32 of the references `indices` (M,), M ≥ 1, in wanted layer `layer`.

        All but those of ``inputs`` must have been kept.
        """
        if self.is_input(layer):
            return self._floats(indices).reshape(len(indices), -1)
        return np.stack([self._kept[index][layer] for index in indices.tolist()])

    def is_input(self, layer: int) -> bool:
        """Tells whether wanted layer `layer` is ``inputs``, whose patterns are the images."""
        return self._places[layer] == _INPUTS

    def _record(self, indices: IntArray) -> list[FloatArray]:
        recorded = self._classifier.record(self._floats(indices))
        return [recorded[place] for place in self._places]

    def _floats(self, indices: IntArray) -> FloatArray:
        images: npt.NDArray[Any] = self._images[indices]
        return to_float(images) if images.dtype == np.uint8 else images


class ReferenceSearch:
    """Finds what is nearest to one batch of images as it moves.

    Args:
        references: Of the batch's label.
    """

    def __init__(self, references: References) -> None:
        self._references = references
        self._by_unit: dict[int, NearestUnits] = {}
        self._whole: dict[int, _WholePatterns] = {}
        for place, layer in enumerate(references.layers):
            if isinstance(layer, SortedUnits):
                self._by_unit[place] = NearestUnits(layer)
            else:
                self._whole[place] = _WholePatterns(layer)

    def nearest(self, patterns: Sequence[FloatArray]) -> list[FloatArray]:
        """Returns for each wanted layer the references (B, U) nearest to its `patterns` (B, U), whole or unit by unit.

        The next call may overwrite them.
        """
        in_question = {place: layer.in_question(patterns[place]) for place, layer in self._whole.items()}
        # One call of the classifier for all layers.
        self._references.keep(
            index
            for place, slots in in_question.items()
            if not self._references.is_input(place)
            for indices in slots.values()
            for index in indices.tolist()
        )
        for place, slots in in_question.items():
            for slot, indices in slots.items():
                rows = self._references.patterns(place, indices)
                self._whole[place].settle(slot, patterns[place][slot], indices, rows)
        return [
            self._whole[place].rows if place in self._whole else self._by_unit[place].nearest(pattern)
            for place, pattern in enumerate(patterns)
        ]


class _WholePatterns:
    """The nearest references of a layer whose patterns are taken whole.

    Attributes:
        rows: (B, U), the true patterns of the nearest ones.
    """

    def __init__(self, coded: CodedPatterns) -> None:
        self.rows: FloatArray = np.empty((0, coded.units), np.float32)
        self._indices = np.empty(0, np.int64)
        self._follower = NearestPatterns(coded)

    def in_question(self, patterns: FloatArray) -> dict[int, IntArray]:
        """Returns the references that can be nearest to the slots whose nearest may be another than before."""
        if len(self.rows) != len(patterns):
            self.rows, self._indices = np.empty_like(patterns), np.full(len(patterns), -1)
        candidates = self._follower.candidates(patterns)
        return {
            slot: indices
            for slot, indices in enumerate(candidates)
            if len(indices) > 1 or indices[0] != self._indices[slot]
        }

    def settle(self, slot: int, pattern: FloatArray, indices: IntArray, rows: FloatArray) -> None:
        """Takes for `slot` the nearest of `indices` (M,), whose patterns are `rows` (M, U), to its `pattern` (U,)."""
        distances = np.sum((rows.astype(np.float64) - pattern) ** 2, axis=1)
        order = np.lexsort((indices, distances))  # of equals the first image, as a search from the start would
        self._indices[slot] = indices[order[0]]
        self.rows[slot] = rows[order[0]]
