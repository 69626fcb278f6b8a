"""The folder of a sweep: ``sweep.toml``, ``results.sqlite``, and beneath ``runs`` what its cells record."""

from __future__ import annotations

import os
import platform
import re
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

import tomli_w
from filelock import FileLock, Timeout

from fooler_gui.core.errors import reason_of
from fooler_gui.records.locks import HeldLock, is_held
from fooler_gui.sweeps.executor import Outcome
from fooler_gui.sweeps.kept_runs import KeptRuns
from fooler_gui.sweeps.named_files import NO_FILES, NamedFiles, Naming
from fooler_gui.sweeps.recorded import recorded_bytes, remove_recorded
from fooler_gui.sweeps.results import RESULTS_FILE, Results, create_results
from fooler_gui.sweeps.sweep_spec import FOLDER, RECORDED, Cell, SweepError, read_sweep

SWEEP_FILE = "sweep.toml"
_HASH = re.compile("[0-9a-f]{16}")
"""Nothing that is called otherwise is ever removed, whatever the results say."""
_RUNS, _OWNERS = "runs", "owners"
_LOCK_FILE, _LOCK_SECONDS = "sweep.lock", 60.0
_BEGUN = (_LOCK_FILE, RESULTS_FILE, SWEEP_FILE)
"""What a folder holds that another process is preparing begins with one of these."""


class SweepFolder:
    """A sweep that this process works on, perhaps beside others. A context manager; one thread only.

    Args:
        path: The folder; created if it is missing.
        file: The sweep's TOML file, copied into a new folder.
        naming: Tells which options name files.

    Attributes:
        path: See above.
        spec: The sweep.
        files: Those that its options name.
        results: What came of its cells.

    Raises:
        LabError: The file describes no sweep, a file that it names is missing or has changed since the sweep began, or
            the folder holds another one or something else.
        OSError: It cannot be written; likewise a `sqlite3.Error`.
    """

    def __init__(self, path: Path, file: Path, naming: Naming = NO_FILES) -> None:
        self.path, self.spec = path, read_sweep(file)
        self.files = NamedFiles(self.spec, naming)
        self._begin(file)
        self._owner = f"{_this_machine()}.{uuid.uuid4().hex}"
        (path / _OWNERS).mkdir(exist_ok=True)
        self._lock = HeldLock(self._lock_of(self._owner))
        try:
            self._check_machines()
            self.results = Results(path / RESULTS_FILE, self._owner)
        except BaseException:
            self._lock.let_go(remove=True)
            raise
        try:
            self._check_files()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the sweep; cells that were begun and not given back are then taken to have broken off."""
        self.results.close()
        self._lock.let_go(remove=True)

    def run_of(self, cell: Cell) -> str:
        """Returns where a cell records, relative to the folder; "" if it records nothing."""
        ending = RECORDED[cell.job]
        return "" if ending is None else f"{_RUNS}/{self.files.hash_of(cell)}{ending}"

    def finish(self, place: int, outcome: Outcome, kept: KeptRuns) -> None:
        """Notes that a cell is done, and removes the runs that then are not `kept`.

        Raises:
            OSError: One cannot be removed.
        """
        run = self.run_of(self.spec.cell(place))
        gone = self.results.finish(
            place,
            seconds=outcome.seconds,
            worker=outcome.worker,
            run=run,
            figures=outcome.figures,
            size=recorded_bytes(self.path / run) if run else 0,
            surplus=None if kept.keeps_everything else lambda rows: kept.surplus(rows, place, self.spec.varied),
        )
        for run in filter(None, (self.run_of(self.spec.cell(each)) for each in gone)):  # the file may be a stranger's
            remove_recorded(self.path / run)

    def remove_left_over(self) -> None:
        """Removes runs that were not to be kept when a process was killed before it had removed them.

        Raises:
            OSError: One cannot be removed.
        """
        gone = self.results.not_kept()
        for path in (self.path / _RUNS).glob("*"):
            if path.stem in gone and _HASH.fullmatch(path.stem):
                remove_recorded(path)

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
        """Returns the lock of an `owner`, within the folder whatever the results call them."""
        name = re.sub(r"[^\w.-]", "-", str(owner))
        return self.path / _OWNERS / f"{name}.lock"

    def _check_machines(self) -> None:
        """Refuses to share the folder with another machine: SQLite's log needs memory that both see."""
        for lock in (self.path / _OWNERS).glob("*.lock"):
            machine = lock.stem.rpartition(".")[0]
            if machine != _this_machine() and is_held(lock):
                raise SweepError(
                    f"{self.path} is in use on {machine or 'another machine'}; machines cannot share a sweep's folder. "
                    "Give each a folder of its own with --shard, or let a cluster do the cells with --dask."
                )

    def _check_files(self) -> None:
        """Refuses to go on with files that hold something else than when the sweep began."""
        began = self.results.file_hashes()
        changed = next((path for path, found in self.files.hashes.items() if began.get(path, found) != found), "")
        if changed:
            raise SweepError(
                f"{changed} has changed since the sweep in {self.path} began; a sweep with what it now holds needs a "
                "folder of its own."
            )

    def _needs_folder(self, file: Path) -> bool:
        """Returns whether a copy of `file` must tell where relative paths begin."""
        return self.files.are_relative and self.spec.folder == file.absolute().parent

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
                    create_results(self.path / RESULTS_FILE, self.spec, self.files)
                if not kept.exists():
                    _copy(file, kept, self.spec.folder if self._needs_folder(file) else None)
        except Timeout as error:
            raise SweepError(f"{self.path} is in use: another process has been preparing it for a minute.") from error


def _this_machine() -> str:
    """Returns the name of this machine as part of a file's name."""
    return re.sub(r"\W", "-", platform.node())


def is_worked_on(path: Path) -> bool:
    """Returns whether a process works on the sweep in the folder `path`."""
    return any(map(is_held, (path / _OWNERS).glob("*.lock")))


def _copy(file: Path, kept: Path, folder: Path | None) -> None:
    """Copies the sweep's `file` to `kept`; relative paths in it then begin at `folder`, if that is given."""
    part = kept.with_name(f"{kept.name}.part")
    try:
        text = file.read_text(encoding="utf-8-sig")
        if folder is not None:
            text = f"# Where relative paths begin:\n{tomli_w.dumps({FOLDER: str(folder)})}\n{text}"
        part.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SweepError(f"{file} cannot be copied to {kept}: {reason_of(error)}.") from error
    os.replace(part, kept)
