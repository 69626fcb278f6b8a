"""This process as the only worker of a sweep: nothing is started, and a debugger sees every cell."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from fooler_gui.sweeps.executor import Job, Outcome, perform


class InProcess:
    """Does each cell while it is handed over. An `Executor`.

    Args:
        job: What it does.
    """

    workers = 1

    def __init__(self, job: Job) -> None:
        self._job = job
        self.has_room = True

    def submit(self, name: str, options: Mapping[str, Any], path: str) -> Future[Outcome]:
        """Does the job; see `Executor`."""
        future: Future[Outcome] = Future()
        future.set_result(perform(self._job, name, options, path))
        self.has_room = False
        return future

    def take(self, future: Future[Outcome]) -> Outcome:
        """Returns what came of a cell."""
        self.has_room = True
        return future.result()

    def kill(self) -> None:
        """Does nothing, as nothing is left running."""
