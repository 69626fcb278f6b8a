"""Measures a classifier's accuracy and how easily it is fooled, and finds the training images it is least sure of."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import numpy as np

from fooler_gui.core.arrays import FloatArray, frozen
from fooler_gui.core.attack_settings import AttackSettings
from fooler_gui.core.label_sample import sampled_labels
from fooler_gui.core.messages import Fooledness, Working, WorstImages
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import check_number
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.data.starts import Noise, noise_rng, uniform_noise
from fooler_gui.engine.descent.attack import drive
from fooler_gui.engine.guarantee.certifying import certified_radii
from fooler_gui.engine.mending.training import accuracy_on
from fooler_gui.engine.nets.classifier import Classifier

FRESH_STEPS = 60
FRESH_THRESHOLD = 0.999
FRESH_SLOTS = 8
_NOISE_IMAGES = 1_000
_SAMPLE_SEED = 0


def mean_confidence(classifier: Classifier, images: FloatArray, classes: int) -> float:
    """Returns the mean confidence on `images` (N, H, W, C) among the first `classes`, 0 to 1."""
    return float(classifier.probabilities(images)[:, :classes].max(axis=1).mean())


def fresh_fooled_share(
    classifier: Classifier, classes: int, rng_seed: int, control: RunControl
) -> Generator[Working, None, float | None]:
    """Yields progress; returns the share of fresh noise images driven over 0.999 within 60 steps, 0 to 1.

    Eight images towards each of the first `classes`, or of very many towards a sample (`label_sample`), driven by the
    misclassification cost alone (the easiest descent), none reinitialised. An image counts if it was over the threshold
    at any step. Returns None if `control` requests a stop.
    """
    shape = (FRESH_SLOTS, *classifier.input_shape)
    each = sampled_labels(classes, rng_seed)
    starts = [uniform_noise(noise_rng(Noise.FRESH_SLOTS, rng_seed, label), shape) for label in each]
    labels = np.repeat(each, FRESH_SLOTS)
    settings = AttackSettings(steps=FRESH_STEPS, threshold=FRESH_THRESHOLD)
    over = np.zeros(len(labels), np.bool_)
    for driven in drive(classifier, np.concatenate(starts), labels, settings):
        if control.stop_requested:
            return None
        yield Working(sentence="Driving fresh noise", fraction=driven.step / FRESH_STEPS)
        over = driven.over
    return float(over.mean())


def measure_fooledness(
    classifier: Classifier, dataset: Dataset, found: FloatArray, rng_seed: int, control: RunControl
) -> Generator[Working, None, Fooledness | None]:
    """Yields progress; returns the accuracy of `classifier` and how easily it is fooled.

    Args:
        classifier: The classifier to measure.
        dataset: Its test images give the accuracy.
        found: (N, H, W, C) float32, the found images, N ≥ 1.
        rng_seed: The number that starts the fresh noise, the same before and after a retraining.
        control: A stop ends it early with None.

    Raises:
        GuaranteeError: The layers of a guarantee are not exactly those of one.
    """
    yield Working(sentence="Measuring the test accuracy")
    accuracy = accuracy_on(classifier, dataset.test_images, dataset.test_labels, control)
    classes = len(dataset.class_names)
    share = yield from fresh_fooled_share(classifier, classes, rng_seed, control)
    if accuracy is None or share is None:
        return None
    noise = uniform_noise(noise_rng(Noise.FRESH_IMAGES, rng_seed), (_NOISE_IMAGES, *classifier.input_shape))
    radii = certified_radii(classifier, found)
    return Fooledness(
        test_accuracy=accuracy,
        found_mean_confidence=mean_confidence(classifier, found, classes),
        noise_mean_confidence=mean_confidence(classifier, noise, classes),
        fresh_fooled_share=share,
        found_certified=None if radii is None else float(np.median(radii)),
    )


def find_worst_images(
    classifier: Classifier, dataset: Dataset, count: int, control: RunControl
) -> Iterator[Working | WorstImages]:
    """Yields progress, and last for each class the `count` training images that `classifier` is least sure of.

    Of very many classes a sample is looked at (`label_sample`). If `control` requests a stop, it ends without a result.

    Raises:
        SettingError: `count` is below one, or above the images of the smallest class.
    """
    images, probabilities, tops = [], [], []
    classes = len(dataset.class_names)
    labels = sampled_labels(classes, _SAMPLE_SEED)
    most = int(np.bincount(dataset.train_labels, minlength=classes)[list(labels)].min())
    check_number("The number of images per class", count, 1, most, whole=True)
    for place, label in enumerate(labels):
        if control.stop_requested:
            return
        yield Working(sentence="Classifying every training image", fraction=place / len(labels))
        own = dataset.training_images_of(label)
        all_probabilities = classifier.probabilities(to_float(own))
        worst = np.argsort(all_probabilities[:, label], kind="stable")[:count]
        images.append(to_float(own[worst]))
        probabilities.append(all_probabilities[worst, label])
        tops.append(all_probabilities[worst].argmax(axis=1))
    yield WorstImages(
        labels=labels,
        classes=classes,
        images=frozen(np.stack(images)),
        probabilities=frozen(np.stack(probabilities)),
        tops=frozen(np.stack(tops)),
    )
