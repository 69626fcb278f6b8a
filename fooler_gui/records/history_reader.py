"""Reads a run's history, also while it is written: any save within milliseconds, by number."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fooler_gui.core.run_events import SETTINGS, RunEvent, event_from_dict
from fooler_gui.core.save import Save
from fooler_gui.records.entries import RecordError, check_terms
from fooler_gui.records.former_codec import codec_of
from fooler_gui.records.history_file import HISTORY_FILE, HistoryError, in_time, is_file_at, reading
from fooler_gui.records.history_schema import open_run_history
from fooler_gui.records.sqlite_file import is_written_alone

_MOST_SAVES = 10_000_000
_MOST_EVENTS = 1_000_000
_ROWS_AT_ONCE = 10_000
"""Rows of the index per query; saves can be read in between, and no query takes long."""

_CACHE_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HistoryIndex:
    """Key figures of all n saves, without reading them.

    Attributes:
        numbers: (n,), ascending; they identify the saves.
        steps: (n,), never descending.
        lowest: (n,), the lowest probability of all slots.
        mean: (n,), their mean.
        reinitialised: (n,), the number of slots reinitialised at it.
        kept: (n,), what speaks for keeping it, of `history_writer`: `PLAIN`, `REMARKABLE` or `MILESTONE`, which earlier
            versions did not know.
    """

    numbers: npt.NDArray[np.int64]
    steps: npt.NDArray[np.int64]
    lowest: npt.NDArray[np.float64]
    mean: npt.NDArray[np.float64]
    reinitialised: npt.NDArray[np.int64]
    kept: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.numbers)


class HistoryReader:
    """Reads the history in a run's folder. Every method may be called from any thread.

    Args:
        folder: The run's folder.

    Attributes:
        shape: The run's shape.

    Raises:
        LabError: There is no intact history.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / HISTORY_FILE
        self._lock = threading.Lock()
        self._is_of_then = is_written_alone(self._path)
        self._connection, self.shape = open_run_history(self._path)
        self._file = self._path.stat()
        try:
            self._codec = codec_of(self.shape)
        except BaseException:
            self._connection.close()
            raise
        self._cached: OrderedDict[int, Save] = OrderedDict()

    def index(self, after: int = -1) -> HistoryIndex:
        """Returns the key figures of all saves with a number above `after`.

        Raises:
            HistoryError: The file is damaged.
        """
        self._catch_up()
        rows: list[tuple[Any, ...]] = []
        while len(rows) < _MOST_SAVES:
            some = self._fetch(
                "SELECT number, step, lowest, mean, restarts, kept FROM saves WHERE number > ? ORDER BY number LIMIT ?",
                (after, _ROWS_AT_ONCE),
            )
            rows += some
            if len(some) < _ROWS_AT_ONCE or some[-1][0] <= after:
                break
            after = some[-1][0]
        columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) if rows else [()] * 6
        try:
            numbers, steps, reinitialised, kept = (np.array(columns[place], np.int64) for place in (0, 1, 4, 5))
            lowest, mean = (np.array(columns[place], np.float64) for place in (2, 3))
        except (TypeError, ValueError, OverflowError) as error:
            raise HistoryError(f"{self._path} must have step and probabilities of every save; it does not.") from error
        if (np.diff(numbers) <= 0).any() or (np.diff(steps) < 0).any():
            raise HistoryError(f"{self._path} must hold saves in their order; it does not.")
        return HistoryIndex(
            numbers=numbers, steps=steps, lowest=lowest, mean=mean, reinitialised=reinitialised, kept=kept
        )

    def last_number(self) -> int | None:
        """Returns the number of the last save; None if there is none yet.

        Raises:
            HistoryError: The file is damaged.
        """
        self._catch_up()
        ((number,),) = self._fetch("SELECT max(number) FROM saves", ())
        return None if number is None else int(number)

    def save(self, number: int) -> Save:
        """Returns the save with this `number`, without its events.

        Raises:
            LabError: There is none, or it is damaged.
        """
        with self._lock:
            if number in self._cached:
                self._cached.move_to_end(number)
                return self._cached[number]
        self._catch_up(if_ended=True)
        question = "SELECT step, seconds, revision, record FROM saves JOIN records USING (number) WHERE number = ?"
        rows = self._fetch(question, (number,))
        if not rows:
            self._catch_up()
            rows = self._fetch(question, (number,))
        if not rows:
            raise HistoryError(f"{self._path} holds no save {number}; it may have been thinned out.")
        step, seconds, revision, record = rows[0]
        if not (isinstance(step, int) and isinstance(seconds, float) and isinstance(revision, int)):
            raise HistoryError(f"{self._path} must have step and time of every save; it does not.")
        if not isinstance(record, bytes):
            raise HistoryError(f"{self._path} must hold saves as bytes; it does not.")
        save = self._codec.decode(record, step=step, seconds=seconds, revision=revision)
        with self._lock:
            self._cached[number] = save
            while len(self._cached) * self._codec.record_bytes > _CACHE_BYTES and len(self._cached) > 1:
                self._cached.popitem(last=False)
        return save

    def events(self, *, settings_only: bool = False) -> list[RunEvent]:
        """Returns what was done to the run, in order.

        Args:
            settings_only: Whether to leave out actions on slots.

        Raises:
            LabError: The file is damaged.
        """
        self._catch_up()
        rows = self._fetch(
            "SELECT step, kind, data, image FROM events WHERE kind = ? OR ? ORDER BY number LIMIT ?",
            (SETTINGS, not settings_only, _MOST_EVENTS),
        )
        events = []
        for step, kind, data, image in rows:
            try:
                described = json.loads(data)
            except (TypeError, ValueError, RecursionError) as error:
                raise HistoryError(f"{self._path} must hold events as JSON; it does not.") from error
            try:
                check_terms(described.get("coefficients") if isinstance(described, dict) else None)
            except RecordError as error:
                raise HistoryError(f"{self._path}: {error}") from error
            events.append(event_from_dict(step, kind, described, image, self.shape.image_shape, self.shape.layers))
        return events

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()

    def _catch_up(self, *, if_ended: bool = False) -> None:
        """Reopens the history if it was replaced, or if the open file only shows a snapshot.

        Args:
            if_ended: Reopens a snapshot only if writing has ended.
        """
        with self._lock:
            is_out_of_date = self._is_of_then and not (if_ended and is_written_alone(self._path))
            if not is_out_of_date and (is_file_at(self._path, self._file) or not self._path.exists()):
                return
            try:
                is_of_then, (connection, shape) = is_written_alone(self._path), open_run_history(self._path)
            except HistoryError:
                return
            if shape == self.shape:
                connection, self._connection = self._connection, connection
                self._is_of_then, self._file = is_of_then, self._path.stat()
            connection.close()

    def _fetch(self, question: str, values: tuple[int | str, ...]) -> list[tuple[Any, ...]]:
        with self._lock, reading(self._path), in_time(self._connection):
            return self._connection.execute(question, values).fetchall()
