"""The cost of a batch of images and its gradient (method.md, Cost of a batch). Everything is weighted here alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from fooler_gui.core.messages import FloatArray, LabelCosts, LayerCosts, frozen
from fooler_gui.core.settings import CostCoefficients, MethodSettings
from fooler_gui.engine.classifier import Classifier
from fooler_gui.engine.penalty_distances import penalty_distances
from fooler_gui.engine.references import References, ReferenceSearch

TINY = 1e-10
"""Added to every distance, so that a distance of zero gives a finite cost and a finite gradient."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluation:
    """What a batch of images costs.

    Attributes:
        gradient: (B, H, W, C) float32, of the total cost with respect to the pixels.
        probabilities: (B,) float32, the correct classification probabilities.
        costs: Every term.
    """

    gradient: FloatArray
    probabilities: FloatArray
    costs: LabelCosts

    @property
    def is_finite(self) -> bool:
        """Whether the total and every part of the gradient are finite numbers."""
        return bool(np.isfinite(self.costs.total) and np.isfinite(self.gradient).all())


class Batch(NamedTuple):
    """A batch of images to be evaluated.

    Attributes:
        images: (B, H, W, C) float32.
        label: The class they are driven towards.
        search: Of the label's references; the same one for the same batch as it moves.
    """

    images: FloatArray
    label: int
    search: ReferenceSearch


class CostFunction:
    """The cost under one classifier and method, compiled once: coefficients come as tensors.

    Args:
        classifier: What the images are shown to.
        method: The article's way or the 2016 program's.
        layers: The recorded layers whose penalties are computed; all when None. With none, the cost is the
            misclassification cost and needs no references.

    Attributes:
        layers: Their names, in order.
    """

    def __init__(self, classifier: Classifier, method: MethodSettings, layers: Sequence[str] | None = None) -> None:
        self._classifier = classifier
        self._self_pairs = method.self_pairs
        self.layers = classifier.recorded_layers if layers is None else tuple(layers)
        self._places = [classifier.recorded_layers.index(name) for name in self.layers]
        self._per_unit = [method.per_unit_minimum and classifier.flat_layers[place] for place in self._places]
        self._searches: Sequence[ReferenceSearch] = ()
        self._compiled = tf.function(
            self._evaluate,
            input_signature=[
                tf.TensorSpec((None, *classifier.input_shape)),
                tf.TensorSpec((None,), tf.int32),
                tf.TensorSpec((len(self.layers),), tf.float64),
                tf.TensorSpec((3,), tf.float64),
            ],
        )

    @property
    def traces(self) -> int:
        """How often the cost has been traced; it stays at one however the coefficients change."""
        return int(self._compiled.experimental_get_tracing_count())

    def record(self, images: FloatArray | npt.NDArray[np.uint8]) -> References:
        """Returns the references that `images` (N, H, W, C) make, N ≥ 1, for the layers of this cost.

        Images are float32 in [0, 1], or a dataset's uint8.
        """
        return References(self._classifier, images, self._places, self._per_unit)

    def evaluate(
        self, images: FloatArray, label: int, references: References, coefficients: CostCoefficients
    ) -> Evaluation:
        """Returns the cost of `images` (B, H, W, C) float32 as a batch for `label`.

        Args:
            images: B ≥ 1; one image alone has no batch cost.
            label: The class they are driven towards.
            references: As `record` made them of the label's training images.
            coefficients: The factors; they may change from call to call at no cost.
        """
        return self.evaluate_together([Batch(images, label, ReferenceSearch(references))], coefficients)[0]

    def evaluate_together(self, batches: Sequence[Batch], coefficients: CostCoefficients) -> list[Evaluation]:
        """Returns the cost of each of several batches of B images; the same numbers as one by one, in less time.

        Args:
            batches: At least one, all with the same B ≥ 1.
            coefficients: The factors, the same for all.
        """
        slots = len(batches[0].images)
        a_call = max(1, self._classifier.chunk // slots)
        return [
            evaluation
            for start in range(0, len(batches), a_call)
            for evaluation in self._evaluate_call(batches[start : start + a_call], coefficients)
        ]

    def _evaluate_call(self, batches: Sequence[Batch], coefficients: CostCoefficients) -> list[Evaluation]:
        slots, count = len(batches[0].images), len(batches)
        if slots * count == 1:  # products of one image are rounded otherwise than those of several
            batches = [batches[0], batches[0]]
        self._searches = [batch.search for batch in batches]
        layer_coefficients = [coefficients.layer_cost_coeffs[name] for name in self.layers]
        overall = [
            coefficients.reference_cost_coeff,
            coefficients.batch_cost_coeff,
            coefficients.misclassification_coeff,
        ]
        results = self._compiled(
            tf.constant(np.concatenate([batch.images for batch in batches])),
            tf.constant([batch.label for batch in batches]),
            tf.constant(layer_coefficients, tf.float64, (len(self.layers),)),
            tf.constant(overall, tf.float64),
        )
        values = {name: tensor.numpy() for name, tensor in results.items()}
        gradients = frozen(values.pop("gradient").reshape(len(batches), slots, *self._classifier.input_shape))
        return [
            Evaluation(
                gradient=gradients[index],
                probabilities=frozen(values["probabilities"][index].copy()),
                costs=self._breakdown(batch.label, {name: value[index] for name, value in values.items()}, slots > 1),
            )
            for index, batch in enumerate(batches[:count])
        ]

    def _evaluate(
        self, images: tf.Tensor, labels: tf.Tensor, layer_coefficients: tf.Tensor, overall: tf.Tensor
    ) -> dict[str, tf.Tensor]:
        """Evaluates L batches of B images.

        Args:
            images: (L · B, H, W, C), one batch after the other.
            labels: (L,).
            layer_coefficients: (layers,).
            overall: (3,).

        Returns:
            The gradient as `images`; the probabilities (L, B); all others (L,) or (L, layers).
        """
        reference_coefficient, batch_coefficient, misclassification_coefficient = tf.unstack(overall)
        count = tf.shape(labels)[0]
        slots = tf.shape(images)[0] // count
        with tf.GradientTape() as tape:
            tape.watch(images)
            patterns, _, all_probabilities = self._classifier.activations(images)
            patterns = [patterns[place] for place in self._places]
            label_of_image = tf.repeat(labels, slots)
            probabilities = tf.reshape(tf.gather(all_probabilities, label_of_image, batch_dims=1), (count, slots))
            pairs = [
                penalty_distances(pattern, nearest, count, self_pairs=self._self_pairs)
                for pattern, nearest in zip(patterns, self._nearest(patterns), strict=True)
            ]
            reference_distances, batch_distances = _stacked(pairs, count)
            reference_costs = 1 / (reference_distances + TINY)
            batch_costs = tf.where(slots > 1, 1 / (batch_distances + TINY), tf.zeros_like(batch_distances))
            misclassification_cost = tf.cast(tf.reduce_mean(1 - probabilities, axis=1), tf.float64)
            weighted_references = layer_coefficients * reference_coefficient * reference_costs
            weighted_batches = layer_coefficients * batch_coefficient * batch_costs
            weighted_misclassification = misclassification_coefficient * misclassification_cost
            penalties = tf.reduce_sum(weighted_references, axis=1) + tf.reduce_sum(weighted_batches, axis=1)
            total = penalties + weighted_misclassification
        return {
            # No image is in two batches, so that the gradient of the sum is each total's own.
            "gradient": tape.gradient(total, images),
            "probabilities": probabilities,
            "total": total,
            "reference_distances": reference_distances,
            "batch_distances": batch_distances,
            "reference_costs": reference_costs,
            "batch_costs": batch_costs,
            "weighted_references": weighted_references,
            "weighted_batches": weighted_batches,
            "misclassification_cost": misclassification_cost,
            "weighted_misclassification": weighted_misclassification,
        }

    def _nearest(self, patterns: list[tf.Tensor]) -> list[tf.Tensor]:
        """Returns the references nearest to `patterns` (L · B, U), found outside the compiled function."""
        if not patterns:
            return []
        found = tf.numpy_function(self._find_nearest, patterns, [tf.float32] * len(patterns))
        return [tf.ensure_shape(nearest, pattern.shape) for nearest, pattern in zip(found, patterns, strict=True)]

    def _find_nearest(self, *patterns: FloatArray) -> list[FloatArray]:
        slots = len(patterns[0]) // len(self._searches)
        found = [
            search.nearest([pattern[index * slots : (index + 1) * slots] for pattern in patterns])
            for index, search in enumerate(self._searches)
        ]
        return found[0] if len(found) == 1 else [np.concatenate(layer) for layer in zip(*found, strict=True)]

    def _breakdown(self, label: int, values: Mapping[str, np.ndarray], has_pairs: bool) -> LabelCosts:
        layers = tuple(
            LayerCosts(
                name=name,
                reference_distance=float(values["reference_distances"][index]),
                batch_distance=float(values["batch_distances"][index]) if has_pairs else None,
                reference_cost=float(values["reference_costs"][index]),
                batch_cost=float(values["batch_costs"][index]),
                weighted_reference_cost=float(values["weighted_references"][index]),
                weighted_batch_cost=float(values["weighted_batches"][index]),
            )
            for index, name in enumerate(self.layers)
        )
        return LabelCosts(
            label=label,
            layers=layers,
            misclassification_cost=float(values["misclassification_cost"]),
            weighted_misclassification_cost=float(values["weighted_misclassification"]),
            total=float(values["total"]),
        )


def _stacked(pairs: list[tuple[tf.Tensor, tf.Tensor]], count: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the pairs of (L,) distances of all layers as two (L, layers) in float64.

    In float32 a vector unit's reciprocal of many numbers is rounded otherwise than that of a few.
    """
    if not pairs:
        return tf.zeros((count, 0), tf.float64), tf.zeros((count, 0), tf.float64)
    first, second = (tf.cast(tf.stack(distances, axis=1), tf.float64) for distances in zip(*pairs, strict=True))
    return first, second
