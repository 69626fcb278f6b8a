"""How images are driven by the classifier's output alone."""

from __future__ import annotations

from dataclasses import dataclass

from fooler_gui.core.objectives import MARGIN, PROBABILITY
from fooler_gui.core.optimiser_names import ADAM, SIGN, TITLES
from fooler_gui.core.settings import Settings, setting

ATTACK_OBJECTIVES = (PROBABILITY, MARGIN)
"""Those that an attack may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackSettings(Settings):
    """An attack on a classifier; the defaults are the article's descent without its penalties."""

    steps: int = setting(300, "Steps", "The most steps for an image.", minimum=1, maximum=1_000_000, unit="steps")
    learning_rate: float = setting(
        0.01,
        "Learning rate",
        "How far a step moves a pixel.",
        minimum=1e-6,
        maximum=10.0,
        unit="of the pixel range per step",
        logarithmic=True,
    )
    threshold: float = setting(
        0.999, "Fooled above p", "An image counts as fooling above this probability.", minimum=0.0, maximum=1.0
    )
    optimiser: str = setting(
        ADAM, "Steps by", "Adam, or equal steps along the gradient's sign.", choices=(ADAM, SIGN), titles=TITLES
    )
    objective: str = setting(
        PROBABILITY,
        "Raises",
        "The label's probability, or its margin: its logit's lead over the greatest other one.",
        choices=ATTACK_OBJECTIVES,
    )
