"""Drives the images of a round (method.md, Retraining)."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import numpy as np

from fooler_gui.core.arrays import BoolArray, FloatArray, IntArray
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.image_kinds import ROUNDS, ImageKind, ImageRequest, kinds_for
from fooler_gui.core.label_sample import sampled_labels
from fooler_gui.core.messages import RecordingGoesOn, RecordingStalled, Remark, Working
from fooler_gui.core.reference_settings import ReferenceSettings
from fooler_gui.core.round_report import THRESHOLD
from fooler_gui.core.rounds_spec import RoundsSpec
from fooler_gui.core.run_control import Next, RunControl
from fooler_gui.core.run_spec import ROUND, RunSpec
from fooler_gui.core.save import Save
from fooler_gui.core.settings import DescentSettings
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.starts import Noise, make_images, noise_rng
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.reference_sample import planned
from fooler_gui.engine.descent.descent import descend
from fooler_gui.engine.descent.label_batch import LabelBatch
from fooler_gui.engine.machine import machine
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.records.recording import recorded
from fooler_gui.records.rounds_folder import RoundImages
from fooler_gui.records.run_folder import new_record, run_recorder


def seek_images(
    classifier: Classifier,
    info: ClassifierInfo,
    dataset: Dataset,
    spec: RoundsSpec,
    number: int,
    folder: Path,
    control: RunControl,
) -> Generator[Working | Remark | RecordingStalled | RecordingGoesOn, None, bool]:
    """Yields progress while images are driven from fresh starts; returns False after a stop.

    They are driven towards every label, or of very many towards a sample that is another one in each round.

    Every image is driven for all steps, over the threshold or not, and none is reinitialised. The run is recorded with
    a save at the start and at each kept stage.

    Args:
        classifier: The classifier to fool.
        info: Its description.
        dataset: Its training images are the references, if the coefficients need any, and make some starts.
        spec: Starts, numbers, coefficients.
        number: The round's number, from 1; each round has its own noise.
        folder: Where the run is recorded.
        control: Pause and stop.
    """
    settings = spec.settings
    steps, stages = settings.steps_per_round, min(settings.stages, settings.steps_per_round)
    kept_at = {0} | {-(-steps * (stage + 1) // stages) for stage in range(stages)}
    labels = sampled_labels(len(dataset.class_names), settings.rng_seed, number, most=settings.labels_per_round)
    cost = CostFunction(classifier, spec.method, spec.penalised_layers)
    references = ReferenceSettings(rng_seed=settings.rng_seed)
    plan = planned(dataset, labels, references, cost.bytes_a_reference)
    if plan.sentence and cost.layers:
        yield Remark(sentence=f"Round {number} · {plan.sentence}")
    batches = []
    for label in labels:
        if control.next() is Next.STOP:
            return False
        rng = noise_rng(Noise.ROUND_STARTS, settings.rng_seed, number, label)
        if cost.layers:
            yield Working(sentence=f"Round {number} · Recording the training images of {dataset.class_names[label]}")
        starts = _starts(spec, dataset, number, label, rng)
        recorded_sample = cost.record_sample(dataset, plan.samples[label])
        batches.append(LabelBatch(label, starts, recorded_sample, cost, spec.method, rng))
    # No probability exceeds 1, so only the steps end it.
    descent = DescentSettings(
        max_steps=steps, min_probability=1.0, mean_probability=1.0, reinitialise_below=0.0, num_mono_dec_saves=2
    )
    run_spec = RunSpec(
        classifier=info.path,
        labels=labels,
        slots=settings.images_per_label,
        start=ROUND,
        rng_seed=settings.rng_seed,
        reference_memory=references.reference_memory,
        descent=descent,
        method=spec.method,
        coefficients=spec.coefficients,
    )
    run = descend(batches, RunControl.for_descent(spec.coefficients, descent))
    # No stage may be thinned out.
    record = new_record(run_spec, info, machine(), dataset.info, plan.total)
    recorder = run_recorder(folder, record)
    with closing(recorded(run, recorder, control, lambda save: save.step in kept_at)) as messages:
        for message in messages:
            if isinstance(message, Save):
                if control.next() is Next.STOP:
                    return False
                sentence = f"Round {number} · Driving {message.probabilities.size} images"
                yield Working(sentence=sentence, fraction=message.step / steps)
            elif isinstance(message, RecordingStalled | RecordingGoesOn):
                yield message
    return True


def given_images(found: RoundImages, spec: RoundsSpec, number: int) -> BoolArray:
    """Returns (N,) which images of round `number` may show their label, as they were over the threshold from the start.

    Only kinds of starts that may show a class count.
    """
    shows = [
        kind.shows_classes
        for label in dict.fromkeys(found.labels.tolist())
        for kind, part in _parts(spec, number, label)
        for _ in part
    ]
    given: BoolArray = (found.begun > THRESHOLD) & np.array(shows)
    return given


def _starts(spec: RoundsSpec, dataset: Dataset, number: int, label: int, rng: np.random.Generator) -> FloatArray:
    return np.concatenate(
        [
            make_images(kind, ImageRequest(rng=rng, count=len(part), dataset=dataset, label=label))
            for kind, part in _parts(spec, number, label)
            if len(part)
        ]
    )


def _parts(spec: RoundsSpec, number: int, label: int) -> list[tuple[ImageKind, IntArray]]:
    """Returns the kinds of a label's starts with their slots, equally many; which kinds get the remainder varies."""
    first = (number + label) % len(spec.starts)
    kinds = [kinds_for(ROUNDS)[name] for name in spec.starts[first:] + spec.starts[:first]]
    return list(zip(kinds, np.array_split(np.arange(spec.settings.images_per_label), len(kinds)), strict=True))
