"""Hand-made reports of evaluations, for tests of what shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fooler_gui.core.certified_radii import QUANTILES, CertifiedRadii
from fooler_gui.core.evaluation_report import (
    BERNOULLI,
    CLIPPED_NORMAL,
    DRIVEN,
    FILE_SETS,
    FOUND,
    HISTOGRAM_BINS,
    NEGATIVES,
    NORMAL,
    PERMUTED,
    RELIABILITY_BINS,
    SCALED,
    UNIFORM,
    DigitFigures,
    EvaluationReport,
    EvaluationSettings,
    OpinionShare,
    ReliabilityBin,
    SetFigures,
    made_sets,
)
from fooler_gui.core.published import MNIST_SHA256

_RELIABILITY = {
    4: (2, 0.3, 0.0),
    7: (20, 0.51, 0.4),
    10: (50, 0.7, 0.64),
    13: (128, 0.9, 0.875),
    14: (9_800, 0.998, 0.9975),
}
"""By place of the bin: count, mean confidence and accuracy."""

_SURE = {
    UNIFORM: (0.962, 0.9143, 0.55),
    NORMAL: (0.934, 0.883, 0.41),
    CLIPPED_NORMAL: (0.71, 0.991, 0.08),
    BERNOULLI: (0.88, 0.985, 0.17),
    NEGATIVES: (0.62, 0.988, 0.03),
    PERMUTED: (0.14, 1.0, 0.0),
    SCALED: (0.9991, 0.21, 1.0),
    DRIVEN: (0.9993, 0.16, 0.981),
    FOUND: (0.9994, 0.12, 1.0),
}
"""By name of the set: mean confidence, AUROC and share over .999."""


def make_digits(**changes: Any) -> DigitFigures:
    """Returns figures of 10,000 test images, 99.21 % of them right, with what is in `changes`."""
    bins = [ReliabilityBin(count=0, confidence=None, accuracy=None)] * RELIABILITY_BINS
    for place, (count, confidence, accuracy) in _RELIABILITY.items():
        bins[place] = ReliabilityBin(count=count, confidence=confidence, accuracy=accuracy)
    values = {
        "images": 10_000,
        "accuracy": 0.9921,
        "mean_confidence": 0.9934,
        "confidence_right": 0.9961,
        "confidence_wrong": 0.7418,
        "calibration_error": 0.00139,
        "rms_calibration_error": 0.0069,
        "rms_calibration_error_less_last": 0.0071,
        "error_auroc": 0.9846,
        "error_aupr": 0.3712,
        "error_fpr95": 0.0611,
        "reliability": tuple(bins),
        "histogram": (0, 0, 0, 0, 0, 1, 2, 5, 8, 14, 18, 17, 22, 25, 31, 38, 52, 84, 163, 9_520),
    }
    return DigitFigures(**(values | changes))


def make_set(name: str, **changes: Any) -> SetFigures:
    """Returns figures of 10,000 images of the set called `name`, with what is in `changes`."""
    mean, auroc, sure = _SURE.get(name, (0.655, 0.972, 0.06))
    values = {
        "name": name,
        "images": 200 if name == FOUND else 10_000,
        "mean_confidence": mean,
        "auroc": auroc,
        "aupr_digits": auroc,
        "aupr_others": auroc / 2,
        "fpr95_digits": 1 - auroc,
        "fpr95_others": (1 - auroc) / 2,
        "above_mean": (1 + sure) / 2,
        "above_95": (1 + sure) / 2,
        "sure": sure,
        "histogram": _histogram(mean, 200 if name == FOUND else 10_000),
        "median_scale": 1.42 if name == SCALED else None,
    }
    return SetFigures(**(values | changes))


def make_certified(greatest: float = 8.0, share: float = 1.0, **changes: Any) -> CertifiedRadii:
    """Returns radii that rise evenly from 0 to `greatest`, over the `share` of 1,000 images that have one."""
    radii = (max(0.0, greatest * (1 - (1 - place / (QUANTILES - 1)) / share)) for place in range(QUANTILES))
    values = {"images": 1_000, "level": 0.11, "share": share, "radii": tuple(radii), "median_share": 0.55}
    return CertifiedRadii(**(values | changes))


def make_guaranteed_report(**changes: Any) -> EvaluationReport:
    """Returns the report of a classifier with a guarantee: half of the noise is certified, no test image."""
    nothing = replace(make_certified(0.0), share=0.0, median_share=0.0)
    sets = (make_set(UNIFORM, certified=make_certified()), make_set(NEGATIVES, certified=make_certified(4.0, 0.5)))
    return make_report(**({"test": make_digits(certified=nothing), "sets": sets} | changes))


def make_report(**changes: Any) -> EvaluationReport:
    """Returns the report of an evaluation with every made set and found images, but no files, and `changes`."""
    values = {
        "classifier": "article",
        "sha256": "a" * 64,
        "topology": "conv 32 · conv 64 · dense 1024",
        "settings": EvaluationSettings(),
        "test": make_digits(),
        "sets": tuple(make_set(name) for name in (*made_sets(), FOUND)),
        "missing": tuple(FILE_SETS),
        "opinions": (
            OpinionShare(name=DRIVEN, who="independent net", images=2_000, agreed=0.031),
            OpinionShare(name=DRIVEN, who="nearest neighbours", images=2_000, agreed=0.115),
            OpinionShare(name=FOUND, who="independent net", images=200, agreed=0.02),
            OpinionShare(name=FOUND, who="nearest neighbours", images=200, agreed=0.085),
        ),
        "seconds": 62.4,
        "dataset": "mnist",
        "dataset_sha256": MNIST_SHA256,
    }
    return EvaluationReport(**(values | changes))


def _histogram(mean: float, images: int) -> tuple[int, ...]:
    """Returns counts that fall to both sides of the bin that `mean` lies in; they add up to `images`."""
    top = min(int(mean * HISTOGRAM_BINS), HISTOGRAM_BINS - 1)
    weights = [0.7 ** abs(place - top) if place > 1 else 0.0 for place in range(HISTOGRAM_BINS)]
    counts = [int(images * weight / sum(weights)) for weight in weights]
    counts[top] += images - sum(counts)
    return tuple(counts)
