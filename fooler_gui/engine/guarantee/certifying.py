"""What the guarantee of a classifier promises of images, and how far these lie from the training images."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.arrays import DoubleArray, FloatArray
from fooler_gui.core.guarantee import least_level
from fooler_gui.engine.evaluation.pixel_neighbours import PixelNeighbours
from fooler_gui.engine.guarantee.bounds import Bounds
from fooler_gui.engine.guarantee.network import densities_of
from fooler_gui.engine.nets.classifier import Classifier


def bounds_of(classifier: Classifier, name: str) -> Bounds:
    """Returns the bounds of `classifier`, called `name` in messages.

    Raises:
        GuaranteeError: It has no guarantee, or its layers are not exactly those of one.
    """
    return Bounds(densities_of(classifier, name), len(classifier.class_names))


def certified_radii(classifier: Classifier, images: FloatArray, confidence: float | None = None) -> DoubleArray | None:
    """Returns (N,) the certified radii of `images` (N, H, W, C); None without a guarantee.

    Args:
        classifier: The classifier.
        images: The images.
        confidence: The one that no image within a radius is given more than; None for `least_level`.

    Raises:
        GuaranteeError: The layers of the guarantee are not exactly those of one.
    """
    if not classifier.has_guarantee:
        return None
    level = least_level(len(classifier.class_names)) if confidence is None else confidence
    return bounds_of(classifier, "The classifier").around(images).radii(level)


def nearest_distances(neighbours: PixelNeighbours, images: FloatArray) -> DoubleArray:
    """Returns (N,) the Euclidean distance of each of `images` (N, H, W, C) from the nearest training image."""
    found = neighbours.nearest(images, 1).images[:, 0].astype(np.float64)
    distances: DoubleArray = np.linalg.norm((found - images).reshape(len(images), -1), axis=1)
    return distances
