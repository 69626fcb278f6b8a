"""Seeds layers that draw random numbers during training, such as dropout.

Keras gives each its own seed, a different one whenever a file is opened or a network copied.
"""

from __future__ import annotations

from collections.abc import Iterator

import keras

from fooler_gui.data.starts import Noise, noise_rng


def seed_layers(network: keras.Model, rng_seed: int) -> None:
    """Makes every layer that draws random numbers start from `rng_seed`, or from its own seed if it has one.

    Args:
        network: A network without nested ones.
        rng_seed: The training's seed.
    """
    for place, generator in enumerate(_generators(network)):
        own = generator.get_config()["seed"]
        seed = int(noise_rng(Noise.SEEDED_LAYERS, rng_seed, place).integers(2**31)) if own is None else own
        generator.state.assign([seed, 0])


def _generators(network: keras.Model) -> Iterator[keras.random.SeedGenerator]:
    for layer in network._flatten_layers(include_self=False):
        yield from (part for part in vars(layer).values() if isinstance(part, keras.random.SeedGenerator))
