"""Works through the cells of a sweep with an executor."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Any

from fooler_gui.core.run_control import RunControl
from fooler_gui.records.recorder import NotRecorded
from fooler_gui.sweeps.executor import Executor, Outcome
from fooler_gui.sweeps.kept_runs import KeptRuns
from fooler_gui.sweeps.results import DONE, FAILED, RUNNING, WAITING
from fooler_gui.sweeps.sweep_folder import SweepFolder
from fooler_gui.sweeps.sweep_spec import Cell, Share

_LOOK_SECONDS = 0.2
_TELL_SECONDS = 0.5
"""How often progress is told: for that all cells are counted, which takes 0.2 s of a million."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepProgress:
    """How far a sweep is.

    Attributes:
        waiting: Cells that nobody has begun; likewise running, done and failed. Of this process's share.
        seconds_left: How long the rest takes at the present pace; None before the first cell.
    """

    waiting: int
    running: int
    done: int
    failed: int
    seconds_left: float | None

    @property
    def all(self) -> int:
        """How many cells there are."""
        return self.waiting + self.running + self.done + self.failed


def perform_sweep(
    folder: SweepFolder,
    executor: Executor,
    control: RunControl,
    share: Share | None = None,
    most: int | None = None,
    kept: KeptRuns | None = None,
) -> Iterator[SweepProgress]:
    """Does what waits in a sweep, beside other processes that do the same; yields how far it is.

    A stop, also by closing the iterator, ends the workers at once; cells that they had begun wait again.

    Args:
        folder: The sweep.
        executor: The workers, which it lets go of at the end.
        control: Stops it.
        share: The part of the cells to do; None for all.
        most: How many cells to do at most; None for all.
        kept: Which runs are kept; None for all.

    Raises:
        WorkersLost: The workers cannot be reached; cells that they had begun wait again.
        NotRecorded: What a cell records cannot be written, as on a full disk; likewise.
        OSError: A file cannot be written or removed; likewise a `sqlite3.Error`.
    """
    sweeping = _Sweeping(folder, executor, share or Share(), most, kept or KeptRuns())
    try:
        folder.remove_left_over()
        yield sweeping.progress()
        told = time.monotonic()
        while not control.stop_requested and sweeping.go_on():
            if time.monotonic() - told >= _TELL_SECONDS:
                yield sweeping.progress()
                told = time.monotonic()
    finally:
        sweeping.end()
    yield sweeping.progress()


class _Sweeping:
    def __init__(self, folder: SweepFolder, executor: Executor, share: Share, most: int | None, kept: KeptRuns) -> None:
        self._folder, self._executor, self._share, self._kept = folder, executor, share, kept
        self._left = most
        self._begun: dict[Future[Any], int] = {}
        self._ended, self._since = 0, time.monotonic()

    def go_on(self) -> bool:
        """Hands over cells and takes what came of some; returns whether there was anything to do."""
        self._hand_over()
        if not self._begun:
            return self._left != 0 and (self._waited_for_workers() or self._folder.release_broken_off())
        ended, _ = wait(self._begun, timeout=_LOOK_SECONDS, return_when=FIRST_COMPLETED)
        for future in ended:
            outcome = self._executor.take(future)
            self._take(self._begun.pop(future), outcome)
        return True

    def end(self) -> None:
        """Ends the workers, and lets what they had begun wait again."""
        self._executor.kill()
        for place in self._begun.values():
            self._folder.results.give_back(place)
        self._begun = {}

    def progress(self) -> SweepProgress:
        """Returns how far the sweep is."""
        counts = self._folder.results.counts(self._share)
        left = counts[WAITING] + len(self._begun)
        pace = (time.monotonic() - self._since) / self._ended if self._ended else None
        return SweepProgress(
            waiting=counts[WAITING],
            running=counts[RUNNING],
            done=counts[DONE],
            failed=counts[FAILED],
            seconds_left=None if pace is None else pace * left,
        )

    def _hand_over(self) -> None:
        while self._executor.has_room and self._left != 0:
            place = self._folder.results.claim(self._share)
            if place is None:
                return
            self._left = None if self._left is None else self._left - 1
            try:
                self._begun[self._submit(self._folder.spec.cell(place))] = place
            except BaseException:
                self._folder.results.give_back(place)
                raise

    def _waited_for_workers(self) -> bool:
        """Returns whether cells wait because there is no worker at present, after a moment."""
        if self._executor.has_room or not self._folder.results.counts(self._share)[WAITING]:
            return False
        time.sleep(_LOOK_SECONDS)
        return True

    def _submit(self, cell: Cell) -> Future[Any]:
        run = self._folder.run_of(cell)
        path = self._folder.path.absolute() / run if run else None
        if path is not None:
            path.parent.mkdir(exist_ok=True)
        return self._executor.submit(cell.job, self._folder.files.located(cell), str(path or ""))

    def _take(self, place: int, outcome: Outcome | None) -> None:
        self._ended += 1
        results = self._folder.results
        if outcome is None:
            results.give_back(place, died=True)
        elif outcome.is_stuck:
            results.give_back(place)
            raise NotRecorded(f"{outcome.error} The same command goes on once it can be written.")
        elif outcome.error:
            results.fail(place, seconds=outcome.seconds, worker=outcome.worker, error=outcome.error)
        else:
            self._folder.finish(place, outcome, self._kept)
