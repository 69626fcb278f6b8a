"""Describes what was done to a run; the only place that does. Slots count from 1, as on screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fooler_gui.core.class_words import class_name
from fooler_gui.core.formats import setting_text
from fooler_gui.core.run_events import RunEvent, SettingsApplied
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.sentences import change_sentence
from fooler_gui.core.settings import CostCoefficients, DescentSettings
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot, SetSlotImage, SlotAction

_NOTHING_CHANGED = "settings as before"
"""For a change that was undone before a step was made with it."""


class Mark(NamedTuple):
    """A change of a run's coefficients or settings: the first step made with it, and its description."""

    step: int
    text: str


class RunSettings:
    """The coefficients and settings of a run as its events change them.

    Args:
        spec: The run as it started.

    Attributes:
        coefficients: The present coefficients.
        descent: The present settings.
    """

    def __init__(self, spec: RunSpec) -> None:
        self.coefficients: CostCoefficients = spec.coefficients
        self.descent: DescentSettings = spec.descent

    def apply(self, event: SettingsApplied) -> Mark:
        """Applies `event` and returns a description of the change: ``fc 1, learning rate 0.02``."""
        changes = self.coefficients.changes_to(event.coefficients)
        words = [change_sentence(changes)] if changes else []
        words += _descent_changes(self.descent, event.descent)
        self.coefficients, self.descent = event.coefficients, event.descent
        return Mark(event.step, ", ".join(words) or _NOTHING_CHANGED)

    def marks(self, events: Iterable[RunEvent]) -> list[Mark]:
        """Applies the run's next `events` and returns the changes of its coefficients and settings."""
        return [self.apply(event) for event in events if isinstance(event, SettingsApplied)]


def described_events(spec: RunSpec, events: Iterable[RunEvent], class_names: Sequence[str]) -> list[tuple[int, str]]:
    """Returns (step, description) of each of a run's events, in order.

    Args:
        spec: The run as it started.
        events: What was done to it.
        class_names: Its classifier's.
    """
    settings = RunSettings(spec)
    return [
        settings.apply(event)
        if isinstance(event, SettingsApplied)
        else (event.step, _action_words(event.action, class_names))
        for event in events
    ]


def _descent_changes(before: DescentSettings, after: DescentSettings) -> list[str]:
    former = before.to_dict()
    return [
        f"{DescentSettings.info(name).label.lower()} {setting_text(value)}"
        for name, value in after.to_dict().items()
        if value != former[name]
    ]


def _action_words(action: SlotAction, class_names: Sequence[str]) -> str:
    match action:
        case ReinitialiseSlot():
            done = "reinitialised"
        case PinSlot(pinned=pinned):
            done = "pinned" if pinned else "let go"
        case SetSlotImage():
            done = "given another image"
    return f"slot {action.slot + 1} of label {class_name(class_names, action.label)} {done}"
