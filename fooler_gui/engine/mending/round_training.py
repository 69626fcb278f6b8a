"""Trains a classifier in a round, by its policy or as the control (method.md, Retraining)."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.rounds_spec import CONTROL, NOISE_ONLY, RoundsSettings
from fooler_gui.core.run_control import RunControl
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.starts import Noise, noise_rng, uniform_noise
from fooler_gui.engine.machine import machine
from fooler_gui.engine.mending.training import Examples, Trainer, target_of_nothing
from fooler_gui.engine.mending.training_recording import RecordedProgress, recorded_training
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.records.training_record import new_training

_DIGITS, _NOISE, _ORDER = range(3)


def round_examples(
    classifier: Classifier, dataset: Dataset, pool: Sequence[FloatArray], settings: RoundsSettings, number: int
) -> Examples:
    """Returns the examples that `classifier` is trained on in round `number`.

    The training images are the same ones for every policy.

    Args:
        classifier: With or without a class for images that show nothing.
        dataset: The training images; fewer are used if it has too few.
        pool: The found images of all rounds so far, (n, H, W, C) float32 each.
        settings: The policy and the proportions.
        number: The round's number, from 1.
    """
    chosen = noise_rng(Noise.ROUND_TRAINING, settings.rng_seed, number, _DIGITS).permutation(len(dataset.train_images))
    chosen = chosen[: settings.digits]
    shape = dataset.input_shape
    extra: list[FloatArray] = [np.empty((0, *shape), np.float32)]
    if settings.policy != CONTROL:
        rng = noise_rng(Noise.ROUND_TRAINING, settings.rng_seed, number, _NOISE)
        extra += [uniform_noise(rng, (settings.noise, *shape)), np.zeros((settings.blanks, *shape), np.float32)]
        if settings.policy != NOISE_ONLY:
            extra += pool
    return Examples(
        images=dataset.train_images[chosen],
        labels=dataset.train_labels[chosen],
        classes=len(classifier.class_names),
        extra_images=np.concatenate(extra),
        extra_target=target_of_nothing(len(classifier.class_names), classifier.none_class),
    )


def train_round(
    classifier: Classifier,
    former_sha256: str,
    dataset: Dataset,
    examples: Examples,
    settings: RoundsSettings,
    number: int,
    path: Path,
    control: RunControl,
) -> Generator[RecordedProgress, None, bool]:
    """Yields progress while `classifier` sees every example once; returns false after a stop.

    Adam starts fresh in every round, so that a round depends only on its first classifier and images.

    Args:
        classifier: Trained in place.
        former_sha256: The hash of its file before the round, in hexadecimal.
        dataset: Gives the shape of images.
        examples: From `round_examples`.
        settings: How it is trained.
        number: The round's number, from 1.
        path: The ``.keras`` file to write it to; the training is recorded beside it.
        control: Pause and stop.
    """
    steps = -(-len(examples) // settings.batch_size)
    order = noise_rng(Noise.ROUND_TRAINING, settings.rng_seed, number, _ORDER)
    training = Trainer(classifier).train(
        examples,
        (dataset.train_images[:0], dataset.train_labels[:0]),
        control,
        steps=steps,
        batch_size=min(settings.batch_size, len(examples)),
        learning_rate=settings.learning_rate,
        falling=True,
        rng_seed=int(order.integers(2**31)),
    )
    kind = "control" if settings.policy == CONTROL else "round"
    described = settings.to_dict() | {"round": number}
    record = new_training(kind, classifier.description, described, steps, former_sha256, machine(), dataset.info)
    done = yield from recorded_training(training, classifier, path, record, control)
    return done == steps
