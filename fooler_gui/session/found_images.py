"""The found images of all runs since the program started."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fooler_gui.core.arrays import FloatArray, IntArray
from fooler_gui.core.save import Save
from fooler_gui.session.run_view import RunView

RUN, ALL_RUNS, NONE = "run", "all", "none"
"""Found images of the run on screen, of all runs since the program started, or none."""

MOST_BYTES = 2**30
"""The most that the images of earlier runs may take; those of the oldest are forgotten."""

_NOTHING = np.empty((0, 0, 0, 0), np.float32), np.empty(0, np.int64)


class _Found(NamedTuple):
    """The found images of a run, (N, H, W, C), their labels (N,), and the names of all classes."""

    images: FloatArray
    labels: IntArray
    class_names: tuple[str, ...]

    def goes_with(self, run: RunView, save: Save) -> bool:
        """Returns whether the images have the shape of those of `save`, and the classes of its `run`."""
        return self.images.shape[1:] == save.images.shape[2:] and self.class_names == run.classifier.class_names


class FoundImages:
    """Remembers the found images of earlier runs; a run that is opened twice counts once."""

    def __init__(self) -> None:
        self._earlier: dict[str, _Found] = {}
        self._run: RunView | None = None

    def follow(self, run: RunView) -> None:
        """Follows `run`, which is on screen now, and keeps what the previous one found."""
        if self._run is not None and (found := self._present()) is not None:
            self._earlier[self._run.folder] = found
        self._earlier.pop(run.folder, None)
        while sum(found.images.nbytes for found in self._earlier.values()) > MOST_BYTES:
            del self._earlier[next(iter(self._earlier))]
        self._run = run

    def count(self, which: str) -> int:
        """Returns the number of images that `found` would return."""
        present = 0 if self._run is None or self._save is None else int(self._run.found_slots(self._save).sum())
        earlier = sum(len(found.images) for found in self._earlier_alike())
        return {RUN: present, ALL_RUNS: earlier + present, NONE: 0}[which]

    def found(self, which: str) -> tuple[FloatArray, IntArray]:
        """Returns found images and the labels they were driven towards.

        Args:
            which: `RUN`, `ALL_RUNS` or `NONE`. Of all runs are those whose images have the shape and the classes of the
                run on screen.

        Returns:
            (N, H, W, C) and (N,); N may be 0.
        """
        present = [] if (found := self._present()) is None else [found]
        parts = {RUN: present, ALL_RUNS: [*self._earlier_alike(), *present], NONE: []}[which]
        some = [part for part in parts if len(part.images)]
        if not some:
            return _NOTHING
        return np.concatenate([part.images for part in some]), np.concatenate([part.labels for part in some])

    @property
    def _save(self) -> Save | None:
        return None if self._run is None else self._run.newest

    def _present(self) -> _Found | None:
        """Returns what the run on screen found; None without one."""
        if self._run is None or self._save is None:
            return None
        slots = self._run.found_slots(self._save)
        names = self._run.classifier.class_names
        return _Found(self._save.images_of(slots), self._save.labels_of(slots), names)

    def _earlier_alike(self) -> list[_Found]:
        """Returns what those earlier runs found whose images go with those of the run on screen."""
        run, save = self._run, self._save
        if run is None or save is None:
            return []
        return [found for found in self._earlier.values() if found.goes_with(run, save)]
