"""The feature maps of one image in one recorded layer, beside those of its nearest training image."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.arrays import FloatArray, IntArray, frozen
from fooler_gui.core.inspection import LayerMaps
from fooler_gui.engine.cost.references import ReferenceSearch
from fooler_gui.engine.nets.classifier import Classifier

MOST_MAPS, MOST_UNITS = 64, 1_024
"""At most so many maps, or units of a flat layer, are shown."""
_MOST_VALUES = 2**20


def layer_maps(classifier: Classifier, search: ReferenceSearch, image: FloatArray, slot: int, place: int) -> LayerMaps:
    """Returns what a recorded layer makes of an image and of its nearest training image.

    Args:
        classifier: The classifier.
        search: The search of the image's batch, as the evaluation of that left it.
        image: (1, H, W, C) float32.
        slot: The image's slot in its batch.
        place: The layer's, among the recorded layers.
    """
    index = search.nearest_index(place, slot)
    images = image if index is None else np.concatenate([image, search.references.image(index)[np.newaxis]])
    own, *others = classifier.record(images)[place]
    nearest = others[0] if others else search.nearest_values(place, own)
    name = classifier.recorded_layers[place]
    shape = next(layer.shape for layer in classifier.layers if layer.name == name)
    maps = [_as_maps(pattern, shape) for pattern in (own, nearest) if pattern is not None]
    numbers = _strongest(maps)
    return LayerMaps(
        layer=name,
        count=len(maps[0]),
        numbers=frozen(numbers),
        own=frozen(maps[0][numbers]),
        nearest=frozen(maps[1][numbers]) if len(maps) > 1 else None,
        is_by_unit=index is None and nearest is not None,
    )


def _as_maps(pattern: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """Returns a layer's activations (U,) as its maps (N, h, w); where there are none, each unit is one of 1 × 1."""
    if len(shape) == 3:
        return pattern.reshape(shape).transpose(2, 0, 1)
    return pattern.reshape(-1, 1, 1)


def _strongest(maps: list[FloatArray]) -> IntArray:
    """Returns the numbers, ascending, of the maps whose mean absolute values are greatest, in any of `maps`."""
    count, height, width = maps[0].shape
    most = MOST_UNITS if height * width == 1 else max(1, min(MOST_MAPS, _MOST_VALUES // (height * width)))
    if count <= most:
        return np.arange(count)
    strength = np.max([np.abs(part).mean(axis=(1, 2)) for part in maps], axis=0)
    return np.sort(np.argsort(-strength, kind="stable")[:most])
