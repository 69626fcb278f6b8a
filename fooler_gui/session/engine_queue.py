"""Jobs for the engine, one after the other: which may be asked for in which state of the lab, and what steers them."""

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
_PREPARATION, LOOK = 0, -1
"""The numbers of jobs that are done beside the lab's work; those of others begin at 1."""


class EngineQueue:
    """Gives the engine one job after the other, and says in the model what the lab is doing. Main thread only.

    Args:
        thread: The engine's.
        model: Has the state of the lab.
    """

    def __init__(self, thread: EngineThread, model: SessionModel) -> None:
        self._thread = thread
        self._model = model
        self._number = 0
        self._control = RunControl()
        self._preparation = RunControl()

    @property
    def state(self) -> LabState:
        """What the lab is doing."""
        return self._model.state

    @property
    def control(self) -> RunControl:
        """What steers the job that was given last."""
        return self._control

    @property
    def descent_goes_on(self) -> bool:
        """Whether a descent goes on, or waits in pause."""
        return self.state in (LabState.BACKWORKING, LabState.PAUSED)

    def allows(self, kind: type[jobs.Job], state: LabState) -> bool:
        """Tells whether a job of this kind, during which the lab is in `state`, may be asked for now."""
        is_first = self.state is LabState.STARTING and self._number == 0 and state is LabState.WORKING
        allowed = is_first or may_follow(self.state, state)
        if not allowed:
            _log.warning("%s was asked for while the lab is %s", kind.__name__, self.state.value)
        return allowed

    def give(self, job: jobs.Job, state: LabState, control: RunControl | None = None) -> bool:
        """Hands `job` over, during which the lab is in `state`; tells whether it was allowed."""
        if not self.allows(type(job), state):
            return False
        self._number += 1
        self._preparation.stop()
        self._control = control or RunControl()
        if self.state is not LabState.STARTING:
            self.go_to(state)
        self._hand_over(self._number, job, self._control)
        return True

    def prepare(self, job: jobs.Prepare) -> None:
        """Lets the idle engine compute ahead; the next job ends this."""
        if self.state is LabState.READY:
            self._preparation.stop()
            self._preparation = RunControl()
            self._hand_over(_PREPARATION, job, self._preparation)

    def look(self, job: jobs.Job) -> None:
        """Lets the idle engine look closer at something; the answers come under the number `LOOK`."""
        self._hand_over(LOOK, job, RunControl())

    def answers(self) -> Iterator[Envelope]:
        """Yields what came for the present job and for looks; nothing any more once the lab closes."""
        for envelope in self._thread.take_messages():
            if self.state is not LabState.CLOSING and envelope.run_id in (self._number, LOOK):
                yield envelope

    def go_to(self, state: LabState) -> None:
        """Has the lab in another state."""
        if not may_follow(self.state, state):
            raise RuntimeError(f"The lab cannot go from {self.state.value} to {state.value}.")
        self._model.set_state(state)

    def pause(self) -> bool:
        """Lets the descent, or the rounds, wait before the next step; tells whether they had not waited yet."""
        waiting = paused(self.state)
        if waiting is None:
            return False
        self._control.pause()
        self.go_to(waiting)
        return True

    def resume(self) -> None:
        """Lets the descent, or the rounds, go on."""
        going = resumed(self.state)
        if going is not None:
            self._control.resume()
            self.go_to(going)

    def single_step(self) -> bool:
        """Lets the descent make one more step and then wait; tells whether it had not waited yet."""
        if not self.descent_goes_on:
            return False
        self._control.single_step()
        if self.state is LabState.PAUSED:
            return False
        self.go_to(LabState.PAUSED)
        return True

    def close(self, milliseconds: int) -> bool:
        """Stops everything for good; tells whether the engine's thread ended within `milliseconds`."""
        if self.state is not LabState.CLOSING:
            self.go_to(LabState.CLOSING)
        self._preparation.stop()
        self._control.stop()
        return self._thread.quit(milliseconds)

    def _hand_over(self, number: int, job: jobs.Job, control: RunControl) -> None:
        self._thread.perform(Task(run_id=number, job=job, control=control))
