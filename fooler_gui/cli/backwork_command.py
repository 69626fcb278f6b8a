"""``fooler backwork``: one run of the descent."""

from __future__ import annotations

import argparse
import dataclasses
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fooler_gui.cli.checks import (
    FileRefused,
    GivenCoefficients,
    GivenData,
    given_classifier,
    given_coefficients,
    given_data,
    given_layer_coefficients,
    given_terms,
    new_run_folder,
)
from fooler_gui.cli.descent import Run, make_run
from fooler_gui.cli.ensembles import facts_by_classifier, further_again, given_further, table_by_classifier
from fooler_gui.cli.given_start import given_start, slots_for
from fooler_gui.cli.option_values import ALL_LABELS, BadArguments, label_of
from fooler_gui.cli.output import Result, table
from fooler_gui.cli.session import Session, begun_session
from fooler_gui.cli.shared_options import ARTICLE, given_settings, refuse
from fooler_gui.core.classifier_info import ClassifierInfo
from fooler_gui.core.dataset_info import NO_DATASET, DatasetSettings, DatasetUse
from fooler_gui.core.done_words import measure_of, measure_text
from fooler_gui.core.formats import format_number, format_seconds
from fooler_gui.core.objectives import UNIT
from fooler_gui.core.path_text import path_of
from fooler_gui.core.run_figures import RunFigures, reference_distance
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import (
    STOPPED_BY_ACTIVATION,
    STOPPED_BY_PROBABILITY,
    STOPPED_BY_STEPS,
    STOPPED_BY_TOLERANCE,
    STOPPED_BY_USER,
    Save,
)
from fooler_gui.core.settings import METHODS, DescentSettings
from fooler_gui.core.write_check import NotWritable
from fooler_gui.data.file_hash import sha256_of
from fooler_gui.records.repeat_check import check_repeat, why_not_repeated, why_not_with
from fooler_gui.records.run_folder import RunRecord
from fooler_gui.records.run_reader import read_repetition
from fooler_gui.resources import check_runs_folder, free_run_folder

_BESIDE_REPEAT = {"command", "repeat", "classifier", "further", "data", "out", "overwrite", "json", "debug"}
_STRONGEST_FIRST = (
    STOPPED_BY_USER,
    STOPPED_BY_STEPS,
    STOPPED_BY_TOLERANCE,
    STOPPED_BY_PROBABILITY,
    STOPPED_BY_ACTIVATION,
)
_IN_WORDS = {
    STOPPED_BY_USER: "stopped",
    STOPPED_BY_STEPS: "step limit",
    STOPPED_BY_TOLERANCE: "settled cost",
    STOPPED_BY_PROBABILITY: "probability",
    STOPPED_BY_ACTIVATION: "activation",
}


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: An option or file cannot be used, or the run failed.
        KeyboardInterrupt: Ctrl-C before the first save.
    """
    if options.repeat is not None:
        return _repeat(options)
    if not options.label:
        raise BadArguments("--label must name at least one class, or all; or --repeat a run.")
    _check_labels(options.label)
    coefficients, terms = given_coefficients(options.coefficients), given_terms(options)
    of_layers = given_layer_coefficients(options)
    settings = _settings(options, coefficients)
    classifier, further = given_classifier(options), given_further(options)
    start_given = given_start(options.start)
    given, data = _given_folder(options), given_data(options)
    with begun_session(data) as session:
        info = session.open(classifier)
        start = start_given.resolved(session)
        spec = RunSpec(
            classifier=info.path,
            labels=_labels(options.label, info.label_names),
            slots=options.slots or slots_for(start, session, RunSpec.default("slots")),
            start=start,
            descent=settings,
            method=METHODS[options.preset or ARTICLE],
            coefficients=session.coefficients(coefficients, terms, of_layers),
            further=further,
        )
        folder = given or free_run_folder()
        spec = given_settings(options, spec)
        figures = RunFigures(spec.descent)
        made = make_run(session, spec, folder, on_save=figures.add)
        found = figures.figures() | _distances(made.last, session)
    return _result(made, spec, info, folder, found)


def _settings(options: argparse.Namespace, coefficients: GivenCoefficients | None) -> DescentSettings:
    """Returns the descent of `options`, else of the preset or file of coefficients, else the usual one."""
    of_coefficients = {} if coefficients is None else coefficients.descent
    settings = given_settings(options, DescentSettings.from_dict(of_coefficients))
    if settings.objective == UNIT and not settings.unit:
        raise BadArguments(f"--objective unit needs --unit, {DescentSettings.info('unit').form}.")
    if settings.objective != UNIT and (options.unit is not None or options.unit_done is not None):
        raise BadArguments("--unit and --unit-done go with --objective unit.")
    return settings


def _repeat(options: argparse.Namespace) -> Result:
    """Repeats a recorded run, with all changes and slot actions at the same steps."""
    refuse(options, vars(options).keys() - _BESIDE_REPEAT, "--repeat, which repeats a run exactly")
    repetition = read_repetition(options.repeat)
    record = repetition.record
    given = _given_folder(options)
    if given is not None and given.resolve() == options.repeat.resolve():
        raise FileRefused("--out must not be the folder of the run that is repeated.")
    had_dataset = record.dataset_name != NO_DATASET
    classifier = dataclasses.replace(
        given_classifier(options, path_of(record.spec.classifier)),
        dataset=DatasetUse.REQUIRED if had_dataset else DatasetUse.NONE,
        input_range=record.asked_range,
        output=record.asked_output,
        recorded_layers=tuple(record.spec.coefficients.layer_cost_coeffs) or None,
    )
    _refuse_if(why_not_with(record, sha256_of(path_of(classifier.path))))
    further = further_again(options, record.spec.further)
    with begun_session(_data_of(options, record)) as session:
        if had_dataset:  # it comes first, as classifiers of others do not even fit it
            _check_same(record, None, session)
        info = session.open(classifier)
        _check_same(record, info, session)
        spec = dataclasses.replace(record.spec, classifier=info.path, further=further)
        folder = given or free_run_folder()
        figures = RunFigures(spec.descent)
        starts, control = repetition.starts, repetition.control
        made = make_run(session, spec, folder, on_save=figures.add, starts=starts, control=control)
        found = figures.figures() | _distances(made.last, session)
    stopped_again = repetition.control.is_over
    made = dataclasses.replace(made, interrupted=made.interrupted and not stopped_again)
    result = _result(made, spec, info, folder, found)
    check = check_repeat(options.repeat, folder)
    facts = {**result.facts, "differs_from": check.differs_from, "made_otherwise": check.made_otherwise}
    if check.differs_from is not None:
        return dataclasses.replace(result, facts=facts, failed=check.sentence)
    return dataclasses.replace(result, facts=facts, text=f"{result.text}\n{check.sentence}")


def _check_same(record: RunRecord, info: ClassifierInfo | None, session: Session) -> None:
    _refuse_if(why_not_repeated(record, info, session.lab.dataset.info))


def _refuse_if(refusal: str) -> None:
    if refusal:
        raise FileRefused(refusal)


def _data_of(options: argparse.Namespace, record: RunRecord) -> GivenData:
    """Returns the dataset of the command line, or without one that of the recorded run, if it is still there.

    It is read as it was for the run.
    """
    given = given_data(options)._replace(settings=DatasetSettings(largest_side=record.largest_side))
    recorded = path_of(record.dataset_path)
    if given.path is not None or not record.dataset_path or not recorded.exists():
        return given
    return given._replace(path=recorded)


def _given_folder(options: argparse.Namespace) -> Path | None:
    """Returns the folder to record into; None if a new one in the data folder can be created."""
    if options.out is not None:
        return new_run_folder(options.out, overwrite=options.overwrite)
    try:
        check_runs_folder()
    except NotWritable as error:
        raise FileRefused(f"{error} Or name a folder for the run with --out.") from error
    return None


def _labels(given: list[int | str], names: tuple[str, ...]) -> tuple[int, ...]:
    """Returns the classes that are `given` by name or number."""
    if ALL_LABELS in given:
        return tuple(range(len(names)))
    labels = [label_of(label, names) for label in given]
    _check_labels(labels)
    return tuple(labels)


def _check_labels(labels: Sequence[int | str]) -> None:
    if ALL_LABELS in labels and len(labels) > 1:
        raise BadArguments("--label must be either all or classes; received both.")
    twice = [str(label) for label, count in Counter(labels).items() if count > 1]
    if twice:
        raise BadArguments(f"--label must not name a class twice; received {', '.join(twice)} more than once.")


def _distances(last: Save, session: Session) -> dict[str, float]:
    """Returns how far the images are from the training images of their labels; nothing without a dataset."""
    dataset = session.lab.dataset
    references = [dataset.training_images_of(label) for label in last.labels]
    distances = [reference_distance(*pair) for pair in zip(last.images, references, strict=True) if len(pair[1])]
    return {"reference_distance": sum(distances) / len(distances)} if distances else {}


def _result(made: Run, spec: RunSpec, info: ClassifierInfo, folder: Path, figures: dict[str, float]) -> Result:
    last, reasons = made.last, made.stopped_by
    steps, seconds = last.step, last.seconds
    if made.finished is not None:
        steps, seconds = made.finished.steps, made.finished.seconds
    by_label = [
        {
            "label": label,
            "min_probability": float(last.probabilities[index].min()),
            "mean_probability": float(last.probabilities[index].mean()),
            **_figures(last, index),
            "reinitialised": int(last.reinitialisations[index].sum()),
            "stopped_by": reasons[index],
        }
        for index, label in enumerate(last.labels)
    ]
    facts = {
        "labels": list(last.labels),
        "steps": steps,
        "seconds": seconds,
        "evaluations": made.evaluations,
        "seconds_per_step": seconds / steps if steps else None,
        "min_probability": float(last.probabilities.min()),
        "mean_probability": float(last.probabilities.mean()),
        **_figures(last),
        "reinitialised": int(last.reinitialisations.sum()),
        **figures,
        "stopped_by": min(reasons, key=_STRONGEST_FIRST.index),
        "by_label": by_label,
        **facts_by_classifier(spec, last),
        "run": str(folder),
    }
    return Result(
        facts=facts,
        text=_text(facts, last, info),
        stopped=f"Stopped after {steps} steps; the run so far is in {folder}." if made.interrupted else "",
    )


def _figures(save: Save, index: int | slice = slice(None)) -> dict[str, float]:
    """Returns how the images of the label at `index`, or of all, did; with the objective unit none is a found image."""
    done = int(save.done[index].sum())
    if save.activations is None:
        return {"found": done}
    activations = save.activations[index]
    return {
        "found": 0,
        "done": done,
        "min_activation": float(activations.min()),
        "mean_activation": float(activations.mean()),
    }


def _text(facts: dict[str, Any], last: Save, info: ClassifierInfo) -> str:
    slots, measure = last.probabilities.shape[1], measure_of(last)
    done, short = ("found", "p") if last.activations is None else ("done", measure)
    rows = [
        (
            info.class_names[entry["label"]],
            f"{entry[done]} of {slots}",
            measure_text(last, entry[f"min_{measure}"]),
            measure_text(last, entry[f"mean_{measure}"]),
            str(entry["reinitialised"]),
            _IN_WORDS[entry["stopped_by"]],
        )
        for entry in facts["by_label"]
    ]
    lines = [
        *table_by_classifier(facts),
        table(("label", done, f"lowest {short}", f"mean {short}", "reinitialised", "stopped by"), rows, words=(0, 5)),
        "",
        f"{facts['steps']} steps in {format_seconds(facts['seconds'])}",
    ]
    if facts["seconds_per_step"] is not None:
        lines[-1] += f", {format_number(round(1000 * facts['seconds_per_step'], 1))} ms a step"
    if facts["evaluations"] > facts["steps"]:
        lines[-1] += f", {facts['evaluations']:,} evaluations of each population"
    lines.append(f"Run in {facts['run']}")
    return "\n".join(lines)
