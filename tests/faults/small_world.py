"""A small dataset and a tiny classifier as files, for scripts on the real engine."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np

from fooler_gui.core.topology import Convolution, Topology
from fooler_gui.resources import resource

INPUT_SHAPE = (28, 28, 1)
TINY = Topology(convolutions=(Convolution(filters=2, pool=4),), dense=(8,))


def write_small_dataset(path: Path, count: int = 500) -> Path:
    """Writes the first `count` images of each part of MNIST to `path`, and returns it."""
    with np.load(resource("mnist.npz")) as whole:
        np.savez(path, **{name: whole[name][:count] for name in whole})
    return path


def write_tiny_classifier(path: Path, rng_seed: int = 5, scale: float = 1.0) -> Path:
    """Writes an untrained classifier of MNIST's shape to `path`, and returns it. TensorFlow must be loaded.

    Args:
        path: The file.
        rng_seed: The number that starts its weights.
        scale: What they are multiplied by.
    """
    from fooler_gui.engine.nets.building import build_classifier
    from fooler_gui.engine.nets.classifier_file import save_classifier

    classifier = build_classifier(TINY, INPUT_SHAPE, tuple("0123456789"), rng_seed)
    classifier.network.set_weights([scale * weights for weights in classifier.network.get_weights()])
    save_classifier(classifier, path, 0.1)
    return path


def write_model_in_hdf5(path: Path) -> Path:
    """Writes an untrained net of MNIST's shape whole to an HDF5 file, and returns it. TensorFlow must be loaded."""
    import keras
    from keras import layers

    network = keras.Sequential(
        [keras.Input(INPUT_SHAPE), layers.Conv2D(2, 3, activation="relu"), layers.MaxPooling2D(4), layers.Flatten(),
         layers.Dense(8, activation="relu"), layers.Dense(10, activation="softmax")]
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras prefers its new format
        network.save(path)
    return path
