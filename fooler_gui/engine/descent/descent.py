"""The descent as a generator of saves (method.md, Descent), shared by tests, command line and window."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any, NamedTuple, overload

import numpy as np

from fooler_gui.core.arrays import BoolArray, FloatArray, frozen
from fooler_gui.core.inspection import Inspection
from fooler_gui.core.messages import RunFinished
from fooler_gui.core.random_transformations import RandomTransformations
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.save import Save
from fooler_gui.core.settings import CostCoefficients
from fooler_gui.engine.cost.evaluation import Evaluation
from fooler_gui.engine.descent.label_batch import LabelBatch, evaluate
from fooler_gui.engine.descent.loop import descended
from fooler_gui.engine.descent.searches import Searches
from fooler_gui.engine.descent.steering import Look, Steering, Stopwatch, no_slots


@overload
def descend(
    batches: Sequence[LabelBatch], control: RunControl, *, rng_seed: int = 0
) -> Generator[Save, None, RunFinished]: ...
@overload
def descend(
    batches: Sequence[LabelBatch], control: RunControl, look: Look, *, rng_seed: int = 0
) -> Generator[Save | Inspection, None, RunFinished]: ...
def descend(
    batches: Sequence[LabelBatch], control: RunControl, look: Look | None = None, *, rng_seed: int = 0
) -> Generator[Any, None, Any]:
    """Yields a save at the start, every `save_frequency` steps, after single steps, and at the end.

    A save is followed by an inspection of the slot that `control` names, as long as that takes next to no time; it
    always comes for another slot, while paused and at the end.

    Coefficients and settings are read from `control` before each step. A save after a person's action on a slot repeats
    its step. Ends when every batch has stopped or `control` asks for it.

    Args:
        batches: One for each label, all with the same number of slots.
        control: With live settings.
        look: Inspects a slot; None if inspections are not needed.
        rng_seed: The number that starts evolution.

    Returns:
        Why each batch stopped.

    Raises:
        LabError: The settings choose evolution, and its extra is not installed.
        NonFiniteCost: A cost is no longer a finite number.
        SettingError: An action names a slot or label that the run does not have.
    """
    return (yield from descended(_Run(batches, control, look, rng_seed)))


_Cost = tuple[CostCoefficients, str, str, RandomTransformations]
"""What the cost of images is made of: coefficients, objective, unit, transformations."""


class _Evaluated(NamedTuple):
    """An evaluation and its inputs."""

    images: FloatArray
    cost: _Cost
    evaluation: Evaluation


class _Run:
    """The `Descent` of a run."""

    def __init__(self, batches: Sequence[LabelBatch], control: RunControl, look: Look | None, rng_seed: int) -> None:
        self._batches = batches
        self._steering = Steering(batches, control, look)
        self._searches = Searches(rng_seed)
        self._searches.of(self._steering.live.descent, 0)
        self._evaluated: dict[LabelBatch, _Evaluated] = {}
        self._step = 0
        self._saved_at = -1
        self._watch = Stopwatch()

    @property
    def is_over(self) -> bool:
        return all(batch.stopped_by for batch in self._batches)

    def evaluate(self) -> list[Evaluation]:
        live = self._steering.live
        settings = live.descent
        cost = live.coefficients, settings.driven_objective, settings.driven_unit, settings.random_transformations
        with self._watch:
            changed = [batch for batch in self._batches if not self._is_evaluated(batch, cost)]
            for batch, evaluation in zip(changed, evaluate(changed, *cost), strict=True):
                self._evaluated[batch] = _Evaluated(batch.images, cost, evaluation)
        return [self._evaluated[batch].evaluation for batch in self._batches]

    def judged(self, costs: list[Evaluation]) -> Iterator[Save | Inspection]:
        by_hand, self._steering.reinitialised = self._steering.reinitialised, None
        if self._is_due:
            falling = self._judge(costs)
            yield self._save(costs, falling)
            yield from self._steering.looks(
                self._step, self.evaluate, within=np.inf if self.is_over else self._watch.seconds
            )
            for batch, slots in zip(self._batches, falling, strict=True):
                batch.reinitialise(slots)
        elif by_hand is not None or (self._steering.paused and self._saved_at != self._step):
            yield self._save(costs, by_hand or no_slots(self._batches))
            if self.is_over:
                yield from self._steering.looks(self._step, self.evaluate)

    def asked(self) -> Generator[Inspection, None, bool]:
        return (yield from self._steering.asked(self._step, self.evaluate))

    def step(self, costs: list[Evaluation]) -> None:
        settings = self._steering.live.descent
        moving = [pair for pair in zip(self._batches, costs, strict=True) if not pair[0].stopped_by]
        with self._watch:
            self._searches.of(settings, self._step).step(moving, settings)
        self._step += 1

    def end(self) -> RunFinished:
        return RunFinished(
            stopped_by=tuple(batch.stopped_by for batch in self._batches), steps=self._step, seconds=self._watch.seconds
        )

    @property
    def _is_due(self) -> bool:
        """Whether the present step must be saved and judged, which happens once."""
        settings = self._steering.live.descent
        is_last = self._step >= settings.max_steps and not settings.keep_refining
        return self._saved_at != self._step and (self._step % settings.save_frequency == 0 or is_last)

    def _is_evaluated(self, batch: LabelBatch, cost: _Cost) -> bool:
        """Returns whether an evaluation is still valid: images are replaced, never modified."""
        known = self._evaluated.get(batch)
        return known is not None and known.images is batch.images and known.cost == cost

    def _judge(self, evaluations: list[Evaluation]) -> list[BoolArray]:
        """Notes a save in every batch, stops batches that are done, and returns the slots to reinitialise."""
        settings = self._steering.live.descent
        falling = no_slots(self._batches)
        for index, (batch, evaluation) in enumerate(zip(self._batches, evaluations, strict=True)):
            if batch.stopped_by:
                continue
            batch.note_save(evaluation, settings)
            if not settings.keep_refining:
                batch.stopped_by = batch.stop_reason(evaluation, self._step, settings)
            if not batch.stopped_by:
                falling[index] = batch.falling_slots(settings)
                batch.reinitialisations = batch.reinitialisations + falling[index]
        return falling

    def _save(self, evaluations: list[Evaluation], reinitialised: Sequence[BoolArray]) -> Save:
        self._saved_at = self._step
        live = self._steering.live
        probabilities = np.stack([evaluation.probabilities for evaluation in evaluations])
        driven = [evaluation.activations for evaluation in evaluations if evaluation.activations is not None]
        activations = frozen(np.stack(driven)) if driven else None
        if activations is None:
            done = probabilities > live.descent.min_probability
        else:
            done = activations > live.descent.activation_goal
        return Save(
            step=self._step,
            seconds=self._watch.seconds,
            labels=tuple(batch.label for batch in self._batches),
            images=frozen(np.stack([batch.images for batch in self._batches])),
            probabilities=frozen(probabilities),
            costs=tuple(evaluation.costs for evaluation in evaluations),
            done=frozen(done),
            reinitialised=frozen(np.stack(reinitialised)),
            reinitialisations=frozen(np.stack([batch.reinitialisations for batch in self._batches])),
            replacements=frozen(np.stack([batch.replacements for batch in self._batches])),
            distances=frozen(np.stack([batch.distances for batch in self._batches])),
            leads=frozen(np.stack([evaluation.leads for evaluation in evaluations])),
            pinned=frozen(np.stack([batch.pinned for batch in self._batches])),
            stopped_by=tuple(batch.stopped_by for batch in self._batches),
            revision=live.revision,
            events=self._steering.taken_events(),
            tops=frozen(np.stack([evaluation.tops for evaluation in evaluations])),
            top_probabilities=frozen(np.stack([evaluation.top_probabilities for evaluation in evaluations])),
            largest_changes=frozen(np.stack([batch.largest_changes for batch in self._batches])),
            activations=activations,
            net_probabilities=_by_net(evaluations),
        )


def _by_net(evaluations: Sequence[Evaluation]) -> FloatArray | None:
    """Returns the probabilities (N, L, B) by the N nets of an ensemble; None for a single net."""
    by_net = [each.net_probabilities for each in evaluations if each.net_probabilities is not None]
    return frozen(np.stack(by_net, axis=1)) if by_net else None
