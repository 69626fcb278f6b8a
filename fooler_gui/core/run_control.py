"""What steers a job: what a person may ask for while the engine is busy in its loop.

A loop that runs receives no queued signals, so that stop, pause, single steps, new coefficients, actions on slots and
what a person looks at go through one `RunControl`, which the loop reads once a step. The latest value wins. Every
method may be called from any thread.
"""

from __future__ import annotations

import enum
import threading
from dataclasses import dataclass

from fooler_gui.core.settings import CostCoefficients, DescentSettings
from fooler_gui.core.slot_actions import SlotAction


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSettings:
    """What the next step is to be made with. `revision` counts the changes, from 0."""

    revision: int
    coefficients: CostCoefficients
    descent: DescentSettings


class Next(enum.Enum):
    """What a loop is to do now."""

    STEP = enum.auto()
    SLOT_ACTIONS = enum.auto()
    LOOK = enum.auto()
    STOP = enum.auto()


class RunControl:
    """Stop, pause, single step, pace, live settings and slot actions of one job.

    Args:
        live: The coefficients and settings to begin with; jobs without a descent need none.
        paused: Whether to begin in pause.
        pace: Most saves a second, or None for as many as come.
    """

    def __init__(self, live: LiveSettings | None = None, *, paused: bool = False, pace: float | None = None) -> None:
        self._condition = threading.Condition()
        self._live = live
        self._paused = paused
        self._pace = pace
        self._single_steps = 0
        self._stop_requested = False
        self._slot_actions: list[SlotAction] = []
        self._inspected: tuple[int, int] | None = None
        self._look_requested = False

    @classmethod
    def for_descent(
        cls,
        coefficients: CostCoefficients,
        descent: DescentSettings,
        *,
        paused: bool = False,
        pace: float | None = None,
    ) -> RunControl:
        """Returns the control of a run that begins with these coefficients and settings, as revision 0."""
        live = LiveSettings(revision=0, coefficients=coefficients, descent=descent)
        return cls(live, paused=paused, pace=pace)

    @property
    def stop_requested(self) -> bool:
        """Whether the job is to end at the next opportunity, keeping what it has."""
        with self._condition:
            return self._stop_requested

    @property
    def paused(self) -> bool:
        """Whether the job is to wait before its next step."""
        with self._condition:
            return self._paused

    def stop(self) -> None:
        """Asks the job to end and keep what it has."""
        with self._condition:
            self._stop_requested = True
            self._condition.notify_all()

    def pause(self) -> None:
        """Asks the job to wait before its next step."""
        with self._condition:
            self._paused = True
            self._single_steps = 0
            self._condition.notify_all()

    def resume(self) -> None:
        """Lets a waiting job go on."""
        with self._condition:
            self._paused = False
            self._single_steps = 0
            self._condition.notify_all()

    def single_step(self) -> None:
        """Pauses the job, and lets it make one more step."""
        with self._condition:
            self._paused = True
            self._single_steps += 1
            self._condition.notify_all()

    def set_pace(self, pace: float | None) -> None:
        """Sets the most saves a second; None is as many as come."""
        with self._condition:
            self._pace = pace
            self._condition.notify_all()

    def change(self, *, coefficients: CostCoefficients | None = None, descent: DescentSettings | None = None) -> int:
        """Replaces the coefficients, the settings or both from the next step on, and returns the new revision.

        A change to what is in force already is none, and returns the present revision.
        """
        with self._condition:
            live = self._require_live()
            changed = LiveSettings(
                revision=live.revision + 1,
                coefficients=coefficients or live.coefficients,
                descent=descent or live.descent,
            )
            if (changed.coefficients, changed.descent) != (live.coefficients, live.descent):
                self._live = changed
            return self._require_live().revision

    def live(self) -> LiveSettings:
        """Returns what the next step is to be made with."""
        with self._condition:
            return self._require_live()

    def act_on_slot(self, action: SlotAction) -> None:
        """Asks for `action` before the next step, in pause too."""
        with self._condition:
            self._slot_actions.append(action)
            self._condition.notify_all()

    def take_slot_actions(self) -> list[SlotAction]:
        """Returns the actions asked for since the last call, the oldest first."""
        with self._condition:
            actions, self._slot_actions = self._slot_actions, []
            return actions

    @property
    def inspected(self) -> tuple[int, int] | None:
        """The (label, slot) that a person looks closer at, or None."""
        with self._condition:
            return self._inspected

    def inspect(self, label: int, slot: int) -> None:
        """Asks for a closer look at a slot, at once and then as often as it costs next to nothing."""
        with self._condition:
            self._inspected, self._look_requested = (label, slot), True
            self._condition.notify_all()

    def end_inspection(self) -> None:
        """Lets nobody look closer any more."""
        with self._condition:
            self._inspected, self._look_requested = None, False

    def next(self) -> Next:
        """Waits as long as the job is paused and nothing is asked of it; returns what to do now."""
        with self._condition:
            self._condition.wait_for(self._something_to_do)
            if self._stop_requested:
                return Next.STOP
            if self._slot_actions:
                return Next.SLOT_ACTIONS
            if self._look_requested:
                self._look_requested = False
                return Next.LOOK
            self._single_steps = max(0, self._single_steps - 1)
            return Next.STEP

    def wait_for_pace(self, elapsed: float) -> None:
        """Waits until `elapsed` seconds plus the wait are one save's time; a stop or a new pace ends the wait."""
        with self._condition:
            pace = self._pace
            if pace is not None and elapsed < 1.0 / pace:
                self._condition.wait_for(
                    lambda: self._stop_requested or self._pace != pace or self._single_steps > 0,
                    timeout=1.0 / pace - elapsed,
                )

    def _something_to_do(self) -> bool:
        waiting = self._paused and self._single_steps == 0
        return self._stop_requested or bool(self._slot_actions) or self._look_requested or not waiting

    def _require_live(self) -> LiveSettings:
        if self._live is None:
            raise ValueError("This job has no coefficients to change.")
        return self._live
