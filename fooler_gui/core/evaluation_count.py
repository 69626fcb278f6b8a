"""How many evaluations by the classifier the search for each image of a run has taken."""

from __future__ import annotations

from collections.abc import Iterable

from fooler_gui.core.run_events import RunEvent, SettingsApplied
from fooler_gui.core.settings import DescentSettings


class EvaluationCount:
    """Counts the evaluations of a run: a gradient a step and slot, or under evolution the population of the slot.

    Args:
        descent: The settings that the run started with.
    """

    def __init__(self, descent: DescentSettings) -> None:
        self._changes = [(1, descent.evaluations_a_step)]

    def take(self, events: Iterable[RunEvent]) -> None:
        """Takes the run's next events, in order."""
        self._changes += [
            (max(1, event.step), event.descent.evaluations_a_step)
            for event in events
            if isinstance(event, SettingsApplied)
        ]

    def until(self, step: int) -> int:
        """Returns the evaluations of a slot in the first `step` steps, as far as events were taken."""
        ends = [*(first for first, _ in self._changes[1:]), step + 1]
        return sum(
            a_step * max(0, min(end, step + 1) - first)
            for (first, a_step), end in zip(self._changes, ends, strict=True)
        )
