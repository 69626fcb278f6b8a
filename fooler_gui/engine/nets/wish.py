"""What is wanted of a classifier whose file leaves it open."""

from __future__ import annotations

from dataclasses import dataclass

from fooler_gui.engine.nets.entry import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person wants of a classifier whose file leaves it open.

    Attributes:
        image_shape: (height, width, channels) of the images to show it; None for those that it takes itself.
        output: The name of the output to use, if there are several.
        recorded_layers: The names of the layers to record; None for those proposed.
        dataset_sha256: The hash of the dataset whose test accuracy is wanted; None for any.
    """

    image_shape: Shape | None = None
    output: str = ""
    recorded_layers: tuple[str, ...] | None = None
    dataset_sha256: str | None = None
