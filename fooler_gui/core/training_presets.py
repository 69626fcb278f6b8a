"""Layers with the settings to train them, for images of several sizes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fooler_gui.core.settings import HE, TrainingSettings
from fooler_gui.core.topology import AVERAGE, Convolution, Dense, Topology

_LARGEST_DIGIT, _LARGEST_SMALL = 32, 64


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPreset:
    """A topology with its training settings.

    Attributes:
        topology: The layers.
        settings: Steps, batches, learning rate and so on.
        words: What it is and what it is for, in a few words.
    """

    topology: Topology
    settings: TrainingSettings
    words: str


def _normalised(*filters: int, first_pool: int = 2) -> tuple[Convolution, ...]:
    pools = (first_pool, *[2] * (len(filters) - 1))
    return tuple(
        Convolution(kernel=(3, 3), filters=count, pool=pool, batch_norm=True)
        for count, pool in zip(filters, pools, strict=True)
    )


TRAINING_PRESETS: Mapping[str, TrainingPreset] = MappingProxyType(
    {
        "article": TrainingPreset(
            topology=Topology(),
            settings=TrainingSettings(),
            words="the article's layers and its 20,000 steps",
        ),
        "quick": TrainingPreset(
            topology=Topology(
                convolutions=(Convolution(filters=16), Convolution(filters=32)), dense=(Dense(units=256),)
            ),
            settings=TrainingSettings(steps=3_000, batch_size=64, learning_rate=1e-3),
            words="smaller layers and fewer steps, a minute or two",
        ),
        "deep": TrainingPreset(
            topology=Topology(
                convolutions=_normalised(32, 64, 128), dense=(Dense(units=128, batch_norm=True, dropout=0.5),)
            ),
            settings=TrainingSettings(steps=6_000, batch_size=64, learning_rate=1e-3, initialisation=HE),
            words="three normalised convolutions, for colour images of about 32 × 32",
        ),
        "deep-quick": TrainingPreset(
            topology=Topology(convolutions=_normalised(16, 32, 64), dense=(Dense(units=128, batch_norm=True),)),
            settings=TrainingSettings(steps=2_000, batch_size=64, learning_rate=1e-3, initialisation=HE),
            words="half as many filters and fewer steps",
        ),
        "large": TrainingPreset(
            topology=Topology(
                convolutions=_normalised(16, 32, 64, 128, first_pool=4),
                dense=(Dense(units=128, batch_norm=True),),
                maps=AVERAGE,
            ),
            settings=TrainingSettings(steps=2_000, batch_size=32, learning_rate=1e-3, initialisation=HE),
            words="four normalised convolutions and the maps' averages, for images of 65 to 224 pixels a side",
        ),
    }
)


def presets_for(image_shape: tuple[int, int, int]) -> tuple[str, ...]:
    """Returns the names of the presets that suit images (height, width, channels), first the one to propose."""
    *sides, channels = image_shape
    if channels == 1 and max(sides) <= _LARGEST_DIGIT:
        return "article", "quick"
    return ("deep", "deep-quick") if max(sides) <= _LARGEST_SMALL else ("large",)


def preset_of(topology: Topology, settings: TrainingSettings) -> str:
    """Returns the name of the preset that consists of `topology` and `settings`, whatever its seed; "" if none does."""
    return next(
        (
            name
            for name, preset in TRAINING_PRESETS.items()
            if preset.topology == topology
            and dataclasses.replace(preset.settings, rng_seed=settings.rng_seed) == settings
        ),
        "",
    )
