"""Layers that draw random numbers while they are trained, such as dropout.

Keras starts each from a number of its own, another one whenever a file is opened or a network copied.
"""

from __future__ import annotations

from collections.abc import Iterator

import keras

from fooler_gui.data.starts import Noise, noise_rng


def seed_layers(network: keras.Model, rng_seed: int) -> None:
    """Has every layer that draws random numbers begin with `rng_seed`, or with its own seed where it has one.

    Args:
        network: Whose layers stand side by side, as a classifier's.
        rng_seed: Of the training that begins.
    """
    for place, generator in enumerate(_generators(network)):
        own = generator.get_config()["seed"]
        seed = int(noise_rng(Noise.SEEDED_LAYERS, rng_seed, place).integers(2**31)) if own is None else own
        generator.state.assign([seed, 0])


def _generators(network: keras.Model) -> Iterator[keras.random.SeedGenerator]:
    for layer in network.layers:
        yield from (part for part in vars(layer).values() if isinstance(part, keras.random.SeedGenerator))
