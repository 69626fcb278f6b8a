"""Settings of rounds with their kinds of starts, under the names of those who made rounds so."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fooler_gui.core.rounds_spec import DEFAULT_STARTS, NONE_CLASS, RoundsSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundsPreset:
    """How rounds are made.

    Attributes:
        settings: Rounds, policy, images, training.
        starts: The kinds of images that are driven.
        title: What it is called on screen.
        words: What it is, in a few words.
    """

    settings: RoundsSettings
    starts: tuple[str, ...]
    title: str
    words: str


UNIFORM_LABELS, NGUYEN = "uniform", "nguyen"

ROUNDS_PRESETS: Mapping[str, RoundsPreset] = MappingProxyType(
    {
        UNIFORM_LABELS: RoundsPreset(
            settings=RoundsSettings(),
            starts=DEFAULT_STARTS,
            title="uniform labels",
            words="found images, noise and blanks as every class equally likely",
        ),
        NGUYEN: RoundsPreset(
            settings=RoundsSettings(
                rounds=15,
                policy=NONE_CLASS,
                images_per_label=100,
                stages=1,
                digits=60_000,
                noise=0,
                blanks=0,
            ),
            starts=("uniform",),
            title="Nguyen 2015: class n + 1",
            words="found images alone as a class of their own, 1,000 more a round for ten classes, up to 15 rounds, on "
            "60,000 training images, after Nguyen and others 2015",
        ),
    }
)


def rounds_preset_of(settings: RoundsSettings, starts: tuple[str, ...]) -> str:
    """Returns the name of the preset that `settings` and `starts` are, however many rounds there are; "" if of none.

    The seed, and whether a control is trained, may differ too.
    """

    def made(preset: RoundsPreset) -> RoundsSettings:
        kept = {name: getattr(settings, name) for name in ("rounds", "control", "rng_seed")}
        return dataclasses.replace(preset.settings, **kept)

    return next(
        (
            name
            for name, preset in ROUNDS_PRESETS.items()
            if made(preset) == settings and set(preset.starts) == set(starts)
        ),
        "",
    )
