"""What random transformations of images may do (method.md, Robustness and blur)."""

from __future__ import annotations

from typing import NamedTuple


class RandomTransformations(NamedTuple):
    """Random transformations of each image in a step.

    Attributes:
        number: How many; 0 for none, and then the image itself counts.
        shift: The most that one moves an image, in pixels along each axis.
        turn: The most that one turns it, in degrees either way.
        scale: The greatest share by which one enlarges or reduces it, below 1.
    """

    number: int = 0
    shift: float = 0.0
    turn: float = 0.0
    scale: float = 0.0


NO_TRANSFORMATIONS = RandomTransformations()
