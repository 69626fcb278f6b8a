"""Tells or refuses what would need very much memory to train, before it is built."""

from __future__ import annotations

from collections.abc import Iterator

from fooler_gui.core.formats import format_bytes
from fooler_gui.core.messages import Remark
from fooler_gui.core.settings import SettingError
from fooler_gui.core.topology_size import TopologySize
from fooler_gui.data.memory import memory_bytes
from fooler_gui.engine.nets.weights_file import MAXIMUM_BYTES

_TOLD_BYTES = 2**31
_BYTES_A_WEIGHT = 4


def check_memory(size: TopologySize, batch_size: int) -> Iterator[Remark]:
    """Yields a remark if training a classifier of `size` needs over 2 GiB.

    Raises:
        SettingError: It needs over half of this machine's memory, or its file would be too large to be opened again.
    """
    most, needed = memory_bytes() // 2, size.training_bytes(batch_size)
    weights, total = f"{size.parameters:,} weights", format_bytes(needed)
    less = "more pooling, fewer dense units or the maps' averages in place of all their units need less"
    if size.parameters * _BYTES_A_WEIGHT > MAXIMUM_BYTES:
        raise SettingError(
            f"A classifier's file must have at most {format_bytes(MAXIMUM_BYTES)}; these layers have {weights}, "
            f"{format_bytes(size.parameters * _BYTES_A_WEIGHT)}: {less}."
        )
    if needed > most:
        raise SettingError(
            f"A training must need at most half of the memory, {format_bytes(most)}; these layers have {weights} and "
            f"need about {total} for batches of {batch_size:,}: {less}; so do smaller batches."
        )
    if needed > _TOLD_BYTES:
        yield Remark(sentence=f"These layers have {weights}; their training needs about {total} of memory.")
