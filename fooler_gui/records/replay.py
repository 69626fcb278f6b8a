"""Does to a run what was done to another one, at the same steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from fooler_gui.core.run_control import LiveSettings, Next, RunControl
from fooler_gui.core.run_events import RunEvent, SettingsApplied
from fooler_gui.core.slot_actions import SlotAction


class Replay(RunControl):
    """The control of a run that is repeated. What a person asks for beside that makes it another run.

    Args:
        live: What it begins with.
        events: What was done to the run, in order.
        stop_after: How many steps it had done when a person stopped it; None where nobody did.
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
        """Whether it came to where a person had stopped the run."""
        return self._stop_after is not None and self._steps >= self._stop_after

    def next(self) -> Next:
        """Asks for what was asked for next at this step, then does as every control."""
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
