"""The terms of the cost: their description, function and origin.

A term is defined in a module of `fooler_gui.terms` or offered by another package under the entry-point group
``fooler.terms``. All code that shows, stores, weights or computes costs goes through `known_terms`; nothing else names
a term. The modules are imported on first use, and import TensorFlow only when they compute.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fooler_gui.core.plug_ins import PlugInError, Registry

GROUP = "fooler.terms"
"""The entry-point group of terms that other packages offer."""

OUTPUT, LAYER, PIXELS = "output", "layer", "pixels"
SCOPES = (OUTPUT, LAYER, PIXELS)

TERM_PREFIX = "term_coeff_"
"""What the name of a term's coefficient begins with, unless the term gives another name."""

COEFFICIENT_MAXIMUM = 1e6
"""The greatest coefficient of a term or a layer."""

TINY = 1e-10
"""Added to a distance before taking one over it, so that a distance of zero gives a finite cost and gradient."""


class TermError(PlugInError):
    """What is offered is not a term. Its text can be shown as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputView:
    """The classifier's output for L batches of B slots, as tensors.

    Attributes:
        probabilities: (L, B, classes) float32.
        logits: (L, B, classes) float32; the probabilities are their softmax.
        labels: (L,) int32, the class that each batch is driven towards.
        objective: () int32, the place of the objective in `core.objectives.OBJECTIVES`; an int if it never changes.
        activations: (L, B) float32, of the unit that is the objective; zeros if it is another one.
    """

    probabilities: Any
    logits: Any
    labels: Any
    objective: Any = 0
    activations: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerView:
    """The activations of L batches of B slots in one recorded layer of U units, as tensors.

    Attributes:
        patterns: (L, B, U) float32.
        nearest: (L, B, U) float32, the nearest references; constants for the gradient.
        self_pairs: Whether each slot counts as one of its own pairs (2016 program).
    """

    patterns: Any
    nearest: Any
    self_pairs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelView:
    """L batches of B images (H, W, C), as tensors.

    Attributes:
        images: (L, B, H, W, C) float32.
        starts: (L, B, H, W, C) float32, each image's start.
    """

    images: Any
    starts: Any


View = OutputView | LayerView | PixelView
"""What a term is computed from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term of the cost.

    Its cost for a batch is the mean of its slots' values, or one over that mean plus `TINY` if the values are distances
    that should grow.

    Attributes:
        name: In files and code: lower-case letters, digits and underscores, a letter first.
        title: Its name on screen, before "cost" or "coefficient".
        short_title: The same for narrow places.
        scope: What it is computed from: the classifier's `OUTPUT`, each recorded `LAYER` (the layer's own coefficient
            multiplies it too), or the `PIXELS`.
        formula: The cost of a batch in plain characters.
        meaning: What the formula's symbols mean, one sentence.
        effect: What more of it does, after "More <title>:".
        source: Where the formula is from.
        default: Its default coefficient, from 0 to `COEFFICIENT_MAXIMUM`. A term whose default is 0 is computed only
            while its coefficient is greater.
        slot_values: Returns (L, B) float32 or float64 from an `OutputView`, `LayerView` or `PixelView`: a plain
            function of tensors, which TensorFlow differentiates.
        repels: Whether the values are distances that should grow.
        measures_nearest: Whether the values are the distances to the nearest references, to be shown beside them.
        least_slots: With fewer slots there is no cost.
        coefficient_key: Its coefficient's name in files; by default it is in the table ``term_coeffs``. Only the
            program's own terms may have one.
        rank: Terms are listed by rank, from 0, then by name.
    """

    name: str
    title: str
    short_title: str = ""
    scope: str
    formula: str
    meaning: str
    effect: str
    source: str
    default: float = 0.0
    slot_values: Callable[[Any], Any]
    repels: bool = False
    measures_nearest: bool = False
    least_slots: int = 1
    coefficient_key: str = ""
    rank: int = 100

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and re.fullmatch("[a-z][a-z0-9_]*", self.name)):
            raise TermError(
                f"A term's name must be lower-case letters, digits and underscores; received {self.name!r}."
            )
        if self.scope not in SCOPES:
            raise TermError(f"The scope of {self.name} must be one of {', '.join(SCOPES)}; received {self.scope!r}.")
        for name in ("title", "short_title", "formula", "meaning", "effect", "source", "coefficient_key"):
            if not isinstance(getattr(self, name), str):
                raise TermError(f"{name} of {self.name} must be a text; received {getattr(self, name)!r}.")
        if not (isinstance(self.default, int | float) and 0 <= self.default <= COEFFICIENT_MAXIMUM):
            raise TermError(
                f"The default coefficient of {self.name} must be a number from 0 to {COEFFICIENT_MAXIMUM:.0f}; "
                f"received {self.default!r}."
            )
        for name, least in (("least_slots", 1), ("rank", 0)):
            number = getattr(self, name)
            if not (isinstance(number, int) and number >= least):
                raise TermError(
                    f"{name} of {self.name} must be a whole number of at least {least}; received {number!r}."
                )
        if not callable(self.slot_values):
            raise TermError(f"slot_values of {self.name} must be a function; received {self.slot_values!r}.")

    @property
    def is_optional(self) -> bool:
        """Whether it is computed only while its coefficient is greater than 0."""
        return self.default == 0

    @property
    def is_of_layers(self) -> bool:
        """Whether there is one cost for each recorded layer."""
        return self.scope == LAYER

    @property
    def little_title(self) -> str:
        """Its name for narrow places."""
        return self.short_title or self.title

    @property
    def coefficient_name(self) -> str:
        """Its coefficient's name among all others; see `CostCoefficients.flat`."""
        return self.coefficient_key or f"{TERM_PREFIX}{self.name}"


def known_terms() -> Mapping[str, Term]:
    """Returns all terms by name, in listing order."""
    return TERMS.known()


def _check_offered(term: Term) -> None:
    if term.coefficient_key:
        raise TermError(f"its coefficient must be in the table term_coeffs, not at {term.coefficient_key}")


TERMS = Registry("term", GROUP, "fooler_gui.terms", lambda module: (module.TERM,), Term, _check_offered)
"""The program's own terms and those of other packages."""
