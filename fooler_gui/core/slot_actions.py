"""What a person may do to one slot of a run. Every room may use this module."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinitialiseSlot:
    """Give the slot fresh noise."""

    label: int
    slot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PinSlot:
    """Leave the slot alone from now on, or no longer."""

    label: int
    slot: int
    pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SetSlotImage:
    """Put `image`, (H, W, C) float32 in [0, 1], into the slot."""

    label: int
    slot: int
    image: npt.NDArray[np.float32]


SlotAction = ReinitialiseSlot | PinSlot | SetSlotImage
