"""Jobs for the engine, one after another: which are allowed in which state of the lab, and what controls them."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from fooler_gui.core import jobs
from fooler_gui.core.lab_state import LabState, may_follow, paused, resumed
from fooler_gui.core.run_control import RunControl
from fooler_gui.session.engine_thread import EngineThread, Task
from fooler_gui.session.model import SessionModel
from fooler_gui.session.outbox import Envelope

_log = logging.getLogger(__name__)
_PREPARATION, INSPECTION, QUESTION, OPINIONS = 0, -1, -2, -3
"""The numbers of background jobs; all others are numbered from 1."""


class EngineQueue:
    """Gives the engine one job after another and keeps the lab's state in the model. Main thread only.

    Args:
        thread: The engine's thread.
        model: Holds the state of the lab.
    """

    def __init__(self, thread: EngineThread, model: SessionModel) -> None:
        self._thread = thread
        self._model = model
        self._number = 0
        self._control = RunControl()
        self._preparation = RunControl()
        self._prepared: jobs.Prepare | None = None
        self._inspection = RunControl()

    @property
    def state(self) -> LabState:
        """What the lab is doing."""
        return self._model.state

    @property
    def control(self) -> RunControl:
        """The control of the job given last."""
        return self._control

    @property
    def descent_is_active(self) -> bool:
        """Whether a descent is running or paused."""
        return self.state in (LabState.BACKWORKING, LabState.PAUSED)

    def allows(self, kind: type[jobs.Job], state: LabState) -> bool:
        """Returns whether a job of this kind, which puts the lab into `state`, is allowed now."""
        is_first = self.state is LabState.STARTING and self._number == 0 and state is LabState.WORKING
        allowed = is_first or may_follow(self.state, state)
        if not allowed:
            _log.warning("%s was asked for while the lab is %s", kind.__name__, self.state.value)
        return allowed

    def give(self, job: jobs.Job, state: LabState, control: RunControl | None = None) -> bool:
        """Hands over `job`, which puts the lab into `state`; returns whether it was allowed."""
        if not self.allows(type(job), state):
            return False
        self._number += 1
        self._preparation.stop()
        self._inspection.stop()
        self._control = control or RunControl()
        if self.state is not LabState.STARTING:
            self.go_to(state)
        self._hand_over(self._number, job, self._control)
        return True

    def prepare(self, job: jobs.Prepare) -> None:
        """Lets the idle engine precompute; the next job interrupts it."""
        self._prepared = job
        self._go_on_preparing()

    def inspect(self, job: jobs.Job) -> None:
        """Lets the idle engine inspect something; the next job interrupts what must be recorded for it.

        Its messages carry the number `INSPECTION`.
        """
        self._inspection = RunControl()
        self._perform_between(INSPECTION, job, self._inspection)

    def give_opinions(self, job: jobs.Job) -> None:
        """Lets the idle engine give second opinions; its messages carry the number `OPINIONS`."""
        self._perform_between(OPINIONS, job, RunControl())

    def ask(self, job: jobs.Job) -> None:
        """Asks the engine a question beside its jobs, which interrupts what it precomputes.

        The messages that answer it carry the number `QUESTION`.
        """
        self._perform_between(QUESTION, job, RunControl())

    def messages(self) -> Iterator[Envelope]:
        """Yields the messages of the present job and of background jobs; none once the lab is closing."""
        for envelope in self._thread.take_messages():
            if self.state is not LabState.CLOSING and envelope.run_id in (self._number, INSPECTION, QUESTION, OPINIONS):
                yield envelope

    def go_to(self, state: LabState) -> None:
        """Puts the lab into another state."""
        if not may_follow(self.state, state):
            raise RuntimeError(f"The lab cannot go from {self.state.value} to {state.value}.")
        self._model.set_state(state)

    def pause(self) -> bool:
        """Pauses the descent, or the rounds, before the next step; returns whether they were running."""
        waiting = paused(self.state)
        if waiting is None:
            return False
        self._control.pause()
        self.go_to(waiting)
        return True

    def resume(self) -> None:
        """Resumes the descent, or the rounds."""
        going = resumed(self.state)
        if going is not None:
            self._control.resume()
            self.go_to(going)

    def single_step(self) -> bool:
        """Makes one more step of the descent, then pauses it; returns whether it was running."""
        if not self.descent_is_active:
            return False
        self._control.single_step()
        if self.state is LabState.PAUSED:
            return False
        self.go_to(LabState.PAUSED)
        return True

    def close(self, milliseconds: int) -> bool:
        """Stops everything for good; returns whether the engine's thread ended within `milliseconds`."""
        if self.state is not LabState.CLOSING:
            self.go_to(LabState.CLOSING)
        self._preparation.stop()
        self._inspection.stop()
        self._control.stop()
        return self._thread.quit(milliseconds)

    def _perform_between(self, number: int, job: jobs.Job, control: RunControl) -> None:
        """Hands over `job`, which interrupts what the idle engine precomputes; it goes on afterwards."""
        self._preparation.stop()
        self._hand_over(number, job, control)
        self._go_on_preparing()

    def _go_on_preparing(self) -> None:
        if self.state is LabState.READY and self._prepared is not None:
            self._preparation.stop()
            self._preparation = RunControl()
            self._hand_over(_PREPARATION, self._prepared, self._preparation)

    def _hand_over(self, number: int, job: jobs.Job, control: RunControl) -> None:
        self._thread.perform(Task(run_id=number, job=job, control=control))
