"""Looks for the least change of images that makes the classifier in use call them a label."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fooler_gui.core.arrays import FloatArray, frozen
from fooler_gui.core.jobs import LeastChange
from fooler_gui.core.least_change import ImageChange, LeastChangeReport, figures_of
from fooler_gui.core.messages import LeastChangeFound, Message, Working
from fooler_gui.core.run_control import Next, RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import article_coefficients
from fooler_gui.data.starts import slot_rng, start_images
from fooler_gui.engine.contents import LabContents
from fooler_gui.engine.descent.least_change import Nearest, nearest_images
from fooler_gui.engine.descent.steering import Stopwatch

_TOLD_EVERY = 25
"""After how many steps what has been found is told."""


def find_least_change(contents: LabContents, job: LeastChange, control: RunControl) -> Iterator[Message]:
    """Looks for the nearest images of the label; a stop ends it with what has been found.

    Raises:
        LabError: There is no classifier, or it has no such label, or there are no such starts.
    """
    present = contents.require_present()
    contents.check_labels((job.label,))
    starts = _starts(contents, job)
    labels = np.full(len(starts), job.label)
    classifier, settings = present.classifier, job.settings
    starting = classifier.probabilities(starts)
    search = nearest_images(classifier, starts, labels, settings)
    watch = Stopwatch()

    def told(nearest: Nearest, *, stopped: bool = False) -> LeastChangeFound:
        probabilities = classifier.probabilities(nearest.images)
        report = LeastChangeReport(
            classifier=present.info.name,
            settings=settings,
            start=job.start,
            label=job.label,
            changes=tuple(_changes(nearest, starts, starting, probabilities[:, job.label])),
            steps=nearest.step,
            seconds=watch.seconds,
            stopped=stopped,
        )
        return LeastChangeFound(report=report, starts=frozen(starts), images=nearest.images)

    for step in range(settings.steps + 1):
        with watch:
            nearest = next(search)
        yield Working(sentence="Looking for the least change", fraction=step / settings.steps)
        is_last = step == settings.steps
        stopped = not is_last and control.next() is Next.STOP
        if is_last or stopped or step % _TOLD_EVERY == 0:
            yield told(nearest, stopped=stopped)
        if stopped:
            return


def _starts(contents: LabContents, job: LeastChange) -> FloatArray:
    """Returns the images (N, H, W, C) that a run of the label with this start and seed would start from.

    Raises:
        LabError: There are none.
    """
    info = contents.require_present().info
    spec = RunSpec(
        classifier=info.path,
        labels=(job.label,),
        slots=job.settings.slots,
        start=job.start,
        rng_seed=job.settings.rng_seed,
        coefficients=article_coefficients(info.recorded_layers),
    )
    return start_images(spec, job.label, contents.dataset, slot_rng(spec.rng_seed, job.label))


def _changes(
    nearest: Nearest, starts: FloatArray, starting: FloatArray, probabilities: FloatArray
) -> Iterator[ImageChange]:
    """Yields the change of each image.

    Args:
        nearest: What was found.
        starts: (N, H, W, C).
        starting: (N, classes), what the classifier makes of them.
        probabilities: (N,), of the label, what it makes of the images.
    """
    tops = starting.argmax(axis=1)
    for place, change in enumerate(nearest.images - starts):
        found = np.isfinite(nearest.distances[place])
        figures = figures_of(change) | {"probability": float(probabilities[place])} if found else {}
        top = int(tops[place])
        yield ImageChange(start_class=top, start_probability=float(starting[place, top]), **figures)
