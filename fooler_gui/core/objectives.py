"""The objectives: what misclassification cost means (method.md, Objectives, optimisers and budgets).

Files, the command line and the window name an objective by its key in `OBJECTIVES`; `fooler_gui.terms` computes them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """What is lowered so that an image is taken for its label.

    Attributes:
        formula: The cost of a batch in plain characters, with p the label's probability and z its logit.
        effect: What choosing it does, in a few words.
        source: Where the formula is from.
    """

    formula: str
    effect: str
    source: str


PROBABILITY = "probability"

OBJECTIVES: Mapping[str, Objective] = MappingProxyType(
    {
        PROBABILITY: Objective(
            formula="mean(1 − p)",
            effect="the article's; nearly still where the classifier is sure of something else",
            source="article of 2016; method.md, Cost of a batch",
        ),
        "cross-entropy": Objective(
            formula="mean(−ln p)",
            effect="pulls hardest at images that the classifier takes for something else",
            source="method.md, Objectives, optimisers and budgets",
        ),
        "logit": Objective(
            formula="mean(−z)",
            effect="raises the label's logit without end, however sure the classifier is",
            source="method.md, Objectives, optimisers and budgets",
        ),
        "margin": Objective(
            formula="mean(max z of others − z)",
            effect="raises the label's logit over the greatest other one",
            source="method.md, Objectives, optimisers and budgets; Carlini and Wagner (2017)",
        ),
    }
)
"""By name; the first is the default."""


def place_of(objective: str) -> int:
    """Returns the place of an objective in `OBJECTIVES`."""
    return list(OBJECTIVES).index(objective)
