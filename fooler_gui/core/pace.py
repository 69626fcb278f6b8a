"""How fast a run's saves come, so that a person can watch."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from fooler_gui.core.save import Save

ADAPTIVE: Literal["adaptive"] = "adaptive"
Pace = float | Literal["adaptive"] | None
"""The most saves a second, None for no limit; or `ADAPTIVE`: slow while probabilities rise, fast elsewhere."""

WATCHED_SECONDS = 8.0
"""What the rise of all images from the lower to the upper of `_RISE` takes together at an adaptive pace."""

_RISE = (0.1, 0.999)
_LEAST_SECONDS, _MOST_SECONDS = 0.05, 1.0
"""What a save takes at an adaptive pace."""


def seconds_of_save(pace: Pace, before: Save | None, save: Save) -> float:
    """Returns the least time until the save after `save`, in seconds.

    At an adaptive pace it is in proportion to how much the log-odds of the probabilities have risen since the save
    `before`, on average over all images.

    Args:
        pace: The run's pace.
        before: The previous save; None at the start.
        save: The save on screen.
    """
    if pace is None:
        return 0.0
    if pace != ADAPTIVE:
        return 1.0 / pace
    if before is None:
        return _LEAST_SECONDS
    rise = np.maximum(_log_odds(save) - _log_odds(before), 0).mean()
    whole = math.log(_RISE[1] / (1 - _RISE[1])) - math.log(_RISE[0] / (1 - _RISE[0]))
    return min(max(_LEAST_SECONDS, WATCHED_SECONDS * float(rise) / whole), _MOST_SECONDS)


def _log_odds(save: Save) -> np.ndarray:
    shown = np.clip(np.nan_to_num(save.probabilities.astype(np.float64)), *_RISE)
    odds: np.ndarray = np.log(shown / (1 - shown))
    return odds
