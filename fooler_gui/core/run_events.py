"""What was done to a run while it went on: enough to do the same again. Every room may use this module."""

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
    """What was read is no event of a run. Its text is one sentence that can be shown as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsApplied:
    """Changed coefficients or settings came into force.

    Attributes:
        step: The first one made with them; 0 where the run began with them, in place of those that it was asked for.
        revision: Which change it was (`RunControl`).
        coefficients: All of them from then on.
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
        step: After so many steps.
        action: What.
        together: Whether it was done together with the action before it, so that one save tells of both.
    """

    step: int
    action: SlotAction
    together: bool = False


RunEvent = SettingsApplied | SlotActed


def event_to_dict(event: RunEvent) -> tuple[str, dict[str, Any], bytes | None]:
    """Returns kind, data that JSON can hold, and the bytes of an image if there is one; the step is not among them."""
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
        case SetSlotImage(image=image, restarts=restarts):
            pixels = image.astype(_LITTLE_FLOAT).tobytes()
            return IMAGE, data if restarts is None else data | {"restarts": restarts}, pixels


def event_from_dict(
    step: int,
    kind: str,
    data: Mapping[str, Any],
    image: bytes | None,
    image_shape: tuple[int, int, int],
    layers: Sequence[str],
) -> RunEvent:
    """Returns the event that `event_to_dict` described.

    Args:
        step: Of the event.
        kind: What it is.
        data: Its data.
        image: The bytes of its image, if it has one.
        image_shape: (H, W, C) of the run's images.
        layers: The classifier's recorded layers.

    Raises:
        LabError: It describes none.
    """
    if not isinstance(step, int) or not isinstance(data, Mapping):
        raise EventError(f"An event of a run must tell its step and what was done; received {kind!r}.")
    if kind == SETTINGS:
        revision = data.get("revision")
        if not isinstance(revision, int):
            raise EventError(f"Changed settings must tell their revision; received {revision!r}.")
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
        raise EventError(f"An action on a slot must tell label and slot; received {label!r} and {slot!r}.")
    if kind == REINITIALISE:
        return ReinitialiseSlot(label=label, slot=slot, rng_seed=_count("rng_seed", data))
    if kind == PIN and isinstance(pinned, bool):
        return PinSlot(label=label, slot=slot, pinned=pinned)
    if kind == IMAGE and isinstance(image, bytes) and len(image) == _LITTLE_FLOAT.itemsize * int(np.prod(image_shape)):
        pixels = np.frombuffer(image, _LITTLE_FLOAT).reshape(image_shape)
        return SetSlotImage(label=label, slot=slot, image=pixels, restarts=_count("restarts", data))
    raise EventError(f"An event of a run must be of a known kind, with its data; received {kind!r}.")


def _count(name: str, data: Mapping[str, Any]) -> int | None:
    count = data.get(name)
    if count is not None and not (type(count) is int and 0 <= count < 2**31):
        raise EventError(f"{name} of an action on a slot must be a whole number from 0; received {count!r}.")
    return count
