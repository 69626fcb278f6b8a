"""The engine's jobs: frozen requests, each answered by a stream of messages."""

from __future__ import annotations

from dataclasses import dataclass, field

from fooler_gui.core.arrays import FloatArray, IntArray
from fooler_gui.core.dataset_info import DatasetSettings, DatasetUse
from fooler_gui.core.evaluation_report import EvaluationSettings
from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.guarantee import GuaranteeSettings
from fooler_gui.core.least_change import LeastChangeSettings
from fooler_gui.core.reference_settings import ReferenceSettings
from fooler_gui.core.rounds_spec import RoundsSpec
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import Save
from fooler_gui.core.settings import (
    CostCoefficients,
    HasSettings,
    MethodSettings,
    RetrainingSettings,
    TrainingSettings,
    seed_setting,
)
from fooler_gui.core.strong_attack import StrongAttackSettings
from fooler_gui.core.topology import Topology
from fooler_gui.core.transfer import ImageSource


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClassifier:
    """Load the classifier of the file `path` and put it in use. Answered by `ClassifierReady`.

    Attributes:
        path: The file.
        dataset: What becomes of the dataset in use.
        input_range: What it expects of the pixels, a key of `INPUT_RANGES`; "" for what it reads best.
        output: The name of the output to use, if it has several.
        recorded_layers: The names of the layers to record beside the inputs; None for those proposed.
    """

    path: str
    dataset: DatasetUse = DatasetUse.REQUIRED
    input_range: str = ""
    output: str = ""
    recorded_layers: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFurther:
    """Open further classifiers of an ensemble with the one in use. Answered by `FurtherReady`."""

    further: tuple[FurtherClassifier, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeLayers:
    """Tell which layers the classifier in use can record. Answered by `LayersDescribed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureLayers:
    """Measure how much longer a step takes for each of the layers `names`. Answered by progress and `LayerTimed`."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDataset:
    """Read the dataset of the file or folder `path` and put it in use.

    Answered by `DatasetReady`, and by `ClassifierReady` or `NoClassifier`. The classifier in use stays if it can
    classify the images.

    Attributes:
        path: The file or folder; "" for the bundled dataset.
        largest_side: The longest side that its images may keep, in pixels; see `DatasetSettings`.
        sha256: The hash that it must have, in hexadecimal; "" for any.
        classifier: The classifier to put in use with it in place of the present one; None for the present one.
    """

    path: str
    largest_side: int = DatasetSettings.default("largest_side")
    sha256: str = ""
    classifier: OpenClassifier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetDataset:
    """Download a dataset through Keras and put it in use. Answered by progress, then as `OpenDataset`.

    Attributes:
        name: A key of `core.downloads.DOWNLOADS`.
        path: The ``.npz`` file to write it to; it may exist.
    """

    name: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveClassifier:
    """Write the classifier in use to the file `path`, which may exist. Answered by `ClassifierReady`."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreFormer:
    """Put the former classifier back in use; the present one becomes the former one. Answered by `ClassifierReady`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Train:
    """Train a classifier and put it in use. Answered by progress, `TrainingFinished` and `ClassifierReady`.

    Attributes:
        topology: Of the new classifier; unused with `go_on`.
        settings: Steps, batches, learning rate, seed.
        path: The ``.keras`` file to write the trained classifier to; it may exist.
        go_on: Continue from the weights of the classifier in use instead of fresh ones.
    """

    topology: Topology
    settings: TrainingSettings
    path: str
    go_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepare:
    """Compute in advance what a run needs first, and record references for later runs on disk.

    Answered by no message of its own.

    Attributes:
        labels: The run's.
        method: The run's.
        references: The run's.
        most: How many of the labels to hold ready in memory at most.
    """

    labels: tuple[int, ...]
    method: MethodSettings
    references: ReferenceSettings = field(default_factory=ReferenceSettings)
    most: int = 1024


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Backwork:
    """Run the descent that `spec` describes. Answered by saves and `RunFinished`.

    Attributes:
        spec: The run.
        folder: Where it is recorded from its first step; a run there is replaced. "" records nothing.
        starts: (L, B, H, W, C) float32 images to start from, instead of those that `spec` makes; None for those.
    """

    spec: RunSpec
    folder: str = ""
    starts: FloatArray | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Retrain:
    """Retrain the classifier in use on found images. Answered by progress and `RetrainingFinished`.

    The result is a candidate until it is kept or discarded.

    Attributes:
        settings: Steps, noise, blanks and so on.
        images: (N, H, W, C) float32, the found images, N ≥ 1.
        path: The ``.keras`` file to write the candidate to; it may exist.
    """

    settings: RetrainingSettings
    images: FloatArray
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformRounds:
    """Make rounds of backwork and retraining, or continue them. Answered by progress and `RoundFinished`.

    The classifier in use stays.

    Attributes:
        spec: How they are made.
        folder: Where they are saved; rounds made there in the same way are not repeated.
        second_opinion: The ``.keras`` file of an independent classifier that never saw a found image; "" for nearest
            neighbours in its place.
    """

    spec: RoundsSpec
    folder: str
    second_opinion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRounds:
    """Read the rounds in `folder`, to view or continue them. Answered by `RoundsOpened` and `RoundFinished`."""

    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckHonesty(HasSettings):
    """Attack the classifier in use in ways that reveal whether it only hides its gradients.

    Answered by progress and `HonestyChecked`.

    Attributes:
        former: The ``.keras`` file of the classifier before it, whose images are tried on this one; "" if none.
        rng_seed: The number that starts the noise.
    """

    former: str = ""
    rng_seed: int = seed_setting("The number that starts the noise.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackStrongly:
    """Drive the confidence of the classifier in use up by every attack there is. Answered by `StronglyAttacked`.

    Attributes:
        settings: How long each attack searches, and from how many images.
        starts: What images start from, some of `strong_starts`; empty for the usual ones.
    """

    settings: StrongAttackSettings = field(default_factory=StrongAttackSettings)
    starts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inspect:
    """Inspect an image of a run that is not in progress. Answered by `Inspection`.

    Attributes:
        save: The run's last save.
        label: One of its labels.
        slot: One of its slots.
        method: The run's method.
        coefficients: The weights of the costs; layers without one get the article's.
        references: The run's.
        layer: The layer whose maps are wanted; "" for none.
    """

    save: Save
    label: int
    slot: int
    method: MethodSettings
    coefficients: CostCoefficients
    references: ReferenceSettings = field(default_factory=ReferenceSettings)
    layer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GiveOpinions:
    """Give second opinions on an image of a run that is not in progress. Answered by `Opinions`.

    Attributes:
        save: The run's last save.
        label: One of its labels.
        slot: One of its slots.
    """

    save: Save
    label: int
    slot: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluate:
    """Evaluate the classifier in use. Answered by progress, its figures one by one, and `EvaluationFinished`.

    Attributes:
        settings: How many images, and the seed.
        found: (N, H, W, C) float32, found images; N may be 0.
        found_labels: (N,), the labels they were driven towards.
        files: (name, path) of further sets: IDX or ``.npz`` files of images.
    """

    settings: EvaluationSettings
    found: FloatArray
    found_labels: IntArray
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeastChange:
    """Look for images that the classifier in use calls `label`, as near their starts as possible.

    Answered by progress and `LeastChangeFound`.

    Attributes:
        settings: What is looked for, from how many starts, and how long.
        start: What images start from, as in a `RunSpec`, but not from those of another run.
        label: The class the images are to become.
    """

    settings: LeastChangeSettings
    start: str
    label: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantee:
    """Write a copy of the classifier in use with a guarantee, which stays out of use.

    Answered by progress and `GuaranteeMade`.

    Attributes:
        settings: How its densities are fitted.
        path: The ``.keras`` file to write it to; it may exist.
    """

    settings: GuaranteeSettings
    path: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Certify:
    """Tell what the guarantee of the classifier in use promises of all images near some. Answered by `Certified`.

    Attributes:
        images: (N, H, W, C) float32 in [0, 1], N ≥ 1.
        radius: The Euclidean distance from each image for which a bound is wanted, at least 0.
    """

    images: FloatArray
    radius: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Classify:
    """Tell what the classifier in use sees in some images. Answered by `Classified`.

    Attributes:
        images: (N, H, W, C) float32 in [0, 1], N ≥ 1.
    """

    images: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowTestImages:
    """Show the first test images of a class of the dataset in use. Answered by `TestImages`.

    Attributes:
        label: The class.
        most: How many at most, from 1.
        towards: The class that images are to be driven towards: those that the classifier in use reads right and thinks
            likeliest to be of it come first, those that it misreads last.
    """

    label: int
    most: int
    towards: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOtherNets:
    """Have exactly these classifiers open beside the one in use. Answered by `OtherNetsReady`.

    Each must have the images and classes of the one in use. Those that cannot be used are left out; the job then fails
    after its answer.

    Attributes:
        nets: How to open each; what they say of the dataset does not matter.
    """

    nets: tuple[OpenClassifier, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeasureTransfer:
    """Ask the classifier in use and all others that are open about images. Answered by progress and `TransferMeasured`.

    Attributes:
        sources: The sets of images, at least one.
    """

    sources: tuple[ImageSource, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepCandidate:
    """Put the retrained classifier in use. Answered by `ClassifierReady`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardCandidate:
    """Drop the retrained classifier; the one in use stays. Answered by `ClassifierReady`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindWorstImages:
    """Find for each class the `count` training images it is least sure of. Answered by `WorstImages`."""

    count: int


Job = (
    OpenClassifier
    | OpenFurther
    | OpenDataset
    | GetDataset
    | DescribeLayers
    | MeasureLayers
    | SaveClassifier
    | RestoreFormer
    | Train
    | Prepare
    | Backwork
    | Retrain
    | PerformRounds
    | OpenRounds
    | CheckHonesty
    | AttackStrongly
    | Inspect
    | GiveOpinions
    | Evaluate
    | LeastChange
    | Guarantee
    | Certify
    | Classify
    | ShowTestImages
    | OpenOtherNets
    | MeasureTransfer
    | KeepCandidate
    | DiscardCandidate
    | FindWorstImages
)
