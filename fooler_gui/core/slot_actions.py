"""What a person may do to one slot of a run. Every room may use this module."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinitialiseSlot:
    """Give the slot fresh noise.

    Attributes:
        label: Of its batch.
        slot: Its place in the batch.
        rng_seed: The number that starts the noise, so that the action brings the same noise when it is done again;
            None for the noise that is next in the run's own stream.
    """

    label: int
    slot: int
    rng_seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PinSlot:
    """Leave the slot alone from now on, or no longer."""

    label: int
    slot: int
    pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SetSlotImage:
    """Put an image into the slot.

    Attributes:
        label: Of its batch.
        slot: Its place in the batch.
        image: (H, W, C) float32 in [0, 1]; one that is put back may lie outside, as the 2016 program leaves them.
        restarts: How often the slot counts as reinitialised from then on, where an image is put back that was in the
            slot before; None for another image, which leaves the count as it is.
    """

    label: int
    slot: int
    image: npt.NDArray[np.float32]
    restarts: int | None = None


SlotAction = ReinitialiseSlot | PinSlot | SetSlotImage
