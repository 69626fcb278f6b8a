"""The cost of inspecting a slot during a run: whole runs with and without, in turns."""

from __future__ import annotations

import time

from benchmarks.descents import LABEL, SLOTS, STEPS, Descents, article_classifier, article_dataset
from benchmarks.row import Quantity, Row, Target, judged
from benchmarks.timing import interleaved
from fooler_gui.core.inspection import Inspection
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import DescentSettings, article_coefficients
from fooler_gui.engine.cost.evaluation import Evaluation
from fooler_gui.engine.descent.descent import descend
from fooler_gui.engine.descent.label_batch import LabelBatch
from fooler_gui.engine.evaluation.inspector import Inspector
from fooler_gui.engine.evaluation.pixel_neighbours import PixelNeighbours
from fooler_gui.engine.nets.classifier_file import load_classifier
from fooler_gui.resources import second_opinion

_REPETITIONS = 5
_STEPS_OF_ALL = 60
_TARGET = Target.at_most(1.1)


def measure_one_label() -> list[Row]:
    """Returns the row of 8 slots of one label."""
    return [_measured(f"a step: {SLOTS} slots, label {LABEL}, one inspected", [LABEL], STEPS)]


def measure_all_labels() -> list[Row]:
    """Returns the row of 80 slots, all ten labels."""
    labels = list(range(10))
    return [_measured(f"a step: {SLOTS * len(labels)} slots, ten labels, one inspected", labels, _STEPS_OF_ALL)]


def _measured(work: str, labels: list[int], steps: int) -> Row:
    classifier, dataset = article_classifier(), article_dataset()
    second, _ = load_classifier(second_opinion())
    descents = Descents(classifier, dataset, labels)
    inspector = Inspector(classifier, PixelNeighbours(dataset), second)
    inspector.warm_up()
    looks: list[int] = []

    def look(batch: LabelBatch, evaluation: Evaluation, slot: int, step: int, layer: str) -> Inspection:
        return inspector.look(batch.to_evaluate, evaluation.costs, slot, step, layer)

    def run(*, inspected: bool) -> float:
        settings = DescentSettings(min_probability=1.0, max_steps=steps)
        control = RunControl.for_descent(article_coefficients(classifier.recorded_layers), settings)
        if inspected:
            control.inspect(labels[0], SLOTS // 2)
        batches = descents.batches()
        began = time.perf_counter()
        messages = list(descend(batches, control, look))
        seconds = time.perf_counter() - began
        if inspected:
            looks.append(sum(isinstance(message, Inspection) for message in messages))
        return seconds / steps

    run(inspected=False)
    timings = interleaved(
        {"inspected": lambda: run(inspected=True), "not inspected": lambda: run(inspected=False)}, _REPETITIONS
    )
    ours, theirs = timings["inspected"].median, timings["not inspected"].median
    a_second = looks[-1] / (ours * steps)
    return judged(
        _TARGET,
        ours / theirs,
        name="inspector",
        work=work,
        comparison="nobody looks",
        ours=Quantity(1000 * ours, "ms"),
        theirs=Quantity(1000 * theirs, "ms"),
        note=f"Whole runs of {steps} steps with a save after each; {looks[-1]} looks in the last one, "
        f"{a_second:.1f} a second, each with all classes, layers, salient features and second opinions.",
        samples={part: timing.to_dict() for part, timing in timings.items()},
    )
