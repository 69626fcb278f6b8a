"""Controls a job: carries requests to the engine while it is busy in its loop.

A running loop receives no queued signals, so stop, pause, single steps, new coefficients, slot actions and inspections
go through one `RunControl`, which the loop reads once per step. The latest value wins. Every method may be called from
any thread.
"""

from __future__ import annotations

import enum
import threading
import time
from dataclasses import dataclass

from fooler_gui.core.inspection import Inspected
from fooler_gui.core.pace import Pace, seconds_of_save
from fooler_gui.core.save import Save
from fooler_gui.core.settings import CostCoefficients, DescentSettings
from fooler_gui.core.slot_actions import SlotAction


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSettings:
    """The settings for the next step. `revision` counts the changes, from 0."""

    revision: int
    coefficients: CostCoefficients
    descent: DescentSettings


class Next(enum.Enum):
    """What a loop must do next."""

    STEP = enum.auto()
    SLOT_ACTIONS = enum.auto()
    LOOK = enum.auto()
    STOP = enum.auto()


class RunControl:
    """Stop, pause, single step, pace, live settings and slot actions of a job.

    Args:
        live: The initial coefficients and settings; jobs without a descent need none.
        paused: Whether to start paused.
        pace: How fast saves may come.
    """

    def __init__(self, live: LiveSettings | None = None, *, paused: bool = False, pace: Pace = None) -> None:
        self._condition = threading.Condition()
        self._live = live
        self._paused = paused
        self._waited = 0.0
        self._pace = pace
        self._single_steps = 0
        self._stop_requested = False
        self._slot_actions: list[SlotAction] = []
        self._inspected: Inspected | None = None
        self._look_requested = False

    @classmethod
    def for_descent(
        cls,
        coefficients: CostCoefficients,
        descent: DescentSettings,
        *,
        paused: bool = False,
        pace: Pace = None,
    ) -> RunControl:
        """Returns the control of a run that starts with these coefficients and settings, as revision 0."""
        live = LiveSettings(revision=0, coefficients=coefficients, descent=descent)
        return cls(live, paused=paused, pace=pace)

    @property
    def stop_requested(self) -> bool:
        """Whether the job must end at the next opportunity, keeping its results."""
        with self._condition:
            return self._stop_requested

    @property
    def paused(self) -> bool:
        """Whether the job must wait before its next step."""
        with self._condition:
            return self._paused

    @property
    def waited(self) -> float:
        """The seconds that the job has waited while paused."""
        with self._condition:
            return self._waited

    def stop(self) -> None:
        """Asks the job to end and keep its results."""
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
        """Resumes a waiting job."""
        with self._condition:
            self._paused = False
            self._single_steps = 0
            self._condition.notify_all()

    def single_step(self) -> None:
        """Pauses the job after one more step."""
        with self._condition:
            self._paused = True
            self._single_steps += 1
            self._condition.notify_all()

    def set_pace(self, pace: Pace) -> None:
        """Sets how fast saves may come."""
        with self._condition:
            self._pace = pace
            self._condition.notify_all()

    def change(self, *, coefficients: CostCoefficients | None = None, descent: DescentSettings | None = None) -> int:
        """Replaces the coefficients, the settings or both from the next step on and returns the new revision.

        If nothing changes, the present revision is returned.
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
        """Returns the settings for the next step."""
        with self._condition:
            return self._require_live()

    def act_on_slot(self, action: SlotAction) -> None:
        """Asks for `action` before the next step, also while paused."""
        with self._condition:
            self._slot_actions.append(action)
            self._condition.notify_all()

    def take_slot_actions(self) -> list[SlotAction]:
        """Returns the actions requested since the last call, oldest first."""
        with self._condition:
            actions, self._slot_actions = self._slot_actions, []
            return actions

    @property
    def inspected(self) -> Inspected | None:
        """What to inspect, or None."""
        with self._condition:
            return self._inspected

    def inspect(self, label: int, slot: int, layer: str = "") -> None:
        """Asks to inspect a slot at once, and then as often as it costs next to nothing; see `Inspected`."""
        with self._condition:
            self._inspected, self._look_requested = Inspected(label, slot, layer), True
            self._condition.notify_all()

    def end_inspection(self) -> None:
        """Ends the inspection."""
        with self._condition:
            self._inspected, self._look_requested = None, False

    def next(self) -> Next:
        """Waits while the job is paused with no request pending, and returns what to do next."""
        with self._condition:
            if not self._something_to_do():
                began = time.perf_counter()
                self._condition.wait_for(self._something_to_do)
                self._waited += time.perf_counter() - began
            if self._stop_requested:
                return Next.STOP
            if self._slot_actions:
                return Next.SLOT_ACTIONS
            if self._look_requested:
                self._look_requested = False
                return Next.LOOK
            self._single_steps = max(0, self._single_steps - 1)
            return Next.STEP

    def wait_for_pace(self, elapsed: float, before: Save | None, save: Save) -> None:
        """Waits until `save`, which took `elapsed` seconds, keeps the pace; a stop or a new pace ends the wait.

        Args:
            elapsed: Since the save `before`.
            before: The previous save of the run; None for its first one.
            save: The save.
        """
        with self._condition:
            pace = self._pace
            left = seconds_of_save(pace, before, save) - elapsed
            if left > 0:
                self._condition.wait_for(
                    lambda: self._stop_requested or self._pace != pace or self._single_steps > 0, timeout=left
                )

    def _something_to_do(self) -> bool:
        waiting = self._paused and self._single_steps == 0
        return self._stop_requested or bool(self._slot_actions) or self._look_requested or not waiting

    def _require_live(self) -> LiveSettings:
        if self._live is None:
            raise ValueError("This job has no coefficients to change.")
        return self._live
