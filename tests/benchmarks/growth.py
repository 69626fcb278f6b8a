"""How time and memory of a step grow with slots, labels, references, recorded layers and the size of images.

Each function must run in its own process: sizes ascend, so that the peak so far is that of the present one.
"""

from __future__ import annotations

import dataclasses
import gc
import math
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from benchmarks.descents import LABEL, SLOTS, STEPS, Descents, TimedRun, article_classifier, article_dataset
from benchmarks.growth_line import Line
from benchmarks.made_dataset import made_dataset
from benchmarks.resident import peak_bytes
from benchmarks.row import Quantity, Row, Target, judged
from fooler_gui.core.topology import AVERAGE, Convolution, Topology
from fooler_gui.engine.nets.building import build_classifier
from fooler_gui.engine.nets.classifier import Classifier

Run = Callable[[int], TimedRun]
"""A run of so many steps."""

_NAME = "growth"
_SLOTS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024)
_LABELS = (1, 2, 5, 10, 100)
_FEW, _ALL_OF_LABEL = 500, 6_131
_REFERENCES = (_FEW, 1_000, 2_000, 4_000, _ALL_OF_LABEL, 12_500, 25_000, 50_000)
_LAYERS = (1, 2, 3, 4, 5, 6)
_SIDES = (8, 16, 32, 64, 128, 224)
_OF_A_LABEL, _OF_A_LAYER, _OF_A_SIZE = 200, 2_000, 200
_STEPS, _WARMING_STEPS = 30, 2
_REPETITIONS, _SECONDS = 3, 5.0
"""A run is repeated at most so often, and not after so many seconds."""
_NOT_WORSE = Target(words="≤ 1 × (5 % noise)", most=1.05)


def measure_slots() -> list[Row]:
    """Returns the row of one label with more and more slots."""
    descents = Descents(article_classifier(), article_dataset(), [LABEL])
    line = _line("slots", _SLOTS, lambda slots: partial(descents.run, slots=slots))
    return [_row(line, f"label {LABEL} of MNIST with all its references")]


def measure_labels() -> list[Row]:
    """Returns the row of more and more labels of a net of a hundred classes."""
    dataset = made_dataset((28, 28, 1), [_OF_A_LABEL] * _LABELS[-1])
    classifier = build_classifier(Topology(), dataset.input_shape, dataset.class_names, 0)
    line = _line("labels", _LABELS, lambda count: Descents(classifier, dataset, range(count)).run)
    return [_row(line, f"{_OF_A_LABEL} references a label, the article's net with fresh weights and 100 classes")]


def measure_references() -> list[Row]:
    """Returns the rows of more and more references of one label, up to most images of MNIST."""
    classifier, digits = article_classifier(), article_dataset()
    dataset = dataclasses.replace(digits, train_labels=np.full_like(digits.train_labels, LABEL))
    line = _line("references", _REFERENCES, lambda count: Descents(classifier, dataset, [LABEL], count).run, STEPS)
    few, all_of_label = (line.milliseconds[_REFERENCES.index(count)] for count in (_FEW, _ALL_OF_LABEL))
    return [
        _row(line, "images of MNIST, whatever they show", STEPS),
        judged(
            Target.at_most(1.3),
            all_of_label / few,
            name=_NAME,
            work=f"a step, {_ALL_OF_LABEL:,} references",
            comparison=f"{_FEW} references",
            ours=Quantity(all_of_label, "ms"),
            theirs=Quantity(few, "ms"),
        ),
    ]


def measure_layers() -> list[Row]:
    """Returns the row of more and more recorded layers of one net, each convolution as large as the next."""
    dataset = made_dataset((28, 28, 1), _counts(_OF_A_LAYER))
    convolutions = (Convolution(kernel=(3, 3), filters=8, pool=1),) * (_LAYERS[-1] - 1)
    net = build_classifier(Topology(convolutions=convolutions, dense=()), dataset.input_shape, dataset.class_names, 0)

    def run_of(count: int) -> Run:
        layers = net.proposed_layers[: count - 1]  # beside the inputs
        return Descents(Classifier(net.network, net.class_names, layers), dataset, [LABEL]).run

    line = _line("layers", _LAYERS, run_of)
    return [_row(line, f"the inputs and convolutions of 28 × 28 × 8 of one fresh net, {_OF_A_LAYER:,} references")]


def measure_sizes() -> list[Row]:
    """Returns the row of larger and larger colour images."""

    def run_of(side: int) -> Run:
        dataset = made_dataset((side, side, 3), _counts(_OF_A_SIZE))
        convolutions = tuple(Convolution(kernel=(3, 3), filters=filters) for filters in (16, 32))
        topology = Topology(convolutions=convolutions, maps=AVERAGE, dense=())
        return Descents(build_classifier(topology, dataset.input_shape, dataset.class_names, 0), dataset, [LABEL]).run

    line = _line("pixels", [side**2 for side in _SIDES], lambda pixels: run_of(math.isqrt(pixels)))
    sides = f"{_SIDES[0]} × {_SIDES[0]} to {_SIDES[-1]} × {_SIDES[-1]}"
    return [_row(line, f"colour images of {sides}, fresh nets of two convolutions, {_OF_A_SIZE} references")]


def _counts(of_label: int) -> list[int]:
    return [of_label if label == LABEL else 2 for label in range(10)]


def _line(
    quantity: str,
    sizes: Sequence[int],
    run_of: Callable[[int], Run],
    steps: int = _STEPS,
) -> Line:
    """Measures the line of `quantity` at `sizes`, in ascending order; see `Line`.

    Args:
        quantity: Its name.
        sizes: The sizes.
        run_of: Returns the run of a size.
        steps: Of each run.
    """
    milliseconds, gigabytes = [], []
    for size in sizes:
        milliseconds.append(1000 * _seconds_a_step(run_of(size), steps))
        gigabytes.append(peak_bytes() / 1e9)
        gc.collect()  # networks and compiled functions form reference cycles
    return Line(quantity, tuple(sizes), tuple(milliseconds), tuple(gigabytes))


def _seconds_a_step(run: Run, steps: int) -> float:
    run(_WARMING_STEPS)
    seconds: list[float] = []
    began = time.perf_counter()
    while len(seconds) < _REPETITIONS and (not seconds or time.perf_counter() - began < _SECONDS):
        seconds.append(run(steps).mean)
    return statistics.median(seconds)


def _row(line: Line, what: str, steps: int = _STEPS) -> Row:
    return judged(
        _NOT_WORSE,
        line.worst_rise,
        name=_NAME,
        work=f"a step, {line.sizes[-1]:,} {line.quantity}",
        comparison=f"{line.sizes[0]:,}, in proportion",
        ours=Quantity(line.milliseconds[-1], "ms"),
        theirs=Quantity(line.milliseconds[0] * line.sizes[-1] / line.sizes[0], "ms"),
        note=f"{line.sentence} The ratio is the worst rise of time over {line.quantity} from one to more; "
        f"means of whole runs of {steps} steps from noise, {SLOTS} slots a label if not stated otherwise; {what}.",
        table=line.table,
    )
