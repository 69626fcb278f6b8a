from __future__ import annotations

import json
import zlib

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score
from tiny import make_classifier, noise

from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.evaluation_report import (
    DRIVEN,
    FILE_SETS,
    FOUND,
    SCALED,
    TEST,
    UNIFORM,
    EvaluationSettings,
    made_sets,
)
from fooler_gui.core.jobs import Evaluate
from fooler_gui.core.messages import DigitsEvaluated, EvaluationFinished, SetEvaluated, Working
from fooler_gui.core.rounds_spec import NONE_NAME
from fooler_gui.core.run_control import RunControl
from fooler_gui.data.array_file import ArrayFileError
from fooler_gui.data.dataset import to_float
from fooler_gui.data.starts import Noise, noise_rng, uniform_noise
from fooler_gui.engine.evaluation.classifier_evaluation import evaluate_classifier
from fooler_gui.engine.evaluation.inspector import INDEPENDENT_NET, NEAREST_NEIGHBOURS
from fooler_gui.engine.evaluation.pixel_neighbours import PixelNeighbours
from fooler_gui.engine.evaluation.set_figures import digit_figures, scores_of, set_figures

SETTINGS = EvaluationSettings(images=40)
NONE = np.empty((0, 8, 8, 1), np.float32)


def info(classifier) -> ClassifierInfo:
    return ClassifierInfo(
        name="tiny",
        path="tiny.keras",
        sha256="1" * 64,
        topology="",
        input_shape=classifier.input_shape,
        class_names=classifier.class_names,
        recorded_layers=classifier.recorded_layers,
        parameters=1,
        test_accuracy=0.5,
    )


def messages(classifier, dataset, *, second=None, found=NONE, labels=(), files=(), control=None, settings=SETTINGS):
    job = Evaluate(settings=settings, found=found, found_labels=np.array(labels, np.int64), files=tuple(files))
    return evaluate_classifier(
        classifier, info(classifier), second, PixelNeighbours(dataset), dataset, job, control or RunControl()
    )


def report_of(found):
    return next(message for message in found if isinstance(message, EvaluationFinished)).report


@pytest.fixture(scope="module")
def evaluated(classifier, dataset):
    return list(messages(classifier, dataset, second=make_classifier(rng_seed=9)))


def test_digits_come_first_then_every_set_then_the_report(evaluated):
    figures = [message for message in evaluated if not isinstance(message, Working)]
    assert isinstance(figures[0], DigitsEvaluated)
    assert [message.figures.name for message in figures[1:-1]] == list(made_sets())
    report = figures[-1].report
    assert report.sets == tuple(message.figures for message in figures[1:-1])
    assert (report.test, report.classifier, report.stopped) == (figures[0].figures, "tiny", False)
    assert report.missing == (FOUND, *FILE_SETS)


def test_an_image_of_each_set_comes_with_its_figures(evaluated, dataset):
    examples = [message.example for message in evaluated if isinstance(message, DigitsEvaluated | SetEvaluated)]
    np.testing.assert_array_equal(examples[0], to_float(dataset.test_images)[0])
    assert {example.shape for example in examples} == {dataset.input_shape}
    assert not any(example.flags.writeable for example in examples)


def test_progress_rises_from_nothing_to_all(evaluated):
    fractions = [message.fraction for message in evaluated if isinstance(message, Working)]
    assert fractions[0] == 0
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1)


def test_the_figures_of_the_test_images_are_those_of_the_classifier(evaluated, classifier, dataset):
    digits = report_of(evaluated).test
    probabilities = classifier.probabilities(to_float(dataset.test_images)).astype(np.float64)
    right, confidence = probabilities.argmax(axis=1) == dataset.test_labels, probabilities.max(axis=1)
    assert digits.images == len(right)
    assert digits.accuracy == right.mean()
    assert digits.mean_confidence == pytest.approx(confidence.mean(), abs=1e-6)
    assert digits.confidence_right == pytest.approx(confidence[right].mean(), abs=1e-6)
    assert digits.confidence_wrong == pytest.approx(confidence[~right].mean(), abs=1e-6)
    assert sum(bin_.count for bin_ in digits.reliability) == sum(digits.histogram) == len(right)
    gaps = [bin_.count * abs(bin_.confidence - bin_.accuracy) for bin_ in digits.reliability if bin_.count]
    assert digits.calibration_error == pytest.approx(sum(gaps) / len(right))


def test_driven_noise_is_surer_than_noise_and_others_are_asked_about_it(evaluated):
    report = report_of(evaluated)
    uniform, driven = (next(found for found in report.sets if found.name == name) for name in (UNIFORM, DRIVEN))
    assert driven.mean_confidence > uniform.mean_confidence
    assert driven.images == 39  # as many towards each of three labels
    assert [(share.name, share.who, share.images) for share in report.opinions] == [
        (DRIVEN, INDEPENDENT_NET, 39),
        (DRIVEN, NEAREST_NEIGHBOURS, 39),
    ]


def test_the_same_seed_gives_the_same_figures_and_another_one_others(classifier, dataset, evaluated):
    assert report_of(messages(classifier, dataset)).sets == report_of(evaluated).sets
    other = report_of(messages(classifier, dataset, settings=EvaluationSettings(images=40, rng_seed=1)))
    assert other.sets != report_of(evaluated).sets


def test_found_images_and_files_are_sets_of_their_own(classifier, dataset, tmp_path, evaluated):
    np.savez(tmp_path / "mine.npz", images=noise((50, 8, 8)))
    found = to_float(dataset.test_images[:3])
    labels = classifier.probabilities(found).argmax(axis=1)
    report = report_of(
        messages(classifier, dataset, found=found, labels=labels, files=[("fashion-mnist", str(tmp_path / "mine.npz"))])
    )
    assert [(figures.name, figures.images) for figures in report.sets[-2:]] == [(FOUND, 3), ("fashion-mnist", 40)]
    assert report.sets[: len(made_sets())] == report_of(evaluated).sets  # whatever else there is
    assert report.missing == tuple(name for name in FILE_SETS if name != "fashion-mnist")
    assert report.opinions[-1].name == FOUND


def test_a_file_that_cannot_be_used_is_told_before_any_work(classifier, dataset, tmp_path):
    given = messages(classifier, dataset, files=[("mine", str(tmp_path / "none.gz"))])
    assert isinstance(next(given), Working)
    with pytest.raises(ArrayFileError, match="There is no file"):
        next(given)


def test_a_stop_keeps_what_is_done(classifier, dataset):
    control, kept = RunControl(), []
    for message in messages(classifier, dataset, control=control):
        if isinstance(message, SetEvaluated):
            kept.append(message.figures)
            if len(kept) == 2:
                control.stop()
        elif isinstance(message, EvaluationFinished):
            report = message.report
    assert report.stopped
    assert report.sets == tuple(kept)
    assert len(kept) == 2


def test_a_stop_before_the_digits_are_done_leaves_nothing(classifier, dataset):
    control = RunControl()
    control.stop()
    assert all(isinstance(message, Working) for message in messages(classifier, dataset, control=control))


def test_a_class_for_nothing_does_not_count_as_confidence(dataset):
    classifier = make_classifier(class_names=("zero", "one", "two", NONE_NAME))
    report = report_of(messages(classifier, dataset))
    confidence = classifier.probabilities(to_float(dataset.test_images))[:, :3].max(axis=1)
    assert report.test.mean_confidence == pytest.approx(confidence.mean(), abs=1e-6)
    assert report.test.mean_confidence < 0.99


def test_the_report_is_json_and_tells_every_figure(evaluated):
    report = report_of(evaluated)
    data = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert data["sets"][0]["auroc"] == report.figure(UNIFORM, "auroc")
    assert report.figure(TEST, "accuracy") == report.test.accuracy
    assert report.figure(UNIFORM, "median_scale") is None
    assert report.figure(FOUND, "auroc") is None


def test_the_factors_are_the_least_of_the_grid_that_make_the_classifier_sure(dataset):
    classifier = make_classifier(factor=10.0)
    scaled = next(figures for figures in report_of(messages(classifier, dataset)).sets if figures.name == SCALED)
    rng = noise_rng(Noise.EVALUATION, SETTINGS.rng_seed, zlib.crc32(SCALED.encode()), 0)
    images = uniform_noise(rng, (SETTINGS.images, 8, 8, 1))
    grid = 1.05 ** np.arange(95)
    confidence = np.array([classifier.probabilities(images * np.float32(factor)).max(axis=1) for factor in grid])
    least = np.where((confidence > 0.999).any(axis=0), grid[(confidence > 0.999).argmax(axis=0)], np.inf)
    assert 1 < np.median(least) < 100
    assert scaled.median_scale == pytest.approx(np.median(least))
    factors = np.minimum(least, grid[-1]).astype(np.float32)
    clipped = np.clip(images * factors[:, np.newaxis, np.newaxis, np.newaxis], 0, 1)
    assert scaled.mean_confidence == pytest.approx(classifier.probabilities(clipped).max(axis=1).mean(), abs=1e-5)


def logits(rng, count):
    return rng.normal(0, 6, (count, 10)).astype(np.float32)


def test_confidence_is_the_softmax_and_its_order_goes_on_where_float32_ends():
    rng = np.random.default_rng(0)
    wide = logits(rng, 50).astype(np.float64)
    scores = scores_of(wide.astype(np.float32), 10)
    softmax = np.exp(wide) / np.exp(wide).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(scores.confidence, softmax.max(axis=1), rtol=1e-6)
    np.testing.assert_allclose(scores.score, np.log(softmax.max(axis=1) / (1 - softmax.max(axis=1))), rtol=1e-5)
    certain = scores_of(np.array([[60, 0], [90, 0], [2_000, 0]], np.float32), 2)
    assert (np.diff(certain.score) > 0).all()
    assert certain.confidence.tolist() == [1, 1, 1]


def test_set_figures_are_scikit_learns():
    rng = np.random.default_rng(5)
    digits, others = scores_of(logits(rng, 1_000), 10), scores_of(0.5 * logits(rng, 300), 10)
    figures = set_figures("mine", others, digits, np.random.default_rng(0))
    truth = np.r_[np.ones(1_000), np.zeros(300)]
    scores = np.r_[digits.score, others.score]
    assert figures.auroc == pytest.approx(roc_auc_score(truth, scores), rel=0, abs=1e-12)
    assert figures.aupr_digits == pytest.approx(average_precision_score(truth, scores), rel=0, abs=1e-12)
    assert figures.mean_confidence == pytest.approx(others.confidence.mean())
    assert figures.above_mean == (others.confidence > digits.confidence.mean()).mean()
    assert figures.sure == (others.confidence > 0.999).mean()
    assert figures.above_95 == (others.confidence > 0.95).mean()
    assert sum(figures.histogram) == figures.images == 300


def test_areas_with_others_positive_hold_five_digits_to_one_other():
    # Scores that tell nothing: the area is about the share of positives, whatever the sizes.
    rng = np.random.default_rng(5)
    digits = scores_of(logits(rng, 3_000), 10)
    for count in (60, 3_000):
        figures = set_figures("mine", scores_of(logits(rng, count), 10), digits, np.random.default_rng(0))
        assert figures.aupr_others == pytest.approx(1 / 6, abs=0.05)


def test_with_every_image_right_nothing_is_said_of_wrong_ones():
    figures = digit_figures(scores_of(np.array([[3, 0], [2, 0]], np.float32), 2), np.array([True, True]))
    assert figures.confidence_wrong is figures.error_auroc is figures.error_aupr is figures.error_fpr95 is None
    assert figures.accuracy == 1
