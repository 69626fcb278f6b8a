"""A descent step against the net alone: what all penalties add to the pass that every step needs."""

from __future__ import annotations

import statistics

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
_TARGET = Target.at_most(1.3)


def measure_one_label() -> list[Row]:
    """Returns the row of 8 slots of one label."""
    return [_measured("step-net", "a step: 8 slots, label 3", [LABEL])]


def measure_all_labels() -> list[Row]:
    """Returns the row of 80 slots, all ten labels with all their references."""
    return [_measured("all-labels", "a step: 80 slots, ten labels", list(range(10)))]


def _measured(name: str, work: str, labels: list[int]) -> Row:
    classifier, dataset = article_classifier(), article_dataset()
    descents = Descents(classifier, dataset, labels)
    noise = np.random.default_rng(0).random((SLOTS * len(labels), *classifier.input_shape), np.float32)
    net = NetAlone(classifier, noise, [label for label in labels for _ in range(SLOTS)])
    descents.run(FIRST_STEPS)
    runs: list[TimedRun] = []

    def whole_run() -> float:
        runs.append(descents.run())
        return runs[-1].mean

    timings = interleaved(
        {
            "ours": whole_run,
            "net alone": timed(net.gradient, STEPS),
            "first steps": lambda: descents.run(FIRST_STEPS).mean,
        },
        _REPETITIONS,
    )
    ours, theirs = timings["ours"].median, timings["net alone"].median
    first, typical = timings["first steps"].median, statistics.median(run.typical for run in runs)
    return judged(
        _TARGET,
        ours / theirs,
        name=name,
        work=work,
        comparison=f"net alone, {net.faster}",
        ours=Quantity(1000 * ours, "ms"),
        theirs=Quantity(1000 * theirs, "ms"),
        note=f"Ours is the mean of whole runs of {STEPS} steps from noise, everything included; the first "
        f"{FIRST_STEPS} steps take {1000 * first:.1f} ms each, the median of ten-step means is "
        f"{1000 * typical:.1f} ms. {net.sentence}",
        samples={part: timing.to_dict() for part, timing in timings.items()},
    )
