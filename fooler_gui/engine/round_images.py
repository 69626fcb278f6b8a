"""The images that a round of backwork finds (method.md, Retraining)."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np

from fooler_gui.core.messages import FloatArray, Working
from fooler_gui.core.rounds_spec import RoundsSpec
from fooler_gui.core.run_control import Next, RunControl
from fooler_gui.core.settings import DescentSettings
from fooler_gui.engine.classifier import Classifier
from fooler_gui.engine.cost import CostFunction
from fooler_gui.engine.dataset import Dataset
from fooler_gui.engine.descent import descend
from fooler_gui.engine.label_batch import LabelBatch
from fooler_gui.engine.rounds_folder import RoundImages
from fooler_gui.engine.start_kinds import START_KINDS
from fooler_gui.engine.starts import Noise, noise_rng


def seek_images(
    classifier: Classifier, dataset: Dataset, spec: RoundsSpec, number: int, control: RunControl
) -> Generator[Working, None, RoundImages | None]:
    """Yields progress; returns images driven towards every label from fresh starts, or None after a stop.

    Every image goes on for all steps, sure or not, and none is reinitialised.

    Args:
        classifier: What is to be fooled.
        dataset: Its training images are the references, where the coefficients ask for any, and make some starts.
        spec: Starts, numbers, coefficients.
        number: Of the round, from 1; another round, other noise.
        control: Pause and stop.
    """
    settings = spec.settings
    steps, stages = settings.steps_per_round, min(settings.stages, settings.steps_per_round)
    kept_at = {-(-steps * (stage + 1) // stages) for stage in range(stages)}
    classes = range(len(dataset.class_names))
    cost = CostFunction(classifier, spec.method, spec.penalised_layers)
    batches = []
    for label in classes:
        if control.next() is Next.STOP:
            return None
        rng = noise_rng(Noise.ROUND_STARTS, settings.rng_seed, number, label)
        if cost.layers:
            yield Working(sentence=f"Round {number} · Recording the training images of {dataset.class_names[label]}")
        references = cost.record(dataset.training_images_of(label))
        starts = _starts(spec, dataset, number + label, rng)
        batches.append(LabelBatch(label, starts, references, cost, spec.method, rng))
    # Nothing is surer than 1, so the steps alone end it.
    descent = DescentSettings(
        max_steps=steps, min_probability=1.0, mean_probability=1.0, reinitialise_below=0.0, num_mono_dec_saves=2
    )
    kept = []
    for save in descend(batches, RunControl.for_descent(spec.coefficients, descent)):
        if control.next() is Next.STOP:
            return None
        images = save.images.reshape(-1, *save.images.shape[2:])
        yield Working(sentence=f"Round {number} · Driving {len(images)} images", fraction=save.step / steps)
        if save.step in kept_at:
            kept.append(images)
        if save.step == steps:
            return RoundImages(
                stages=np.stack(kept),
                labels=np.repeat(np.arange(len(classes)), settings.images_per_label),
                probabilities=save.probabilities.ravel(),
            )
    raise AssertionError("a descent has its last step")


def _starts(spec: RoundsSpec, dataset: Dataset, turn: int, rng: np.random.Generator) -> FloatArray:
    """Returns a label's starts, of each kind as many; by `turn` another kind gets what does not come out even."""
    first = turn % len(spec.starts)
    kinds = spec.starts[first:] + spec.starts[:first]
    parts = np.array_split(np.arange(spec.settings.images_per_label), len(kinds))
    return np.concatenate(
        [START_KINDS[kind](rng, len(part), dataset) for kind, part in zip(kinds, parts, strict=True) if len(part)]
    )
