"""Times the parts of long work."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import TypeVar

from fooler_gui.core.messages import TrainingProgress, WorkTimed
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.work_time import TRAINING, VALIDATING, with_new_guarantee
from fooler_gui.engine.nets.classifier import Classifier

_Message = TypeVar("_Message")
_STEPS_TO_JUDGE_BY = 50
"""Fewer steps say little."""


class Stopwatch:
    """Runs from when it is made; it stands while the work is paused.

    Args:
        control: The work's control.
    """

    def __init__(self, control: RunControl) -> None:
        self._control = control
        self._began, self._waited = time.perf_counter(), control.waited

    @property
    def seconds(self) -> float:
        """The time since it was made, pauses left out."""
        return time.perf_counter() - self._began - (self._control.waited - self._waited)

    def timed(
        self, part: str, classifier: Classifier, images: int, times: int, made_of: Classifier | None = None
    ) -> WorkTimed:
        """Returns how long `classifier` took for a part that applied it to `images` images so many `times`.

        Args:
            part: One of `core.work_time.PARTS`, without a new guarantee.
            classifier: The classifier.
            images: How many at a time.
            times: How often.
            made_of: The classifier that the work began with, by which its time is looked up; None for `classifier`.
        """
        return _timed(part, classifier, images, times, self.seconds, made_of or classifier)


def timed_training(
    training: Generator[_Message, None, int],
    classifier: Classifier,
    batch_size: int,
    validation_images: int,
    control: RunControl,
    made_of: Classifier | None = None,
) -> Generator[_Message | WorkTimed, None, int]:
    """Yields the messages of `training`, and how long its steps and its validations took; returns what it returns.

    The compiling before the first step is left out.

    Args:
        training: Returns the number of steps done.
        classifier: The classifier that is trained.
        batch_size: Images a step.
        validation_images: How many images each validation looks at.
        control: The training's control.
        made_of: As of `Stopwatch.timed`.
    """
    watch, progress = Stopwatch(control), list[TrainingProgress]()
    steps = yield from _noting(training, progress)
    if not progress or progress[-1].step - progress[0].step < _STEPS_TO_JUDGE_BY:
        return steps
    first, last = (each.step * batch_size / each.images_per_second for each in (progress[0], progress[-1]))
    stepped, rest = progress[-1].step - progress[0].step, max(0.0, watch.seconds - last)
    validations = sum(each.validation_accuracy is not None for each in progress)
    for part, images, times, seconds in (
        (TRAINING, batch_size, stepped, last - first),
        (VALIDATING, validation_images, validations, rest),
    ):
        yield _timed(part, classifier, images, times, seconds, made_of or classifier)
    return steps


def _timed(
    part: str, classifier: Classifier, images: int, times: int, seconds: float, made_of: Classifier
) -> WorkTimed:
    given = classifier.has_guarantee and not made_of.has_guarantee
    name = with_new_guarantee(part) if given else part
    return WorkTimed(part=name, operations=made_of.operations, images=images, times=times, seconds=seconds)


def _noting(
    messages: Generator[_Message, None, int], progress: list[TrainingProgress]
) -> Generator[_Message, None, int]:
    """Yields `messages`, and notes those on the progress of a training."""
    try:
        while True:
            try:
                message = next(messages)
            except StopIteration as end:
                steps: int = end.value
                return steps
            if isinstance(message, TrainingProgress):
                progress.append(message)
            yield message
    finally:
        messages.close()
