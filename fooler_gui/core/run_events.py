"""What was done to a run while it was in progress: enough to repeat it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fooler_gui.core.errors import LabError
from fooler_gui.core.settings import CostCoefficients, DescentSettings
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot, SetSlotImage, SlotAction

SETTINGS, REINITIALISE, PIN, IMAGE = "settings", "reinitialise", "pin", "image"
_LITTLE_FLOAT = np.dtype("<f4")


class EventError(LabError, ValueError):
    """What was read is not an event of a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsApplied:
    """Changed coefficients or settings were applied.

    Attributes:
        step: The first step made with them; 0 if the run started with them instead of its specification's.
        revision: The number of the change (`RunControl`).
        coefficients: All coefficients from then on.
        descent: All settings from then on.
    """

    step: int
    revision: int
    coefficients: CostCoefficients
    descent: DescentSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotActed:
    """A person did something to a slot.

    Attributes:
        step: After how many steps.
        action: The action.
        together: Whether it was done together with the previous action, so that one save shows both.
    """

    step: int
    action: SlotAction
    together: bool = False


RunEvent = SettingsApplied | SlotActed


def event_to_dict(event: RunEvent) -> tuple[str, dict[str, Any], bytes | None]:
    """Returns the kind, data for JSON and the bytes of an image, if any, of an event; the step is not included."""
    if isinstance(event, SettingsApplied):
        settings = {
            "revision": event.revision,
            "coefficients": event.coefficients.to_dict(),
            "descent": event.descent.to_dict(),
        }
        return SETTINGS, settings, None
    data: dict[str, Any] = {"label": event.action.label, "slot": event.action.slot}
    if event.together:
        data["together"] = True
    match event.action:
        case ReinitialiseSlot(rng_seed=rng_seed):
            return REINITIALISE, data if rng_seed is None else data | {"rng_seed": rng_seed}, None
        case PinSlot(pinned=pinned):
            return PIN, data | {"pinned": pinned}, None
        case SetSlotImage(image=image, reinitialisations=reinitialisations):
            pixels = image.astype(_LITTLE_FLOAT).tobytes()
            return IMAGE, data if reinitialisations is None else data | {"restarts": reinitialisations}, pixels


def event_from_dict(
    step: int,
    kind: str,
    data: Mapping[str, Any],
    image: bytes | None,
    image_shape: tuple[int, int, int],
    layers: Sequence[str],
) -> RunEvent:
    """Returns the event that `event_to_dict` turned into the data.

    Args:
        step: The event's step.
        kind: Its kind.
        data: Its data.
        image: The bytes of its image, if any.
        image_shape: (H, W, C) of the run's images.
        layers: The classifier's recorded layers.

    Raises:
        LabError: It is not an event.
    """
    if not isinstance(step, int) or not isinstance(data, Mapping):
        raise EventError(f"An event of a run must have its step and kind; received {kind!r}.")
    if kind == SETTINGS:
        revision = data.get("revision")
        if not isinstance(revision, int):
            raise EventError(f"Changed settings must have a revision; received {revision!r}.")
        return SettingsApplied(
            step=step,
            revision=revision,
            coefficients=CostCoefficients.from_dict(data.get("coefficients", {}), layers),
            descent=DescentSettings.from_dict(data.get("descent", {})),
        )
    action = _action_from_dict(kind, data, image, image_shape)
    return SlotActed(step=step, action=action, together=data.get("together") is True)


def _action_from_dict(
    kind: str, data: Mapping[str, Any], image: bytes | None, image_shape: tuple[int, int, int]
) -> SlotAction:
    label, slot, pinned = data.get("label"), data.get("slot"), data.get("pinned")
    if not isinstance(label, int) or not isinstance(slot, int):
        raise EventError(f"An action on a slot must have a label and a slot; received {label!r} and {slot!r}.")
    if kind == REINITIALISE:
        return ReinitialiseSlot(label=label, slot=slot, rng_seed=_count("rng_seed", data))
    if kind == PIN and isinstance(pinned, bool):
        return PinSlot(label=label, slot=slot, pinned=pinned)
    if kind == IMAGE and isinstance(image, bytes) and len(image) == _LITTLE_FLOAT.itemsize * int(np.prod(image_shape)):
        pixels = np.frombuffer(image, _LITTLE_FLOAT).reshape(image_shape)
        return SetSlotImage(label=label, slot=slot, image=pixels, reinitialisations=_count("restarts", data))
    raise EventError(f"An event of a run must be of a known kind, with its data; received {kind!r}.")


def _count(name: str, data: Mapping[str, Any]) -> int | None:
    count = data.get(name)
    if count is not None and not (type(count) is int and 0 <= count < 2**31):
        raise EventError(f"{name} of an action on a slot must be a whole number from 0; received {count!r}.")
    return count
