"""What tests of the lab share: doing a job, a short run, and the messages of a kind."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from tiny import make_classifier, noise

from fooler_gui.core import jobs
from fooler_gui.core.messages import Message, TrainingProgress
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import DescentSettings, article_coefficients
from fooler_gui.engine.lab import Lab
from fooler_gui.engine.nets.classifier_file import load_classifier, save_classifier

LAYERS = ("inputs", "conv0", "fc")
"""The recorded layers of the tiny net."""
FOUND = noise((4, 8, 8, 1), rng_seed=50)
"""Images that stand for found ones."""

Kind = TypeVar("Kind")


def make_lab(dataset_path: Path, second_opinion: Path | None = None, *, references: Path | None = None) -> Lab:
    """Returns a lab with the tiny dataset in that file, which has three classes, and without a classifier."""
    lab = Lab(dataset_path, second_opinion, references=references)
    lab.contents.opened_dataset = dataclasses.replace(lab.dataset, class_names=("0", "1", "2"))
    return lab


def perform(
    lab: Lab,
    job: jobs.Job,
    control: RunControl | None = None,
    then: Callable[[Message, RunControl], object] | None = None,
) -> list[Message]:
    """Returns every message; `then` is called after each."""
    if control is None:
        control = RunControl()
        if isinstance(job, jobs.Backwork):
            control = RunControl.for_descent(job.spec.coefficients, job.spec.descent)
    messages = []
    for message in lab.perform(job, control):
        messages.append(message)
        if then is not None:
            then(message, control)
    return messages


def only(messages: list[Message], kind: type[Kind]) -> Kind:
    """Returns the one message of this kind."""
    (message,) = all_of(messages, kind)
    return message


def all_of(messages: list[Message], kind: type[Kind]) -> list[Kind]:
    """Returns every message of this kind."""
    return [message for message in messages if isinstance(message, kind)]


def spec(path: str, **changes: Any) -> RunSpec:
    """Returns four steps of three slots towards class 1 by the tiny net in the file at `path`, but for `changes`."""
    settings = {
        "labels": (1,),
        "slots": 3,
        "descent": DescentSettings(max_steps=4, min_probability=1.0, reinitialise_below=0.0),
        "coefficients": article_coefficients(LAYERS),
    } | changes
    return RunSpec(classifier=path, **settings)


def stop_at_progress(message: Message, control: RunControl) -> None:
    """Requests a stop of a training after its first progress."""
    if isinstance(message, TrainingProgress):
        control.stop()


def weights_in(path: str) -> list[np.ndarray]:
    """Returns the weights of the classifier in the file at `path`."""
    return load_classifier(Path(path))[0].network.get_weights()


def frozen_file(path: Path, *names: str) -> str:
    """Writes a tiny classifier whose layers of these `names` are frozen to `path`, and returns the path."""
    classifier = make_classifier(class_names=("0", "1", "2"))
    for name in names:
        classifier.network.get_layer(name).trainable = False
    save_classifier(classifier, path, 0.9)
    return str(path)
