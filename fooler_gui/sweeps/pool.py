"""Worker processes that do the cells of a sweep."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import Any

from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.core.processors import processors

_MOST_CELLS_OF_A_WORKER = 500
_THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")

Job = Callable[[str, Mapping[str, Any], str], Mapping[str, float]]
"""Does a job with its options, records into a path, and returns figures; a function that a process can import."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a cell.

    Attributes:
        seconds: How long it took.
        worker: The process that did it.
        figures: What it found, by name.
        error: Why it failed, in a sentence; "" if it did not.
    """

    seconds: float
    worker: str
    figures: Mapping[str, float]
    error: str


class Pool:
    """Processes that do cells, one at a time each, started as they are needed. The processors are divided among them.

    Each is an executor of its own, so that the death of one breaks nothing but the cell that it did.

    Args:
        job: What they do.
        workers: How many.
    """

    def __init__(self, job: Job, workers: int) -> None:
        self._job = job
        self._threads = max(1, processors() // workers)
        self._others = set(multiprocessing.active_children())
        self._idle = [self._new() for _ in range(workers)]
        self._busy: dict[Future[Outcome], ProcessPoolExecutor] = {}

    @property
    def has_room(self) -> bool:
        """Whether a worker is idle."""
        return bool(self._idle)

    def submit(self, name: str, options: Mapping[str, Any], path: str) -> Future[Outcome]:
        """Hands the job called `name`, which records into `path`, to an idle worker."""
        executor, wanted = self._idle.pop(), partial(perform, self._job, name, options, path)
        try:
            future = executor.submit(wanted)
        except BrokenProcessPool:  # its process ended while it was idle
            executor = self._new()
            future = executor.submit(wanted)
        self._busy[future] = executor
        return future

    def take(self, future: Future[Outcome]) -> Outcome | None:
        """Returns what came of a cell that has ended, and frees its worker; None if the worker died of it."""
        executor = self._busy.pop(future)
        try:
            outcome = future.result()
        except BrokenProcessPool:
            executor.shutdown(wait=False)
            self._idle.append(self._new())
            return None
        self._idle.append(executor)
        return outcome

    def kill(self) -> None:
        """Ends all workers at once, whatever they do."""
        for executor in (*self._idle, *self._busy.values()):
            executor.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - self._others:
            child.kill()
            child.join()
        self._idle, self._busy = [], {}

    def _new(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin_worker,
            initargs=(self._threads,),
            max_tasks_per_child=_MOST_CELLS_OF_A_WORKER,
        )


def perform(job: Job, name: str, options: Mapping[str, Any], path: str) -> Outcome:
    """Does a job in this process and returns what came of it, also if it fails."""
    began = time.perf_counter()
    figures: Mapping[str, float] = {}
    error = ""
    try:
        figures = job(name, options, path)
    except LabError as reason:
        error = str(reason)
    except Exception as reason:  # noqa: BLE001, a cell that fails is a row with its sentence
        error = f"The program failed ({reason_of(reason)})."
    seconds = time.perf_counter() - began
    return Outcome(seconds=seconds, worker=f"process {os.getpid()}", figures=figures, error=error)


def _begin_worker(threads: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started it
    os.environ.update(dict.fromkeys(_THREADS, str(threads)))
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    """Ends this process when the one that started it is gone, even killed: nobody would take what it does."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
