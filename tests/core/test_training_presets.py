from __future__ import annotations

import dataclasses

import pytest

from fooler_gui.core.settings import TrainingSettings
from fooler_gui.core.topology import Convolution, Topology
from fooler_gui.core.topology_size import size_of
from fooler_gui.core.training_presets import TRAINING_PRESETS, preset_of, presets_for


def test_the_articles_preset_is_the_2016_programs() -> None:
    preset = TRAINING_PRESETS["article"]
    assert preset.topology == Topology()
    assert preset.settings == TrainingSettings(steps=20_000, batch_size=50, learning_rate=1e-4, validation_images=5_000)
    assert TRAINING_PRESETS["quick"].settings.steps < preset.settings.steps


@pytest.mark.parametrize(
    ("shape", "proposed"),
    [
        ((28, 28, 1), "article"),
        ((8, 8, 1), "article"),
        ((32, 32, 3), "deep"),
        ((28, 28, 3), "deep"),
        ((64, 48, 3), "deep"),
        ((64, 64, 1), "deep"),
        ((96, 64, 3), "large"),
        ((224, 224, 3), "large"),
    ],
)
def test_the_preset_proposed_suits_the_images_and_fits_them(shape: tuple[int, int, int], proposed: str) -> None:
    names = presets_for(shape)
    assert names[0] == proposed
    for name in names:
        preset = TRAINING_PRESETS[name]
        needed = size_of(preset.topology, shape, 10).training_bytes(preset.settings.batch_size)
        assert needed < 2**31


def test_a_preset_is_recognised_whatever_its_seed() -> None:
    for name, preset in TRAINING_PRESETS.items():
        assert preset_of(preset.topology, dataclasses.replace(preset.settings, rng_seed=9)) == name
    assert preset_of(Topology(convolutions=(Convolution(),)), TrainingSettings()) == ""
    assert preset_of(Topology(), TrainingSettings(steps=1)) == ""
