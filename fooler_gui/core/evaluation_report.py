"""The result of an evaluation: a classifier's confidence on test images and on everything else.

Every figure says which images are positive, as published numbers differ in this.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from fooler_gui.core.certified_radii import CertifiedRadii
from fooler_gui.core.image_kinds import EVALUATIONS, kinds_for
from fooler_gui.core.settings import Settings, seed_setting, setting

THRESHOLD = 0.999
"""A classifier is fooled above this confidence."""

HISTOGRAM_BINS = 20
"""Equal bins of confidence from 0 to 1."""

RELIABILITY_BINS = 15
"""Equal bins of confidence from 0 to 1 (Guo and others 2017)."""

TEST = "mnist-test"
UNIFORM = "uniform"
NORMAL = "normal"
CLIPPED_NORMAL = "clipped-normal"
BERNOULLI = "bernoulli"
NEGATIVES = "negatives"
PERMUTED = "permuted-blurred"
SCALED = "scaled"
DRIVEN = "driven"
FOUND = "found"
FASHION, EMNIST, NOTMNIST, OMNIGLOT, GREY_CIFAR = "fashion-mnist", "emnist", "notmnist", "omniglot", "grey-cifar"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetInfo:
    """A set of images of no class.

    Attributes:
        title: Its name on screen.
        tip: What it is, in a sentence.
    """

    title: str
    tip: str


_SETS_OF_A_CLASSIFIER: Mapping[str, SetInfo] = MappingProxyType(
    {
        SCALED: SetInfo(
            title="Scaled noise",
            tip="Uniform noise times the least factor from 1 up that gives confidence over 0.999, clipped to [0, 1].",
        ),
        DRIVEN: SetInfo(
            title="Driven noise",
            tip="Uniform noise driven towards every label for 60 steps by the misclassification cost alone.",
        ),
    }
)


def made_sets() -> dict[str, SetInfo]:
    """Returns the sets that every evaluation makes, by name, in order."""
    kinds = {name: SetInfo(title=kind.title, tip=kind.tip) for name, kind in kinds_for(EVALUATIONS).items()}
    return {**kinds, **_SETS_OF_A_CLASSIFIER}


TEST_INFO = SetInfo(title="Test images", tip="The images of the dataset that are never trained on.")

FOUND_INFO = SetInfo(title="Found images", tip="The images of the given runs that are over the threshold.")

FILE_SETS: Mapping[str, SetInfo] = MappingProxyType(
    {
        FASHION: SetInfo(title="Fashion-MNIST", tip="Test images of clothes (Zalando)."),
        EMNIST: SetInfo(title="EMNIST letters", tip="Test images of handwritten letters."),
        NOTMNIST: SetInfo(title="notMNIST", tip="Letters A to J in many typefaces."),
        OMNIGLOT: SetInfo(title="Omniglot", tip="Handwritten characters of fifty alphabets."),
        GREY_CIFAR: SetInfo(title="Grey CIFAR-10", tip="Test photographs, grey and in 28 × 28 pixels."),
    }
)
"""Sets with published numbers by name; their files are not included and must be given."""


TURNED_UPRIGHT = "Turned upright: EMNIST's own files hold their images transposed."
TAKEN_AS_STORED = (
    "Taken as stored in the file: EMNIST's own hold images transposed, and published figures are for upright ones."
)


def set_info(name: str) -> SetInfo:
    """Returns the facts about the set called `name`; for a user's own file only the name."""
    known = {TEST: TEST_INFO, **made_sets(), FOUND: FOUND_INFO, **FILE_SETS}
    return known.get(name, SetInfo(title=name, tip="Images of a file."))


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationSettings(Settings):
    """How a classifier is evaluated."""

    images: int = setting(
        10_000,
        "Images per set",
        "More makes figures steadier and takes longer: the number of images of each kind of noise, and the most from a "
        "file.",
        minimum=10,
        maximum=100_000,
        unit="images",
    )
    rng_seed: int = seed_setting("The same seed gives the same figures: the number that starts the noise.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Test images whose confidence lies in one of `RELIABILITY_BINS` equal bins.

    Attributes:
        count: How many.
        confidence: Their mean confidence; None if there are none.
        accuracy: Share that is right; None if there are none.
    """

    count: int
    confidence: float | None
    accuracy: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitFigures:
    """How a classifier does on the test images. Shares and probabilities are 0 to 1; confidence is the highest one.

    Attributes:
        images: How many.
        accuracy: Share that is right.
        mean_confidence: Over all images.
        confidence_right: Over those that are right; None if there are none.
        confidence_wrong: Over those that are wrong; None if there are none.
        calibration_error: Expected calibration error, 15 equal bins (Guo and others 2017).
        rms_calibration_error: Root mean square over all bins of 100 images in the order of confidence (Hendrycks and
            others 2019).
        rms_calibration_error_less_last: The same without the bin of the most confident images, as in their program.
        error_auroc: How well low confidence tells wrong from right: area under the ROC; None if either is missing.
        error_aupr: Area under the precision-recall curve, wrong ones positive.
        error_fpr95: Share of the right ones that are flagged when 95 % of the wrong ones are.
        reliability: The bins of the reliability diagram, from confidence 0 up.
        histogram: How many images in each of `HISTOGRAM_BINS` equal bins of confidence.
        certified: How far around them the classifier's guarantee holds; None without one.
    """

    images: int
    accuracy: float
    mean_confidence: float
    confidence_right: float | None
    confidence_wrong: float | None
    calibration_error: float
    rms_calibration_error: float
    rms_calibration_error_less_last: float
    error_auroc: float | None
    error_aupr: float | None
    error_fpr95: float | None
    reliability: tuple[ReliabilityBin, ...]
    histogram: tuple[int, ...]
    certified: CertifiedRadii | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFigures:
    """A classifier's confidence on a set of images of no class, and how well it tells them from test images.

    Areas and FPR95 use the order of confidence in float64, where none is rounded to 1.

    Attributes:
        name: The set's name.
        images: How many, from 1.
        mean_confidence: Mean highest probability (MMC).
        auroc: Area under the ROC curve of confidence; the same whichever images are positive.
        aupr_digits: Area under the precision-recall curve, test images positive, whole sets.
        aupr_others: The same, these images positive and five test images to each, as in Hendrycks and others 2019; a
            mean over ten draws of 2,000 if there are enough test images.
        fpr95_digits: Share of these images above the confidence that keeps 95 % of the test images (Hein and others
            2019: digits positive).
        fpr95_others: Share of the test images flagged when 95 % of these images are (Hendrycks and others 2019: these
            images positive).
        above_mean: Share whose confidence is above the test images' mean (success rate of Meinke and Hein 2020).
        above_95: Share whose confidence is above 0.95.
        sure: Share whose confidence is above 0.999 (success rate of this program).
        histogram: How many images in each of `HISTOGRAM_BINS` equal bins of confidence.
        median_scale: For scaled noise the median of the factors; None if fewer than half of the images reached 0.999,
            and for other sets.
        note: A remark on its images, in a sentence, or "".
        certified: How far around its images the classifier's guarantee holds; None without one.
    """

    name: str
    images: int
    mean_confidence: float
    auroc: float
    aupr_digits: float
    aupr_others: float
    fpr95_digits: float
    fpr95_others: float
    above_mean: float
    above_95: float
    sure: float
    histogram: tuple[int, ...]
    median_scale: float | None = None
    note: str = ""
    certified: CertifiedRadii | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionShare:
    """A second opinion on images that were driven towards labels.

    Attributes:
        name: The set's name.
        who: Whose opinion.
        images: How many, from 1.
        agreed: Share that it also classifies as the label, 0 to 1.
    """

    name: str
    who: str
    images: int
    agreed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationReport:
    """An evaluation, complete or stopped.

    Attributes:
        classifier: The classifier's name.
        sha256: The hash of its file.
        topology: Its layers.
        settings: How it was evaluated.
        test: The figures on the test images.
        sets: The sets evaluated, in order.
        missing: Names of the sets with published numbers that were not loaded.
        opinions: Second opinions on the driven and found images.
        seconds: How long it took.
        stopped: Whether it was stopped before its end.
        dataset: The name of the dataset whose test images were evaluated.
        dataset_sha256: Its hash, in hexadecimal.
    """

    classifier: str
    sha256: str
    topology: str
    settings: EvaluationSettings
    test: DigitFigures
    sets: tuple[SetFigures, ...]
    missing: tuple[str, ...]
    opinions: tuple[OpinionShare, ...]
    seconds: float
    stopped: bool = False
    dataset: str = ""
    dataset_sha256: str = ""

    @property
    def certified(self) -> dict[str, CertifiedRadii]:
        """How far the classifier's guarantee holds around the images of each set, the test images first, by name."""
        evaluated: dict[str, DigitFigures | SetFigures] = {TEST: self.test}
        evaluated |= {figures.name: figures for figures in self.sets}
        return {name: figures.certified for name, figures in evaluated.items() if figures.certified is not None}

    def figure(self, name: str, figure: str) -> float | None:
        """Returns the figure called `figure` of the set called `name`; None if there is none."""
        if name == TEST:
            return _number(self.test, figure)
        found = next((figures for figures in self.sets if figures.name == name), None)
        return None if found is None else _number(found, figure)

    def to_dict(self) -> dict[str, Any]:
        """Returns the report as a dict for JSON."""
        return dataclasses.asdict(self)


def _number(figures: DigitFigures | SetFigures, figure: str) -> float | None:
    value = getattr(figures, figure, None)
    return None if value is None else float(value)


FIGURE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "accuracy": "Accuracy",
        "mean_confidence": "Mean confidence",
        "confidence_right": "Mean confidence, right",
        "confidence_wrong": "Mean confidence, wrong",
        "calibration_error": "Calibration error (15 bins)",
        "rms_calibration_error": "RMS calibration error",
        "rms_calibration_error_less_last": "RMS calibration error less last bin",
        "error_auroc": "Wrong from right: AUROC",
        "error_aupr": "Wrong from right: AUPR",
        "error_fpr95": "Wrong from right: FPR95",
        "auroc": "AUROC",
        "aupr_digits": "AUPR, test images positive",
        "aupr_others": "AUPR, others positive",
        "fpr95_digits": "FPR95, test images positive",
        "fpr95_others": "FPR95, others positive",
        "above_mean": "Above the test images' mean",
        "above_95": "Over .95",
        "sure": "Over .999",
        "median_scale": "Median factor to .999",
    }
)
"""The title of each figure on screen, by attribute."""
