"""What a person may do to one slot of a run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinitialiseSlot:
    """Give the slot fresh noise.

    Attributes:
        label: Of its batch.
        slot: Its index in the batch.
        rng_seed: The number that starts the noise, so that repeating the action gives the same noise; None for the
            next noise in the run's own stream.
    """

    label: int
    slot: int
    rng_seed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PinSlot:
    """Keep the slot unchanged from now on, or no longer."""

    label: int
    slot: int
    pinned: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SetSlotImage:
    """Put an image into the slot.

    Attributes:
        label: Of its batch.
        slot: Its index in the batch.
        image: (H, W, C) float32 in [0, 1]; an image that is restored may lie outside, as in the 2016 program.
        reinitialisations: How often the slot counts as reinitialised from then on, if a former image is restored; None
            for another image, which leaves the count unchanged.
    """

    label: int
    slot: int
    image: npt.NDArray[np.float32]
    reinitialisations: int | None = None


SlotAction = ReinitialiseSlot | PinSlot | SetSlotImage
