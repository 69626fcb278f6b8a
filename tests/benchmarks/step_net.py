"""A descent step against the net alone: what all penalties add to the pass that every step needs."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from functools import partial

import numpy as np

from benchmarks.descents import (
    FIRST_STEPS,
    LABEL,
    SLOTS,
    STEPS,
    Descents,
    TimedRun,
    article_classifier,
    article_dataset,
)
from benchmarks.net_alone import NetAlone
from benchmarks.row import Quantity, Row, Target, judged
from benchmarks.timing import interleaved, timed

_REPETITIONS = 3
_WHOLE, _FIRST, _NET = "whole runs", "first steps", "net alone"
_TARGETS = {_WHOLE: Target.at_most(1.1), _FIRST: Target.at_most(1.4)}
_OF_A_TERM = Target.at_most(1.03)
_WITHOUT, _TINY = "without", 1e-9
_PIXEL_TERMS = ("closeness", "total_variation")


def measure_one_label() -> list[Row]:
    """Returns the rows of 8 slots of one label."""
    return _measured("step-net", "8 slots, label 3", [LABEL])


def measure_all_labels() -> list[Row]:
    """Returns the rows of 80 slots, all ten labels with all their references."""
    return _measured("all-labels", "80 slots, ten labels", list(range(10)))


def measure_many_slots() -> list[Row]:
    """Returns the row of the first steps of 800 slots, ten times as many for each of the ten labels."""
    first_alone = {_FIRST: _TARGETS[_FIRST]}
    return _measured("many-slots", "800 slots, ten labels", list(range(10)), 10 * SLOTS, first_alone)


def measure_terms() -> list[Row]:
    """Returns the rows of 8 slots of one label with one more term each, too weak to change where images go."""
    descents = Descents(article_classifier(), article_dataset(), [LABEL])
    descents.run(FIRST_STEPS)
    parts = {_WITHOUT: lambda: descents.run().mean}
    parts |= {term: partial(_mean_with, descents, term) for term in _PIXEL_TERMS}
    timings = interleaved(parts, _REPETITIONS)
    without = timings[_WITHOUT].median
    return [
        judged(
            _OF_A_TERM,
            timings[term].median / without,
            name="terms",
            work=f"a step: 8 slots, label 3, with {term.replace('_', ' ')}",
            comparison="without it",
            ours=Quantity(1000 * timings[term].median, "ms"),
            theirs=Quantity(1000 * without, "ms"),
            note=f"Means of runs of {STEPS} steps; its coefficient is {_TINY:g}.",
            samples={part: timings[part].to_dict() for part in (term, _WITHOUT)},
        )
        for term in _PIXEL_TERMS
    ]


def _mean_with(descents: Descents, term: str) -> float:
    return descents.run(terms={term: _TINY}).mean


def _measured(
    name: str, work: str, labels: list[int], slots: int = SLOTS, targets: Mapping[str, Target] = _TARGETS
) -> list[Row]:
    """Returns a row for each part of `targets`."""
    classifier, dataset = article_classifier(), article_dataset()
    descents = Descents(classifier, dataset, labels)
    noise = np.random.default_rng(0).random((slots * len(labels), *classifier.input_shape), np.float32)
    net = NetAlone(classifier, noise, [label for label in labels for _ in range(slots)])
    descents.run(FIRST_STEPS, slots)
    runs: list[TimedRun] = []

    def whole_run() -> float:
        runs.append(descents.run(slots=slots))
        return runs[-1].mean

    parts = {_WHOLE: whole_run, _FIRST: lambda: descents.run(FIRST_STEPS, slots).mean}
    timings = interleaved(
        {part: parts[part] for part in targets} | {_NET: timed(net.gradient, FIRST_STEPS)}, _REPETITIONS
    )
    notes = {_FIRST: f"The mean of the first {FIRST_STEPS} steps."}
    if runs:
        typical = statistics.median(run.typical for run in runs)
        notes[_WHOLE] = (
            f"The mean of whole runs of {STEPS} steps from noise, everything included; the median of ten-step means is "
            f"{1000 * typical:.1f} ms. {net.sentence}"
        )
    theirs = timings[_NET].median
    return [
        judged(
            target,
            timings[part].median / theirs,
            name=name,
            work=f"a step: {work}" if part == _WHOLE else f"the first {FIRST_STEPS} steps: {work}",
            comparison=f"net alone, {net.faster}",
            ours=Quantity(1000 * timings[part].median, "ms"),
            theirs=Quantity(1000 * theirs, "ms"),
            note=notes[part],
            samples={sampled: timings[sampled].to_dict() for sampled in (part, _NET)},
        )
        for part, target in targets.items()
    ]
