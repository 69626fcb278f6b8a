"""A descent step against the direct formula: every slot against every reference in every unit, as the 2016 program.

The formula is method.md's with nothing saved: differences are broadcast to (B, N, U), squared and reduced.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from benchmarks.descents import LABEL, STEPS, Descents, article_classifier, article_dataset
from benchmarks.row import Quantity, Row, Target, judged
from benchmarks.timing import interleaved, timed
from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.settings import article_coefficients
from fooler_gui.data.dataset import to_float
from fooler_gui.engine.nets.classifier import Classifier

_REPETITIONS = 3
_STEPS_BEFORE_CHECK = 20
_SAME = 1e-4
_TARGET = Target.at_least(300)


def measure() -> list[Row]:
    """Returns the row.

    Raises:
        ValueError: The direct formula and the program do not compute the same cost.
    """
    classifier, dataset = article_classifier(), article_dataset()
    descents = Descents(classifier, dataset, [LABEL])
    direct = _DirectCost(classifier, classifier.record(to_float(dataset.training_images_of(LABEL))))
    save = descents.run(_STEPS_BEFORE_CHECK).last
    total, _ = direct.evaluate(save.images[0])
    difference = abs(save.costs[0].total / total - 1)
    if difference > _SAME:
        raise ValueError(f"The direct formula must give the program's total {save.costs[0].total}; received {total}.")
    timings = interleaved(
        {"ours": lambda: descents.run().mean, "direct formula": timed(lambda: direct.evaluate(save.images[0]))},
        _REPETITIONS,
    )
    ours, theirs = timings["ours"].median, timings["direct formula"].median
    return [
        judged(
            _TARGET,
            theirs / ours,
            name="step-direct",
            work="a step: 8 slots, label 3",
            comparison="direct formula",
            ours=Quantity(1000 * ours, "ms"),
            theirs=Quantity(1000 * theirs, "ms"),
            note=f"Ours is the mean of whole runs of {STEPS} steps from noise, everything included; the formula is one "
            f"evaluation with its gradient. After {_STEPS_BEFORE_CHECK} steps the two totals differ by "
            f"a relative {difference:.0e}.",
            samples={part: timing.to_dict() for part, timing in timings.items()},
        )
    ]


class _DirectCost:
    """The article's cost of a batch with its gradient.

    Args:
        classifier: The classifier.
        references: For each recorded layer (N, U) float32.
    """

    def __init__(self, classifier: Classifier, references: list[FloatArray]) -> None:
        self._classifier = classifier
        self._references = [tf.constant(patterns) for patterns in references]
        self._coefficients = article_coefficients(classifier.recorded_layers)
        self._compiled = tf.function(self._evaluate)

    def evaluate(self, images: FloatArray) -> tuple[float, FloatArray]:
        """Returns the total cost of `images` (B, H, W, C), B ≥ 2, and its gradient."""
        total, gradient = self._compiled(tf.constant(np.asarray(images)))
        return float(total.numpy()), gradient.numpy()

    def _evaluate(self, images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        of_layers, of_terms = self._coefficients.layer_cost_coeffs, self._coefficients.term_coeffs
        with tf.GradientTape() as tape:
            tape.watch(images)
            patterns, _, probabilities = self._classifier.activations(images)
            total = of_terms["misclassification"] * tf.reduce_mean(1 - probabilities[:, LABEL])
            for name, pattern, references in zip(
                self._classifier.recorded_layers, patterns, self._references, strict=True
            ):
                slots = tf.cast(tf.shape(pattern)[0], tf.float32)
                reference_distance = tf.reduce_mean(tf.reduce_min(_distances(pattern, references), axis=1))
                batch_distance = tf.reduce_sum(_distances(pattern, pattern)) / (slots * (slots - 1))
                total += of_layers[name] * (
                    of_terms["reference"] / reference_distance + of_terms["batch"] / batch_distance
                )
        return total, tape.gradient(total, images)


def _distances(patterns: tf.Tensor, others: tf.Tensor) -> tf.Tensor:
    """Returns the (B, N) mean squared differences of `patterns` (B, U) and `others` (N, U)."""
    return tf.reduce_mean(tf.math.squared_difference(patterns[:, tf.newaxis], others[tf.newaxis]), axis=2)
