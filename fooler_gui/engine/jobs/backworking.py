"""Prepares and does runs of backwork, and inspects their images afterwards."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Iterator, Mapping, Sequence

import numpy as np

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.further_classifier import FurtherClassifier
from fooler_gui.core.inspection import Inspection
from fooler_gui.core.jobs import Backwork, Inspect, Prepare
from fooler_gui.core.messages import Message, ReferencesChosen, Remark, RunFinished, Working
from fooler_gui.core.objectives import UNIT
from fooler_gui.core.path_text import path_of
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.save import STOPPED_BY_USER
from fooler_gui.core.settings import CostCoefficients, SettingError, article_coefficients
from fooler_gui.core.start_words import start_name
from fooler_gui.core.write_check import check_folder
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.starts import images_of_file, slot_rng, start_images
from fooler_gui.engine.contents import LabContents
from fooler_gui.engine.cost.evaluation import Batch, Evaluation
from fooler_gui.engine.cost.nets import WeightedNet
from fooler_gui.engine.cost.reference_sample import Sample
from fooler_gui.engine.cost.references import RecordingStopped, ReferenceSearch
from fooler_gui.engine.cost.units import unit_place
from fooler_gui.engine.descent.descent import descend
from fooler_gui.engine.descent.label_batch import LabelBatch
from fooler_gui.engine.machine import machine
from fooler_gui.records.recording import recorded
from fooler_gui.records.run_folder import new_record, run_recorder


def prepare(contents: LabContents, job: Prepare, control: RunControl) -> None:
    """Computes in advance what a run needs first, until `control` requests a stop.

    First the references of `most` labels are recorded. Then those of every label of the dataset are put on disk, where
    the run's others are held ready too: they take no memory that could not be freed.

    Raises:
        LabError: There is no classifier, or it has no such label, or there is too little memory for references.
    """
    present = contents.require_present()
    contents.check_labels(job.labels)
    samples = [present.plan(job.labels, job.method, job.references).samples[label] for label in job.labels]
    first, others = samples[: job.most], samples[job.most :]
    if not present.has_references(first):
        present.keep_references(samples)
    try:
        _hold_ready(contents, job, first, control)
        contents.inspector().warm_up()
        contents.record_ahead(job.method, job.references, control)
        _hold_ready(contents, job, [sample for sample in others if present.is_on_disk(sample)], control)
    except RecordingStopped:
        return


def _hold_ready(contents: LabContents, job: Prepare, samples: Sequence[Sample], control: RunControl) -> None:
    """Records or reads the references of `samples`, and searches those that are new once.

    Raises:
        RecordingStopped: `control` requested a stop.
    """
    present = contents.require_present()
    coefficients = article_coefficients(present.classifier.recorded_layers)
    blank = np.zeros((1, *present.classifier.input_shape), np.float32)
    for sample in samples:
        if control.stop_requested:
            raise RecordingStopped
        if not present.has_references([sample]):
            references = contents.references(sample, job.method, control)
            present.cost(job.method).evaluate(blank, sample.label, references, coefficients)


def backwork(contents: LabContents, job: Backwork, control: RunControl) -> Iterator[Message]:
    """Runs the descent; opens the run's classifier if it is not in use.

    Raises:
        LabError: The run is refused, or cannot be recorded.
    """
    spec = job.spec
    if job.folder:
        check_folder(path_of(job.folder))
    if contents.present is None or contents.present.info.path != spec.classifier:
        contents.put_in_use(contents.opened(spec.classifier))
    present = contents.require_present()
    contents.check_labels(spec.labels)
    _check_coefficients(spec.coefficients, present.classifier.recorded_layers)
    if spec.descent.objective == UNIT:
        unit_place(present.classifier, spec.descent.unit)
    nets, further = yield from open_further(contents, spec.further)
    spec = dataclasses.replace(spec, further=further)
    rngs = {label: slot_rng(spec.rng_seed, label) for label in spec.labels}
    starts = _starts(job, contents.dataset, rngs)
    yield from _remarks_on_starts(job, contents.dataset)
    plan = present.plan(spec.labels, spec.method, spec.references)
    if plan.sentence:
        yield Remark(sentence=plan.sentence)
    present.keep_references(plan.samples.values())
    cost = present.cost_with(nets, spec.method)
    batches = []
    try:
        with contents.recording(plan.samples.values(), spec.method, control) as recorded_labels:
            for index, label in enumerate(spec.labels):
                if not present.has_references([plan.samples[label]]):
                    name = present.classifier.class_names[label]
                    yield Working(
                        sentence=f"Recording the activations of the training images of {name}",
                        fraction=index / len(spec.labels),
                    )
                cost.warm_up()  # while the references are recorded
                references = next(recorded_labels)
                batches.append(
                    LabelBatch(label, starts[label], references, cost, spec.method, rngs[label], spec.rng_seed)
                )
    except RecordingStopped:
        yield RunFinished(stopped_by=(STOPPED_BY_USER,) * len(spec.labels), steps=0, seconds=0.0)
        return
    yield ReferencesChosen(count=plan.total)
    inspector = contents.inspector()

    def look(batch: LabelBatch, evaluation: Evaluation, slot: int, step: int, layer: str) -> Inspection:
        return inspector.look(batch.to_evaluate, evaluation.costs, slot, step, layer)

    run = descend(batches, control, look, rng_seed=spec.rng_seed)
    if job.folder:
        record = new_record(spec, present.info, machine(), contents.dataset.info, plan.total)
        recorder = run_recorder(path_of(job.folder), record, spec.descent.save_bytes)
        yield (yield from recorded(run, recorder, control))
    else:
        yield (yield from run)


def open_further(
    contents: LabContents, further: Sequence[FurtherClassifier]
) -> Generator[Remark, None, tuple[tuple[WeightedNet, ...], tuple[FurtherClassifier, ...]]]:
    """Yields how the `further` classifiers of an ensemble were adapted, and why some may not be usable as they are.

    Returns:
        Their nets, and the same with the hashes of their files.

    Raises:
        LabError: As for `LabContents.opened_further`.
    """
    opened = contents.opened_further(further)
    for info in (each.info for each in opened):
        for sentence in filter(None, (*info.adapted, info.doubt)):
            yield Remark(sentence=f"{info.name}: {sentence}")
    together = tuple(zip(further, opened, strict=True))
    nets = tuple(WeightedNet(net.classifier, each.weight) for each, net in together)
    return nets, tuple(dataclasses.replace(each, sha256=net.info.sha256) for each, net in together)


def inspect(contents: LabContents, job: Inspect, control: RunControl) -> Iterator[Inspection]:
    """Inspects an image of a run that is not in progress; a stop while references are recorded ends it.

    Raises:
        LabError: There is no classifier, or it has no such label, or there is too little memory for references.
    """
    present, save = contents.require_present(), job.save
    contents.check_labels((job.label,))
    images = save.images[save.labels.index(job.label)]
    coefficients = job.coefficients
    if tuple(coefficients.layer_cost_coeffs) != present.classifier.recorded_layers:
        coefficients = article_coefficients(present.classifier.recorded_layers)
    plan = present.plan(save.labels, job.method, job.references)
    try:
        references = contents.references(plan.samples[job.label], job.method, control)
    except RecordingStopped:
        return
    batch = Batch(images, job.label, ReferenceSearch(references), images)
    costs = present.cost(job.method).evaluate_together([batch], coefficients)[0].costs
    recorded_costs = save.costs[save.labels.index(job.label)]
    # A save of a classifier with other layers is inspected with its costs in the present one.
    shown = recorded_costs if recorded_costs.layers == costs.layers else costs
    inspector = contents.inspector()
    inspection = inspector.look(batch, shown, job.slot, save.step, job.layer)
    yield dataclasses.replace(inspection, fooled=inspector.fooled(save))


def _starts(job: Backwork, dataset: Dataset, rngs: Mapping[int, np.random.Generator]) -> dict[int, FloatArray]:
    spec, given = job.spec, job.starts
    if given is None:
        return {label: start_images(spec, label, dataset, rng) for label, rng in rngs.items()}
    expected = (len(spec.labels), spec.slots, *dataset.input_shape)
    if given.shape != expected:
        raise SettingError(f"The images to start from must have the shape {expected}; received {given.shape}.")
    return dict(zip(spec.labels, given, strict=True))


def _remarks_on_starts(job: Backwork, dataset: Dataset) -> Iterator[Remark]:
    spec = job.spec
    if job.starts is None and spec.starts_from_file:
        given = images_of_file(path_of(spec.start), dataset.input_shape, spec.slots)
        yield from (Remark(sentence=f"{start_name(spec.start)}: {remark}") for remark in given.remarks)


def _check_coefficients(coefficients: CostCoefficients, recorded_layers: tuple[str, ...]) -> None:
    given = tuple(coefficients.layer_cost_coeffs)
    if set(given) != set(recorded_layers):
        raise SettingError(
            f"layer_cost_coeffs must name the recorded layers {', '.join(recorded_layers)}; received "
            f"{', '.join(given) or 'none'}."
        )
