"""Which slots of the grid are highlighted as reinitialised, and how strongly. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from fooler_gui.core.save import Save

FADE_SECONDS = 1.5
_FAINTEST = 0.35

Slot = tuple[int, int]
"""A label and a slot of it."""


@dataclass(slots=True)
class _Highlight:
    started: float
    step: int
    shown: int = 0


class ReinitialisedHighlights:
    """Highlights each reinitialised slot for 1.5 s, and at least until the save after the one that showed it.

    Args:
        clock: A monotonic clock, in seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._highlights: dict[Slot, _Highlight] = {}

    def note(self, save: Save) -> None:
        """Highlights the slots reinitialised at `save`, whether it is shown or not."""
        for group, slot in np.argwhere(save.reinitialised).tolist():
            key = save.labels[group], slot
            known = self._highlights.get(key)
            if known is None or known.step != save.step:
                self._highlights[key] = _Highlight(self._clock(), save.step)

    def show(self, save: Save) -> None:
        """Notes `save` and counts it as shown: older highlights end when their time is up."""
        self.note(save)
        for highlight in self._highlights.values():
            highlight.shown += 1
        self._prune()

    def clear(self) -> None:
        """Ends every highlight."""
        self._highlights.clear()

    def strengths(self) -> Mapping[Slot, float]:
        """Returns the strength of each highlight, from 1 down to a remainder that stays."""
        self._prune()
        now = self._clock()
        return {
            slot: max(_FAINTEST, 1.0 - (1.0 - _FAINTEST) * (now - highlight.started) / FADE_SECONDS)
            for slot, highlight in self._highlights.items()
        }

    def fading(self) -> bool:
        """Returns whether any highlight is younger than 1.5 s, and so will change."""
        return any(not self._over(highlight) for highlight in self._highlights.values())

    def _over(self, highlight: _Highlight) -> bool:
        return self._clock() - highlight.started >= FADE_SECONDS

    def _prune(self) -> None:
        for slot, highlight in list(self._highlights.items()):
            if highlight.shown > 1 and self._over(highlight):
                del self._highlights[slot]
