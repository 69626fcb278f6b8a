"""Measures how much longer a step takes for each recorded layer."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.run_spec import RunSpec
from fooler_gui.core.settings import DescentSettings, MethodSettings, article_coefficients
from fooler_gui.data.starts import uniform_noise
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.evaluation import Batch
from fooler_gui.engine.cost.references import ReferenceSearch
from fooler_gui.engine.nets.classifier import Classifier

UNTIMED_STEPS, TIMED_STEPS = 3, 9


def milliseconds_of_layers(
    classifier: Classifier,
    images: FloatArray | npt.NDArray[np.uint8],
    *,
    slots: int = RunSpec.default("slots"),
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[tuple[str, float]]:
    """Yields each recorded layer's name and the milliseconds that its costs add to a step of one label.

    They are the median time of a few steps with this layer's costs alone, minus that without any layer's. Each layer
    takes seconds, most of them for recording `images` and compiling its cost, so that a caller may stop between two.
    For other layers than those recorded pass ``Classifier(network, class_names, names)``.

    Args:
        classifier: Whose recorded layers are measured.
        images: (N, H, W, C), N ≥ 1, the references: the training images of a label.
        slots: How many images are changed.
        clock: Returns the time in seconds.
    """
    alone = _seconds_a_step(classifier, images, (), slots, clock)
    for name in classifier.recorded_layers:
        yield name, 1000 * max(0.0, _seconds_a_step(classifier, images, (name,), slots, clock) - alone)


def _seconds_a_step(
    classifier: Classifier,
    references: FloatArray | npt.NDArray[np.uint8],
    layers: Sequence[str],
    slots: int,
    clock: Callable[[], float],
) -> float:
    cost = CostFunction(classifier, MethodSettings(), layers)
    search = ReferenceSearch(cost.record(references))
    coefficients = article_coefficients(classifier.recorded_layers)
    starts = uniform_noise(np.random.default_rng(0), (slots, *classifier.input_shape))
    images, seconds = starts, []
    for _ in range(UNTIMED_STEPS + TIMED_STEPS):
        began = clock()
        evaluation = cost.evaluate_together([Batch(images, 0, search, starts)], coefficients)[0]
        seconds.append(clock() - began)
        images = np.clip(images - DescentSettings.default("learning_rate") * np.sign(evaluation.gradient), 0, 1)
    return statistics.median(seconds[UNTIMED_STEPS:])
