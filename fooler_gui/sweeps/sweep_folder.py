"""The folder of a sweep: ``sweep.toml``, ``results.sqlite``, and beneath ``runs`` what its cells record."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from fooler_gui.core.errors import reason_of
from fooler_gui.records.locks import HeldLock, is_held
from fooler_gui.sweeps.results import RESULTS_FILE, Results, create_results
from fooler_gui.sweeps.sweep_spec import SweepError, read_sweep

SWEEP_FILE = "sweep.toml"
_RUNS, _OWNERS = "runs", "owners"
_LOCK_FILE, _LOCK_SECONDS = "sweep.lock", 60.0
_BEGUN = (_LOCK_FILE, RESULTS_FILE, SWEEP_FILE)
"""What a folder holds that another process is preparing begins with one of these."""


class SweepFolder:
    """A sweep that this process works on, perhaps beside others. A context manager; one thread only.

    Args:
        path: The folder; created if it is missing.
        file: The sweep's TOML file, copied into a new folder.

    Attributes:
        path: See above.
        spec: The sweep.
        results: What came of its cells.

    Raises:
        LabError: The file describes no sweep, or the folder holds another one or something else.
        OSError: It cannot be written; likewise a `sqlite3.Error`.
    """

    def __init__(self, path: Path, file: Path) -> None:
        self.path, self.spec = path, read_sweep(file)
        self._begin(file)
        self._owner = uuid.uuid4().hex
        (path / _OWNERS).mkdir(exist_ok=True)
        self._lock = HeldLock(self._lock_of(self._owner))
        self.results = Results(path / RESULTS_FILE, self._owner)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.results.close()
        self._lock.let_go(remove=True)

    def run_of(self, cell_hash: str) -> str:
        """Returns where a cell records, relative to the folder."""
        return f"{_RUNS}/{cell_hash}"

    def release_broken_off(self) -> bool:
        """Lets cells wait again whose process is gone; returns whether there were any.

        Which processes are there is told by locks, never by times, so that a wrong clock does no harm.
        """
        gone = {owner for owner in self.results.owners() - {self._owner} if not is_held(self._lock_of(owner))}
        for owner in gone:
            self.results.release(owner)
            self._lock_of(owner).unlink(missing_ok=True)
        return bool(gone)

    def _lock_of(self, owner: str) -> Path:
        return self.path / _OWNERS / f"{owner}.lock"

    def _begin(self, file: Path) -> None:
        kept = self.path / SWEEP_FILE
        if (
            self.path.exists()
            and not kept.exists()
            and any(not entry.name.startswith(_BEGUN) for entry in self.path.iterdir())
        ):
            raise SweepError(f"{self.path} must be a new folder or that of a sweep; it holds something else.")
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.path / _LOCK_FILE, timeout=_LOCK_SECONDS):
                if kept.exists() and read_sweep(kept) != self.spec:
                    raise SweepError(f"{self.path} holds another sweep; its {SWEEP_FILE} differs from {file.name}.")
                if not (self.path / RESULTS_FILE).exists():
                    create_results(self.path / RESULTS_FILE, self.spec)
                if not kept.exists():
                    _copy(file, kept)
        except Timeout as error:
            raise SweepError(f"{self.path} is in use: another process has been preparing it for a minute.") from error


def is_worked_on(path: Path) -> bool:
    """Returns whether a process works on the sweep in the folder `path`."""
    return any(map(is_held, (path / _OWNERS).glob("*.lock")))


def _copy(file: Path, kept: Path) -> None:
    part = kept.with_name(f"{kept.name}.part")
    try:
        part.write_bytes(file.read_bytes())
    except OSError as error:
        raise SweepError(f"{file} cannot be copied to {kept}: {reason_of(error)}.") from error
    os.replace(part, kept)
