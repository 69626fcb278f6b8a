from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from fooler_gui.engine.evaluation.metrics import (
    auroc,
    average_precision,
    bin_of,
    calibration_error,
    fpr_at_tpr,
    mean_over_draws,
    rms_calibration_error,
)


def scores(kind: str) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    if kind == "apart":
        return rng.normal(2, 1, 1_300), rng.normal(0, 1, 700)
    if kind == "many ties":
        return rng.integers(2, 9, 900) / 8, rng.integers(0, 7, 1_100) / 8
    if kind == "one of each":
        return np.array([0.5]), np.array([0.5])
    if kind == "float32 near one":
        return (1 - rng.exponential(1e-7, 500)).astype(np.float32), (1 - rng.exponential(1e-3, 400)).astype(np.float32)
    return rng.normal(0, 1, 30), rng.normal(0, 1, 2_000)


KINDS = ["apart", "many ties", "one of each", "float32 near one", "few positives"]


def labelled(positives, negatives):
    truth = np.concatenate([np.ones(len(positives)), np.zeros(len(negatives))])
    return truth, np.concatenate([positives, negatives])


@pytest.mark.parametrize("kind", KINDS)
def test_the_area_under_the_roc_is_scikit_learns(kind):
    positives, negatives = scores(kind)
    expected = roc_auc_score(*labelled(positives, negatives))
    assert auroc(positives, negatives) == pytest.approx(expected, rel=0, abs=1e-12)
    assert auroc(-negatives, -positives) == pytest.approx(expected, rel=0, abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_the_area_under_precision_and_recall_is_scikit_learns_in_both_orientations(kind):
    positives, negatives = scores(kind)
    for first, second in ((positives, negatives), (-negatives, -positives)):
        expected = average_precision_score(*labelled(first, second))
        assert average_precision(first, second) == pytest.approx(expected, rel=0, abs=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("level", [0.5, 0.95, 1.0])
def test_fpr95_is_read_off_scikit_learns_roc_in_both_conventions(kind, level):
    positives, negatives = scores(kind)
    for first, second in ((positives, negatives), (-negatives, -positives)):
        fpr, tpr, _ = roc_curve(*labelled(first, second), drop_intermediate=False)
        assert fpr_at_tpr(first, second, level) == pytest.approx(fpr[np.argmax(tpr >= level)], rel=0, abs=1e-12)


def test_the_two_conventions_of_fpr95_differ():
    digits, others = np.array([0.2] * 2 + [0.9] * 98), np.array([0.1] * 50 + [0.95] * 50)
    # 98 of 100 digits are at .9 or above, and 50 of 100 others are; to flag 95 others takes flagging all digits.
    assert fpr_at_tpr(digits, others) == 0.5
    assert fpr_at_tpr(-others, -digits) == 1.0


def test_the_calibration_error_is_that_of_scikit_learns_curve():
    rng = np.random.default_rng(3)
    confidence = rng.beta(5, 1, 4_000)
    right = rng.random(4_000) < confidence**2
    accuracies, confidences = calibration_curve(right, confidence, n_bins=15)
    counts = np.bincount(bin_of(confidence, 15), minlength=15)
    expected = np.sum(counts[counts > 0] * np.abs(accuracies - confidences)) / 4_000
    assert calibration_error(confidence, right, 15) == pytest.approx(expected, rel=0, abs=1e-12)


def test_a_bin_holds_its_upper_end():
    assert bin_of(np.array([0.0, 0.25, 0.26, 0.5, 0.75, 1.0]), 4).tolist() == [0, 0, 1, 1, 2, 3]


def test_the_calibration_error_by_hand():
    confidence, right = np.array([0.6, 0.7, 0.9, 1.0]), np.array([True, False, True, True])
    # Bins (.5, .75] and (.75, 1]: accuracies 1/2 and 1 against .65 and .95, two images each.
    assert calibration_error(confidence, right, 4) == pytest.approx((0.15 + 0.05) / 2)


def test_the_rms_calibration_error_by_hand():
    confidence = np.array([0.9, 0.2, 0.8, 0.4, 1.0])
    right = np.array([True, False, False, True, True])
    # In order .2 .4 | .8 .9 1: the last bin takes what is left. Gaps .2 and 2/3 - .9.
    squares = 2 * 0.2**2, 3 * (2 / 3 - 0.9) ** 2
    assert rms_calibration_error(confidence, right, 2) == pytest.approx((sum(squares) / 5) ** 0.5)
    assert rms_calibration_error(confidence, right, 2, less_last=True) == pytest.approx((squares[0] / 5) ** 0.5)


def test_fewer_images_than_a_bin_make_one_bin():
    confidence, right = np.array([0.5, 0.7]), np.array([True, False])
    assert rms_calibration_error(confidence, right, 100) == pytest.approx(0.1)
    assert rms_calibration_error(confidence, right, 100, less_last=True) == 0.0


def test_draws_of_everything_are_everything_and_smaller_ones_differ_by_seed():
    positives, negatives = scores("few positives")
    whole = average_precision(positives, negatives)
    rng = np.random.default_rng(0)
    assert mean_over_draws(average_precision, positives, negatives, (30, 2_000), 3, rng) == pytest.approx(whole)
    one, same, other = (
        mean_over_draws(average_precision, positives, negatives, (30, 150), 3, np.random.default_rng(seed))
        for seed in (1, 1, 2)
    )
    assert one == same != other
    assert one > whole  # with fewer negatives precision rises
