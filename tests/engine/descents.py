"""Runs a descent to its end in a test, with something to do after chosen saves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from generators import outcome

from fooler_gui.core.messages import RunFinished
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.save import Save
from fooler_gui.engine.descent.descent import descend
from fooler_gui.engine.descent.label_batch import LabelBatch

AfterSave = Callable[[Save], None]


def run_to_end(
    batches: Sequence[LabelBatch], control: RunControl, after_save: AfterSave | None = None
) -> tuple[list[Save], RunFinished]:
    """Returns every save and how the run ended; `after_save` is called between a save and what follows it."""
    return outcome(descend(batches, control), after_save or (lambda _save: None))


def at_steps(actions: dict[int, Callable[[], object]]) -> AfterSave:
    """Returns an `after_save` that does each of `actions` once, after the first save of its step."""
    waiting = dict(actions)

    def act(save: Save) -> None:
        action = waiting.pop(save.step, None)
        if action is not None:
            action()

    return act
