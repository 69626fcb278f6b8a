"""Which training images are references, if they are too many for memory (method.md, Any classifier, any dataset)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from fooler_gui.core.formats import format_bytes
from fooler_gui.core.settings import SettingError, Settings, seed_setting, setting

MOST_GIGABYTES = 1024.0
"""More than any references take: earlier versions took all."""

_GIGABYTE = 10**9


def memory_setting() -> Any:
    """Returns the dataclass field of the memory allowed for references."""
    return setting(
        2.0,
        "Memory for references",
        "More allows more references, and so finds nearer ones: the most that those of a run's labels may take "
        "together. If all training images would take more, a sample of each label's is drawn with the random seed.",
        unit="GB",
        minimum=0.001,
        maximum=MOST_GIGABYTES,
        logarithmic=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceSettings(Settings):
    """How many training images may be references, and which."""

    reference_memory: float = memory_setting()
    rng_seed: int = seed_setting("The number that draws the references, if not all training images are.")


DEFAULT_REFERENCES = ReferenceSettings()


class ReferenceCount(NamedTuple):
    """How many of the training images of some labels are references."""

    used: int
    available: int

    @property
    def words(self) -> str:
        """Such as ``2,000 of 5,000 training images``; of all only their number."""
        if self.used == self.available:
            return f"{self.used:,} training images"
        return f"{self.used:,} of {self.available:,} training images"


def sizes_within(memory: float, available: Sequence[int], bytes_each: int) -> tuple[int, ...]:
    """Returns how many references each label gets: all, or as many as any other label that does not get all.

    Args:
        memory: For all labels together, in GB.
        available: The number of training images of each label.
        bytes_each: The bytes of one reference.

    Raises:
        SettingError: There is not even memory for one reference of each label.
    """
    rest = int(memory * _GIGABYTE) // bytes_each
    least = sum(count > 0 for count in available)
    if rest < least:
        raise SettingError(
            f"reference_memory must allow at least one reference of each label, {format_bytes(least * bytes_each)}; "
            f"received {memory:g} GB."
        )
    sizes: dict[int, int] = {}
    for waiting, (count, place) in zip(
        range(len(available), 0, -1), sorted((count, place) for place, count in enumerate(available)), strict=True
    ):
        sizes[place] = min(count, rest // waiting)
        rest -= sizes[place]
    return tuple(sizes[place] for place in range(len(available)))


def sample_sentence(count: ReferenceCount, memory: float, labels: int) -> str:
    """Returns what was done to stay within `memory` (GB) for some `labels`; "" if all training images are used."""
    if count.used == count.available:
        return ""
    together = "" if labels == 1 else f" of the {labels:,} labels together"
    return (
        f"The references are {count.words}{together}, drawn with the random seed: all would take more than "
        f"{memory:g} GB."
    )
