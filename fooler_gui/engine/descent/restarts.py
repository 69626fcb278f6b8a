"""Which slots keep falling and are reinitialised (method.md, Descent)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from fooler_gui.core.settings import DescentSettings


def keeps_falling(history: Sequence[float], settings: DescentSettings) -> bool:
    """Tells whether a slot is to be reinitialised.

    That is so when its last `num_mono_dec_saves` saves never rose (ties count as falling) and the last
    probability is below `reinitialise_below`.

    Args:
        history: The slot's probabilities at its saves since its noise began, the oldest first.
        settings: The run's present settings.
    """
    saves = settings.num_mono_dec_saves
    if len(history) < saves or history[-1] >= settings.reinitialise_below:
        return False
    last = history[-saves:]
    return all(later <= earlier for earlier, later in itertools.pairwise(last))
