"""Replays the changes and actions of a run at the same steps of another one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from fooler_gui.core.run_control import LiveSettings, Next, RunControl
from fooler_gui.core.run_events import RunEvent, SettingsApplied
from fooler_gui.core.slot_actions import SlotAction


class Replay(RunControl):
    """The control of a repeated run. Further requests make it a different run.

    Args:
        live: The initial coefficients and settings.
        events: What was done to the run, in order.
        stop_after: After how many steps a person stopped it; None if nobody did.
    """

    def __init__(self, live: LiveSettings, events: Sequence[RunEvent], stop_after: int | None) -> None:
        super().__init__(live)
        self._stop_after = stop_after
        self._steps = 0
        self._settings: dict[int, SettingsApplied] = {}
        self._actions: defaultdict[int, list[list[SlotAction]]] = defaultdict(list)
        for event in events:
            if isinstance(event, SettingsApplied):
                self._settings[event.step] = event
            elif event.together and self._actions[event.step]:
                self._actions[event.step][-1].append(event.action)
            else:
                self._actions[event.step].append([event.action])
        self._change_for(0)

    @property
    def is_over(self) -> bool:
        """Whether the step at which a person stopped the run is reached."""
        return self._stop_after is not None and self._steps >= self._stop_after

    def next(self) -> Next:
        """Repeats the next request of this step, then behaves like any control."""
        waiting = self._actions.get(self._steps)
        if waiting:
            for action in waiting.pop(0):
                self.act_on_slot(action)
            return super().next()
        self._change_for(self._steps + 1)
        if self.is_over:
            self.stop()
        following = super().next()
        if following is Next.STEP:
            self._steps += 1
        return following

    def _change_for(self, step: int) -> None:
        changed = self._settings.pop(step, None)
        if changed is not None:
            self.change(coefficients=changed.coefficients, descent=changed.descent)
