"""Measures how far training images of a class are from each other in a classifier's recorded layers."""

from __future__ import annotations

import dataclasses

import keras
import numpy as np

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.published import is_mnist
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.engine.nets.classifier import Classifier

_CLASSES, _A_CLASS = 10, 10
"""How many classes are looked at, and how many images of each, at most."""
_SCALING = (keras.layers.Rescaling, keras.layers.Normalization)


def layer_distances(classifier: Classifier, dataset: Dataset) -> tuple[float, ...]:
    """Returns the mean squared distance between two training images of a class, for each recorded layer.

    The distance is d of method.md, Cost of a batch: the mean over the layer's units of the squared difference. Over all
    pairs of a sample it is twice the units' mean variance with n − 1 in the denominator. The sample is ten images of
    each of ten classes, drawn with seed 0, or all that there are.

    Returns:
        One number a layer; none if no class has two training images.
    """
    rng = np.random.default_rng(0)
    counts = np.bincount(dataset.train_labels, minlength=1)
    classes = np.flatnonzero(counts > 1)
    if len(classes) == 0:
        return ()
    rows = []
    for label in np.sort(rng.permutation(classes)[:_CLASSES]):
        places = np.sort(rng.permutation(np.flatnonzero(dataset.train_labels == label))[:_A_CLASS])
        patterns = classifier.record(to_float(dataset.train_images[places]))
        rows.append([2 * pattern.var(axis=0, ddof=1, dtype=np.float64).mean() for pattern in patterns])
    return tuple(np.mean(rows, axis=0).tolist())


def with_distances(info: ClassifierInfo, classifier: Classifier, dataset: Dataset) -> ClassifierInfo:
    """Returns `info` with the layer distances of `classifier`, unless the article's coefficients fit it.

    They fit an ordinary convolutional net for MNIST that gets its pixels as they are.
    """
    scales = any(isinstance(layer, _SCALING) for layer in classifier.network.layers)
    if classifier.is_plain and not scales and not classifier.adapted and is_mnist(dataset.sha256):
        return info
    return dataclasses.replace(info, fits_article=False, layer_distances=layer_distances(classifier, dataset))
