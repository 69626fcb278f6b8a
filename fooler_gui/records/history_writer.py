"""Writes a run's history, each batch of saves and events whole or not at all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from pathlib import Path

from fooler_gui.core.milestones import Milestones
from fooler_gui.core.run_events import SettingsApplied, event_to_dict
from fooler_gui.core.save import Save
from fooler_gui.core.write_errors import says_too_large
from fooler_gui.records.history_file import written_together
from fooler_gui.records.history_schema import RUN_FORM, meta_of
from fooler_gui.records.row_writer import RowWriter, insertion
from fooler_gui.records.save_codec import RunShape, SaveCodec
from fooler_gui.records.sqlite_file import PAGE_BYTES, largest_part, limit_log

PLAIN, REMARKABLE, MILESTONE = range(3)
"""What speaks for keeping a save, least first: nothing; a change or a reinitialisation; a milestone of an image."""

_THINNED_TO = 0.8
_LEAST_RECORDS = 2
_SAVE, _RECORD = insertion("saves", 8), insertion("records", 2)


class HistoryWriter(RowWriter[Save]):
    """Appends to the new history of a run. Used by one thread at a time.

    If the file may not become large enough, older saves are thinned as they are beyond the budget.

    Args:
        path: The new file.
        shape: The run's shape.
        byte_budget: The most bytes of saves to keep; older ones are thinned, those that least speaks for first. None
            keeps every save.

    Attributes:
        byte_budget: See above; as the run's settings change it, and reduced once the file may not grow any more.

    Raises:
        OSError: The file cannot be created; so does `sqlite3.Error`.
        SaveError: A save would be too large.
    """

    def __init__(self, path: Path, shape: RunShape, byte_budget: int | None) -> None:
        self._codec = SaveCodec(shape)
        self._number = 0
        self._records = 0
        self._best = (-1.0, -1)
        self._milestones, self._followed = Milestones(), 0
        self._reached: set[int] = set()
        self._largest: int | None = None
        self._has_written = True
        super().__init__(path, RUN_FORM, meta_of(shape))
        self.byte_budget = byte_budget

    def write(self, rows: Sequence[Save]) -> int:
        """Writes the first of some saves with their events; see `RowWriter`. Not all if the file may not grow."""
        while True:
            some = rows[: self._most_at_once]
            try:
                self._write(some)
            except OSError as error:
                if not (says_too_large(error) and self._make_room()):
                    raise
            else:
                self._has_written = True
                return len(some)

    def close(self) -> None:
        """Ends the writing, with fewer saves if the file may not grow; see `RowWriter`."""
        try:
            super().close()
        except OSError as error:
            if not (says_too_large(error) and self._make_room()):
                raise
            self.close()

    def _opened(self) -> sqlite3.Connection:
        was_open = self._connection is not None
        connection = super()._opened()
        if self._largest is not None and not was_open:
            limit_log(connection, self._largest // 4)
        return connection

    def _write(self, saves: Sequence[Save]) -> None:
        number, (best, best_number) = self._number, self._best
        self._follow(saves)
        connection = self._opened()
        with written_together(connection, self._path):
            for save in saves:
                lowest = float(save.probabilities.min())
                is_remarkable = number == 0 or bool(save.reinitialised.any()) or bool(save.events)
                if lowest > best:
                    best, best_number = lowest, number
                row = (
                    number,
                    save.step,
                    save.seconds,
                    save.revision,
                    MILESTONE if number in self._reached else REMARKABLE if is_remarkable else PLAIN,
                    lowest,
                    float(save.probabilities.mean()),
                    int(save.reinitialised.sum()),
                )
                connection.execute(_SAVE, row)
                connection.execute(_RECORD, (number, self._codec.encode(save)))
                for event in save.events:
                    kind, data, image = event_to_dict(event)
                    connection.execute(
                        "INSERT INTO events (step, kind, data, image) VALUES (?, ?, ?, ?)",
                        (event.step, kind, json.dumps(data), image),
                    )
                number += 1
            present = self._records + number - self._number
            gone = self._to_be_thinned(present, (best_number, number - 1))
            deleted = [(each,) for each in gone]
            connection.executemany("DELETE FROM saves WHERE number = ?", deleted)
            connection.executemany("DELETE FROM records WHERE number = ?", deleted)
        self._records = present - len(gone)
        self.thinned += len(gone)
        self._number, self._best = number, (best, best_number)

    def _follow(self, saves: Sequence[Save]) -> None:
        """Notes milestones and changes of the budget in the next `saves`; those of an earlier attempt are known."""
        for number, save in enumerate(saves, self._number):
            if number < self._followed:
                continue
            self._followed = number + 1
            if self._milestones.add(save):
                self._reached.add(number)
            for event in save.events:
                if isinstance(event, SettingsApplied) and self.byte_budget is not None:
                    self.byte_budget = self._allowed(event.descent.save_bytes)

    def _allowed(self, byte_budget: int) -> int:
        """Returns `byte_budget`, or what the file may hold if that is less."""
        if self._largest is None:
            return byte_budget
        most = max(_LEAST_RECORDS, self._largest // 2 // self._bytes_in_file)
        return min(byte_budget, most * self._codec.record_bytes)

    def _to_be_thinned(self, present: int, needed: Collection[int]) -> list[int]:
        """Returns saves to thin, down to the budget, those that least speaks for first.

        Args:
            present: How many saves there are.
            needed: Numbers of those that always stay; so does the first.
        """
        if self.byte_budget is None:
            return []
        most = max(_LEAST_RECORDS, self.byte_budget // self._codec.record_bytes)
        gone: list[int] = []
        for kept in (PLAIN, REMARKABLE, MILESTONE):
            if present - len(gone) > most:
                question = "SELECT number FROM saves WHERE kept = ? AND number > 0 ORDER BY number"
                rows = self._opened().execute(question, (kept,))
                left = [row[0] for row in rows if row[0] not in needed]
                gone += _every_second(left, present - len(gone) - int(_THINNED_TO * most))
        return gone

    @property
    def _most_at_once(self) -> int | None:
        return None if self._largest is None else max(1, self._largest // 4 // self._bytes_in_file)

    @property
    def _bytes_in_file(self) -> int:
        """The most bytes that a save takes in the file: whole pages, each a little less than full."""
        return -(-(self._codec.record_bytes + 256) // (PAGE_BYTES - 16)) * PAGE_BYTES

    def _make_room(self) -> bool:
        """Rewrites the history with fewer saves; returns whether enough of them fit."""
        largest = largest_part(self._path)
        if self._largest is not None:
            largest = min(largest, self._largest if self._has_written else self._largest // 2)
        self._has_written = False
        if self.byte_budget is None or largest < self._bytes_in_file:
            return False
        self._largest = largest
        self.byte_budget = self._allowed(self.byte_budget)
        needed = (self._best[1], self._number - 1)
        gone = self._to_be_thinned(self._records, needed)
        self._write_anew({"saves": set(gone), "records": set(gone)})
        self._records -= len(gone)
        self.thinned += len(gone)
        return True


def _every_second(numbers: Sequence[int], wanted: int) -> list[int]:
    """Returns `wanted` of `numbers`: every second one, then every second of the rest, from the first on."""
    left = list(numbers)
    chosen: list[int] = []
    wanted = min(wanted, len(left))
    while len(chosen) < wanted:
        some = (left[1::2] or left)[: wanted - len(chosen)]
        chosen += some
        left = sorted(set(left) - set(some))
    return chosen
