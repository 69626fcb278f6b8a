"""The descent as a generator of saves (method.md, Descent). A test, the command line and the window run the same."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any, overload

import numpy as np

from fooler_gui.core.messages import STOPPED_BY_USER, BoolArray, FloatArray, Inspection, RunFinished, Save, frozen
from fooler_gui.core.run_control import Next, RunControl
from fooler_gui.core.run_events import RunEvent, SettingsApplied, SlotActed
from fooler_gui.core.settings import SettingError
from fooler_gui.engine.descent.label_batch import LabelBatch, evaluate

Look = Callable[[LabelBatch, int, int], Inspection]
"""Returns what a closer look at a slot of a batch after so many steps shows."""

_SHARE_OF_LOOKS = 0.06
"""How much of the run's time closer looks may take while it goes on."""


@overload
def descend(batches: Sequence[LabelBatch], control: RunControl) -> Generator[Save, None, RunFinished]: ...
@overload
def descend(
    batches: Sequence[LabelBatch], control: RunControl, look: Look
) -> Generator[Save | Inspection, None, RunFinished]: ...
def descend(batches: Sequence[LabelBatch], control: RunControl, look: Look | None = None) -> Generator[Any, None, Any]:
    """Yields a save at the start, every `save_frequency` steps, in single steps, and at the end.

    After a save comes an inspection of the slot that `control` is asked to look at, so long as that takes next to none
    of the run's time; when another slot is looked at, in pause and at the end it comes at any rate.

    Coefficients and settings are read from `control` before each step. A save that follows a person's action on a
    slot repeats its step. Ends when every batch has stopped or `control` asks for it.

    Args:
        batches: One for each label, all with the same number of slots.
        control: With live settings.
        look: Looks closer at a slot; None where nobody does.

    Returns:
        Why each batch stopped.

    Raises:
        NonFiniteCost: A cost is no finite number any more.
        SettingError: An action names a slot or label that the run does not have.
    """
    return (yield from _Descent(batches, control, look).saves())


class _Descent:
    def __init__(self, batches: Sequence[LabelBatch], control: RunControl, look: Look | None) -> None:
        self._batches = batches
        self._control = control
        self._live = control.live()
        self._events: list[RunEvent] = []
        self._step = 0
        self._watch = _Stopwatch()
        self._look = look
        self._looking = _Stopwatch()
        self._looked_at: tuple[int, FloatArray] | None = None
        if self._live.revision:
            self._note_settings(0)

    def saves(self) -> Generator[Save | Inspection, None, RunFinished]:
        by_hand: list[BoolArray] | None = None
        saved_at = -1
        while True:
            with self._watch:
                evaluate(self._batches, self._live.coefficients)
            last = self._step >= self._live.descent.max_steps and not self._live.descent.keep_refining
            due = self._step % self._live.descent.save_frequency == 0 or last
            if due and saved_at != self._step:
                falling = self._decide()
                saved_at = self._step
                yield self._save(falling)
                if self._is_over() or self._looking.seconds < _SHARE_OF_LOOKS * self._watch.seconds:
                    yield from self._looks()
                for batch, slots in zip(self._batches, falling, strict=True):
                    batch.reinitialise(slots)
            elif by_hand is not None or (self._control.paused and saved_at != self._step):
                yield self._save(by_hand or self._no_slots())
            by_hand = None
            if self._is_over():
                return self._finished()
            if self._control.paused:
                yield from self._looks()
            match self._control.next():
                case Next.STOP:
                    for batch in self._batches:
                        batch.stopped_by = batch.stopped_by or STOPPED_BY_USER
                    yield self._save(self._no_slots())
                    yield from self._looks()
                    return self._finished()
                case Next.LOOK:
                    yield from self._looks()
                case Next.SLOT_ACTIONS:
                    by_hand = self._act_on_slots()
                case Next.STEP:
                    self._take_step()

    def _take_step(self) -> None:
        live = self._control.live()
        if live.revision != self._live.revision:
            self._live = live
            self._note_settings(self._step + 1)
            if live.descent.keep_refining:
                for batch in self._batches:
                    batch.stopped_by = ""
        moving = [batch for batch in self._batches if not batch.stopped_by]
        with self._watch:
            evaluate(moving, self._live.coefficients)
            for batch in moving:
                batch.step(self._live)
        self._step += 1

    def _note_settings(self, step: int) -> None:
        live = self._live
        self._events.append(
            SettingsApplied(step=step, revision=live.revision, coefficients=live.coefficients, descent=live.descent)
        )

    def _looks(self) -> Iterator[Inspection]:
        """Yields a look at the slot that is inspected, unless that is what was looked at last."""
        inspected = self._control.inspected
        batches = {batch.label: batch for batch in self._batches}
        if self._look is None or inspected is None or inspected[0] not in batches:
            return
        batch, slot = batches[inspected[0]], inspected[1]
        if not 0 <= slot < len(batch.images) or self._is_looked_at(batch, slot):
            return
        evaluate([batch], self._live.coefficients)
        with self._looking:
            inspection = self._look(batch, slot, self._step)
        self._looked_at = slot, batch.images
        yield inspection

    def _is_looked_at(self, batch: LabelBatch, slot: int) -> bool:
        """Tells whether nothing changed since the last look; images are replaced, never written into."""
        return self._looked_at is not None and self._looked_at[0] == slot and self._looked_at[1] is batch.images

    def _is_over(self) -> bool:
        return all(batch.stopped_by for batch in self._batches)

    def _act_on_slots(self) -> list[BoolArray]:
        """Does what was asked for and returns which slots were reinitialised by it."""
        by_label = {batch.label: batch for batch in self._batches}
        before = [batch.restarts for batch in self._batches]
        for action in self._control.take_slot_actions():
            if action.label not in by_label:
                raise SettingError(f"The run has the labels {sorted(by_label)}; received {action.label}.")
            by_label[action.label].act(action)
            self._events.append(SlotActed(step=self._step, action=action))
        return [batch.restarts > restarts for batch, restarts in zip(self._batches, before, strict=True)]

    def _decide(self) -> list[BoolArray]:
        """Notes a save in every batch, stops those that are to stop, and returns which slots are reinitialised."""
        settings = self._live.descent
        falling = self._no_slots()
        for index, batch in enumerate(self._batches):
            if batch.stopped_by:
                continue
            batch.note_save(batch.evaluation.probabilities)
            if not settings.keep_refining:
                batch.stopped_by = batch.stop_reason(self._step, settings)
            if not batch.stopped_by:
                falling[index] = batch.falling_slots(settings)
                batch.restarts = batch.restarts + falling[index]
        return falling

    def _no_slots(self) -> list[BoolArray]:
        return [np.zeros(len(batch.images), np.bool_) for batch in self._batches]

    def _save(self, falling: Sequence[BoolArray]) -> Save:
        events, self._events = self._events, []
        evaluate(self._batches, self._live.coefficients)
        evaluations = [batch.evaluation for batch in self._batches]
        probabilities = np.stack([evaluation.probabilities for evaluation in evaluations])
        return Save(
            step=self._step,
            seconds=self._watch.seconds,
            labels=tuple(batch.label for batch in self._batches),
            images=frozen(np.stack([batch.images for batch in self._batches])),
            probabilities=frozen(probabilities),
            costs=tuple(evaluation.costs for evaluation in evaluations),
            done=frozen(probabilities > self._live.descent.min_probability),
            reinitialised=frozen(np.stack(falling)),
            restarts=frozen(np.stack([batch.restarts for batch in self._batches])),
            births=frozen(np.stack([batch.births for batch in self._batches])),
            distances=frozen(np.stack([batch.distances for batch in self._batches])),
            leads=frozen(np.stack([evaluation.leads for evaluation in evaluations])),
            pinned=frozen(np.stack([batch.pinned for batch in self._batches])),
            stopped_by=tuple(batch.stopped_by for batch in self._batches),
            revision=self._live.revision,
            events=tuple(events),
        )

    def _finished(self) -> RunFinished:
        return RunFinished(
            stopped_by=tuple(batch.stopped_by for batch in self._batches), steps=self._step, seconds=self._watch.seconds
        )


class _Stopwatch:
    """Adds up the time spent inside it; pauses and what the reader of saves does stay out."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._begun = 0.0

    def __enter__(self) -> None:
        self._begun = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._begun
