"""How long each frame of an animation is shown."""

from __future__ import annotations

import itertools
import math

from fooler_gui.core.export_settings import FASTEST, ExportSettings
from fooler_gui.core.formats import format_number
from fooler_gui.exports.export_error import ExportError

_TICK = 0.01
"""The shortest time that every format keeps."""


def frames_per_second(count: int, settings: ExportSettings) -> float:
    """Returns how fast `count` frames follow each other.

    Raises:
        ExportError: They do not fit in the seconds wanted.
    """
    return 1 / _spans(count, settings)[0]


def frame_seconds(count: int, settings: ExportSettings) -> list[float]:
    """Returns how long each of `count` frames is shown, in whole hundredths of a second.

    What rounding takes from one frame it adds to the next, so that all together last as long as they should.

    Raises:
        ExportError: They do not fit in the seconds wanted.
    """
    each, last = _spans(count, settings)
    ends = [0.0, *(place * each for place in range(1, count)), (count - 1) * each + last]
    ticks = [round(end / _TICK) for end in ends]
    return [(end - begin) * _TICK for begin, end in itertools.pairwise(ticks)]


def shortest_seconds(count: int, settings: ExportSettings) -> float:
    """Returns the fewest seconds in which `count` frames can be shown."""
    return max(settings.hold, 1 / FASTEST) + (count - 1) / FASTEST


def _spans(count: int, settings: ExportSettings) -> tuple[float, float]:
    """Returns how long each frame is shown, and the last one."""
    if not settings.seconds:
        return 1 / settings.fps, max(1 / settings.fps, settings.hold)
    shortest = shortest_seconds(count, settings)
    if settings.seconds < shortest:
        raise ExportError(
            f"{count:,} frames, the last one for {format_number(settings.hold)} s, need at least "
            f"{math.ceil(10 * shortest) / 10:g} s; received {format_number(settings.seconds)} s. Choose more seconds "
            "or fewer frames."
        )
    each = settings.seconds / count
    if count > 1:
        each = min(each, (settings.seconds - settings.hold) / (count - 1))
    return each, settings.seconds - (count - 1) * each
