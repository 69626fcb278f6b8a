"""The images of a person's own files, pictures or arrays, to start from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.file_kind import OTHERS_IMAGES, START_IMAGES, kind_of
from fooler_gui.core.ground import has_dark_ground, is_on_light_ground
from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.dataset import to_float
from fooler_gui.data.idx_file import unreadable
from fooler_gui.data.labelled_images import read_labelled_images
from fooler_gui.data.readers.pictures import decoded, look_at, quietly


class StartImages(NamedTuple):
    """Images to start from.

    Attributes:
        images: (N, H, W, C) float32 in [0, 1].
        inverted: The pictures that were dark on light, where the dataset's images are light on dark.
    """

    images: FloatArray
    inverted: tuple[Path, ...]


def read_start_images(
    paths: Sequence[Path], input_shape: tuple[int, int, int], examples: npt.NDArray[np.uint8]
) -> StartImages:
    """Returns the images of all `paths` in their order: one of each picture, all of each file of arrays.

    A picture is scaled to `input_shape`, as a whole; one that is dark on light is inverted where the `examples` are
    light on dark.

    Args:
        paths: At least one file; see `core.file_kind.START_IMAGES`.
        input_shape: The (H, W, C) that the classifier expects.
        examples: (K, H, W, C), images of the dataset; K may be 0.

    Raises:
        ArrayFileError: A file cannot be used.
    """
    parts, inverted = [], []
    for path in paths:
        if _is_arrays(path):
            parts.append(read_labelled_images(path, input_shape).images)
            continue
        image = _picture(path, input_shape)
        if has_dark_ground(examples) and is_on_light_ground(image):
            image = 1 - image
            inverted.append(path)
        parts.append(image[np.newaxis])
    return StartImages(np.concatenate(parts), tuple(inverted))


def _is_arrays(path: Path) -> bool:
    try:
        return kind_of(path) in OTHERS_IMAGES.kinds
    except OSError as error:
        raise unreadable(path, error) from error


def _picture(path: Path, input_shape: tuple[int, int, int]) -> FloatArray:
    height, width, channels = input_shape
    with quietly():
        picture = look_at(path)
        if picture is None:
            raise ArrayFileError(f"{path.name} must be {START_IMAGES.words}; it is none, or damaged.")
        return to_float(decoded(picture, (height, width), is_grey=channels == 1))
