"""Worker processes that do the cells of a sweep."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Any

from fooler_gui.core.processors import processors
from fooler_gui.sweeps.executor import Job, Outcome, perform, use_threads

_MOST_CELLS_OF_A_WORKER = 500


class Pool:
    """Processes of this machine, started as they are needed. The processors are divided among them. An `Executor`.

    Each is a pool of its own, so that the death of one breaks nothing but the cell that it did.

    Args:
        job: What they do.
        workers: How many.

    Attributes:
        workers: See above.
    """

    def __init__(self, job: Job, workers: int) -> None:
        self.workers = workers
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
        """Hands a job to an idle worker; see `Executor`."""
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


def _begin_worker(threads: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started it
    if hasattr(signal, "pthread_sigmask"):  # a command may set a handler of its own
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    use_threads(threads)
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    """Ends this process when the one that started it is gone, even killed: nobody would take what it does."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
