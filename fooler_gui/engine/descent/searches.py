"""What makes the next images of a run: a descent along gradients, or evolution."""

from __future__ import annotations

from typing import Protocol

from fooler_gui.core.optimiser_names import EVOLUTION
from fooler_gui.core.settings import DescentSettings
from fooler_gui.engine.evolution.evolution import Evolution, Moving


class Search(Protocol):
    """Makes the next images of a run's batches."""

    def step(self, moving: Moving, settings: DescentSettings) -> None:
        """Changes the images of the batches that have not stopped, at least one."""


class GradientSearch:
    """Moves every batch against the gradient of its own cost."""

    def step(self, moving: Moving, settings: DescentSettings) -> None:
        """Changes the images of the batches that have not stopped, at least one."""
        for batch, evaluation in moving:
            batch.step(evaluation, settings)


class Searches:
    """The search that a run's settings choose; one that is chosen anew begins anew.

    Args:
        rng_seed: The run's.
    """

    def __init__(self, rng_seed: int) -> None:
        self._rng_seed = rng_seed
        self._encoding = ""
        self._search: Search = GradientSearch()

    def of(self, settings: DescentSettings, step: int) -> Search:
        """Returns the search for the step after `step` steps."""
        encoding = settings.encoding if settings.optimiser == EVOLUTION else ""
        if encoding != self._encoding:
            self._encoding = encoding
            self._search = Evolution(encoding, self._rng_seed, step) if encoding else GradientSearch()
        return self._search
