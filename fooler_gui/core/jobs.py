"""What the engine can be asked to do: frozen requests, answered by a stream of messages."""

from __future__ import annotations

from dataclasses import dataclass

from fooler_gui.core.evaluation_report import EvaluationSettings
from fooler_gui.core.messages import FloatArray, IntArray, Save
from fooler_gui.core.rounds_spec import RoundsSpec
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import (
    CostCoefficients,
    HasSettings,
    MethodSettings,
    RetrainingSettings,
    TrainingSettings,
    seed_setting,
)
from fooler_gui.core.topology import Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenClassifier:
    """Load the classifier of the file `path` and put it in use. Answered by `ClassifierReady`."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveClassifier:
    """Write the classifier in use to the file `path`, which may exist. Answered by `ClassifierReady`."""

    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreFormer:
    """Put the former classifier back in use; the present one becomes the former. Answered by `ClassifierReady`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Train:
    """Train a classifier and put it in use. Answered by progress, `TrainingFinished` and `ClassifierReady`.

    Attributes:
        topology: Of the new classifier; not used when `go_on`.
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
    """Compute ahead what a run for `labels` with `method` will need first. Answered by nothing."""

    labels: tuple[int, ...]
    method: MethodSettings


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Backwork:
    """Run the descent that `spec` describes. Answered by saves and `RunFinished`.

    Attributes:
        spec: The run.
        folder: Where it records itself from its first step; a run there is replaced. "" for no record.
        starts: (L, B, H, W, C) float32 images to start from, in place of those that `spec` makes; None for these.
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
    """Make rounds of backwork and retraining, or go on with some. Answered by progress and `RoundFinished`.

    The classifier in use stays.

    Attributes:
        spec: How they are made.
        folder: Where they are left; rounds that are there already, made the same way, are not made again.
        second_opinion: The ``.keras`` file of an independent classifier that never saw a found image.
    """

    spec: RoundsSpec
    folder: str
    second_opinion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRounds:
    """Read the rounds in `folder`, to be looked at and gone on with. Answered by `RoundsOpened` and `RoundFinished`."""

    folder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckHonesty(HasSettings):
    """Attack the classifier in use in ways that one which only hides its gradients would not stand.

    Answered by progress and `HonestyChecked`.

    Attributes:
        former: The ``.keras`` file of the classifier before it, whose images are tried on it; "" where there is none.
        rng_seed: The number that starts the noise.
    """

    former: str = ""
    rng_seed: int = seed_setting("The number that starts the noise.")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inspect:
    """Look closer at an image of a run that rests. Answered by `Inspection`.

    Attributes:
        save: The run's last.
        label: One of its labels.
        slot: One of its slots.
        method: As the run's.
        coefficients: That costs are weighted with; those of other layers than the classifier's are the article's.
    """

    save: Save
    label: int
    slot: int
    method: MethodSettings
    coefficients: CostCoefficients


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluate:
    """Evaluate the classifier in use. Answered by progress, its figures one by one, and `EvaluationFinished`.

    Attributes:
        settings: How many images, and the seed.
        found: (N, H, W, C) float32, found images; N may be 0.
        found_labels: (N,), what they were driven towards.
        files: (name, path) of further sets: IDX or ``.npz`` files of images.
    """

    settings: EvaluationSettings
    found: FloatArray
    found_labels: IntArray
    files: tuple[tuple[str, str], ...] = ()


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
    | SaveClassifier
    | RestoreFormer
    | Train
    | Prepare
    | Backwork
    | Retrain
    | PerformRounds
    | OpenRounds
    | CheckHonesty
    | Inspect
    | Evaluate
    | KeepCandidate
    | DiscardCandidate
    | FindWorstImages
)
