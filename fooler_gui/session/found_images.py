"""The found images of all runs since the program started."""

from __future__ import annotations

import numpy as np

from fooler_gui.core.arrays import FloatArray, IntArray
from fooler_gui.core.save import Save
from fooler_gui.session.run_view import RunView

RUN, ALL_RUNS, NONE = "run", "all", "none"
"""Found images of the run on screen, of all runs since the program started, or none."""

_NOTHING = np.empty((0, 0, 0, 0), np.float32), np.empty(0, np.int64)


class FoundImages:
    """Remembers the found images of earlier runs; a run that is opened twice counts once."""

    def __init__(self) -> None:
        self._earlier: dict[str, tuple[FloatArray, IntArray]] = {}
        self._run: RunView | None = None

    def follow(self, run: RunView) -> None:
        """Follows `run`, which is on screen now, and keeps what the previous one found."""
        if self._run is not None:
            self._earlier[self._run.folder] = self.found(RUN)
        self._earlier.pop(run.folder, None)
        self._run = run

    def count(self, which: str) -> int:
        """Returns the number of images that `found` would return."""
        present = 0 if self._save is None else int(self._save.done.sum())
        earlier = sum(len(images) for images, _ in self._earlier.values())
        return {RUN: present, ALL_RUNS: earlier + present, NONE: 0}[which]

    def found(self, which: str) -> tuple[FloatArray, IntArray]:
        """Returns found images and the labels they were driven towards.

        Args:
            which: `RUN`, `ALL_RUNS` or `NONE`.

        Returns:
            (N, H, W, C) and (N,); N may be 0.
        """
        save = self._save
        present = [] if save is None else [(save.found_images(), save.found_labels())]
        parts = {RUN: present, ALL_RUNS: [*self._earlier.values(), *present], NONE: []}[which]
        parts = [part for part in parts if len(part[0])]
        if not parts:
            return _NOTHING
        images, labels = zip(*parts, strict=True)
        return np.concatenate(images), np.concatenate(labels)

    @property
    def _save(self) -> Save | None:
        return None if self._run is None else self._run.newest
