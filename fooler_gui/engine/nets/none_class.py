"""A class of its own for images that show nothing.

After Nguyen, Yosinski and Clune 2015, *Deep neural networks are easily fooled*, who retrained with such a class.
"""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np

from fooler_gui.core.rounds_spec import NONE_NAME
from fooler_gui.engine.nets.classifier import Classifier


def none_class_of(class_names: Sequence[str], dataset_classes: Sequence[str]) -> int | None:
    """Returns the index of a classifier's class "none" beyond the dataset's, or None without one."""
    return len(dataset_classes) if tuple(class_names) == (*dataset_classes, NONE_NAME) else None


def with_none_class(classifier: Classifier) -> Classifier:
    """Returns a classifier with the same weights and a further last class, "none".

    Its logit starts at zero for every image, far below that of a recognised class.
    """
    last = [layer for layer in classifier.network.layers if isinstance(layer, keras.layers.Dense)][-1]

    def widened(layer: keras.layers.Layer) -> keras.layers.Layer:
        settings = layer.get_config()
        return type(layer).from_config(settings | {"units": layer.units + 1} if layer is last else settings)

    network = keras.models.clone_model(classifier.network, clone_function=widened)
    for layer, former in zip(network.layers, classifier.network.layers, strict=True):
        weights = former.get_weights()
        if former is last:
            weights = [np.concatenate([array, np.zeros_like(array[..., :1])], axis=-1) for array in weights]
        layer.set_weights(weights)
    return Classifier(network, (*classifier.class_names, NONE_NAME))
