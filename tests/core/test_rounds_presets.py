from __future__ import annotations

import dataclasses

from fooler_gui.core.rounds_presets import NGUYEN, ROUNDS_PRESETS, UNIFORM_LABELS, rounds_preset_of
from fooler_gui.core.rounds_spec import DEFAULT_STARTS, NONE_CLASS, RoundsSettings


def test_the_default_is_uniform_labels() -> None:
    preset = ROUNDS_PRESETS[UNIFORM_LABELS]
    assert (preset.settings, preset.starts) == (RoundsSettings(), DEFAULT_STARTS)


def test_nguyens_adds_a_thousand_found_images_of_ten_classes_to_a_class_of_their_own_in_each_of_15_rounds() -> None:
    preset = ROUNDS_PRESETS[NGUYEN]
    settings = preset.settings
    assert (settings.rounds, settings.policy) == (15, NONE_CLASS)
    assert 10 * settings.images_per_label * settings.stages == 1_000
    assert (settings.noise, settings.blanks, settings.digits) == (0, 0, 60_000)
    assert preset.starts == ("uniform",)


def test_a_preset_is_recognised_whatever_its_rounds_seed_and_control() -> None:
    for name, preset in ROUNDS_PRESETS.items():
        shorter = dataclasses.replace(preset.settings, rounds=3, rng_seed=9, control=True)
        assert rounds_preset_of(shorter, preset.starts[::-1]) == name
        assert rounds_preset_of(dataclasses.replace(shorter, images_per_label=7), preset.starts) == ""
        assert rounds_preset_of(shorter, ("black",)) == ""
