"""Retrains on fooling images, labelled as nothing: every class equally likely (method.md, Retraining)."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.messages import TrainingProgress
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import RetrainingSettings
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.starts import Noise, noise_rng, uniform_noise
from fooler_gui.engine.mending.training import Trainer, examples_of, target_of_nothing
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.fresh_weights import set_fresh_weights


def images_of_nothing(found: FloatArray, settings: RetrainingSettings) -> FloatArray:
    """Returns the images to train on with uniform labels: `found`, then noise, then blanks.

    Args:
        found: (N, H, W, C) float32.
        settings: `noise` and `blanks` are the numbers of images; blanks are black.
    """
    rng = noise_rng(Noise.IMAGES_OF_NOTHING, settings.rng_seed)
    shape = found.shape[1:]
    return np.concatenate(
        [found, uniform_noise(rng, (settings.noise, *shape)), np.zeros((settings.blanks, *shape), np.float32)]
    )


def retrain(
    classifier: Classifier,
    dataset: Dataset,
    found: FloatArray,
    settings: RetrainingSettings,
    validation_images: int,
    control: RunControl,
) -> Generator[TrainingProgress, None, int]:
    """Yields progress while `classifier` is trained in place on the dataset and the found images.

    Args:
        classifier: Usually a copy of the one that was fooled.
        dataset: The first `validation_images` of its training images are used for validation only.
        found: (N, H, W, C) float32, N ≥ 1.
        settings: Steps, noise, blanks and so on.
        validation_images: How many training images are kept for validation.
        control: Stop and pause.

    Returns:
        The number of steps done.
    """
    if settings.from_start:
        set_fresh_weights(classifier, settings.rng_seed)
    classes = len(classifier.class_names)
    validation = dataset.train_images[:validation_images], dataset.train_labels[:validation_images]
    return (
        yield from Trainer(classifier).train(
            examples_of(
                dataset,
                validation_images,
                images_of_nothing(found, settings),
                target_of_nothing(classes, classifier.none_class),
            ),
            validation,
            control,
            steps=settings.steps,
            batch_size=settings.batch_size,
            learning_rate=settings.learning_rate,
            rng_seed=settings.rng_seed,
        )
    )
