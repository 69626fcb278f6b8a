"""The article's first figure from a loaded classifier: its time, and the costs of its final images.

Rows of eight images are driven until all their probabilities are over a threshold, by this program's method and by the
2016 program's with the same seed, coefficients and stopping rule. The final images' costs are those of the article's
method for both, so that they compare; the 2016 program's pixels, which may leave [0, 1], are clipped first.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.row import Quantity, Row
from fooler_gui.core.jobs import Backwork, Job, OpenClassifier, Prepare
from fooler_gui.core.messages import Message, RunFinished
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.save import STOPPED_BY_PROBABILITY, Save
from fooler_gui.core.settings import METHODS, DescentSettings, article_coefficients
from fooler_gui.engine.lab import Lab
from fooler_gui.resources import bundled_classifier, resource

_NAME = "first-figure"
_LABELS = tuple(range(10))
_THRESHOLDS = (0.999, 0.9999)
_MOST_STEPS = 200
_ARTICLE, _PROGRAM_OF_2016 = "article", "2016"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Figure:
    """The outcome of a run.

    Attributes:
        seconds: The time of the run, without recording references.
        steps: Until the last label stopped.
        gradients: The number of gradients computed, one per image and step.
        reinitialisations: How often an image was reinitialised.
        reached: Whether every label was stopped by its probabilities.
        last: The last save.
    """

    seconds: float
    steps: int
    gradients: int
    reinitialisations: int
    reached: bool
    last: Save


def measure() -> list[Row]:
    """Returns a row for the time and a row for the cost of each threshold."""
    lab = Lab(resource("mnist.npz"))
    _messages(lab, OpenClassifier(path=str(bundled_classifier())))
    preparing: dict[str, float] = {}
    figures: dict[tuple[str, float], _Figure] = {}
    for method in (_PROGRAM_OF_2016, _ARTICLE):  # the article's last: its references are reused for the costs
        began = time.perf_counter()
        _messages(lab, Prepare(labels=_LABELS, method=METHODS[method]))
        preparing[method] = time.perf_counter() - began
        for threshold in _THRESHOLDS:
            figures[method, threshold] = _figure(lab, method, threshold)
    rows = []
    for threshold in _THRESHOLDS:
        ours, theirs = figures[_ARTICLE, threshold], figures[_PROGRAM_OF_2016, threshold]
        work = f"first figure, every p > {threshold:g}"
        rows += [_time_row(work, ours, theirs, preparing), _cost_row(lab, work, ours, theirs)]
    return rows


def _messages(lab: Lab, job: Job, control: RunControl | None = None) -> list[Message]:
    return list(lab.perform(job, control or RunControl()))


def _figure(lab: Lab, method: str, threshold: float) -> _Figure:
    info = lab.classifier_info
    spec = RunSpec(
        classifier=info.path,
        labels=_LABELS,
        descent=DescentSettings(min_probability=threshold, max_steps=_MOST_STEPS),
        method=METHODS[method],
        coefficients=article_coefficients(info.recorded_layers),
    )
    began = time.perf_counter()
    messages = _messages(lab, Backwork(spec=spec), RunControl.for_descent(spec.coefficients, spec.descent))
    seconds = time.perf_counter() - began
    saves = [message for message in messages if isinstance(message, Save)]
    finished = next(message for message in messages if isinstance(message, RunFinished))
    return _Figure(
        seconds=seconds,
        steps=finished.steps,
        gradients=_gradients(saves),
        reinitialisations=int(saves[-1].reinitialisations.sum()),
        reached=set(finished.stopped_by) == {STOPPED_BY_PROBABILITY},
        last=saves[-1],
    )


def _gradients(saves: Sequence[Save]) -> int:
    """Returns how many images changed from save to save, with a save after every step."""
    return sum(
        int((later.images != earlier.images).any(axis=(2, 3, 4)).sum()) for earlier, later in itertools.pairwise(saves)
    )


def _time_row(work: str, ours: _Figure, theirs: _Figure, preparing: dict[str, float]) -> Row:
    ours_seconds, theirs_seconds = ours.seconds + preparing[_ARTICLE], theirs.seconds + preparing[_PROGRAM_OF_2016]
    return Row(
        name=_NAME,
        work=work,
        comparison="preset 2016",
        ours=Quantity(ours_seconds, "s"),
        theirs=Quantity(theirs_seconds, "s"),
        ratio=ours_seconds / theirs_seconds,
        note=f"Ours: {_in_words(ours)}, after {preparing[_ARTICLE]:.1f} s to compile and record the references. 2016: "
        f"{_in_words(theirs)}, after {preparing[_PROGRAM_OF_2016]:.1f} s.",
    )


def _cost_row(lab: Lab, work: str, ours: _Figure, theirs: _Figure) -> Row:
    (our_cost, _), (their_cost, least) = (_cost(lab, figure.last) for figure in (ours, theirs))
    ratio = our_cost / their_cost
    return Row(
        name=_NAME,
        work=f"{work}: summed cost",
        comparison="preset 2016",
        ours=Quantity(our_cost, ""),
        theirs=Quantity(their_cost, ""),
        ratio=ratio,
        target="lower than 2016's",
        met=ours.reached and ratio < 1,
        note="The total costs of all ten labels' final images by the article's method; with 2016's pixels put back "
        f"into [0, 1] its lowest p is {least:.4f}.",
    )


def _in_words(figure: _Figure) -> str:
    reached = "" if figure.reached else f", where not every label was there after {_MOST_STEPS:,}"
    return (
        f"{figure.seconds:.1f} s, {figure.steps} steps, {figure.gradients:,} gradient evaluations, "
        f"{figure.reinitialisations} reinitialised{reached}"
    )


def _cost(lab: Lab, save: Save) -> tuple[float, float]:
    """Returns the sum over all labels of the article's cost of the final images in [0, 1], and their lowest p."""
    coefficients = article_coefficients(lab.classifier_info.recorded_layers)
    evaluations = [
        lab.evaluate(label, np.clip(images, 0, 1), None, METHODS[_ARTICLE], coefficients)
        for label, images in zip(save.labels, save.images, strict=True)
    ]
    total = sum(evaluation.costs.total for evaluation in evaluations)
    return total, float(min(evaluation.probabilities.min() for evaluation in evaluations))
