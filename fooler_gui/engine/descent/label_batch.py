"""One label's batch of images during a descent: its images, moments, histories and stop reason."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import BoolArray, FloatArray
from fooler_gui.core.class_words import class_name, short_name
from fooler_gui.core.errors import LabError
from fooler_gui.core.objectives import PROBABILITY
from fooler_gui.core.optimiser_names import ADAM, EVOLUTION
from fooler_gui.core.random_transformations import NO_TRANSFORMATIONS, RandomTransformations
from fooler_gui.core.save import STOPPED_BY_ACTIVATION, STOPPED_BY_PROBABILITY, STOPPED_BY_STEPS, STOPPED_BY_TOLERANCE
from fooler_gui.core.settings import CostCoefficients, DescentSettings, MethodSettings, SettingError
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot, SetSlotImage, SlotAction
from fooler_gui.data.pixel_range import clipped, range_problem
from fooler_gui.data.starts import Noise, noise_rng, uniform_noise
from fooler_gui.engine.cost.coded_patterns import lengths
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.evaluation import Batch, Evaluation
from fooler_gui.engine.cost.references import References, ReferenceSearch
from fooler_gui.engine.cost.transformations import random_maps
from fooler_gui.engine.descent.budgets import Budgets
from fooler_gui.engine.descent.optimisers import optimiser_of, stepped
from fooler_gui.engine.descent.reinitialisation import keeps_falling

_LONGEST_HISTORY = int(DescentSettings.info("num_mono_dec_saves").maximum or 0)


class NonFiniteCost(LabError, ArithmeticError):
    """The cost or its gradient is no longer a finite number."""


class LabelBatch:
    """The slots of one label.

    Args:
        label: The class they are driven towards.
        images: (B, H, W, C) float32 start images.
        references: The label's references.
        cost: The cost function, shared by all labels.
        method: The article's way or the 2016 program's.
        rng: The label's source of noise.
        rng_seed: The run's, from which random transformations are drawn.

    Attributes:
        label: See above.
        images: (B, H, W, C) float32, the present images. Replaced, never modified.
        pinned: (B,), slots that are kept unchanged.
        reinitialisations: (B,), how often each slot was reinitialised.
        replacements: (B,), how often each slot's image was replaced, for whatever reason.
        stopped_by: Why the batch no longer changes, or "".
        cost: The cost function.
    """

    def __init__(
        self,
        label: int,
        images: FloatArray,
        references: References,
        cost: CostFunction,
        method: MethodSettings,
        rng: np.random.Generator,
        rng_seed: int = 0,
    ) -> None:
        self.label = label
        self.images = images
        self.pinned: BoolArray = np.zeros(len(images), np.bool_)
        self.reinitialisations: npt.NDArray[np.int64] = np.zeros(len(images), np.int64)
        self.replacements: npt.NDArray[np.int64] = np.zeros(len(images), np.int64)
        self.stopped_by = ""
        self._starts = images
        self._search = ReferenceSearch(references)
        self.cost = cost
        self._method = method
        self._rng = rng
        self._rng_seed = rng_seed
        self._steps = 0
        self._optimiser_name = ADAM
        self._optimiser = optimiser_of(ADAM, images.shape)
        self._histories: list[list[float]] = [[] for _ in images]
        self._history_of = ""
        self._previous_total: float | None = None

    @property
    def label_name(self) -> str:
        """What the label is called, shortened if long."""
        return short_name(class_name(self.cost.class_names, self.label))

    @property
    def distances(self) -> FloatArray:
        """(B,) float32, Euclidean distances of the present images from their starts."""
        return lengths((self.images - self._starts).reshape(len(self.images), -1))

    @property
    def largest_changes(self) -> FloatArray:
        """(B,) float32, the largest change of a pixel in each of the present images since its start."""
        changes: FloatArray = np.abs(self.images - self._starts).max(axis=(1, 2, 3))
        return changes

    @property
    def to_evaluate(self) -> Batch:
        """The present images as input of a cost function."""
        return Batch(self.images, self.label, self._search, self._starts)

    def to_evaluate_with(self, transformations: RandomTransformations) -> Batch:
        """Returns the same with random transformations, which depend on seed, label and steps alone."""
        if not transformations.number:
            return self.to_evaluate
        rng = noise_rng(Noise.TRANSFORMATIONS, self._rng_seed, self.label, self._steps)
        return self.to_evaluate._replace(maps=random_maps(rng, transformations, len(self.images)))

    def step(self, evaluation: Evaluation, settings: DescentSettings) -> None:
        """Moves every unpinned image one step against the gradient of `evaluation`.

        Another optimiser than in the step before begins without moments.
        """
        if settings.optimiser != self._optimiser_name:
            self._optimiser_name = settings.optimiser
            self._optimiser = optimiser_of(settings.optimiser, self.images.shape)
        self._steps += 1
        self.images = stepped(
            self.images,
            evaluation.gradient,
            self._optimiser,
            settings.learning_rate,
            ~self.pinned,
            keep_in_range=self._method.keep_in_range,
            within=Budgets(self._starts, settings.budget_linf, settings.budget_l2),
            blur=settings.blur_after(self._steps),
        )
        self._previous_total = evaluation.costs.total

    def allows(self, slot: int, images: FloatArray, settings: DescentSettings) -> BoolArray:
        """Returns (N,) which of some `images` (N, H, W, C) are within the budgets of `slot`."""
        start = self._starts[slot : slot + 1]
        return Budgets(start, settings.budget_linf, settings.budget_l2).holds(images)

    def show(self, images: Sequence[FloatArray | None]) -> None:
        """Takes images (H, W, C) that a search without gradients found, one for each slot; None leaves it unchanged."""
        found = {slot: image for slot, image in enumerate(images) if image is not None}
        if found:
            self.images = self.images.copy()
            self.images[list(found)] = np.stack(list(found.values()))
        self._optimiser_name = EVOLUTION
        self._previous_total = None

    def note_save(self, evaluation: Evaluation, settings: DescentSettings) -> None:
        """Adds a save to the slots' histories, which are of probabilities or of one unit's activations, never of both.

        With another unit, or none, they start anew.
        """
        if settings.driven_unit != self._history_of:
            self._history_of = settings.driven_unit
            self._histories = [[] for _ in self._histories]
        values = evaluation.probabilities if evaluation.activations is None else evaluation.activations
        for history, value in zip(self._histories, values, strict=True):
            history.append(float(value))
            del history[:-_LONGEST_HISTORY]

    def stop_reason(self, evaluation: Evaluation, step: int, settings: DescentSettings) -> str:
        """Returns why the batch stops at a save after `step` steps, or "". Pinned slots do not count."""
        slots = np.ones_like(self.pinned) if self.pinned.all() else ~self.pinned
        if step >= settings.min_steps and _is_there(evaluation, slots, settings):
            return STOPPED_BY_PROBABILITY if evaluation.activations is None else STOPPED_BY_ACTIVATION
        if step >= settings.max_steps:
            return STOPPED_BY_STEPS
        previous = self._previous_total
        if previous is not None and abs(evaluation.costs.total - previous) < settings.tolerance:
            return STOPPED_BY_TOLERANCE
        return ""

    def falling_slots(self, settings: DescentSettings) -> BoolArray:
        """Returns (B,) the slots to reinitialise at this save; under evolution none, as elites never fall."""
        if settings.optimiser == EVOLUTION:
            return np.zeros(len(self.images), np.bool_)
        falling = [keeps_falling(history, settings) for history in self._histories]
        return np.array(falling) & ~self.pinned

    def reinitialise(self, slots: BoolArray, rng: np.random.Generator | None = None) -> None:
        """Gives the slots where `slots` (B,) is true fresh noise, by default the label's own, and a fresh history."""
        if slots.any():
            noise = uniform_noise(rng or self._rng, (int(slots.sum()), *self.images.shape[1:]))
            self._replace(slots, noise)

    def act(self, action: SlotAction) -> None:
        """Performs a person's action on a slot; a stopped batch continues if an image was changed or unpinned.

        Raises:
            SettingError: The slot does not exist, or the image has another shape or range.
        """
        if not 0 <= action.slot < len(self.images):
            raise SettingError(f"A slot must be from 0 to {len(self.images) - 1}; received {action.slot}.")
        slots = np.arange(len(self.images)) == action.slot
        match action:
            case PinSlot(pinned=pinned):
                self.pinned = np.where(slots, pinned, self.pinned)
                if not pinned:
                    self.stopped_by = ""
            case ReinitialiseSlot(rng_seed=rng_seed):
                own = None if rng_seed is None else noise_rng(Noise.SLOT_ACTIONS, rng_seed, self.label, action.slot)
                self.reinitialisations = self.reinitialisations + slots
                self.reinitialise(slots, own)
            case SetSlotImage(image=image, reinitialisations=reinitialisations):
                if image.shape != self.images.shape[1:]:
                    raise SettingError(
                        f"An image for a slot must have the shape {self.images.shape[1:]}; received {image.shape}."
                    )
                put_back = reinitialisations is not None and bool(np.isfinite(image).all())
                problem = "" if put_back else range_problem(image)
                if problem:
                    raise SettingError(f"An image for a slot must be {problem}.")
                self._replace(slots, (image if put_back else clipped(image))[np.newaxis])
                if reinitialisations is not None:
                    self.reinitialisations = np.where(slots, reinitialisations, self.reinitialisations)

    def _replace(self, slots: BoolArray, images: FloatArray) -> None:
        self.images = self.images.copy()
        self.images[slots] = images
        self._starts = np.where(slots[:, np.newaxis, np.newaxis, np.newaxis], self.images, self._starts)
        self.replacements = self.replacements + slots
        if self._method.fresh_moments:
            self._optimiser.forget(slots)
        for slot in np.flatnonzero(slots):
            self._histories[slot].clear()
        self.stopped_by = ""


def evaluate(
    batches: Sequence[LabelBatch],
    coefficients: CostCoefficients,
    objective: str = PROBABILITY,
    unit: str = "",
    transformations: RandomTransformations = NO_TRANSFORMATIONS,
) -> list[Evaluation]:
    """Returns the evaluation of each batch's present images, in as few calls as possible.

    Args:
        batches: The batches.
        coefficients: The factors of the costs.
        objective: What misclassification cost means, one of `OBJECTIVES`.
        unit: The unit whose activation is the objective, if that is "unit".
        transformations: Over which misclassification cost is averaged.

    Raises:
        NonFiniteCost: A cost is not finite.
        SettingError: There is no such unit.
    """
    evaluations: dict[LabelBatch, Evaluation] = {}
    for cost in dict.fromkeys(batch.cost for batch in batches):
        together = [batch for batch in batches if batch.cost is cost]
        wanted = [batch.to_evaluate_with(transformations) for batch in together]
        made = cost.evaluate_together(wanted, coefficients, objective, unit)
        evaluations |= zip(together, made, strict=True)
    for batch, evaluation in evaluations.items():
        check_finite(batch.label_name, evaluation)
    return [evaluations[batch] for batch in batches]


def _is_there(evaluation: Evaluation, slots: BoolArray, settings: DescentSettings) -> bool:
    """Returns whether the images of `slots` (B,) are where a run stops: all activations, or the probabilities."""
    if evaluation.activations is not None:
        return bool(evaluation.activations[slots].min() > settings.activation_goal)
    probabilities = evaluation.probabilities[slots]
    return bool(probabilities.min() > settings.min_probability or probabilities.mean() > settings.mean_probability)


def check_finite(name: str, evaluation: Evaluation) -> None:
    """Checks the `evaluation` of the batch of the label called `name`.

    Raises:
        NonFiniteCost: Cost or gradient is not finite.
    """
    if not evaluation.is_finite:
        total = evaluation.costs.total
        culprit = "gradient of the cost" if np.isfinite(total) else "cost"
        raise NonFiniteCost(
            f"The {culprit} for label {name} is no longer a finite number (total {total:g}), so the run was "
            "stopped; the last save is kept. Smaller coefficients or a smaller learning rate avoid this."
        )
