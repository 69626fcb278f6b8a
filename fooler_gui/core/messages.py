"""The engine's messages: frozen values that may cross threads.

Arrays in a message are fresh and read-only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import FloatArray, IntArray
from fooler_gui.core.classifier_info import ClassifierInfo, LayerFacts, RecordedFacts
from fooler_gui.core.dataset_info import DatasetInfo
from fooler_gui.core.evaluation_report import DigitFigures, EvaluationReport, SetFigures
from fooler_gui.core.formats import format_bytes
from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.guarantee import Certificate, GuaranteeReport
from fooler_gui.core.inspection import Inspection, Opinions
from fooler_gui.core.least_change import LeastChangeReport
from fooler_gui.core.reference_settings import ReferenceCount
from fooler_gui.core.round_report import HonestyCheck, RoundReport
from fooler_gui.core.rounds_spec import RoundsSpec
from fooler_gui.core.save import Save
from fooler_gui.core.strong_attack import StrongAttackReport
from fooler_gui.core.transfer import TransferReport


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
class EngineLoaded:
    """The engine is loaded; `machine` is what it computes on, as run files record it."""

    machine: Mapping[str, str]


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
class FurtherReady:
    """The `further` classifiers of an ensemble can be opened and fit the one in use; they have their files' hashes."""

    further: tuple[FurtherClassifier, ...]


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
    """Something that takes a while is in progress.

    Attributes:
        sentence: What it is.
        fraction: How much is done, 0 to 1; None if it is unknown.
        seconds_left: How long the rest takes; None to judge by how long the fraction took.
    """

    sentence: str
    fraction: float | None = None
    seconds_left: float | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkTimed:
    """How long a part of long work took.

    Attributes:
        part: One of `core.work_time.PARTS`.
        operations: Multiplications that the classifier makes for an image.
        images: How many images it was applied to at a time.
        times: How often that was.
        seconds: The time, pauses left out.
    """

    part: str
    operations: int
    images: int
    times: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStalled:
    """Work cannot be recorded at present and waits until it can.

    Attributes:
        reason: Why, in a sentence.
        what: What waits: "The run".
    """

    reason: str
    what: str

    @property
    def sentence(self) -> str:
        """The sentences to show."""
        return f"{self.reason} {self.what} waits until it can be written; nothing is lost until then."


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
    """A classifier's accuracy and how easily it is fooled, in shares or probabilities from 0 to 1.

    Attributes:
        test_accuracy: Share of the test images right.
        found_mean_confidence: Mean highest probability on the found images.
        noise_mean_confidence: Mean highest probability on fresh uniform noise.
        fresh_fooled_share: Share of fresh noise images driven over 0.999 within 60 steps by the misclassification
            cost alone.
        found_certified: Median certified radius of the found images for `core.guarantee.least_level`, a Euclidean
            distance; None without a guarantee.
    """

    test_accuracy: float
    found_mean_confidence: float
    noise_mean_confidence: float
    fresh_fooled_share: float
    found_certified: float | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StronglyAttacked:
    """The strongest attack is done or stopped.

    Attributes:
        report: Its figures.
        images: (N, H, W, C) float32 in [0, 1], those over the threshold, in the order of the report.
        nearest: Likewise, the training image nearest to each; none without a dataset.
    """

    report: StrongAttackReport
    images: FloatArray
    nearest: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DigitsEvaluated:
    """The first part of an evaluation is done: the test images. `example`, (H, W, C) in [0, 1], is one of them."""

    figures: DigitFigures
    example: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SetEvaluated:
    """One more set of an evaluation is done. `example`, (H, W, C) in [0, 1], is one of its images."""

    figures: SetFigures
    example: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationFinished:
    """An evaluation is done or stopped."""

    report: EvaluationReport


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LeastChangeFound:
    """The images nearest to their starts that were found so far; the last one tells the end of the search.

    Attributes:
        report: How near they are.
        starts: (N, H, W, C) float32 in [0, 1].
        images: (N, H, W, C) float32 in [0, 1]; the start where none was found.
    """

    report: LeastChangeReport
    starts: FloatArray
    images: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeMade:
    """A classifier with a guarantee has been written to its file."""

    report: GuaranteeReport
    classifier: ClassifierInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """What the guarantee of the classifier in use promises of all images near some."""

    certificate: Certificate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorstImages:
    """For each of some classes the training images that the classifier is least sure of (the article's second figure).

    Attributes:
        labels: The L classes.
        classes: Of how many they are.
        images: (L, B, H, W, C) float32 in [0, 1], the least sure first.
        probabilities: (L, B) float32, of the image's own class.
        tops: (L, B), the most probable class of each image.
    """

    labels: tuple[int, ...]
    classes: int
    images: FloatArray
    probabilities: FloatArray
    tops: IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Classified:
    """What the classifier in use sees in some images.

    Attributes:
        probabilities: (N, classes) float32.
    """

    probabilities: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TestImages:
    """Test images of a class.

    Attributes:
        label: The class.
        places: (N,) their places among all test images, from 0; N may be 0.
        images: (N, H, W, C) uint8.
    """

    __test__ = False  # no test of pytest's

    label: int
    places: IntArray
    images: npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherNetsReady:
    """Exactly these classifiers are open beside the one in use."""

    nets: tuple[ClassifierInfo, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferMeasured:
    """The nets that are open were asked about images."""

    report: TransferReport


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
    EngineLoaded
    | ClassifierReady
    | FurtherReady
    | NoClassifier
    | DatasetReady
    | LayersDescribed
    | LayerTimed
    | Working
    | TrainingProgress
    | TrainingFinished
    | WorkTimed
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
    | StronglyAttacked
    | Inspection
    | Opinions
    | DigitsEvaluated
    | SetEvaluated
    | EvaluationFinished
    | LeastChangeFound
    | GuaranteeMade
    | Certified
    | WorstImages
    | Classified
    | TestImages
    | OtherNetsReady
    | TransferMeasured
    | JobFailed
    | JobEnded
)
