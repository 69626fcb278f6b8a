"""``fooler backwork``: one run of the descent."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from fooler_gui.cli.arguments import ALL_LABELS, SLOTS, BadArguments, given_settings
from fooler_gui.cli.checks import (
    FileRefused,
    given_classifier,
    given_coefficients,
    given_file,
    new_run_folder,
)
from fooler_gui.cli.descent import Run, make_run
from fooler_gui.cli.output import Result, table
from fooler_gui.cli.session import begun_session
from fooler_gui.core.formats import format_number, format_probability, format_seconds
from fooler_gui.core.messages import (
    STOPPED_BY_PROBABILITY,
    STOPPED_BY_STEPS,
    STOPPED_BY_TOLERANCE,
    STOPPED_BY_USER,
    ClassifierInfo,
    Save,
)
from fooler_gui.core.run_spec import AVERAGES, NOISE, RunSpec
from fooler_gui.core.settings import METHODS, CostCoefficients, DescentSettings
from fooler_gui.engine.array_file import MAXIMUM_BYTES, read_images
from fooler_gui.engine.run_file import write_run

_STRONGEST_FIRST = (STOPPED_BY_USER, STOPPED_BY_STEPS, STOPPED_BY_TOLERANCE, STOPPED_BY_PROBABILITY)
_IN_WORDS = {
    STOPPED_BY_USER: "stopped",
    STOPPED_BY_STEPS: "step limit",
    STOPPED_BY_TOLERANCE: "settled cost",
    STOPPED_BY_PROBABILITY: "probability",
}


def run(options: argparse.Namespace) -> Result:
    """Does what `options` ask for.

    Raises:
        LabError: An option or file cannot be used, or the run broke off.
        KeyboardInterrupt: Ctrl-C before the first save.
    """
    _check_labels(options.label)
    settings = given_settings(options, DescentSettings())
    classifier = given_classifier(options.classifier)
    coefficients = given_coefficients(options.coefficients)
    start = options.start
    if start not in (NOISE, AVERAGES):
        start = str(given_file("--start", Path(start), ".npz", f"{NOISE}, {AVERAGES} or "))
    folder = new_run_folder(options.out, overwrite=options.overwrite)
    with begun_session() as session:
        info = session.open(classifier)
        spec = RunSpec(
            classifier=info.path,
            labels=tuple(range(len(info.label_names))) if ALL_LABELS in options.label else tuple(options.label),
            slots=options.slots or _slots_of(start, info),
            start=start,
            rng_seed=options.rng_seed,
            descent=settings,
            method=METHODS[options.preset],
            coefficients=CostCoefficients.from_dict(coefficients, info.recorded_layers),
        )
        if folder is not None:
            _check_size(spec, info)
        saves: list[Save] = []
        made = make_run(session, spec, saves.append if folder is not None else None)
    if folder is not None:
        write_run(folder, spec, info, saves, made.finished)
    if made.error is not None:
        raise made.error
    return _result(made, info, folder)


def _check_labels(labels: list[int | str]) -> None:
    if ALL_LABELS in labels and len(labels) > 1:
        raise BadArguments("--label must be all alone, or classes; received both.")
    twice = [str(label) for label, count in Counter(labels).items() if count > 1]
    if twice:
        raise BadArguments(f"--label must not name a class twice; received {', '.join(twice)} more than once.")


def _slots_of(start: str, info: ClassifierInfo) -> int:
    return SLOTS if start in (NOISE, AVERAGES) else len(read_images(Path(start), info.input_shape))


def _check_size(spec: RunSpec, info: ClassifierInfo) -> None:
    """Refuses a run that could fill more than a run's file may hold, before it begins."""
    height, width, channels = info.input_shape
    images = len(spec.labels) * spec.slots
    most = MAXIMUM_BYTES // (images * height * width * channels * 4 * 2)
    saves = spec.descent.max_steps // spec.descent.save_frequency + 2
    if saves > most:
        raise FileRefused(
            f"A run of {images} images that is written to --out may have at most {most} saves; --max-steps and "
            f"--save-frequency allow {saves}."
        )


def _result(made: Run, info: ClassifierInfo, folder: Path | None) -> Result:
    last, reasons = made.last, made.stopped_by
    steps, seconds = last.step, last.seconds
    if made.finished is not None:
        steps, seconds = made.finished.steps, made.finished.seconds
    facts = {
        "labels": list(last.labels),
        "steps": steps,
        "seconds": seconds,
        "seconds_per_step": seconds / steps if steps else None,
        "min_probability": float(last.probabilities.min()),
        "mean_probability": float(last.probabilities.mean()),
        "found": int(last.done.sum()),
        "reinitialised": int(last.restarts.sum()),
        "stopped_by": min(reasons, key=_STRONGEST_FIRST.index),
        "by_label": [
            {
                "label": label,
                "min_probability": float(last.probabilities[index].min()),
                "mean_probability": float(last.probabilities[index].mean()),
                "found": int(last.done[index].sum()),
                "reinitialised": int(last.restarts[index].sum()),
                "stopped_by": reasons[index],
            }
            for index, label in enumerate(last.labels)
        ],
        "run": None if folder is None else str(folder),
    }
    where = "nothing was written, for no --out was given" if folder is None else f"the run so far is in {folder}"
    return Result(
        facts=facts,
        text=_text(facts, last.probabilities.shape[1], info),
        stopped=f"Stopped after {steps} steps; {where}." if made.interrupted else "",
    )


def _text(facts: dict[str, Any], slots: int, info: ClassifierInfo) -> str:
    rows = [
        (
            info.class_names[entry["label"]],
            f"{entry['found']} of {slots}",
            format_probability(entry["min_probability"]),
            format_probability(entry["mean_probability"]),
            str(entry["reinitialised"]),
            _IN_WORDS[entry["stopped_by"]],
        )
        for entry in facts["by_label"]
    ]
    lines = [
        table(("label", "found", "lowest p", "mean p", "reinitialised", "stopped by"), rows, words=(0, 5)),
        "",
        f"{facts['steps']} steps in {format_seconds(facts['seconds'])}",
    ]
    if facts["seconds_per_step"] is not None:
        lines[-1] += f", {format_number(round(1000 * facts['seconds_per_step'], 1))} ms a step"
    if facts["run"] is not None:
        lines.append(f"Run in {facts['run']}")
    return "\n".join(lines)
