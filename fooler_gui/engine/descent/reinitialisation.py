"""Decides which slots are reinitialised (method.md, Descent)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from fooler_gui.core.settings import DescentSettings


def keeps_falling(history: Sequence[float], settings: DescentSettings) -> bool:
    """Returns whether to reinitialise a slot.

    That is so if its probability never rose over the last `num_mono_dec_saves` saves (ties count as falling) and is
    below `reinitialise_below`. With the objective unit it is so for its activation, below the activation goal, unless
    `reinitialise_below` is 0.

    Args:
        history: The slot's probabilities, or its activations, at the saves of its present image, oldest first.
        settings: The run's present settings.
    """
    saves, below = settings.num_mono_dec_saves, settings.reinitialise_below
    if settings.driven_unit and below:
        below = settings.activation_goal
    if len(history) < saves or history[-1] >= below:
        return False
    last = history[-saves:]
    return all(later <= earlier for earlier, later in itertools.pairwise(last))
