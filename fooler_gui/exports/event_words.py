"""What was done to a run, in words. Slots count from 1, as on screen."""

from __future__ import annotations

from collections.abc import Iterable

from fooler_gui.core.formats import format_number
from fooler_gui.core.run_events import RunEvent, SettingsApplied
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.sentences import change_sentence
from fooler_gui.core.settings import DescentSettings
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot, SetSlotImage, SlotAction

_NOTHING_CHANGED = "settings as before"
"""Said where a change was taken back before a step was made with it."""


def told_events(spec: RunSpec, events: Iterable[RunEvent]) -> list[tuple[int, str]]:
    """Returns (step, words) of each of a run's `events`, in order; `spec` is how the run began."""
    told = []
    coefficients, descent = spec.coefficients, spec.descent
    for event in events:
        if isinstance(event, SettingsApplied):
            changes = coefficients.changes_to(event.coefficients)
            words = [change_sentence(changes)] if changes else []
            words += _descent_changes(descent, event.descent)
            told.append((event.step, ", ".join(words) or _NOTHING_CHANGED))
            coefficients, descent = event.coefficients, event.descent
        else:
            told.append((event.step, _action_words(event.action)))
    return told


def _descent_changes(before: DescentSettings, after: DescentSettings) -> list[str]:
    former = before.to_dict()
    return [
        f"{DescentSettings.info(name).label.lower()} {_value(value)}"
        for name, value in after.to_dict().items()
        if value != former[name]
    ]


def _value(value: float | bool) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else format_number(value)


def _action_words(action: SlotAction) -> str:
    match action:
        case ReinitialiseSlot():
            done = "reinitialised"
        case PinSlot(pinned=pinned):
            done = "pinned" if pinned else "let go"
        case SetSlotImage():
            done = "given another image"
    return f"slot {action.slot + 1} of label {action.label} {done}"
