"""A save of a run: images and probabilities recorded together, with their costs. Its arrays are read-only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from fooler_gui.core.arrays import BoolArray, FloatArray, IntArray
from fooler_gui.core.run_events import RunEvent, SettingsApplied

STOPPED_BY_PROBABILITY = "probability"
STOPPED_BY_STEPS = "max_steps"
STOPPED_BY_TOLERANCE = "tolerance"
STOPPED_BY_USER = "stopped"
STOPPED_BY_FAULT = "fault"
"""For a run that failed, only in its record; its job's failure says why."""
STOPPED_BY_ACTIVATION = "activation"
INTERRUPTED = "interrupted"
"""For a run that was interrupted by a crash and recovered."""

STOP_REASONS = (
    STOPPED_BY_PROBABILITY,
    STOPPED_BY_STEPS,
    STOPPED_BY_TOLERANCE,
    STOPPED_BY_USER,
    STOPPED_BY_FAULT,
    INTERRUPTED,
    STOPPED_BY_ACTIVATION,
)
"""Every reason for a run to have ended."""


class TermPlace(NamedTuple):
    """Identifies one cost of a batch.

    Attributes:
        term: The term's name.
        layer: The recorded layer; "" for a term of no layer.
    """

    term: str
    layer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCost:
    """The value of one term for one batch, in one layer if it is a layer term (method.md, Cost of a batch).

    Attributes:
        place: Identifies it.
        cost: None if not computed, as its coefficient was 0; 0 if there are too few slots for it.
        weighted_cost: The cost times its coefficients; 0 if not computed.
        mean_value: The mean of the slots' values, which the cost equals or is one over (`Term.repels`). None if it was
        not
            computed or there are too few slots for it.
        slot_values: (B,) float32, each slot's own value.
    """

    place: TermPlace
    cost: float | None
    weighted_cost: float
    mean_value: float | None
    slot_values: FloatArray = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCosts:
    """Every cost of one label's batch, and their weighted sum.

    Attributes:
        label: The class that the batch is driven towards.
        terms: Layer terms first, layer by layer from the inputs up, then the others.
        total: The sum of all weighted costs, summed within each layer first.
    """

    label: int
    terms: tuple[TermCost, ...]
    total: float

    @property
    def layers(self) -> tuple[str, ...]:
        """The recorded layers with costs, in order."""
        return tuple(dict.fromkeys(cost.place.layer for cost in self.terms if cost.place.layer))

    @property
    def places(self) -> tuple[TermPlace, ...]:
        """The identities of all costs."""
        return tuple(cost.place for cost in self.terms)

    def of(self, term: str, layer: str = "") -> TermCost:
        """Returns the cost of a term, in a layer if it is a layer term.

        Raises:
            KeyError: There is no such cost.
        """
        for cost in self.terms:
            if cost.place == (term, layer):
                return cost
        raise KeyError(f"there is no cost of {term} {layer}".rstrip())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Save:
    """Images and probabilities recorded together: the probabilities are those of these images.

    There are L labels and B slots per label; images are (H, W, C). What an ensemble says of an image is what the net
    says that is least sure of its label.

    Attributes:
        step: Steps done when it was recorded; 0 is the start.
        seconds: Time since the run started, without pauses.
        labels: The L labels.
        images: (L, B, H, W, C) float32, in [0, 1] unless the method lets pixels leave the range.
        probabilities: (L, B) float32, the correct classification probabilities.
        costs: One for each label.
        done: (L, B), probability above `min_probability`; with the objective unit, activation above its goal.
        reinitialised: (L, B), slots reinitialised at this save: their noise is in the next save, or already in
            this one where a person asked for it.
        reinitialisations: (L, B), how often each slot has been reinitialised, this time included.
        replacements: (L, B), how often each slot's image has been replaced since the start, for whatever reason.
        distances: (L, B) float32, Euclidean distance (L2) of each image from its start.
        leads: (L, B), whether the label is the most probable class.
        tops: (L, B), the most probable classes; None in runs recorded before these were.
        top_probabilities: (L, B) float32, their probabilities; None like `tops`.
        largest_changes: (L, B) float32, the largest change of a pixel (L∞) of each image from its start; None in runs
            recorded before these were.
        activations: (L, B) float32, of the unit that is the objective; None with another objective.
        net_probabilities: (N, L, B) float32, the correct classification probabilities by each of the N nets of an
            ensemble, the first classifier's first; None for a single net.
        pinned: (L, B), slots that are kept unchanged.
        stopped_by: For each label why its batch stopped, or "" while it changes.
        revision: The revision of the coefficients and settings used for the last step (`RunControl`).
        events: What was done to the run since the previous save.
    """

    step: int
    seconds: float
    labels: tuple[int, ...]
    images: FloatArray
    probabilities: FloatArray
    costs: tuple[LabelCosts, ...]
    done: BoolArray
    reinitialised: BoolArray
    reinitialisations: IntArray
    replacements: IntArray
    distances: FloatArray
    leads: BoolArray
    pinned: BoolArray
    stopped_by: tuple[str, ...]
    revision: int
    events: tuple[RunEvent, ...]
    tops: IntArray | None = None
    top_probabilities: FloatArray | None = None
    largest_changes: FloatArray | None = None
    activations: FloatArray | None = None
    net_probabilities: FloatArray | None = None

    @property
    def nets(self) -> int:
        """How many nets its images are driven to fool."""
        return 1 if self.net_probabilities is None else len(self.net_probabilities)

    @property
    def applied(self) -> tuple[tuple[int, int], ...]:
        """(revision, first step made with it) of every change applied since the previous save."""
        return tuple((event.revision, event.step) for event in self.events if isinstance(event, SettingsApplied))

    def images_of(self, slots: BoolArray) -> FloatArray:
        """Returns the (N, H, W, C) images of the `slots` (L, B) that are true; N may be 0."""
        return self.images[slots]

    def labels_of(self, slots: BoolArray) -> IntArray:
        """Returns the (N,) labels of those `slots` (L, B)."""
        labels: IntArray = np.broadcast_to(np.array(self.labels)[:, np.newaxis], self.done.shape)[slots]
        return labels
