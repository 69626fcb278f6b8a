"""The process that works through a sweep: that of the command line, so that the window never waits."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

import fooler_gui
from fooler_gui.sweeps.kept_runs import ALL

_COMMAND = (sys.executable, "-m", "fooler_gui", "sweep")
_STOPPED = 130
"""The exit code of a sweep that was interrupted, and kept what is done."""

_CLOSING_MILLISECONDS = 3_000
_CRASHED = "The process of the sweep ended unexpectedly. What is done is kept; Start continues."


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepOptions:
    """How the cells of a sweep are done.

    Attributes:
        workers: By how many processes of this computer.
        cluster: The address of a Dask scheduler, whose workers do them instead; "" for none.
        keep: Which of the runs are kept, one of `kept_runs.KEEP`.
        keep_at_most: What all kept runs may take, as `read_size` reads it; "" for no limit.
        again: Whether cells that failed are done once more.
        dry_run: Whether one cell is done and how long all take is told.
    """

    workers: int
    cluster: str = ""
    keep: str = ALL
    keep_at_most: str = ""
    again: bool = False
    dry_run: bool = False

    @property
    def arguments(self) -> tuple[str, ...]:
        """The options of the command line that say so."""
        return (
            *(("--dask", self.cluster) if self.cluster else ("--workers", str(self.workers))),
            *(("--keep", self.keep) if self.keep != ALL else ()),
            *((f"--keep-at-most={self.keep_at_most}",) if self.keep_at_most else ()),
            *(("--again",) if self.again else ()),
            *(("--dry-run",) if self.dry_run else ()),
        )


class SweepProcess(QObject):
    """Runs ``fooler sweep``. Main thread only.

    Args:
        parent: Owner.
        command: The program and its first arguments.

    Signals:
        began: It works.
        told: (str) A sentence while it works, as which cluster it has connected to.
        ended: (str, str) What it told, and why it could not go on; "" if it could.
    """

    began = Signal()
    told = Signal(str)
    ended = Signal(str, str)

    def __init__(self, parent: QObject, command: Sequence[str] = _COMMAND) -> None:
        super().__init__(parent)
        self._command = command
        self._process: QProcess | None = None
        self._is_stopping = False
        self._heard = b""

    @property
    def is_going(self) -> bool:
        """Whether it works."""
        return self._process is not None

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to stop and still works."""
        return self.is_going and self._is_stopping

    def start(self, file: Path, folder: Path, options: SweepOptions) -> None:
        """Does cells of a sweep.

        Args:
            file: The sweep's TOML file.
            folder: Its folder.
            options: How, and which.
        """
        program, *first = self._command
        process = QProcess(self)
        surroundings = QProcessEnvironment.systemEnvironment()
        # Started from its source tree, the program is found only where it lies.
        places = (str(Path(fooler_gui.__file__).parents[1]), surroundings.value("PYTHONPATH"))
        surroundings.insert("PYTHONPATH", os.pathsep.join(filter(None, places)))
        process.setProcessEnvironment(surroundings)
        process.errorOccurred.connect(self._on_error)
        process.finished.connect(self._on_finished)
        process.readyReadStandardError.connect(self._on_heard)
        self._process, self._is_stopping, self._heard = process, False, b""
        process.start(program, [*first, str(file), "--out", str(folder), *options.arguments])
        self.began.emit()

    def stop(self) -> None:
        """Asks it to stop and to keep what is done; the second time it is ended at once, which loses no more."""
        if self._process is None:
            return
        if self._is_stopping or sys.platform == "win32":
            self._process.kill()
        elif self._process.processId():
            os.kill(self._process.processId(), signal.SIGINT)
        self._is_stopping = True

    def close(self) -> None:
        """Ends it and waits until it has ended."""
        process = self._process
        if process is None:
            return
        self.stop()
        if not process.waitForFinished(_CLOSING_MILLISECONDS):
            process.kill()
            process.waitForFinished(_CLOSING_MILLISECONDS)

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            self._end("", f"The sweep's process cannot be started: {self._process.errorString()}.")

    def _on_heard(self) -> None:
        if self._process is None:
            return
        self._heard += self._process.readAllStandardError().data()
        whole, ended, _unfinished = self._heard.rpartition(b"\n")
        if ended:
            self.told.emit(whole.decode(errors="replace").splitlines()[-1].strip())

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        process = self._process
        if process is None:
            return
        told = bytes(process.readAllStandardOutput().data()).decode(errors="replace").strip()
        heard = self._heard + process.readAllStandardError().data()
        lines = heard.decode(errors="replace").strip().splitlines()
        problem = ""
        if not self._is_stopping and code not in (0, _STOPPED):
            problem = lines[-1] if lines and status is QProcess.ExitStatus.NormalExit else _CRASHED
        self._end(told, problem)

    def _end(self, told: str, problem: str) -> None:
        assert self._process is not None
        self._process.deleteLater()
        self._process = None
        self.ended.emit(told, problem)
