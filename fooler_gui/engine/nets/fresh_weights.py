"""Fresh weights for a network: those of its layers' own initialisers, or the 2016 program's."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

import keras
import numpy as np

from fooler_gui.core.settings import ARTICLE, HE
from fooler_gui.engine.nets.classifier import Classifier

NETWORK_NAMES = MappingProxyType({ARTICLE: "classifier", HE: "he_classifier"})
"""By initialisation, what the networks are called that the program builds: in their files it says how they began."""

_OF_THE_ARTICLE = {
    "kernel_initializer": {"class_name": "TruncatedNormal", "config": {"mean": 0.0, "stddev": 0.1, "seed": None}},
    "bias_initializer": {"class_name": "Constant", "config": {"value": 0.1}},
}


def set_fresh_weights(classifier: Classifier, rng_seed: int) -> None:
    """Gives every layer that is not frozen fresh weights by its own initialisers, seeded where they have no seed.

    In a network that the program built for the article's, convolutions and dense layers get truncated normal weights
    (σ 0.1) and biases of 0.1, as in the 2016 program. What a normalisation was adapted to stays.
    """
    seeds = np.random.SeedSequence(rng_seed)
    is_article = classifier.network.name == NETWORK_NAMES[ARTICLE]
    for layer in _trainable_layers(classifier.network):
        configuration = layer.get_config()
        if is_article and isinstance(layer, (keras.layers.Conv2D, keras.layers.Dense)):
            configuration |= _OF_THE_ARTICLE
        fresh = type(layer).from_config(_seeded(configuration, seeds))
        fresh.build_from_config(layer.get_build_config())
        layer.set_weights(fresh.get_weights())


def _trainable_layers(network: keras.Model) -> Iterator[keras.layers.Layer]:
    """Yields the layers of `network` and of those within it that have weights and are not frozen."""
    for layer in network.layers:
        if isinstance(layer, keras.Model):
            yield from _trainable_layers(layer)
        elif layer.trainable and layer.weights and not isinstance(layer, keras.layers.Normalization):
            yield layer


def _seeded(part: Any, seeds: np.random.SeedSequence) -> Any:
    """Returns the configuration `part` with a seed for each initialiser that has none."""
    if isinstance(part, list | tuple):
        return [_seeded(entry, seeds) for entry in part]
    if not isinstance(part, dict):
        return part
    if "seed" in part and part["seed"] is None:
        part = part | {"seed": int(seeds.spawn(1)[0].generate_state(1)[0] >> 1)}
    return {key: _seeded(value, seeds) for key, value in part.items()}
