"""Runs the engine on a thread of its own. The only place where the engine's errors are caught."""

from __future__ import annotations

import logging
import math
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from fooler_gui.core.errors import ChoiceNeeded, LabError, reason_of
from fooler_gui.core.jobs import Job
from fooler_gui.core.messages import JobEnded, JobFailed, Message, Working
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.save import Save
from fooler_gui.session.outbox import Envelope, Outbox

_log = logging.getLogger(__name__)
_FRAME_SECONDS = 1 / 60
_NICENESS = 5


class Engine(Protocol):
    """What the worker needs of an engine; `fooler_gui.engine.lab.Lab` is one."""

    def perform(self, job: Job, control: RunControl) -> Iterator[Message]:
        """Yields the messages of `job`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Task:
    """A job for the engine, with the number that its messages carry and its control."""

    run_id: int
    job: Job
    control: RunControl


class EngineWorker(QObject):
    """Performs tasks one after another, on the engine's thread.

    Args:
        make_engine: Called on that thread at the first task; may take seconds.
        outbox: Where messages go.

    Signals:
        messages_changed: The outbox is no longer empty.
    """

    messages_changed = Signal()

    def __init__(self, make_engine: Callable[[], Engine], outbox: Outbox) -> None:
        super().__init__()
        self._make_engine = make_engine
        self._outbox = outbox
        self._engine: Engine | None = None

    @Slot(object)
    def perform(self, task: Task) -> None:
        """Performs `task` and puts its messages into the outbox; the last one is always `JobEnded`."""
        try:
            self._perform(task)
        except LabError as error:
            _log.info("%s", error)
            choices = error.choices if isinstance(error, ChoiceNeeded) else ()
            self._put(task, JobFailed(sentence=str(error), choices=choices))
        except Exception as error:  # noqa: BLE001 - the boundary: whatever happens, the window must live on
            _log.exception("The job failed")
            self._put(task, JobFailed(sentence=_plain_sentence(error), details=traceback.format_exc()))
        finally:
            self._put(task, JobEnded())

    def _perform(self, task: Task) -> None:
        if self._engine is None:
            self._put(task, Working(sentence="Loading TensorFlow"))
            self._engine = self._make_engine()
        saved, before = time.perf_counter(), None
        for message in self._engine.perform(task.job, task.control):
            self._put(task, message)
            if isinstance(message, Save):
                self._outbox.wait_for_room()
                task.control.wait_for_pace(time.perf_counter() - saved, before, message)
                saved, before = time.perf_counter(), message

    def _put(self, task: Task, message: Message) -> None:
        if self._outbox.put(Envelope(run_id=task.run_id, message=message)):
            self.messages_changed.emit()


class _PythonThread(QThread):
    """A thread whose Python state lasts as long as the thread.

    Without a Python frame at its root, each queued call would get a Python thread state of its own, destroyed
    after the call; TensorFlow keeps references to it and crashes in the next call.
    """

    def run(self) -> None:
        _let_the_window_go_first()
        self.exec()


class EngineThread(QObject):
    """The thread that owns the engine, as used from the window's thread.

    Args:
        make_engine: Makes the engine, on its thread.
        parent: Owner.

    Signals:
        messages_changed: There are messages to take; emitted on the window's thread, at most once a screen refresh.
    """

    messages_changed = Signal()
    _task_requested = Signal(object)

    def __init__(self, make_engine: Callable[[], Engine], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._outbox = Outbox()
        self._thread = _PythonThread(self)
        self._thread.setObjectName("engine")
        self._worker = EngineWorker(make_engine, self._outbox)
        self._worker.moveToThread(self._thread)
        self._task_requested.connect(self._worker.perform, Qt.ConnectionType.QueuedConnection)
        self._wait = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._wait.timeout.connect(self._tell)
        self._last_emitted_at = float("-inf")
        self._worker.messages_changed.connect(self._tell_in_time, Qt.ConnectionType.QueuedConnection)
        self._thread.start()

    def perform(self, task: Task) -> None:
        """Queues `task`."""
        self._task_requested.emit(task)

    def take_messages(self) -> list[Envelope]:
        """Returns the messages since the last call, oldest first."""
        return self._outbox.take()

    def quit(self, milliseconds: int) -> bool:
        """Ends the thread after its present job; returns whether it ended within `milliseconds`.

        The job must have been asked to stop already.
        """
        self._outbox.close()
        self._thread.quit()
        return self._thread.wait(milliseconds)

    @Slot()
    def _tell_in_time(self) -> None:
        wait = self._last_emitted_at + _FRAME_SECONDS - time.perf_counter()
        if wait <= 0:
            self._tell()
        else:
            self._wait.start(math.ceil(1000 * wait))

    def _tell(self) -> None:
        self._last_emitted_at = time.perf_counter()
        self.messages_changed.emit()


def _let_the_window_go_first() -> None:
    """Lowers the priority of this thread, and of those that TensorFlow will start from it.

    Otherwise the window's thread can wait tens of milliseconds for a processor. Only Linux has priorities of threads.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + _NICENESS)


def _plain_sentence(error: Exception) -> str:
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return "There was not enough memory for this; fewer slots, labels or images need less."
    if isinstance(error, ImportError):
        return f"TensorFlow could not be loaded ({reason_of(error)}); see Details."
    return f"Something went wrong in the engine ({reason_of(error)}); see Details."
