"""How many bytes one reference takes, computed from the sizes of the recorded layers alone."""

from __future__ import annotations

from fooler_gui.engine.nets.recorded_layers import INPUTS

MAIN_DIRECTIONS = 32
"""The number of directions of greatest variance for which the patterns' coordinates are kept."""

_BYTES_A_VALUE = 4
_BYTES_A_CODE = 2
_NUMBERS_BESIDE = MAIN_DIRECTIONS + 4
"""A pattern's coordinates and the norm of the rest, its own norm, and the minimum and step of its codes."""


def bytes_a_reference(layer: str, units: int, *, as_values: bool = False) -> int:
    """Returns the bytes that a training image takes as a reference in `layer`.

    Args:
        layer: The recorded layer's name. Images are kept in their own 8 bits.
        units: The number of its units.
        as_values: Whether values are kept instead of codes: the nearest is taken unit by unit, or found in the graph.
    """
    if as_values:
        return units * _BYTES_A_VALUE
    return units * (1 if layer == INPUTS else _BYTES_A_CODE) + _NUMBERS_BESIDE * _BYTES_A_VALUE
