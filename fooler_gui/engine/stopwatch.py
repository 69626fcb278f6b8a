"""Times a part of long work."""

from __future__ import annotations

import time

from fooler_gui.core.messages import WorkTimed
from fooler_gui.core.run_control import RunControl
from fooler_gui.engine.nets.classifier import Classifier


class Stopwatch:
    """Runs from when it is made; it stands while the work is paused.

    Args:
        control: The work's control.
    """

    def __init__(self, control: RunControl) -> None:
        self._control = control
        self._began, self._waited = time.perf_counter(), control.waited

    def timed(self, part: str, classifier: Classifier, images: int) -> WorkTimed:
        """Returns how long the part took; see `WorkTimed`."""
        seconds = time.perf_counter() - self._began - (self._control.waited - self._waited)
        return WorkTimed(part=part, operations=classifier.operations, images=images, seconds=seconds)
