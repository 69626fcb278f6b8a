"""What does the cells of a sweep: the job, what comes of it, and what every executor offers."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol

from fooler_gui.core.errors import LabError, reason_of
from fooler_gui.records.recorder import NotRecorded

_THREADS = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")

Job = Callable[[str, Mapping[str, Any], str], Mapping[str, float]]
"""Does a job with its options, records into a path, and returns figures; a function that a process can import."""


class WorkersLost(LabError, ConnectionError):
    """The workers cannot be reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a cell.

    Attributes:
        seconds: How long it took.
        worker: The process that did it.
        figures: What it found, by name.
        error: Why it failed, in a sentence; "" if it did not.
        is_stuck: Whether it failed only because it could not be recorded, as on a full disk.
    """

    seconds: float
    worker: str
    figures: Mapping[str, float]
    error: str
    is_stuck: bool = False


class Executor(Protocol):
    """Workers that do cells, one at a time each. One thread only."""

    @property
    def workers(self) -> int:
        """How many there are at present."""

    @property
    def has_room(self) -> bool:
        """Whether a worker is idle.

        Raises:
            WorkersLost: Nothing is known of them.
        """

    def submit(self, name: str, options: Mapping[str, Any], path: str) -> Future[Any]:
        """Hands the job called `name`, which records into `path` or, if that is "", nothing, to an idle worker.

        Raises:
            LabError: It cannot be handed over.
        """

    def take(self, future: Future[Any]) -> Outcome | None:
        """Returns what came of a cell that has ended, and frees its worker; None if the worker died of it.

        Raises:
            WorkersLost: Nothing is known of it.
        """

    def kill(self) -> None:
        """Lets go of all workers at once, whatever they do."""


def perform(job: Job, name: str, options: Mapping[str, Any], path: str) -> Outcome:
    """Does a job in this process and returns what came of it, also if it fails."""
    began = time.perf_counter()
    figures: Mapping[str, float] = {}
    error, is_stuck = "", False
    try:
        figures = job(name, options, path)
    except LabError as reason:
        error, is_stuck = str(reason), isinstance(reason, NotRecorded)
    except Exception as reason:  # noqa: BLE001, a cell that fails is a row with its sentence
        error = f"The program failed ({reason_of(reason)})."
    seconds = time.perf_counter() - began
    return Outcome(seconds=seconds, worker=f"process {os.getpid()}", figures=figures, error=error, is_stuck=is_stuck)


def use_threads(count: int) -> None:
    """Makes the libraries that this process has not loaded yet compute with `count` threads."""
    os.environ.update(dict.fromkeys(_THREADS, str(count)))
