"""Handles a person's requests during a run: pause, inspections, actions on slots, new settings."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence

import numpy as np

from fooler_gui.core.arrays import BoolArray, FloatArray
from fooler_gui.core.inspection import Inspected, Inspection
from fooler_gui.core.run_control import LiveSettings, Next, RunControl
from fooler_gui.core.run_events import RunEvent, SettingsApplied, SlotActed
from fooler_gui.core.save import STOPPED_BY_USER
from fooler_gui.core.settings import SettingError
from fooler_gui.engine.cost.evaluation import Evaluation
from fooler_gui.engine.descent.label_batch import LabelBatch

Look = Callable[[LabelBatch, Evaluation, int, int, str], Inspection]
"""Inspects a slot of an evaluated batch after the given number of steps, with the maps of a layer unless it is ""."""

Evaluate = Callable[[], list[Evaluation]]
"""Returns the evaluation of each batch's present images."""

_SHARE_OF_LOOKS = 0.06
"""The share of a run's time that inspections may take while it is in progress."""


class Stopwatch:
    """Adds up the time spent inside it, without pauses and the time spent by the reader of saves."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._begun = 0.0

    def __enter__(self) -> None:
        self._begun = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._begun


class Steering:
    """Applies a control's requests to the batches of a run.

    Args:
        batches: The run's batches.
        control: With live settings.
        look: Inspects a slot; None if inspections are not needed.

    Attributes:
        live: The settings of the next step.
        reinitialised: For each batch the slots (B,) reinitialised by hand since the last save; None if no save is due
        for an
            action.
    """

    def __init__(self, batches: Sequence[LabelBatch], control: RunControl, look: Look | None) -> None:
        self.live = control.live()
        self.reinitialised: list[BoolArray] | None = None
        self._batches = batches
        self._control = control
        self._look = look
        self._looking = Stopwatch()
        self._looked_at: tuple[Inspected, FloatArray] | None = None
        self._events: list[RunEvent] = []
        if self.live.revision:
            self._note_settings(0)

    @property
    def paused(self) -> bool:
        """Whether the run must wait before its next step."""
        return self._control.paused

    def taken_events(self) -> tuple[RunEvent, ...]:
        """Returns what was done since the last call."""
        events, self._events = tuple(self._events), []
        return events

    def asked(self, step: int, evaluate: Evaluate) -> Generator[Inspection, None, bool]:
        """Waits while paused and handles the next request after `step` steps; returns whether it is a step."""
        if self.paused:
            yield from self.looks(step, evaluate)
        match self._control.next():
            case Next.STOP:
                for batch in self._batches:
                    batch.stopped_by = batch.stopped_by or STOPPED_BY_USER
                self.reinitialised = no_slots(self._batches)
            case Next.LOOK:
                yield from self.looks(step, evaluate)
            case Next.SLOT_ACTIONS:
                self._act_on_slots(step)
            case Next.STEP:
                self._take_settings(step + 1)
                return True
        return False

    def looks(self, step: int, evaluate: Evaluate, *, within: float = np.inf) -> Iterator[Inspection]:
        """Yields an inspection of the requested slot, unless nothing changed since the last.

        Args:
            step: Steps done.
            evaluate: Evaluates the run's batches.
            within: Seconds of the run; an inspection is skipped if they took more than their share of it.
        """
        inspected = self._control.inspected
        places = {batch.label: place for place, batch in enumerate(self._batches)}
        is_dear = self._looking.seconds >= _SHARE_OF_LOOKS * within
        if self._look is None or is_dear or inspected is None or inspected.label not in places:
            return
        place = places[inspected.label]
        batch = self._batches[place]
        if not 0 <= inspected.slot < len(batch.images) or self._is_looked_at(batch, inspected):
            return
        evaluation = evaluate()[place]
        with self._looking:
            inspection = self._look(batch, evaluation, inspected.slot, step, inspected.layer)
        self._looked_at = inspected, batch.images
        yield inspection

    def _is_looked_at(self, batch: LabelBatch, inspected: Inspected) -> bool:
        """Returns whether nothing changed since the last inspection; images are replaced, never modified."""
        known = self._looked_at
        return known is not None and known[0] == inspected and known[1] is batch.images

    def _take_settings(self, step: int) -> None:
        live: LiveSettings = self._control.live()
        if live.revision != self.live.revision:
            self.live = live
            self._note_settings(step)
            if live.descent.keep_refining:
                for batch in self._batches:
                    batch.stopped_by = ""

    def _note_settings(self, step: int) -> None:
        live = self.live
        self._events.append(
            SettingsApplied(step=step, revision=live.revision, coefficients=live.coefficients, descent=live.descent)
        )

    def _act_on_slots(self, step: int) -> None:
        by_label = {batch.label: batch for batch in self._batches}
        before = [batch.reinitialisations for batch in self._batches]
        for number, action in enumerate(self._control.take_slot_actions()):
            if action.label not in by_label:
                raise SettingError(f"The run has the labels {sorted(by_label)}; received {action.label}.")
            by_label[action.label].act(action)
            self._events.append(SlotActed(step=step, action=action, together=number > 0))
        self.reinitialised = [
            batch.reinitialisations > count for batch, count in zip(self._batches, before, strict=True)
        ]


def no_slots(batches: Sequence[LabelBatch]) -> list[BoolArray]:
    """Returns all-false slot masks (B,), one for each batch."""
    return [np.zeros(len(batch.images), np.bool_) for batch in batches]
