"""Puts another dataset in use, and keeps the classifier in use if it can read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fooler_gui.core.errors import LabError
from fooler_gui.core.formats import format_share
from fooler_gui.core.jobs import OpenClassifier, OpenDataset
from fooler_gui.core.messages import Message, NoClassifier, Working
from fooler_gui.core.path_text import path_of
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.loading import load_dataset
from fooler_gui.engine.contents import LabContents
from fooler_gui.engine.in_use import InUse
from fooler_gui.engine.opening import opened


def open_dataset(contents: LabContents, job: OpenDataset, path: Path, cache: Path | None) -> Iterator[Message]:
    """Reads a dataset and puts it in use.

    Args:
        contents: The lab's.
        job: The job.
        path: The dataset's file or folder.
        cache: The folder for datasets that do not fit into memory; None for a temporary one.

    Raises:
        LabError: The dataset or the classifier cannot be used; all stays as it was.
    """
    yield Working(sentence=f"Reading {path.name}")
    dataset = load_dataset(path, largest=job.largest_side, cache=cache)
    if job.sha256 not in ("", dataset.sha256):
        raise LabError(
            f"{path.name} is another dataset: its SHA-256 begins with {dataset.sha256[:12]}, wanted is "
            f"{job.sha256[:12]}."
        )
    yield Working(sentence="Trying the classifier on it")
    entering, sentence = _classifier_for(dataset, job.classifier, contents.present)
    contents.change_dataset(dataset, entering)
    if entering is not None:
        yield from contents.tell()
    else:
        yield from contents.tell_dataset()
        yield NoClassifier(sentence=sentence)


def _classifier_for(dataset: Dataset, wanted: OpenClassifier | None, present: InUse | None) -> tuple[InUse | None, str]:
    """Returns the `wanted` classifier for `dataset`, or else that in use if it reads it; or None and why not.

    Raises:
        LabError: The wanted classifier cannot be used, or that in use has no file.
    """
    if wanted is not None:
        return opened(path_of(wanted.path), wanted, dataset)[0], ""
    if present is None:
        return None, ""
    info = present.info
    if not info.path:
        raise LabError("The classifier in use has no file yet, and would be lost; save it first.")
    same = OpenClassifier(
        path=info.path,
        input_range=info.asked_range,
        output=info.asked_output,
        recorded_layers=info.asked_layers,
    )
    try:
        entering = opened(path_of(info.path), same, dataset)[0]
    except LabError as error:
        return None, str(error)
    if not entering.info.doubt:
        return entering, ""
    right = format_share(entering.info.test_accuracy or 0.0)
    return None, f"{info.name} gets {right} of the test images of {dataset.name} right, as by guessing."
