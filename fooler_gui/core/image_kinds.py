"""Kinds of synthetic images: their description, uses and origin.

A kind is defined in a module of `fooler_gui.data.kinds` or offered by another package under the entry-point
group ``fooler.starts``. Runs and rounds start from some kinds, and evaluations measure the confidence on some; all code
that makes, shows or stores one goes through `kinds_for`.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from fooler_gui.core.plug_ins import PlugInError, Registry

GROUP = "fooler.starts"
"""The entry-point group of kinds that other packages offer."""

RUNS, ROUNDS, HELD_OUT, EVALUATIONS = "runs", "rounds", "held out", "evaluations"
USES = {
    RUNS: "runs start from it",
    ROUNDS: "rounds can train on it",
    HELD_OUT: "rounds are tested on it but never train on it",
    EVALUATIONS: "evaluations measure the confidence on it",
}
"""What a kind can be used for."""

TAKEN_NAMES = (
    *("noise", "file", "branch", "round", "digits"),
    *("mnist-test", "clipped-normal", "scaled", "driven", "found"),
    *("fashion-mnist", "emnist", "notmnist", "omniglot", "grey-cifar"),
)
"""Names with another meaning where files or options name a kind; no kind may have them."""


class ImageKindError(PlugInError):
    """What is offered is not a kind of images. Its text can be shown as it is."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImageRequest:
    """A request for images of a kind.

    Attributes:
        rng: The only source of randomness: the same numbers give the same images.
        count: How many images, from 1.
        dataset: A `data.dataset.Dataset`, whose arrays are read-only; its images are uint8.
        label: The class that the images are driven towards; None if they are for several classes or none.
    """

    rng: np.random.Generator
    count: int
    dataset: Any
    label: int | None = None

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(N, H, W, C) of the images."""
        return (self.count, *self.dataset.input_shape)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageKind:
    """A kind of synthetic images.

    Attributes:
        name: In files and code: lower-case letters, digits, spaces and hyphens, a letter first.
        title: What it is called on screen.
        tip: A sentence that describes it.
        formula: How a pixel or an image is made, in plain characters.
        source: Where it is from.
        make: Returns the images that an `ImageRequest` asks for, (N, H, W, C) float32, finite, and in [0, 1] unless
            only evaluations use them.
        uses: Its uses, keys of `USES`.
        other_names: What files call it in a use, if not by its name. Only the program's own kinds may have some.
        shows_classes: Whether its images may still show a class, as those made of training images: one that is over the
            threshold from the start then fools nobody (`found.found_slots`).
        rank: Kinds are listed by rank, from 0, then by name.
    """

    name: str
    title: str
    tip: str
    formula: str
    source: str
    make: Callable[[ImageRequest], npt.NDArray[np.float32]]
    uses: tuple[str, ...] = (RUNS, ROUNDS)
    other_names: Mapping[str, str] = field(default_factory=dict)
    shows_classes: bool = False
    rank: int = 100

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and re.fullmatch("[a-z][a-z0-9 -]*", self.name)):
            raise ImageKindError(
                "The name of a kind of images must be lower-case letters, digits, spaces and hyphens; received "
                f"{self.name!r}."
            )
        if self.name in TAKEN_NAMES:
            raise ImageKindError(f"A kind of images must not be called {self.name}, which means other images.")
        for name in ("title", "tip", "formula", "source"):
            if not (isinstance(getattr(self, name), str) and getattr(self, name)):
                raise ImageKindError(f"{name} of {self.name} must be a text; received {getattr(self, name)!r}.")
        if not (isinstance(self.uses, tuple) and self.uses and all(use in USES for use in self.uses)):
            raise ImageKindError(
                f"The uses of {self.name} must be one or more of {', '.join(USES)}; received {self.uses!r}."
            )
        if not (isinstance(self.rank, int) and self.rank >= 0):
            raise ImageKindError(f"rank of {self.name} must be a whole number of at least 0; received {self.rank!r}.")
        if not callable(self.make):
            raise ImageKindError(f"make of {self.name} must be a function; received {self.make!r}.")

    @property
    def words(self) -> str:
        """What it is called within a sentence."""
        return self.title[0].lower() + self.title[1:]

    @property
    def is_start(self) -> bool:
        """Whether runs or rounds can start from it, so that its pixels must be in [0, 1]."""
        return self.uses != (EVALUATIONS,)

    def name_in(self, use: str) -> str:
        """Returns the name that files use for it in `use`."""
        return self.other_names.get(use, self.name)


def kinds_for(use: str) -> dict[str, ImageKind]:
    """Returns the kinds for `use`, by the names that files use there, in their order."""
    return {kind.name_in(use): kind for kind in KINDS.known().values() if use in kind.uses}


def _check_offered(kind: ImageKind) -> None:
    if kind.other_names:
        raise ImageKindError("it must have one name in all its uses")
    problem = importlib.import_module("fooler_gui.data.kind_check").problem_of(kind)
    if problem:
        raise ImageKindError(problem)


KINDS = Registry("start", GROUP, "fooler_gui.data.kinds", lambda module: module.KINDS, ImageKind, _check_offered)
"""The program's own kinds of images and those of other packages."""
