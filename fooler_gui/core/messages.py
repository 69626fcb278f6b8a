"""The engine's messages: frozen values that may cross threads.

Arrays in a message are fresh and read-only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fooler_gui.core.dataset_info import DatasetInfo
from fooler_gui.core.evaluation_report import DigitFigures, EvaluationReport, SetFigures
from fooler_gui.core.formats import format_bytes
from fooler_gui.core.input_range import UNIT
from fooler_gui.core.label_sample import sampled_labels
from fooler_gui.core.reference_settings import ReferenceCount
from fooler_gui.core.round_report import HonestyCheck, RoundReport
from fooler_gui.core.rounds_spec import RoundsSpec
from fooler_gui.core.run_events import RunEvent, SettingsApplied

FloatArray = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

STOPPED_BY_PROBABILITY = "probability"
STOPPED_BY_STEPS = "max_steps"
STOPPED_BY_TOLERANCE = "tolerance"
STOPPED_BY_USER = "stopped"
STOPPED_BY_FAULT = "fault"
"""For a run that failed, only in its record; its job's failure says why."""
INTERRUPTED = "interrupted"
"""For a run that was interrupted by a crash and recovered."""

STOP_REASONS = (
    STOPPED_BY_PROBABILITY,
    STOPPED_BY_STEPS,
    STOPPED_BY_TOLERANCE,
    STOPPED_BY_USER,
    STOPPED_BY_FAULT,
    INTERRUPTED,
)
"""Every reason for a run to have ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierInfo:
    """The classifier in use.

    Attributes:
        name: A short name to show.
        path: Its ``.keras`` file.
        sha256: The hash of that file, in hexadecimal.
        topology: Its layers.
        input_shape: (height, width, channels).
        class_names: One for each output.
        recorded_layers: Their names in order, from ``inputs`` up.
        parameters: How many weights it has.
        test_accuracy: Share of the test images it gets right, 0 to 1; None without a dataset.
        doubt: Why it may not be usable as it is, in sentences; "" if nothing is wrong.
        input_range: What it was made for, a key of `INPUT_RANGES`.
        adapted: What was put in front of the net and behind it, so that it takes images in [0, 1] and gives
            probabilities, in sentences.
        asked_range: The input range that was asked for when the file was opened; "" if none was.
        asked_output: The output that was asked for then; "" likewise.
        has_none_class: Whether its last class is for images that show nothing.
        asked_layers: The layers that were asked to be recorded; None for those proposed.
        fits_article: Whether the article's coefficients fit it: an ordinary net for MNIST, as the article's.
        layer_distances: The mean squared distance between training images of a class in each recorded layer; () where
            the article's coefficients fit, or without training images.
    """

    name: str
    path: str
    sha256: str
    topology: str
    input_shape: tuple[int, int, int]
    class_names: tuple[str, ...]
    recorded_layers: tuple[str, ...]
    parameters: int
    test_accuracy: float | None
    doubt: str = ""
    input_range: str = UNIT
    adapted: tuple[str, ...] = ()
    asked_range: str = ""
    asked_output: str = ""
    has_none_class: bool = False
    asked_layers: tuple[str, ...] | None = None
    fits_article: bool = True
    layer_distances: tuple[float, ...] = ()

    @property
    def label_names(self) -> tuple[str, ...]:
        """The classes that images can be driven towards: all but the class for images that show nothing."""
        return self.class_names[:-1] if self.has_none_class else self.class_names

    @property
    def every_label(self) -> tuple[int, ...]:
        """The indices of `label_names`."""
        return tuple(range(len(self.label_names)))

    def figure_labels(self, rng_seed: int) -> tuple[int, ...]:
        """Returns the labels of the article's first figure: all, or of very many a sample drawn with `rng_seed`."""
        return sampled_labels(len(self.label_names), rng_seed)

    def is_figure(self, labels: tuple[int, ...], rng_seed: int) -> bool:
        """Returns whether a run of `labels` with `rng_seed` makes the article's first figure, or one of every label."""
        return tuple(sorted(labels)) in (self.every_label, self.figure_labels(rng_seed))

    def is_same_net(self, other: ClassifierInfo) -> bool:
        """Returns whether `other` is this output of the same file, perhaps with other pixels or recorded layers."""
        return bool(self.sha256) and (self.sha256, self.asked_output) == (other.sha256, other.asked_output)

    def takes(self, image_shape: tuple[int, ...], label: int) -> bool:
        """Returns whether images of `image_shape`, (height, width, channels), can be driven towards `label`."""
        return image_shape == self.input_shape and label < len(self.label_names)


class LayerFacts(NamedTuple):
    """One use of a layer or operation: its output's shape without the number of images, and its weights' number."""

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int


class RecordedFacts(NamedTuple):
    """A recorded layer: its units, the bytes of one image's activations, and those of all references (0: unknown).

    `milliseconds` is the time that its costs add to a step of one label; None if it was not measured.
    """

    name: str
    units: int
    bytes: int
    reference_bytes: int
    milliseconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierDescribed:
    """A classifier's file, described.

    Attributes:
        classifier: The classifier; without a dataset if that in use has other images or classes.
        layers: Every use of a layer, in order.
        recorded: The recorded layers.
    """

    classifier: ClassifierInfo
    layers: tuple[LayerFacts, ...]
    recorded: tuple[RecordedFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayersDescribed:
    """Every layer that the classifier in use can record, from the inputs up.

    Attributes:
        layers: What each gives.
        recorded: What each would take, in the same order.
        proposed: The names of those that are recorded if nobody chooses.
    """

    layers: tuple[LayerFacts, ...]
    recorded: tuple[RecordedFacts, ...]
    proposed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerTimed:
    """The costs of the layer called `name` add so many `milliseconds` to a step of one label."""

    name: str
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierReady:
    """A classifier is ready for use.

    Attributes:
        classifier: The classifier.
        former: The one it replaced, if that can be restored.
    """

    classifier: ClassifierInfo
    former: ClassifierInfo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoClassifier:
    """No classifier is in use: that of before cannot classify the new dataset.

    Attributes:
        sentence: Why; "" if there was none before.
    """

    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DatasetReady:
    """Another dataset is in use.

    Attributes:
        dataset: The dataset; without images where a classifier is used without one.
        examples: (K, H, W, C) uint8, a training image of each of its first classes; K may be 0.
    """

    dataset: DatasetInfo
    examples: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """Something that takes a while is in progress. `fraction` is 0 to 1, or None if it is unknown."""

    sentence: str
    fraction: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingProgress:
    """The progress of a training.

    Attributes:
        step: Steps done, from 1.
        steps: Steps in all.
        loss: Mean cross-entropy per image since the last progress, in nats.
        validation_accuracy: Share of the validation images classified correctly, 0 to 1; None if not measured at this
        step. images_per_second: Training images per second since the start, without the time for validation.
        seconds_left: Estimated time to the last step.
    """

    step: int
    steps: int
    loss: float
    validation_accuracy: float | None
    images_per_second: float
    seconds_left: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingFinished:
    """A training ended, after its last step or because it was stopped."""

    steps: int
    seconds: float
    images_per_second: float
    test_accuracy: float
    stopped: bool


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

    There are L labels and B slots per label; images are (H, W, C).

    Attributes:
        step: Steps done when it was recorded; 0 is the start.
        seconds: Time since the run started, without pauses.
        labels: The L labels.
        images: (L, B, H, W, C) float32, in [0, 1] unless the method lets pixels leave the range.
        probabilities: (L, B) float32, the correct classification probabilities.
        costs: One for each label.
        done: (L, B), probability above `min_probability`.
        reinitialised: (L, B), slots reinitialised at this save: their noise is in the next save, or already in
            this one where a person asked for it.
        reinitialisations: (L, B), how often each slot has been reinitialised, this time included.
        replacements: (L, B), how often each slot's image has been replaced since the start, for whatever reason.
        distances: (L, B) float32, Euclidean distance of each image from its start.
        leads: (L, B), whether the label is the most probable class.
        tops: (L, B), the most probable classes; None in runs recorded before these were.
        top_probabilities: (L, B) float32, their probabilities; None like `tops`.
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

    @property
    def applied(self) -> tuple[tuple[int, int], ...]:
        """(revision, first step made with it) of every change applied since the previous save."""
        return tuple((event.revision, event.step) for event in self.events if isinstance(event, SettingsApplied))

    def found_images(self) -> FloatArray:
        """Returns the (N, H, W, C) images over the threshold; N may be 0."""
        return self.images[self.done]

    def found_labels(self) -> IntArray:
        """Returns the (N,) labels of the found images."""
        labels: IntArray = np.broadcast_to(np.array(self.labels)[:, np.newaxis], self.done.shape)[self.done]
        return labels


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InspectedLayer:
    """One image in one recorded layer.

    Attributes:
        name: The layer's name.
        nearest: (H, W, C) float32 in [0, 1], the label's nearest training image in this layer; None if the
            nearest is taken unit by unit.
        nearest_index: Its index among the label's training images, in the dataset's order; None likewise.
        distance: To the nearest, the mean squared difference over the layer's units; None if no term measures it.
    """

    name: str
    nearest: FloatArray | None
    nearest_index: int | None
    distance: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedTerm:
    """One image's part in one cost of its batch.

    Attributes:
        place: Identifies the cost.
        value: The image's own value; None if the batch is too small for this cost or it was not computed.
        share: Its own share of the batch's weighted cost.
    """

    place: TermPlace
    value: float | None
    share: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opinion:
    """A second opinion on an image.

    Attributes:
        who: "independent net" or "nearest neighbours".
        probabilities: (classes,) float32: the net's, or the shares of the neighbours.
        neighbours: (K, H, W, C) float32 in [0, 1], the training images nearest in pixels, nearest first; 0 for a net.
        neighbour_labels: Their K classes.
    """

    who: str
    probabilities: FloatArray
    neighbours: FloatArray
    neighbour_labels: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FooledShare:
    """How many of the images over the threshold fool a second opinion too.

    Attributes:
        who: As in `Opinion`.
        fooled: How many.
        images: The number of images over the threshold, from 0.
    """

    who: str
    fooled: int
    images: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inspection:
    """A closer look at one image of a batch.

    Shares add up to the batch's costs: a mean is split into each image's part; one over a mean distance is split in
    proportion to one over each image's own distance, so that the nearest image has the largest share.

    Attributes:
        label: The class that it is driven towards.
        slot: Its slot.
        step: The run's step.
        image: (H, W, C) float32.
        probabilities: (classes,) float32, of every class of the classifier.
        gradient: (H, W, C) float32, of the label's probability with respect to the pixels.
        layers: One for each recorded layer.
        terms: Its part in each cost, in the order of `LabelCosts`.
        opinions: Second opinions on it.
        fooled: The second opinions on all images over the threshold; empty while a run is in progress.
    """

    label: int
    slot: int
    step: int
    image: FloatArray
    probabilities: FloatArray
    gradient: FloatArray
    layers: tuple[InspectedLayer, ...]
    terms: tuple[InspectedTerm, ...]
    opinions: tuple[Opinion, ...]
    fooled: tuple[FooledShare, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStalled:
    """A run cannot be recorded at present and waits until it can. `sentence` says why."""

    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavesThinned:
    """A run has more saves than its budget holds; older ones are thinned from now on."""

    bytes: int

    @property
    def sentence(self) -> str:
        """The sentence to show."""
        return (
            f"The run's saves take more than {format_bytes(self.bytes)}; older ones are now thinned. The first, the "
            "last and the best stay; changes, reinitialisations and milestones go last."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencesChosen:
    """The run that begins has so many references, of all its labels together."""

    count: ReferenceCount


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A remark on work that continues all the same."""

    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingGoesOn:
    """A run that waited can be recorded again and continues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    """A run of the descent ended.

    Attributes:
        stopped_by: Why each label's batch stopped: "probability", "max_steps", "tolerance", "stopped" (by the
            person) or "interrupted" (by a crash).
        steps: Steps done.
        seconds: The time it took, without pauses.
    """

    stopped_by: tuple[str, ...]
    steps: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fooledness:
    """A classifier's accuracy and how easily it is fooled. All are shares or probabilities, 0 to 1.

    Attributes:
        test_accuracy: Share of the test images right.
        found_mean_confidence: Mean highest probability on the found images.
        noise_mean_confidence: Mean highest probability on fresh uniform noise.
        fresh_fooled_share: Share of fresh noise images driven over 0.999 within 60 steps by the misclassification
            cost alone.
    """

    test_accuracy: float
    found_mean_confidence: float
    noise_mean_confidence: float
    fresh_fooled_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrainingFinished:
    """A retraining ended: the classifier before and after it, and the images used."""

    before: Fooledness
    after: Fooledness
    found_images: int
    steps: int
    seconds: float
    stopped: bool
    candidate: ClassifierInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundsOpened:
    """Rounds were found in `folder`, made by `spec`; each follows as `RoundFinished`."""

    spec: RoundsSpec
    folder: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoundFinished:
    """A round of backwork and retraining is finished, now or earlier; number 0 is before the first.

    Attributes:
        report: Its figures.
        label_names: The names of the L labels that it drove images towards; all for number 0.
        images: (L, B, H, W, C) float32, some of the images that it drove towards each of them; none for number 0.
        probabilities: (L, B), of their labels, by the classifier they were made on.
    """

    report: RoundReport
    label_names: tuple[str, ...]
    images: FloatArray
    probabilities: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class HonestyChecked:
    """The honesty checks of the classifier called `name` are done."""

    name: str
    checks: tuple[HonestyCheck, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitsEvaluated:
    """The first part of an evaluation is done: the test images."""

    figures: DigitFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class SetEvaluated:
    """One more set of an evaluation is done."""

    figures: SetFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationFinished:
    """An evaluation is done or stopped."""

    report: EvaluationReport


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorstImages:
    """For each of some classes the training images that the classifier is least sure of (the article's second figure).

    Attributes:
        labels: The L classes.
        classes: Of how many they are.
        images: (L, B, H, W, C) float32 in [0, 1], the least sure first.
        probabilities: (L, B) float32, of the image's own class.
    """

    labels: tuple[int, ...]
    classes: int
    images: FloatArray
    probabilities: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFailed:
    """A job ended early.

    Attributes:
        sentence: Can be shown as it is.
        details: The traceback as text, or "".
        choices: The names of which a person must choose one for it to succeed; mostly none.
    """

    sentence: str
    details: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEnded:
    """The last message of every job, whatever happened in it."""


Message = (
    ClassifierReady
    | NoClassifier
    | DatasetReady
    | LayersDescribed
    | LayerTimed
    | Working
    | TrainingProgress
    | TrainingFinished
    | Save
    | RecordingStalled
    | RecordingGoesOn
    | SavesThinned
    | ReferencesChosen
    | Remark
    | RunFinished
    | RetrainingFinished
    | RoundsOpened
    | RoundFinished
    | HonestyChecked
    | Inspection
    | DigitsEvaluated
    | SetEvaluated
    | EvaluationFinished
    | WorstImages
    | JobFailed
    | JobEnded
)


def frozen(array: np.ndarray) -> np.ndarray:
    """Makes `array` read-only for use in a message, and returns it."""
    array.setflags(write=False)
    return array
