"""The saves of the run on screen, each by its place: the newest from memory, all others from disk."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fooler_gui.core.messages import Save
from fooler_gui.core.path_text import path_of
from fooler_gui.core.run_events import RunEvent, SettingsApplied
from fooler_gui.core.sentences import settings_sentence
from fooler_gui.core.settings import CostCoefficients
from fooler_gui.records.history_reader import HistoryReader
from fooler_gui.records.run_folder import read_record

_KEPT_BYTES = 32 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Course:
    """What is known of all n saves of a run.

    Attributes:
        steps: (n,), never falling.
        restarts: (n,), how many slots were reinitialised at each.
        changes: (place, what) of changed settings, each at the first save that was made with them.
    """

    steps: npt.NDArray[np.int64]
    restarts: npt.NDArray[np.int64]
    changes: list[tuple[int, str]]


class RunHistory:
    """Follows a run while it goes on, and reads it once it rests. Main thread only."""

    def __init__(self) -> None:
        self._folder = Path()
        self._reader: HistoryReader | None = None
        self._numbers: npt.NDArray[np.int64] | None = None
        self._newest: deque[tuple[int, Save]] = deque()
        self._count = 0
        self._coefficients: CostCoefficients | None = None

    def begin(self, folder: str, coefficients: CostCoefficients) -> None:
        """Follows a run that begins with `coefficients`, and records itself in `folder`."""
        self.close()
        self._folder, self._coefficients = path_of(folder), coefficients

    def add(self, saves: Sequence[Save]) -> Course:
        """Returns the course of further saves of the run that goes on; places are those in the whole run."""
        changes = []
        for save in saves:
            changes += self._changes(save.events, lambda _event: self._count)
            self._newest.append((self._count, save))
            self._count += 1
        most = max(2, _KEPT_BYTES // max(1, saves[-1].images.nbytes))
        while len(self._newest) > most:
            self._newest.popleft()
        return Course(
            steps=np.array([save.step for save in saves], np.int64),
            restarts=np.array([save.reinitialised.sum() for save in saves], np.int64),
            changes=changes,
        )

    def open(self, folder: str) -> Course:
        """Returns the course of the recorded run in `folder`, whose saves are read from now on.

        Raises:
            LabError: It cannot be read.
        """
        self.close()
        self._folder = path_of(folder)
        reader = self._reader = HistoryReader(self._folder)
        index = reader.index()
        self._numbers, self._count = index.numbers, len(index)
        self._coefficients = read_record(self._folder).spec.coefficients
        changes = self._changes(reader.events(), lambda event: int(np.searchsorted(index.steps, event.step)))
        return Course(steps=index.steps, restarts=index.restarts, changes=changes)

    def save_at(self, place: int) -> Save:
        """Returns the save at `place`, counted from 0.

        Raises:
            LabError: There is none, or it is not on disk yet, or it cannot be read.
        """
        for number, save in self._newest:
            if number == place:
                return save
        if self._reader is None:
            self._reader = HistoryReader(self._folder)
        return self._reader.save(place if self._numbers is None else int(self._numbers[place]))

    def sample(self, most: int) -> list[Save]:
        """Returns at most `most` saves of the run that was opened, evenly apart, the first and the last among them.

        Raises:
            LabError: One cannot be read.
        """
        places = np.unique(np.linspace(0, self._count - 1, min(most, self._count)).astype(np.int64))
        return [self.save_at(place) for place in places.tolist()]

    def _changes(self, events: Sequence[RunEvent], place_of: Callable[[SettingsApplied], int]) -> list[tuple[int, str]]:
        changes = []
        for event in events:
            if isinstance(event, SettingsApplied):
                assert self._coefficients is not None, "a run is begun or opened before it is followed"
                changes.append((place_of(event), settings_sentence(self._coefficients, event)))
                self._coefficients = event.coefficients
        return changes

    def close(self) -> None:
        """Lets the run go."""
        if self._reader is not None:
            self._reader.close()
        self._reader, self._numbers, self._count = None, None, 0
        self._newest.clear()
