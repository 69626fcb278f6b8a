"""The cost of a batch of images and its gradient (method.md, Cost of a batch). Everything is weighted here alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from fooler_gui.core.messages import FloatArray, LabelCosts, LayerCosts, frozen
from fooler_gui.core.settings import CostCoefficients, MethodSettings
from fooler_gui.engine.classifier import Classifier
from fooler_gui.engine.references import References, nearest, record_references, reference_signature

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


class CostFunction:
    """The cost under one classifier and method, compiled once: coefficients and references come as tensors.

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
        self._indices = [classifier.recorded_layers.index(name) for name in self.layers]
        self._per_unit = [method.per_unit_minimum and flat for flat in classifier.flat_layers]
        units = [len(pattern[0]) for pattern in classifier.record(np.zeros((1, *classifier.input_shape), np.float32))]
        signature = reference_signature(units, self._per_unit)
        self._compiled = tf.function(
            self._evaluate,
            input_signature=[
                tf.TensorSpec((None, *classifier.input_shape)),
                tf.TensorSpec((), tf.int32),
                tuple(signature[index] for index in self._indices),
                tf.TensorSpec((len(self.layers),)),
                tf.TensorSpec((3,)),
            ],
        )

    @property
    def traces(self) -> int:
        """How often the cost has been traced; it stays at one however the coefficients change."""
        return int(self._compiled.experimental_get_tracing_count())

    def record(self, images: FloatArray) -> References:
        """Returns the references that `images` (N, H, W, C) make, N ≥ 1, for the layers of this cost."""
        references = record_references(self._classifier, images, self._per_unit)
        return References(layers=tuple(references.layers[index] for index in self._indices))

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
        layer_coefficients = [coefficients.layer_cost_coeffs[name] for name in self.layers]
        overall = [
            coefficients.reference_cost_coeff,
            coefficients.batch_cost_coeff,
            coefficients.misclassification_coeff,
        ]
        results = self._compiled(
            tf.constant(images),
            tf.constant(label),
            references.layers,
            tf.constant(layer_coefficients, tf.float32, (len(self.layers),)),
            tf.constant(overall, tf.float32),
        )
        values = {name: tensor.numpy() for name, tensor in results.items()}
        return Evaluation(
            gradient=frozen(values["gradient"]),
            probabilities=frozen(values["probabilities"]),
            costs=self._breakdown(label, values, has_pairs=len(images) > 1),
        )

    def _evaluate(
        self,
        images: tf.Tensor,
        label: tf.Tensor,
        references: tuple[tuple[tf.Tensor, ...], ...],
        layer_coefficients: tf.Tensor,
        overall: tf.Tensor,
    ) -> dict[str, tf.Tensor]:
        reference_coefficient, batch_coefficient, misclassification_coefficient = tf.unstack(overall)
        with tf.GradientTape() as tape:
            tape.watch(images)
            patterns, _, probabilities = self._classifier.activations(images)
            patterns = [patterns[index] for index in self._indices]
            probabilities = tf.gather(probabilities, label, axis=1)
            reference_distances = _stacked(
                [_reference_distance(pattern, layer) for pattern, layer in zip(patterns, references, strict=True)]
            )
            batch_distances = _stacked([_batch_distance(pattern, self._self_pairs) for pattern in patterns])
            reference_costs = 1 / (reference_distances + TINY)
            has_pairs = tf.shape(images)[0] > 1
            batch_costs = tf.where(has_pairs, 1 / (batch_distances + TINY), tf.zeros_like(batch_distances))
            misclassification_cost = tf.reduce_mean(1 - probabilities)
            weighted_references = layer_coefficients * reference_coefficient * reference_costs
            weighted_batches = layer_coefficients * batch_coefficient * batch_costs
            weighted_misclassification = misclassification_coefficient * misclassification_cost
            total = tf.reduce_sum(weighted_references) + tf.reduce_sum(weighted_batches) + weighted_misclassification
        return {
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

    def _breakdown(self, label: int, values: Mapping[str, np.ndarray], *, has_pairs: bool) -> LabelCosts:
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


def _stacked(scalars: list[tf.Tensor]) -> tf.Tensor:
    return tf.stack(scalars) if scalars else tf.zeros((0,))


def _reference_distance(pattern: tf.Tensor, layer: tuple[tf.Tensor, ...]) -> tf.Tensor:
    """Returns D_ref of `pattern` (B, U); the gradient flows through the nearest reference, not through the search."""
    reference = tf.stop_gradient(nearest(pattern, layer))
    return tf.reduce_mean(tf.math.squared_difference(pattern, reference))


def _batch_distance(pattern: tf.Tensor, self_pairs: bool) -> tf.Tensor:
    """Returns D_batch of `pattern` (B, U), the mean over ordered pairs of slots; 0 for one slot.

    The squared differences of all B² ordered pairs add up to 2 B times those from the mean.
    """
    slots = tf.cast(tf.shape(pattern)[0], tf.float32)
    pairs = slots * slots if self_pairs else tf.maximum(slots * (slots - 1), 1)
    from_mean = tf.math.squared_difference(pattern, tf.reduce_mean(pattern, axis=0, keepdims=True))
    return 2 * slots * tf.reduce_sum(tf.reduce_mean(from_mean, axis=1)) / pairs
