"""One label's batch of images in the course of a descent: its images, moments, histories and what stopped it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fooler_gui.core.errors import LabError
from fooler_gui.core.messages import (
    STOPPED_BY_PROBABILITY,
    STOPPED_BY_STEPS,
    STOPPED_BY_TOLERANCE,
    BoolArray,
    FloatArray,
)
from fooler_gui.core.run_control import LiveSettings
from fooler_gui.core.settings import CostCoefficients, DescentSettings, MethodSettings, SettingError
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot, SetSlotImage, SlotAction
from fooler_gui.data.pixel_range import clipped, range_problem
from fooler_gui.data.starts import uniform_noise
from fooler_gui.engine.cost.coded_patterns import lengths
from fooler_gui.engine.cost.cost_function import Batch, CostFunction, Evaluation
from fooler_gui.engine.cost.references import References, ReferenceSearch
from fooler_gui.engine.descent.pixel_adam import PixelAdam
from fooler_gui.engine.descent.restarts import keeps_falling

_LONGEST_HISTORY = int(DescentSettings.info("num_mono_dec_saves").maximum or 0)


class NonFiniteCost(LabError, ArithmeticError):
    """The cost or its gradient is no finite number any more. Its text can be shown as it is."""


class LabelBatch:
    """The slots of one label.

    Args:
        label: The class they are driven towards.
        images: (B, H, W, C) float32 start images.
        references: The label's references.
        cost: The cost function, shared by all labels.
        method: The article's way or the 2016 program's.
        rng: The label's source of noise.

    Attributes:
        label: See above.
        images: (B, H, W, C) float32, the present images. Replaced, never written into.
        pinned: (B,), slots that are left alone.
        restarts: (B,), how often each slot was reinitialised.
        births: (B,), how often each slot got another image, whoever asked for it.
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
    ) -> None:
        self.label = label
        self.images = images
        self.pinned: BoolArray = np.zeros(len(images), np.bool_)
        self.restarts: npt.NDArray[np.int64] = np.zeros(len(images), np.int64)
        self.births: npt.NDArray[np.int64] = np.zeros(len(images), np.int64)
        self.stopped_by = ""
        self._starts = images
        self._search = ReferenceSearch(references)
        self.cost = cost
        self._method = method
        self._rng = rng
        self._adam = PixelAdam(images.shape)
        self._histories: list[list[float]] = [[] for _ in images]
        self._evaluation: Evaluation | None = None
        self._evaluated_with: CostCoefficients | None = None
        self._previous_total: float | None = None

    @property
    def evaluation(self) -> Evaluation:
        """Of the present images, as `evaluate` left it."""
        assert self._evaluation is not None, "the images changed since they were evaluated"
        return self._evaluation

    @property
    def distances(self) -> FloatArray:
        """(B,) float32, Euclidean, of the present images from those that they started as."""
        return lengths((self.images - self._starts).reshape(len(self.images), -1))

    def is_evaluated(self, coefficients: CostCoefficients) -> bool:
        """Tells whether `evaluation` is there and holds for `coefficients`."""
        return self._evaluation is not None and self._evaluated_with == coefficients

    def take(self, evaluation: Evaluation, coefficients: CostCoefficients) -> None:
        """Takes over the `evaluation` of the present images under `coefficients`.

        Raises:
            NonFiniteCost: It is no finite number.
        """
        if not evaluation.is_finite:
            total = evaluation.costs.total
            culprit = "gradient of the cost" if np.isfinite(total) else "cost"
            raise NonFiniteCost(
                f"The {culprit} for label {self.label} is no longer a finite number (total {total:g}), so the run was "
                "stopped; the last save is kept. Smaller coefficients or a smaller learning rate avoid this."
            )
        if self._evaluated_with not in (None, coefficients):
            self._previous_total = None  # costs under different coefficients do not compare
        self._evaluation, self._evaluated_with = evaluation, coefficients

    @property
    def to_evaluate(self) -> Batch:
        """The present images as a cost function takes them."""
        return Batch(self.images, self.label, self._search, self._starts)

    def step(self, live: LiveSettings) -> None:
        """Changes every image that is not pinned by one step of Adam."""
        evaluation = self.evaluation
        change = self._adam.update(evaluation.gradient, live.descent.learning_rate, ~self.pinned)
        images = self.images + change
        if self._method.keep_in_range:
            images = np.clip(images, 0, 1)
        images[self.pinned] = self.images[self.pinned]
        self.images = images
        self._previous_total = evaluation.costs.total
        self._evaluation = None

    def note_save(self, probabilities: FloatArray) -> None:
        """Adds a save's `probabilities` (B,) to the slots' histories."""
        for history, probability in zip(self._histories, probabilities, strict=True):
            history.append(float(probability))
            del history[:-_LONGEST_HISTORY]

    def stop_reason(self, step: int, settings: DescentSettings) -> str:
        """Returns why the batch is to stop at a save after `step` steps, or "". Pinned slots do not count."""
        probabilities = self.evaluation.probabilities
        judged = probabilities if self.pinned.all() else probabilities[~self.pinned]
        sure = judged.min() > settings.min_probability or judged.mean() > settings.mean_probability
        if sure and step >= settings.min_steps:
            return STOPPED_BY_PROBABILITY
        if step >= settings.max_steps:
            return STOPPED_BY_STEPS
        previous = self._previous_total
        if previous is not None and abs(self.evaluation.costs.total - previous) < settings.tolerance:
            return STOPPED_BY_TOLERANCE
        return ""

    def falling_slots(self, settings: DescentSettings) -> BoolArray:
        """Returns (B,) which slots are to be reinitialised at this save."""
        falling = [keeps_falling(history, settings) for history in self._histories]
        return np.array(falling) & ~self.pinned

    def reinitialise(self, slots: BoolArray) -> None:
        """Gives the slots where `slots` (B,) is true fresh noise and a fresh history."""
        if slots.any():
            noise = uniform_noise(self._rng, (int(slots.sum()), *self.images.shape[1:]))
            self._replace(slots, noise)

    def act(self, action: SlotAction) -> None:
        """Does what a person asked for one slot; a stopped batch goes on when an image changed or was unpinned.

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
            case ReinitialiseSlot():
                self.restarts = self.restarts + slots
                self.reinitialise(slots)
            case SetSlotImage(image=image):
                if image.shape != self.images.shape[1:]:
                    raise SettingError(
                        f"An image for a slot must have the shape {self.images.shape[1:]}; received {image.shape}."
                    )
                problem = range_problem(image)
                if problem:
                    raise SettingError(f"An image for a slot must be {problem}.")
                self._replace(slots, clipped(image)[np.newaxis])

    def _replace(self, slots: BoolArray, images: FloatArray) -> None:
        self.images = self.images.copy()
        self.images[slots] = images
        self._starts = np.where(slots[:, np.newaxis, np.newaxis, np.newaxis], self.images, self._starts)
        self.births = self.births + slots
        if self._method.fresh_moments:
            self._adam.forget(slots)
        for slot in np.flatnonzero(slots):
            self._histories[slot].clear()
        self._evaluation = None
        self._previous_total = None
        self.stopped_by = ""


def evaluate(batches: Sequence[LabelBatch], coefficients: CostCoefficients) -> None:
    """Has every batch's `evaluation` hold for its present images under `coefficients`, in as few calls as it takes.

    What holds already is left alone: a batch that has stopped costs nothing.

    Raises:
        NonFiniteCost: A cost is no finite number.
    """
    changed = [batch for batch in batches if not batch.is_evaluated(coefficients)]
    for cost in dict.fromkeys(batch.cost for batch in changed):
        together = [batch for batch in changed if batch.cost is cost]
        evaluations = cost.evaluate_together([batch.to_evaluate for batch in together], coefficients)
        for batch, evaluation in zip(together, evaluations, strict=True):
            batch.take(evaluation, coefficients)
