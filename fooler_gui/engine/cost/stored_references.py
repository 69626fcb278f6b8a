"""The recorded layers of references as arrays of an `ArrayStore`, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from fooler_gui.core.array_store import Arrays, ArrayStore
from fooler_gui.engine.cost.coded_patterns import CodedPatterns, Codes, Measures


class StoredReferences(NamedTuple):
    """Where the references of one label and classifier are kept on disk.

    Attributes:
        store: The store.
        key: Their key there.
    """

    store: ArrayStore
    key: str

    def read(self, units: Sequence[int], given: Sequence[Codes | None], count: int) -> tuple[CodedPatterns, ...] | None:
        """Returns the references' layers; None if they are not kept or what is kept does not fit.

        Args:
            units: The number of units of each layer.
            given: For each layer its codes if they are not kept, as they are the images themselves.
            count: The number of references.
        """
        arrays = self.store.read(self.key)
        if arrays is None:
            return None
        try:
            return tuple(
                _layer(arrays, layer, size, codes, count)
                for layer, (size, codes) in enumerate(zip(units, given, strict=True))
            )
        except (KeyError, ValueError):
            return None

    def write(self, layers: Sequence[CodedPatterns], given: Sequence[Codes | None]) -> None:
        """Keeps `layers`, but for the codes that are `given`."""
        arrays: Arrays = {}
        for layer, (patterns, codes) in enumerate(zip(layers, given, strict=True)):
            parts = patterns.measures._asdict() | ({} if codes else patterns.codes._asdict())
            arrays |= {_name(layer, part): array for part, array in parts.items()}
        self.store.write(self.key, arrays)


def _name(layer: int, part: str) -> str:
    return f"{layer}-{part}"


def _layer(arrays: Arrays, layer: int, units: int, codes: Codes | None, count: int) -> CodedPatterns:
    """Returns the patterns of a layer.

    Raises:
        KeyError: An array is missing.
        ValueError: One has another shape or type.
    """
    codes = codes or Codes(*(arrays[_name(layer, part)] for part in Codes._fields))
    measures = Measures(*(arrays[_name(layer, part)] for part in Measures._fields))
    directions = measures.directions.shape[-1]
    expected = {
        "codes": (codes.codes, (count, units), (np.uint8, np.uint16)),
        "lows": (codes.lows, (count,), (np.float32,)),
        "steps": (codes.steps, (count,), (np.float32,)),
        "errors": (codes.errors, (count,), (np.float32,)),
        "far": (codes.far, (count,), (np.bool_,)),
        "mean": (measures.mean, (units,), (np.float32,)),
        "directions": (measures.directions, (units, directions), (np.float32,)),
        "squared_norms": (measures.squared_norms, (count,), (np.float32,)),
        "coordinates": (measures.coordinates, (count, directions + 1), (np.float32,)),
        "bounds": (measures.bounds, (2,), (np.float64,)),
    }
    for name, (array, shape, types) in expected.items():
        if array.shape != shape or array.dtype not in types:
            raise ValueError(f"{name} must be {shape} of {types}; received {array.shape} of {array.dtype}")
    return CodedPatterns(codes, measures)
