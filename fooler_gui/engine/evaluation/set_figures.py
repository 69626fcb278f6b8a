"""The figures of an evaluation, from the classifier's confidence on each image."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.certified_radii import QUANTILES, CertifiedRadii
from fooler_gui.core.evaluation_report import (
    HISTOGRAM_BINS,
    RELIABILITY_BINS,
    THRESHOLD,
    DigitFigures,
    ReliabilityBin,
    SetFigures,
)
from fooler_gui.core.guarantee import median_share
from fooler_gui.engine.evaluation.metrics import (
    auroc,
    average_precision,
    bin_of,
    calibration_error,
    fpr_at_tpr,
    mean_over_draws,
    rms_calibration_error,
)

_RMS_BIN = 100
_DRAWS = 10
_DIGITS_TO_OTHERS = 5
_ABOVE_95 = 0.95

Bools = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]


class Scores(NamedTuple):
    """A classifier's confidence on N images.

    Attributes:
        confidence: (N,), the highest probability.
        score: (N,), its log odds: the same order, also among confidences that round to 1.
    """

    confidence: Numbers
    score: Numbers

    def part(self, chosen: Bools) -> Scores:
        """Returns the part where `chosen` (N,) is true."""
        return Scores(self.confidence[chosen], self.score[chosen])


def scores_of(logits: FloatArray, classes: int) -> Scores:
    """Returns the confidence of a classifier, computed in float64.

    Args:
        logits: (N, K), K ≥ 2.
        classes: The highest probability is taken among this many classes, from the first; all K add up to 1.
    """
    wide = logits.astype(np.float64)
    best = wide[:, :classes].argmax(axis=1)[:, np.newaxis]
    others = wide.copy()
    np.put_along_axis(others, best, -np.inf, axis=1)
    score = np.take_along_axis(wide, best, axis=1)[:, 0] - np.logaddexp.reduce(others, axis=1)
    return Scores(1 / (1 + np.exp(-score)), score)


def digit_figures(scores: Scores, right: Bools) -> DigitFigures:
    """Returns the figures of test images.

    Args:
        scores: Their scores, N ≥ 1.
        right: (N,), whether the most probable class is the right one.
    """
    confidence = scores.confidence
    of_right, of_wrong = scores.part(right), scores.part(~right)
    both = right.any() and not right.all()
    return DigitFigures(
        images=len(confidence),
        accuracy=float(right.mean()),
        mean_confidence=float(confidence.mean()),
        confidence_right=_mean(of_right.confidence),
        confidence_wrong=_mean(of_wrong.confidence),
        calibration_error=calibration_error(confidence, right, RELIABILITY_BINS),
        rms_calibration_error=rms_calibration_error(confidence, right, _RMS_BIN),
        rms_calibration_error_less_last=rms_calibration_error(confidence, right, _RMS_BIN, less_last=True),
        error_auroc=auroc(-of_wrong.score, -of_right.score) if both else None,
        error_aupr=average_precision(-of_wrong.score, -of_right.score) if both else None,
        error_fpr95=fpr_at_tpr(-of_wrong.score, -of_right.score) if both else None,
        reliability=_reliability(confidence, right),
        histogram=_histogram(confidence),
    )


def set_figures(
    name: str,
    scores: Scores,
    of_digits: Scores,
    rng: np.random.Generator,
    *,
    median_scale: float | None = None,
) -> SetFigures:
    """Returns the figures of a set of images of no class.

    Args:
        name: The set's name.
        scores: Its images' scores, N ≥ 1.
        of_digits: The test images' scores, M ≥ 1.
        rng: Makes the draws for the area under the precision-recall curve with others positive.
        median_scale: See `SetFigures`.
    """
    confidence, others, digits = scores.confidence, scores.score, of_digits.score
    drawn = min(len(others), len(digits) // _DIGITS_TO_OTHERS) or len(others)
    sizes = drawn, min(len(digits), _DIGITS_TO_OTHERS * drawn)
    return SetFigures(
        name=name,
        images=len(confidence),
        mean_confidence=float(confidence.mean()),
        auroc=auroc(digits, others),
        aupr_digits=average_precision(digits, others),
        aupr_others=mean_over_draws(average_precision, -others, -digits, sizes, _DRAWS, rng),
        fpr95_digits=fpr_at_tpr(digits, others),
        fpr95_others=fpr_at_tpr(-others, -digits),
        above_mean=float((confidence > of_digits.confidence.mean()).mean()),
        above_95=float((confidence > _ABOVE_95).mean()),
        sure=float((confidence > THRESHOLD).mean()),
        histogram=_histogram(confidence),
        median_scale=median_scale,
    )


def radii_figures(radii: Numbers, nearest: Numbers, level: float) -> CertifiedRadii:
    """Returns how far around images a guarantee holds.

    Args:
        radii: (N,), N ≥ 1, their certified Euclidean radii at `level`.
        nearest: (N,) the distance of the training image nearest to each.
        level: See `CertifiedRadii`.
    """
    quantiles = np.quantile(radii, np.linspace(0, 1, QUANTILES), method="lower")
    return CertifiedRadii(
        images=len(radii),
        level=level,
        share=float((radii > 0).mean()),
        radii=tuple(quantiles.tolist()),
        median_share=median_share(radii.tolist(), nearest.tolist()),
    )


def _reliability(confidence: Numbers, right: Bools) -> tuple[ReliabilityBin, ...]:
    places = bin_of(confidence, RELIABILITY_BINS)
    return tuple(
        ReliabilityBin(
            count=int((places == place).sum()),
            confidence=_mean(confidence[places == place]),
            accuracy=_mean(right[places == place]),
        )
        for place in range(RELIABILITY_BINS)
    )


def _histogram(confidence: Numbers) -> tuple[int, ...]:
    return tuple(np.bincount(bin_of(confidence, HISTOGRAM_BINS), minlength=HISTOGRAM_BINS).tolist())


def _mean(values: Numbers | Bools) -> float | None:
    return float(values.mean(dtype=np.float64)) if len(values) else None
