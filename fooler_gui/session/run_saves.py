"""The saves of one run by their index: the newest from memory, all others from disk."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fooler_gui.core.run_events import RunEvent
from fooler_gui.core.save import Save
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.history_writer import MILESTONE
from fooler_gui.session.run_series import GrowingTable

_KEPT_BYTES = 32 * 2**20

Integers = npt.NDArray[np.int64]


class RunSaves:
    """Follows the saves of a run while it is running, and reads them once it has ended. Main thread only.

    Places are counted from 0, the first save.

    Args:
        folder: The run's record.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reader: HistoryReader | None = None
        self._numbers: Integers | None = None
        self._newest: deque[tuple[int, Save]] = deque()
        self._index = GrowingTable(2, np.int64)
        self._milestones = np.empty(0, np.int64)

    def __len__(self) -> int:
        return len(self._index)

    @property
    def steps(self) -> Integers:
        """(n,), the step of each save, never falling."""
        return self._index.rows[:, 0]

    @property
    def reinitialised(self) -> Integers:
        """(n,), how many slots were reinitialised at each save."""
        return self._index.rows[:, 1]

    def place_of(self, step: int) -> int:
        """Returns the place of the last save up to `step`; 0 if there is none."""
        return max(0, int(np.searchsorted(self.steps, step, side="right")) - 1)

    def place_from(self, step: int) -> int:
        """Returns the place of the first save at `step` or later, or of the last save if there is none."""
        return min(int(np.searchsorted(self.steps, step)), len(self) - 1)

    def add(self, saves: Sequence[Save]) -> None:
        """Adds further saves of the running run, at least one."""
        for save in saves:
            self._newest.append((len(self), save))
            self._index.append((save.step, save.reinitialised.sum()))
        most = max(2, _KEPT_BYTES // max(1, saves[-1].images.nbytes))
        while len(self._newest) > most:
            self._newest.popleft()

    def read(self) -> list[RunEvent]:
        """Switches to the saves in the run's record, and returns its events.

        Raises:
            LabError: It cannot be read.
        """
        reader = HistoryReader(self._folder)
        try:
            index, events = reader.index(), reader.events()
        except BaseException:
            reader.close()
            raise
        self.close()
        self._reader, self._numbers = reader, index.numbers
        self._index = GrowingTable.of(np.stack([index.steps, index.reinitialised], axis=1))
        self._milestones = np.flatnonzero(index.kept == MILESTONE)
        return events

    def save_at(self, place: int) -> Save:
        """Returns the save at `place`.

        Raises:
            LabError: There is none, it is not on disk yet, or it cannot be read.
        """
        for number, save in self._newest:
            if number == place:
                return save
        if self._reader is None:
            self._reader = HistoryReader(self._folder)
        return self._reader.save(place if self._numbers is None else int(self._numbers[place]))

    def since(self, place: int) -> list[Save]:
        """Returns the saves after `place` that are still in memory, oldest first."""
        return [save for number, save in self._newest if number > place]

    def sample(self, most: int) -> Iterator[Save]:
        """Yields at most `most` evenly spaced saves, the first and the last among them, and those with milestones.

        Raises:
            LabError: One cannot be read.
        """
        places = np.linspace(0, len(self) - 1, min(most, len(self))).astype(np.int64)
        for place in np.union1d(places, self._milestones).tolist():
            yield self.save_at(place)

    def close(self) -> None:
        """Closes the record and frees memory."""
        if self._reader is not None:
            self._reader.close()
        self._reader = self._numbers = None
        self._newest.clear()
