"""What is said of the layers inside a net: their shapes, what is compared in them, and what the reference cost does."""

from __future__ import annotations

from collections.abc import Sequence

from fooler_gui.core.classifier_info import LayerFacts
from fooler_gui.core.formats import format_count, format_distance
from fooler_gui.core.inspection import InspectedLayer, LayerMaps

_FEW_LAYERS = 3
"""So many layers between two recorded ones are told one by one; of more, their number and kinds."""
_COLOURS = {1: "grey", 3: "colour"}


def shape_words(layer: LayerFacts, *, is_input: bool = False) -> str:
    """Returns a layer's shape in words: ``28 × 28, grey``, ``32 maps of 14 × 14``, ``1,024 units``."""
    shape = layer.shape
    if is_input:
        return f"{shape[0]} × {shape[1]}, {_COLOURS.get(shape[2], f'{shape[2]} channels')}"
    if _has_maps(shape):
        return f"{format_count(shape[2], 'map')} of {shape[0]} × {shape[1]}"
    if len(shape) == 1:
        return format_count(shape[0], "unit")
    return f"{' × '.join(f'{side:,}' for side in shape)} units"


def between_words(layers: Sequence[LayerFacts]) -> list[str]:
    """Returns a line for each of some layers that are not recorded, or one for all if they are many."""
    if len(layers) <= _FEW_LAYERS:
        return [f"{layer.name} · {shape_words(layer)}" for layer in layers]
    kinds = list(dict.fromkeys(layer.kind for layer in layers))
    more = ", …" if len(kinds) > _FEW_LAYERS else ""
    return [f"{len(layers):,} layers: {', '.join(kinds[:_FEW_LAYERS])}{more}"]


def compared_words(layer: LayerFacts, *, is_input: bool) -> str:
    """Returns a sentence on what is compared in a recorded layer."""
    shape = layer.shape
    if is_input:
        what = "the pixels themselves, each with the one at the same place"
    elif _has_maps(shape):
        what = f"how strongly each of {shape[2]:,} learned patterns is found at each of {shape[0]} × {shape[1]} places"
    else:
        what = f"how strongly each of the {shape_words(layer)} responds to the whole image"
    return f"Compared here: {what}."


def cost_words(maps: LayerMaps, weighs: bool, name: str) -> str:
    """Returns a sentence on what the reference cost does with a layer.

    Args:
        maps: The layer's maps.
        weighs: Whether the cost has a share in the total.
        name: The label's.
    """
    if maps.nearest is None:
        return ""
    if not weighs:
        return "The reference cost of this layer counts nothing here: its coefficient is 0."
    if maps.is_by_unit:
        return (
            "As in the 2016 program, the nearest value of the training images is taken for each unit by itself; the "
            "reference cost, one over the distance, drives each unit away from it."
        )
    return f"The reference cost, one over the distance, drives the image away from this training image of {name}."


def distance_words(layer: InspectedLayer) -> str:
    """Returns the distance to what the image is compared with: ``Distance 0.0442 (mean squared difference)``."""
    if layer.distance is None:
        return ""
    return f"Distance {format_distance(layer.distance)} (mean squared difference)"


def scale_words(greatest: float, *, signed: bool) -> str:
    """Returns what the colours of the maps mean, where those of `greatest` and more are brightest."""
    most = _value(greatest)
    if signed:
        return f"Blue −{most} and less, black 0, orange {most} and more; the same on both sides."
    return f"Black 0, white {most} and more; the same on both sides."


def shown_words(maps: LayerMaps) -> str:
    """Returns which of a layer's maps are shown; "" if all are."""
    shown = len(maps.numbers)
    if shown == maps.count:
        return ""
    return f"The {shown:,} strongest of {maps.count:,} {'units' if maps.is_flat else 'maps'} are shown."


def place_words(maps: LayerMaps, tile: int, row: int, column: int) -> str:
    """Returns what is at a place of a map: ``Map 5 of 32, row 1, column 2: 0.82 · nearest 0.1``."""
    word = "Unit" if maps.is_flat else "Map"
    where = "" if maps.is_flat else f", row {row + 1}, column {column + 1}"
    nearest = "" if maps.nearest is None else f" · nearest {_value(maps.nearest[tile, row, column])}"
    own = _value(maps.own[tile, row, column])
    return f"{word} {int(maps.numbers[tile]) + 1:,} of {maps.count:,}{where}: {own}{nearest}"


def _value(value: float) -> str:
    return f"{float(value):.3g}".replace("-", "−")


def _has_maps(shape: tuple[int, ...]) -> bool:
    return len(shape) == 3 and shape[:2] != (1, 1)
