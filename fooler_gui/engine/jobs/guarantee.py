"""Gives a copy of the classifier in use a guarantee, and tells what one promises of images."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from fooler_gui.core.guarantee import LEVELS, Certificate, CertifiedImage, GuaranteeReport
from fooler_gui.core.jobs import Certify, Guarantee
from fooler_gui.core.messages import Certified, GuaranteeMade, Message, Working
from fooler_gui.core.path_text import path_of
from fooler_gui.core.run_control import RunControl
from fooler_gui.engine.contents import LabContents
from fooler_gui.engine.guarantee.bounds import Bounds
from fooler_gui.engine.guarantee.certifying import bounds_of, nearest_distances
from fooler_gui.engine.guarantee.densities import Densities
from fooler_gui.engine.guarantee.fitting import fit_densities
from fooler_gui.engine.guarantee.joint import train_jointly
from fooler_gui.engine.guarantee.network import with_guarantee
from fooler_gui.engine.mending.training import accuracy_on
from fooler_gui.engine.nets.classifier_file import check_writable, describe, save_classifier

_AT_A_TIME = 1_000


def make_guarantee(contents: LabContents, job: Guarantee, control: RunControl) -> Iterator[Message]:
    """Writes a copy of the classifier in use with a guarantee; a stop ends it with nothing written.

    Raises:
        LabError: There is no classifier or no dataset, they allow no guarantee, or the file cannot be written.
    """
    path = path_of(job.path)
    check_writable(path)
    contents.require_images("A guarantee")
    present, dataset = contents.require_present(), contents.dataset
    present.forget_computed()
    began = time.perf_counter()
    fitted = yield from fit_densities(dataset, job.settings, control)
    if fitted is None:
        return
    densities: Densities | None = fitted.densities
    mixed = with_guarantee(present.classifier, fitted.densities)
    if job.settings.joint_steps:
        densities = yield from train_jointly(mixed, dataset, job.settings, control)
    if densities is None:
        return
    seconds = time.perf_counter() - began
    yield Working(sentence="Measuring the test accuracy")
    before, after = (
        accuracy_on(classifier, dataset.test_images, dataset.test_labels, control)
        for classifier in (present.classifier, mixed)
    )
    if before is None or after is None:
        return
    save_classifier(mixed, path, after, dataset.sha256)
    report = GuaranteeReport(
        settings=job.settings,
        components=len(densities.inside.variances),
        fitted_images=fitted.fitted_images,
        validation_images=fitted.validation_images,
        distances=_distances(Bounds(densities, len(mixed.class_names))),
        accuracy_before=before,
        accuracy=after,
        seconds=seconds,
    )
    yield GuaranteeMade(report=report, classifier=describe(mixed, path, after))


def certify(contents: LabContents, job: Certify, control: RunControl) -> Iterator[Message]:
    """Certifies images by the guarantee of the classifier in use; a stop ends it without a result.

    Raises:
        LabError: There is no classifier, or it has no guarantee.
    """
    present = contents.require_present()
    classifier = present.classifier
    bounds = bounds_of(classifier, present.info.name)
    neighbours = contents.neighbours if contents.dataset.has_images else None
    certified: list[CertifiedImage] = []
    seconds = 0.0
    for start in range(0, len(job.images), _AT_A_TIME):
        if control.stop_requested:
            return
        yield Working(sentence="Certifying images", fraction=start / len(job.images))
        images = job.images[start : start + _AT_A_TIME]
        confidences = classifier.probabilities(images).max(axis=1)
        began = time.perf_counter()
        around = bounds.around(images)
        radii, highest = np.stack([around.radii(level) for level in LEVELS], axis=1), around.confidences(job.radius)
        seconds += time.perf_counter() - began
        nearest = [None] * len(images) if neighbours is None else nearest_distances(neighbours, images).tolist()
        figures = zip(confidences.tolist(), map(tuple, radii.tolist()), highest.tolist(), nearest, strict=True)
        certified += [
            CertifiedImage(confidence=confidence, radii=own, bound=bound, nearest=distance)
            for confidence, own, bound, distance in figures
        ]
    yield Certified(
        certificate=Certificate(
            classifier=present.info.name,
            radius=job.radius,
            images=tuple(certified),
            distances=_distances(bounds),
            seconds=seconds,
        )
    )


def _distances(bounds: Bounds) -> tuple[float, ...]:
    return tuple(map(bounds.distance, LEVELS))
