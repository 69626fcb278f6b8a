"""Trains a classifier and the densities of its guarantee together (method.md, A guarantee)."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.guarantee import GuaranteeSettings
from fooler_gui.core.image_kinds import ROUNDS, ImageRequest, kinds_for
from fooler_gui.core.messages import TrainingProgress
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.work_time import validation_count
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.starts import Noise, make_images, noise_rng
from fooler_gui.engine.guarantee.densities import Densities
from fooler_gui.engine.guarantee.fitting import with_share_kept
from fooler_gui.engine.guarantee.network import densities_of, set_densities, set_densities_trained
from fooler_gui.engine.mending.training import Trainer, examples_of
from fooler_gui.engine.nets.classifier import Classifier

_BATCH_SIZE, _LEARNING_RATE, _NOISE_IMAGES = 128, 1e-4, 20_000
_NAME = "The classifier that was trained jointly"


def train_jointly(
    classifier: Classifier, dataset: Dataset, settings: GuaranteeSettings, control: RunControl
) -> Generator[TrainingProgress, None, Densities | None]:
    """Yields progress while `classifier` and its densities are trained in place, and sets λ anew.

    Training images are trained towards their classes, and noise towards every class equally likely, through the
    mixture.

    Args:
        classifier: With a guarantee.
        dataset: Its validation images are left out, and set λ.
        settings: Steps, the share of validation images to keep, and the seed.
        control: Stop and pause.

    Returns:
        The new densities; None after a stop.

    Raises:
        GuaranteeError: The trained values are no densities, or the outer one is too narrow.
        DivergedTraining: The loss or a weight is no longer finite.
    """
    set_densities_trained(classifier, trained=True)
    kept = validation_count(len(dataset.train_images))
    done = yield from Trainer(classifier).train(
        examples_of(dataset, kept, _noise(dataset, settings.rng_seed)),
        (dataset.train_images[:0], dataset.train_labels[:0]),
        control,
        steps=settings.joint_steps,
        batch_size=_BATCH_SIZE,
        learning_rate=_LEARNING_RATE,
        falling=True,
        rng_seed=settings.rng_seed,
    )
    if done < settings.joint_steps:
        return None
    set_densities_trained(classifier, trained=False)
    densities = with_share_kept(densities_of(classifier, _NAME), dataset, settings.kept)
    set_densities(classifier, densities)
    return densities


def _noise(dataset: Dataset, rng_seed: int) -> FloatArray:
    """Returns images of the kinds that rounds train on and that show no class, of each as many."""
    kinds = [kind for kind in kinds_for(ROUNDS).values() if not kind.shows_classes]
    count = -(-_NOISE_IMAGES // len(kinds))
    return np.concatenate(
        [
            make_images(
                kind, ImageRequest(rng=noise_rng(Noise.GUARANTEE, rng_seed, place), count=count, dataset=dataset)
            )
            for place, kind in enumerate(kinds, start=1)
        ]
    )
