"""Orders to the engine: which may be given in which state of the lab, and the reins of the one that goes on."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from fooler_gui.core import jobs
from fooler_gui.core.lab_state import LabState, may_follow
from fooler_gui.core.run_control import RunControl
from fooler_gui.session.engine_worker import EngineThread, Order
from fooler_gui.session.outbox import Envelope
from fooler_gui.session.signals import LabSignals

_log = logging.getLogger(__name__)
_PAUSES = {LabState.BACKWORKING: LabState.PAUSED, LabState.ROUNDS: LabState.ROUNDS_PAUSED}
"""What can be paused, and what it is while it waits."""

_PREPARATION, LOOK = 0, -1
"""The numbers of orders that are given beside the lab's work; those of others begin at 1."""


class Orders:
    """Holds the lab's state, and gives the engine one order after the other. Main thread only.

    Args:
        thread: The engine's.
        signals: Tell of every change of the state.
    """

    def __init__(self, thread: EngineThread, signals: LabSignals) -> None:
        self._thread = thread
        self._signals = signals
        self._state = LabState.STARTING
        self._number = 0
        self._control = RunControl()
        self._preparation = RunControl()

    @property
    def state(self) -> LabState:
        """What the lab is doing."""
        return self._state

    @property
    def control(self) -> RunControl:
        """The reins of the order that was given last."""
        return self._control

    @property
    def descent_goes_on(self) -> bool:
        """Whether a descent goes on, or waits in pause."""
        return self._state in (LabState.BACKWORKING, LabState.PAUSED)

    def allows(self, kind: type[jobs.Job], state: LabState) -> bool:
        """Tells whether a job of this kind, during which the lab is in `state`, may be ordered now."""
        is_first = self._state is LabState.STARTING and self._number == 0 and state is LabState.WORKING
        allowed = is_first or may_follow(self._state, state)
        if not allowed:
            _log.warning("%s was asked for while the lab is %s", kind.__name__, self._state.value)
        return allowed

    def give(self, job: jobs.Job, state: LabState, control: RunControl | None = None) -> bool:
        """Orders `job`, during which the lab is in `state`; tells whether it was allowed."""
        if not self.allows(type(job), state):
            return False
        self._number += 1
        self._preparation.stop()
        self._control = control or RunControl()
        if self._state is not LabState.STARTING:
            self.go_to(state)
        self._hand_over(self._number, job, self._control)
        return True

    def prepare(self, job: jobs.Prepare) -> None:
        """Lets the idle engine compute ahead; the next order ends this."""
        if self._state is LabState.READY:
            self._preparation.stop()
            self._preparation = RunControl()
            self._hand_over(_PREPARATION, job, self._preparation)

    def look(self, job: jobs.Job) -> None:
        """Lets the idle engine look closer at something; the answers come under the number `LOOK`."""
        self._hand_over(LOOK, job, RunControl())

    def answers(self) -> Iterator[Envelope]:
        """Yields what came for the present order and for looks; nothing any more once the lab closes."""
        for envelope in self._thread.take_messages():
            if self._state is not LabState.CLOSING and envelope.run_id in (self._number, LOOK):
                yield envelope

    def go_to(self, state: LabState) -> None:
        """Has the lab in another state."""
        if not may_follow(self._state, state):
            raise RuntimeError(f"The lab cannot go from {self._state.value} to {state.value}.")
        self._state = state
        self._signals.state_changed.emit(state)

    def pause(self) -> bool:
        """Lets the descent, or the rounds, wait before the next step; tells whether they had not waited yet."""
        if self._state not in _PAUSES:
            return False
        self._control.pause()
        self.go_to(_PAUSES[self._state])
        return True

    def resume(self) -> None:
        """Lets the descent, or the rounds, go on."""
        for going, paused in _PAUSES.items():
            if self._state is paused:
                self._control.resume()
                self.go_to(going)
                return

    def single_step(self) -> bool:
        """Lets the descent make one more step and then wait; tells whether it had not waited yet."""
        if not self.descent_goes_on:
            return False
        self._control.single_step()
        if self._state is LabState.PAUSED:
            return False
        self.go_to(LabState.PAUSED)
        return True

    def close(self, milliseconds: int) -> bool:
        """Stops everything for good; tells whether the engine's thread ended within `milliseconds`."""
        if self._state is not LabState.CLOSING:
            self.go_to(LabState.CLOSING)
        self._preparation.stop()
        self._control.stop()
        return self._thread.quit(milliseconds)

    def _hand_over(self, number: int, job: jobs.Job, control: RunControl) -> None:
        self._thread.order(Order(run_id=number, job=job, control=control))
