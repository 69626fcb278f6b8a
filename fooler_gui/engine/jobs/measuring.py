"""Measures the classifier in use: evaluations, honesty checks, its worst training images."""

from __future__ import annotations

from collections.abc import Iterator

from fooler_gui.core.jobs import CheckHonesty, Evaluate, FindWorstImages
from fooler_gui.core.label_sample import MOST_LABELS, sample_words
from fooler_gui.core.messages import HonestyChecked, Message, Remark
from fooler_gui.core.run_control import RunControl
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.contents import LabContents
from fooler_gui.engine.evaluation.classifier_evaluation import evaluate_classifier
from fooler_gui.engine.evaluation.worst_images import find_worst_images
from fooler_gui.engine.guarantee.certifying import bounds_of
from fooler_gui.engine.mending.honesty import honesty_checks


def evaluate_present(contents: LabContents, job: Evaluate, control: RunControl) -> Iterator[Message]:
    """Evaluates the classifier in use.

    Raises:
        LabError: There is no classifier or no dataset, or images cannot be used.
    """
    present = contents.require_present()
    contents.require_images("An evaluation")
    contents.check_found(job.found, "An evaluation")
    contents.check_labels(tuple(set(job.found_labels.tolist())))
    present.forget_computed()
    classifier, info = present.classifier, present.info
    bounds = bounds_of(classifier, info.name) if info.has_guarantee else None
    second, neighbours = contents.second_classifier(), contents.neighbours
    yield from evaluate_classifier(classifier, info, second, neighbours, contents.dataset, job, control, bounds)


def check_honesty(contents: LabContents, job: CheckHonesty, control: RunControl) -> Iterator[Message]:
    """Attacks the classifier in use to see whether it only hides its gradients; a stop ends it without a result.

    Raises:
        LabError: There is no classifier, or the former one cannot be opened.
    """
    present = contents.require_present()
    former = contents.opened(job.former).classifier if job.former else None
    yield from sample_remark("Images are", contents.dataset)
    checks = yield from honesty_checks(present.classifier, former, contents.dataset, job.rng_seed, 0, control)
    if checks is not None:
        yield HonestyChecked(name=present.info.name, checks=checks)


def find_worst(contents: LabContents, job: FindWorstImages, control: RunControl) -> Iterator[Message]:
    """Finds the training images that the classifier in use is least sure of; a stop ends it without a result.

    Raises:
        LabError: There is no classifier or no dataset, or it has not so many images of a class.
    """
    contents.require_images("The figure of the worst training images")
    yield from find_worst_images(contents.require_present().classifier, contents.dataset, job.count, control)


def sample_remark(subject: str, dataset: Dataset, most: int = MOST_LABELS) -> Iterator[Remark]:
    """Yields that `subject` ("Images are") driven towards a sample of the classes, if they are more than `most`."""
    classes = len(dataset.class_names)
    words = sample_words(min(most, classes), classes)
    if words:
        yield Remark(sentence=f"{subject} driven towards {words}.")
