"""How the article's two figures are made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fooler_gui.core.run_spec import MAXIMUM_SLOTS
from fooler_gui.core.settings import DescentSettings, SettingInfo, Settings, seed_setting

FIGURE_THRESHOLD, CLAIMED_THRESHOLD = 0.999, 0.9999
"""The threshold of the article's first figure, and the one its introduction claims."""

_SLOTS = SettingInfo(
    label="Images per label",
    tip="More show more and take longer: how many images the row of each label has.",
    minimum=1,
    maximum=MAXIMUM_SLOTS,
)


def _as_of_a_run(name: str) -> Any:
    """Returns the field of a setting that is the same as in a run."""
    return field(default=DescentSettings.default(name), metadata={"info": DescentSettings.info(name)})


@dataclass(frozen=True, slots=True, kw_only=True)
class FoolingFigureSettings(Settings):
    """How the first figure is made: for every label a row of noise images driven towards it."""

    slots: int = field(default=8, metadata={"info": _SLOTS})
    min_probability: float = field(default=FIGURE_THRESHOLD, metadata={"info": DescentSettings.info("min_probability")})
    max_steps: int = field(default=1_000, metadata={"info": DescentSettings.info("max_steps")})
    rng_seed: int = seed_setting("The same seed gives the same images: the number that starts the noise.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureSearchSettings(Settings):
    """How the images of the first figure are searched for; in the window as in the Descent panel."""

    optimiser: str = _as_of_a_run("optimiser")
    encoding: str = _as_of_a_run("encoding")
    population: int = _as_of_a_run("population")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstFigureSettings(Settings):
    """How the second figure is made: for every label the training images the classifier is least sure of."""

    slots: int = field(default=8, metadata={"info": _SLOTS})
