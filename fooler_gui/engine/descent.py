"""The descent as a generator of saves (method.md, Descent). A test, the command line and the window run the same."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence

import numpy as np

from fooler_gui.core.messages import STOPPED_BY_USER, BoolArray, RunFinished, Save, frozen
from fooler_gui.core.run_control import Next, RunControl
from fooler_gui.core.settings import SettingError
from fooler_gui.engine.label_batch import LabelBatch, evaluate


def descend(batches: Sequence[LabelBatch], control: RunControl) -> Generator[Save, None, RunFinished]:
    """Yields a save at the start, every `save_frequency` steps, in single steps, and at the end.

    Coefficients and settings are read from `control` before each step. A save that follows a person's action on a
    slot repeats its step. Ends when every batch has stopped or `control` asks for it.

    Args:
        batches: One for each label, all with the same number of slots.
        control: With live settings.

    Returns:
        Why each batch stopped.

    Raises:
        NonFiniteCost: A cost is no finite number any more.
        SettingError: An action names a slot or label that the run does not have.
    """
    return (yield from _Descent(batches, control).saves())


class _Descent:
    def __init__(self, batches: Sequence[LabelBatch], control: RunControl) -> None:
        self._batches = batches
        self._control = control
        self._live = control.live()
        self._applied: list[tuple[int, int]] = []
        self._step = 0
        self._watch = _Stopwatch()

    def saves(self) -> Generator[Save, None, RunFinished]:
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
                for batch, slots in zip(self._batches, falling, strict=True):
                    batch.reinitialise(slots)
            elif by_hand is not None or (self._control.paused and saved_at != self._step):
                yield self._save(by_hand or self._no_slots())
            by_hand = None
            if all(batch.stopped_by for batch in self._batches):
                return self._finished()
            match self._control.next():
                case Next.STOP:
                    for batch in self._batches:
                        batch.stopped_by = batch.stopped_by or STOPPED_BY_USER
                    yield self._save(self._no_slots())
                    return self._finished()
                case Next.SLOT_ACTIONS:
                    by_hand = self._act_on_slots()
                case Next.STEP:
                    self._take_step()

    def _take_step(self) -> None:
        live = self._control.live()
        if live.revision != self._live.revision:
            self._live = live
            self._applied.append((live.revision, self._step + 1))
            if live.descent.keep_refining:
                for batch in self._batches:
                    batch.stopped_by = ""
        moving = [batch for batch in self._batches if not batch.stopped_by]
        with self._watch:
            evaluate(moving, self._live.coefficients)
            for batch in moving:
                batch.step(self._live)
        self._step += 1

    def _act_on_slots(self) -> list[BoolArray]:
        """Does what was asked for and returns which slots were reinitialised by it."""
        by_label = {batch.label: batch for batch in self._batches}
        before = [batch.restarts for batch in self._batches]
        for action in self._control.take_slot_actions():
            if action.label not in by_label:
                raise SettingError(f"The run has the labels {sorted(by_label)}; received {action.label}.")
            by_label[action.label].act(action)
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
        applied, self._applied = self._applied, []
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
            pinned=frozen(np.stack([batch.pinned for batch in self._batches])),
            stopped_by=tuple(batch.stopped_by for batch in self._batches),
            revision=self._live.revision,
            applied=tuple(applied),
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
