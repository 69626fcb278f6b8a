"""How the time of a step grows with slots, references and convolutions."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from functools import partial

from benchmarks.descents import LABEL, STEPS, Descents, TimedRun, article_classifier, article_dataset
from benchmarks.row import Quantity, Row, Target, judged
from benchmarks.timing import Timing, interleaved
from fooler_gui.core.topology import Convolution, Topology
from fooler_gui.engine.nets.building import build_classifier

_NAME = "growth"
_SLOTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_REFERENCES = (500, 1_000, 2_000, 4_000, 6_131)
_FILTERS = (32, 64, 128)
_STEPS, _WARMING_STEPS = 30, 2
_REPETITIONS = 3
_NEVER_RISES = Target(words="≤ 1 × (5 % noise)", most=1.05)


def measure() -> list[Row]:
    """Returns the rows."""
    return [_by_slots(), _by_references(), _by_convolutions()]


def _by_slots() -> Row:
    descents = Descents(article_classifier(), article_dataset(), [LABEL])
    timings = _step_times({slots: partial(descents.run, slots=slots) for slots in _SLOTS})
    an_image = {slots: 1000 * timings[slots].median / slots for slots in _SLOTS}
    rise = max(an_image[more] / an_image[fewer] for fewer, more in itertools.combinations(_SLOTS, 2))
    return judged(
        _NEVER_RISES,
        rise,
        name=_NAME,
        work=f"time an image, {_SLOTS[-1]} slots",
        comparison=f"{_SLOTS[0]} slot",
        ours=Quantity(an_image[_SLOTS[-1]], "ms"),
        theirs=Quantity(an_image[_SLOTS[0]], "ms"),
        note=f"The ratio is the worst rise of the time an image from any number of slots to any larger one; {_how()}",
        samples=_samples(timings),
        table=(
            ("slots", "ms a step", "ms an image"),
            *((slots, 1000 * timings[slots].median, an_image[slots]) for slots in _SLOTS),
        ),
    )


def _by_references() -> Row:
    classifier, dataset = article_classifier(), article_dataset()
    runs = {count: Descents(classifier, dataset, [LABEL], count).run for count in _REFERENCES}
    timings = _step_times(runs, STEPS)
    fewest, most = (1000 * timings[count].median for count in (_REFERENCES[0], _REFERENCES[-1]))
    return judged(
        Target.at_most(1.3),
        most / fewest,
        name=_NAME,
        work=f"a step, {_REFERENCES[-1]:,} references",
        comparison=f"{_REFERENCES[0]} references",
        ours=Quantity(most, "ms"),
        theirs=Quantity(fewest, "ms"),
        note=_how(STEPS).capitalize(),
        samples=_samples(timings),
        table=(("references", "ms a step"), *((count, 1000 * timings[count].median) for count in _REFERENCES)),
    )


def _by_convolutions() -> Row:
    dataset = article_dataset()
    runs: dict[int, Callable[[int], TimedRun]] = {}
    for count in range(1, 1 + len(_FILTERS)):
        topology = Topology(convolutions=tuple(Convolution(filters=filters) for filters in _FILTERS[:count]))
        classifier = build_classifier(topology, dataset.input_shape, dataset.class_names, 0)
        runs[count] = Descents(classifier, dataset, [LABEL]).run
    timings = _step_times(runs)
    fewest, most = (1000 * timings[count].median for count in (1, len(_FILTERS)))
    return Row(
        name=_NAME,
        work=f"a step, {len(_FILTERS)} convolutions",
        comparison="1 convolution",
        ours=Quantity(most, "ms"),
        theirs=Quantity(fewest, "ms"),
        ratio=most / fewest,
        note=f"Fresh nets with {', '.join(map(str, _FILTERS))} filters; {_how()}",
        samples=_samples(timings),
        table=(("convolutions", "ms a step"), *((count, 1000 * timing.median) for count, timing in timings.items())),
    )


def _how(steps: int = _STEPS) -> str:
    return f"means of whole runs of {steps} steps of label {LABEL} from noise."


def _step_times(runs: Mapping[int, Callable[[int], TimedRun]], steps: int = _STEPS) -> dict[int, Timing]:
    """Returns the timing of a step in each of `runs`, which take the number of `steps`."""
    for run in runs.values():
        run(_WARMING_STEPS)
    timings = interleaved({str(number): partial(_step_time, run, steps) for number, run in runs.items()}, _REPETITIONS)
    return {number: timings[str(number)] for number in runs}


def _step_time(run: Callable[[int], TimedRun], steps: int) -> float:
    return run(steps).mean


def _samples(timings: dict[int, Timing]) -> dict[str, dict[str, float]]:
    return {str(number): timing.to_dict() for number, timing in timings.items()}
