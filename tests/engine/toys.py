"""Guarantees of images of two pixels, whose every image can be looked at."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

from fooler_gui.core.arrays import DoubleArray, FloatArray
from fooler_gui.engine.guarantee.densities import Densities
from fooler_gui.engine.guarantee.mixture import Mixture
from fooler_gui.engine.nets.classifier import Classifier

CLASSES = 3
SHAPE = (1, 2, 1)


def toy_densities(outside: int = 2) -> Densities:
    """Returns three narrow components within the unit square, and `outside` wide ones, in a skewed metric."""
    matrix = np.array([[0.9, 0.2], [0.2, 0.5]])
    matrix /= np.linalg.norm(matrix, 2)
    corners = np.array([[0.2, 0.2], [0.3, 0.7], [0.8, 0.4]])
    offset = np.array([-0.3, 0.1])
    return Densities(
        matrix=matrix,
        offset=offset,
        inside=Mixture(
            centres=corners @ matrix.T + offset,
            variances=np.array([0.0006, 0.001, 0.0008]),
            log_weights=np.log([0.5, 0.3, 0.2]),
        ),
        outside=Mixture(
            centres=np.array([[0.1, 0.3], [-0.2, 0.0]])[:outside],
            variances=np.array([0.2, 0.05])[:outside],
            log_weights=np.log([0.1, 0.02])[:outside],
        ),
    )


def toy_classifier(end: str = "softmax layer") -> Classifier:
    """Returns a linear classifier of two pixels that is sure of itself, whose network ends in one of three ways."""
    images = keras.Input(SHAPE, name="inputs")
    logits = layers.Dense(CLASSES, name="logits", activation="softmax" if end == "softmax in dense" else None)
    signal = logits(layers.Flatten(name="flatten")(images))
    if end == "softmax layer":
        signal = layers.Softmax(name="softmax")(signal)
    elif end == "reshape":
        signal = layers.Reshape((CLASSES,), name="reshape")(layers.Softmax(name="softmax")(signal))
    network = keras.Model(images, signal)
    logits.set_weights([np.array([[40, -40, 5], [-30, 20, 30]], np.float32), np.array([0, 3, -2], np.float32)])
    return Classifier(network, ("a", "b", "c"))


def as_images(pixels: DoubleArray) -> FloatArray:
    """Returns images of `pixels` (N, 2)."""
    return pixels.astype(np.float32).reshape(-1, *SHAPE)
