"""Hand-made results of a search for the least change, for tests of what shows them."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.least_change import ImageChange, LeastChangeReport, LeastChangeSettings
from fooler_gui.core.messages import LeastChangeFound


def make_found(
    settings: LeastChangeSettings | None = None,
    *,
    start: str = "digits:2",
    label: int = 1,
    steps: int = 300,
    stopped: bool = False,
    name: str = "net",
    channels: int = 1,
) -> LeastChangeFound:
    """Returns two images of 8 × 6 pixels: half of the first has changed from 0.2 to 1; the second was not found."""
    starts = np.full((2, 8, 6, channels), 0.2, np.float32)
    images = starts.copy()
    images[0, :, :3] = 1.0
    changes = (
        ImageChange(start_class=0, start_probability=0.75, l2=3.92, linf=0.8, pixels=24, probability=0.5),
        ImageChange(start_class=0, start_probability=0.5),
    )
    report = LeastChangeReport(
        classifier=name,
        settings=settings or LeastChangeSettings(),
        start=start,
        label=label,
        changes=changes,
        steps=steps,
        seconds=2.0,
        stopped=stopped,
    )
    return LeastChangeFound(report=report, starts=starts, images=images)
