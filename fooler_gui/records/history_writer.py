"""Writes a run's history, each batch of saves and events whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from fooler_gui.core.files import written_whole
from fooler_gui.core.messages import Save
from fooler_gui.core.run_events import event_to_dict
from fooler_gui.records.history_file import close_written, is_file_at, reopened_history, written_together
from fooler_gui.records.history_schema import create_run_history
from fooler_gui.records.save_codec import RunShape, SaveCodec

_THINNED_TO = 0.8


class HistoryWriter:
    """Appends to a new history. Used by one thread at a time.

    Args:
        path: Of the new file.
        shape: Of the run.
        byte_budget: So many bytes of saves are kept at most; older ones that nothing speaks for are thinned.

    Attributes:
        thinned: How many saves were thinned out so far.

    Raises:
        OSError: As is `sqlite3.Error`: the file cannot be made.
        RecordError: A save would be too large.
    """

    def __init__(self, path: Path, shape: RunShape, byte_budget: int) -> None:
        self.thinned = 0
        self._codec = SaveCodec(shape)
        self._byte_budget = byte_budget
        self._number = 0
        self._records = 0
        self._best = (-1.0, -1)
        self._connection = create_run_history(path, shape)
        self._file = path.stat()

    def is_at(self, path: Path) -> bool:
        """Tells whether the file is still there at `path`, and not another one in its place."""
        return is_file_at(path, self._file)

    def move_to(self, path: Path) -> None:
        """Writes the whole history, which may have been deleted meanwhile, to the file `path` and goes on there.

        Raises:
            OSError: The file cannot be written.
            sqlite3.Error: Likewise, or the history cannot be read any more.
        """
        with written_whole(path) as temporary:
            self._connection.execute("VACUUM INTO ?", (str(temporary),))
        try:
            moved = reopened_history(path)
        except BaseException:
            path.unlink()
            raise
        self._connection.close()
        self._connection, self._file = moved, path.stat()

    def write(self, saves: Sequence[Save]) -> None:
        """Writes `saves`, in order, with their events; all of them or, where it raises, none.

        Raises:
            sqlite3.Error: The disk is full, or the file can no longer be written.
        """
        number, (best, best_number) = self._number, self._best
        connection = self._connection
        with written_together(connection):
            for save in saves:
                lowest = float(save.probabilities.min())
                is_kept = number == 0 or bool(save.reinitialised.any()) or bool(save.events)
                if lowest > best:
                    best, best_number = lowest, number
                row = (
                    number,
                    save.step,
                    save.seconds,
                    save.revision,
                    is_kept,
                    lowest,
                    float(save.probabilities.mean()),
                    int(save.reinitialised.sum()),
                )
                connection.execute("INSERT INTO saves VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
                connection.execute("INSERT INTO records VALUES (?, ?)", (number, self._codec.encode(save)))
                for event in save.events:
                    kind, data, image = event_to_dict(event)
                    connection.execute(
                        "INSERT INTO events (step, kind, data, image) VALUES (?, ?, ?, ?)",
                        (event.step, kind, json.dumps(data), image),
                    )
                number += 1
            thinned = self._thin(number, best_number)
        self._records += number - self._number - thinned
        self.thinned += thinned
        self._number, self._best = number, (best, best_number)

    def close(self) -> None:
        """Ends the writing; the file then stands alone.

        Raises:
            sqlite3.Error: What is in the write-ahead log cannot be moved into the file; it is kept beside it.
        """
        close_written(self._connection)

    def _thin(self, count: int, best: int) -> int:
        """Deletes every second of the saves that nothing speaks for, the older ones first, down to the budget."""
        most = max(2, self._byte_budget // self._codec.record_bytes)
        present = self._records + count - self._number
        if present <= most:
            return 0
        rows = self._connection.execute(
            "SELECT number FROM saves WHERE kept = 0 AND number NOT IN (?, ?) ORDER BY number", (best, count - 1)
        ).fetchall()
        left: list[int] = [row[0] for row in rows]
        gone: list[int] = []
        wanted = min(present - int(_THINNED_TO * most), len(left))
        while len(gone) < wanted:
            chosen = (left[1::2] or left)[: wanted - len(gone)]
            gone += chosen
            left = sorted(set(left) - set(chosen))
        deleted = [(number,) for number in gone]
        self._connection.executemany("DELETE FROM saves WHERE number = ?", deleted)
        self._connection.executemany("DELETE FROM records WHERE number = ?", deleted)
        return len(gone)
