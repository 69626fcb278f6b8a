"""``fooler retrain``: retrains a classifier on fooling images and compares it before and after."""

from __future__ import annotations

import argparse
import dataclasses

import numpy as np

from fooler_gui.cli.checks import FileRefused, given_classifier, given_data, given_runs, new_file
from fooler_gui.cli.output import Result, table
from fooler_gui.cli.session import begun_session
from fooler_gui.cli.shared_options import given_settings
from fooler_gui.core.formats import format_seconds, format_share
from fooler_gui.core.jobs import Retrain
from fooler_gui.core.messages import RetrainingFinished
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import RetrainingSettings
from fooler_gui.core.work_time import retraining_work
from fooler_gui.records.run_reader import read_found_images

_IN_WORDS = {
    "test_accuracy": "Test images right",
    "found_mean_confidence": "Mean confidence on the found images",
    "noise_mean_confidence": "Mean confidence on fresh noise",
    "fresh_fooled_share": "Fresh noise driven over 0.999 in 60 steps",
}
_CERTIFIED = "Certified radius of the found images"


def run(options: argparse.Namespace) -> Result:
    """Runs the command.

    Raises:
        LabError: An option or file cannot be used, or the training diverged.
        KeyboardInterrupt: Ctrl-C before the training started.
    """
    settings = given_settings(options, RetrainingSettings())
    classifier = given_classifier(options)
    folders = given_runs(options.run)
    path = new_file(options.out, ".keras", overwrite=options.overwrite)
    data = given_data(options)
    control = RunControl()
    with begun_session(data) as session:
        info = session.open(classifier)
        images = np.concatenate([read_found_images(folder, info.input_shape).images for folder in folders])
        if len(images) == 0:
            raise FileRefused("--run must name runs with found images; none is over the threshold.")
        train_images = len(session.lab.dataset.train_images)
        work = retraining_work(settings, train_images, len(info.label_names), has_guarantee=info.has_guarantee)
        session.tell_time(work, info.operations)
        job = Retrain(settings=settings, images=images, path=str(path))
        finished = session.answer(job, RetrainingFinished, control)
    return Result(
        facts={
            "before": dataclasses.asdict(finished.before),
            "after": dataclasses.asdict(finished.after),
            "file": finished.candidate.path,
            "sha256": finished.candidate.sha256,
            "found_images": finished.found_images,
            "steps": finished.steps,
            "seconds": finished.seconds,
            "stopped": finished.stopped,
        },
        text=_text(finished),
        stopped=f"Stopped after {finished.steps} steps; the weights so far are in {finished.candidate.path}."
        if control.stop_requested
        else "",
    )


def _text(finished: RetrainingFinished) -> str:
    rows = [
        (words, format_share(getattr(finished.before, name), 2), format_share(getattr(finished.after, name), 2))
        for name, words in _IN_WORDS.items()
    ]
    if finished.after.found_certified is not None:
        radii = (finished.before.found_certified, finished.after.found_certified)
        before, after = ("–" if radius is None else f"{radius:.2f}" for radius in radii)
        rows.append((_CERTIFIED, before, after))
    return "\n".join(
        [
            f"Retrained {finished.steps:,} steps in {format_seconds(finished.seconds)} with "
            f"{finished.found_images} found images",
            "",
            table(("", "before", "after"), rows),
            "",
            f"File  {finished.candidate.path}",
        ]
    )
