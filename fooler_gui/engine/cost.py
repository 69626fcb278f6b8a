"""The cost of a batch of images and its gradient (method.md, Cost of a batch)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from fooler_gui.core.messages import BoolArray, FloatArray, LabelCosts, LayerCosts, frozen
from fooler_gui.core.settings import CostCoefficients, MethodSettings
from fooler_gui.engine.classifier import Classifier
from fooler_gui.engine.penalties import Penalty, batch_penalty, nearest_by_unit, reference_penalty
from fooler_gui.engine.references import References, ReferenceSearch, never


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluation:
    """What a batch of images costs.

    Attributes:
        gradient: (B, H, W, C) float32, of the total cost with respect to the pixels.
        probabilities: (B,) float32, the correct classification probabilities.
        leads: (B,), whether the label is the most probable class.
        costs: Every term.
    """

    gradient: FloatArray
    probabilities: FloatArray
    leads: BoolArray
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
    """The cost under one classifier and method.

    One compiled function takes batches of images through the classifier, weighs their penalties against the nearest
    references and returns the gradient of the total to the pixels. The references are searched between its calls:
    where the nearest one of a slot turns out to have changed, its batch is evaluated again with that one.
    Coefficients are plain tensors to it.

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
        self._held = _HeldRows()
        self._compiled = tf.function(
            self._differentiate,
            input_signature=[
                tf.TensorSpec((None, None, *classifier.input_shape)),
                tf.TensorSpec((None,), tf.int32),
                [
                    tf.TensorSpec((classifier.units[place], None) if by_unit else (None, None, classifier.units[place]))
                    for place, by_unit in zip(self._places, self._per_unit, strict=True)
                ],
                tf.TensorSpec((len(self.layers), 2), tf.float64),
                tf.TensorSpec((), tf.float64),
            ],
        )

    @property
    def traces(self) -> int:
        """How often the cost has been traced; it stays at one however the coefficients change."""
        return int(self._compiled.experimental_get_tracing_count())

    def record(self, images: FloatArray | npt.NDArray[np.uint8], stopped: Callable[[], bool] = never) -> References:
        """Returns the references that `images` (N, H, W, C) make, N ≥ 1, for the layers of this cost.

        Args:
            images: float32 in [0, 1], or a dataset's uint8.
            stopped: Tells whether a stop was asked for.

        Raises:
            RecordingStopped: It was, before all images were recorded.
        """
        return References(self._classifier, images, self._places, self._per_unit, stopped)

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
        factors = _Factors.of(coefficients, self.layers)
        a_call = 1 if any(self._per_unit) else max(1, self._classifier.chunk // len(batches[0].images))
        return [
            evaluation
            for start in range(0, len(batches), a_call)
            for evaluation in self._evaluate(batches[start : start + a_call], factors)
        ]

    def _evaluate(self, batches: Sequence[Batch], factors: _Factors) -> list[Evaluation]:
        """Returns the evaluations of a call's batches, each made with the references that are nearest to it."""
        evaluations: dict[int, Evaluation] = {}
        followed: dict[int, list[FloatArray]] = {}
        wanted = list(range(len(batches)))
        while wanted:
            results = self._call([batches[index] for index in wanted], factors)
            for index, result in zip(wanted, results, strict=True):
                evaluations[index] = result.evaluation
                if index in followed and _same_bits(result.patterns, followed[index]):
                    del followed[index]
                elif batches[index].search.follow(result.patterns):
                    followed[index] = result.patterns
                else:
                    followed.pop(index, None)
            wanted = sorted(followed)
        return [evaluations[index] for index in range(len(batches))]

    def _call(self, batches: Sequence[Batch], factors: _Factors) -> list[_Result]:
        """Returns what each of several batches costs with the references that its search knows now."""
        count, slots = len(batches), len(batches[0].images)
        if count * slots == 1:  # products of one image are rounded otherwise than those of several
            batches = [batches[0], batches[0]]
        searches = [batch.search for batch in batches]
        gradients, probabilities, leads, misclassification, patterns, penalties = self._compiled(
            tf.constant(np.stack([batch.images for batch in batches])),
            tf.constant([batch.label for batch in batches], tf.int32),
            [
                searches[0].values(layer) if by_unit else self._held.rows(layer, searches, slots)
                for layer, by_unit in enumerate(self._per_unit)
            ],
            tf.constant(factors.layers, tf.float64),
            tf.constant(factors.misclassification, tf.float64),
        )
        gradients, probabilities, leads, misclassification = (
            tensor.numpy() for tensor in (gradients, probabilities, leads, misclassification)
        )
        patterns = [layer.numpy() for layer in patterns]
        penalties = [[Penalty(*(part.numpy() for part in penalty)) for penalty in layer] for layer in penalties]
        return [
            _Result(
                evaluation=Evaluation(
                    gradient=frozen(gradients[index]),
                    probabilities=frozen(probabilities[index]),
                    leads=frozen(leads[index]),
                    costs=_label_costs(
                        batch.label,
                        tuple(
                            _layer_costs(name, reference, batch_, index, weights)
                            for name, (reference, batch_), weights in zip(
                                self.layers, penalties, factors.layers, strict=True
                            )
                        ),
                        float(misclassification[index]),
                        factors.misclassification,
                    ),
                ),
                patterns=[layer[index] for layer in patterns],
            )
            for index, batch in enumerate(batches[:count])
        ]

    def _differentiate(
        self,
        images: tf.Tensor,
        labels: tf.Tensor,
        references: list[tf.Tensor],
        layer_factors: tf.Tensor,
        misclassification_factor: tf.Tensor,
    ) -> tuple[Any, ...]:
        """Returns the gradient of each batch's total to its images, and what it is made of.

        Args:
            images: (L, B, H, W, C), L batches.
            labels: (L,).
            references: For each layer the nearest (L, B, U), or where they are taken unit by unit their values (U, N).
            layer_factors: (layers, 2), what each layer's reference and batch cost are multiplied by.
            misclassification_factor: The misclassification cost's, ().

        Returns:
            The gradient, like `images`; the probabilities (L, B) of the labels; whether each leads (L, B); the
            misclassification costs (L,); the patterns (L, B, U) and the two penalties of each layer.
        """
        slots = tf.shape(images)[:2]
        with tf.GradientTape() as tape:
            tape.watch(images)
            activations, _, all_probabilities = self._classifier.activations(
                tf.reshape(images, (-1, *self._classifier.input_shape))
            )
            patterns = [
                tf.reshape(activations[place], (*tf.unstack(slots), self._classifier.units[place]))
                for place in self._places
            ]
            all_probabilities = tf.reshape(all_probabilities, (*tf.unstack(slots), all_probabilities.shape[1]))
            probabilities = tf.gather(all_probabilities, labels, axis=2, batch_dims=1)
            misclassification = tf.reduce_mean(1 - tf.cast(probabilities, tf.float64), axis=1)
            total = tf.reduce_sum(misclassification_factor * misclassification)
            penalties = []
            for layer, (pattern, reference) in enumerate(zip(patterns, references, strict=True)):
                nearest = nearest_by_unit(pattern, reference) if self._per_unit[layer] else reference
                pair = reference_penalty(pattern, nearest), batch_penalty(pattern, self_pairs=self._self_pairs)
                penalties.append(pair)
                total += tf.reduce_sum(layer_factors[layer, 0] * pair[0].cost + layer_factors[layer, 1] * pair[1].cost)
        leads = tf.argmax(all_probabilities, axis=2, output_type=tf.int32) == labels[:, tf.newaxis]
        return tape.gradient(total, images), probabilities, leads, misclassification, patterns, penalties


class _Factors(NamedTuple):
    """What the terms are multiplied by.

    Attributes:
        layers: For each layer those of its reference cost and of its batch cost.
        misclassification: That of the misclassification cost.
    """

    layers: npt.NDArray[np.float64]
    misclassification: float

    @classmethod
    def of(cls, coefficients: CostCoefficients, layers: Sequence[str]) -> Self:
        own = np.array([coefficients.layer_cost_coeffs[name] for name in layers], np.float64)
        both = np.array([coefficients.reference_cost_coeff, coefficients.batch_cost_coeff], np.float64)
        return cls(own[:, np.newaxis] * both, coefficients.misclassification_coeff)


class _Result(NamedTuple):
    """A batch's evaluation, and its patterns (B, U) of each layer that the references are then searched for."""

    evaluation: Evaluation
    patterns: list[FloatArray]


class _HeldRows:
    """The nearest references of the last call's batches as tensors, which most steps leave as they are."""

    def __init__(self) -> None:
        self._rows: dict[int, tuple[tuple[int, ...], tf.Tensor]] = {}

    def rows(self, layer: int, searches: Sequence[ReferenceSearch], slots: int) -> tf.Tensor:
        """Returns the nearest references (L, B, U) that `searches` of B slots each know in a layer."""
        versions = tuple(search.version(layer, slots) for search in searches)
        if layer not in self._rows or self._rows[layer][0] != versions:
            self._rows[layer] = versions, tf.constant(np.stack([search.rows(layer, slots) for search in searches]))
        return self._rows[layer][1]


def _same_bits(patterns: Sequence[FloatArray], others: Sequence[FloatArray]) -> bool:
    return all(
        np.array_equal(one.view(np.int32), other.view(np.int32)) for one, other in zip(patterns, others, strict=True)
    )


def _layer_costs(
    name: str, reference: Penalty, batch: Penalty, index: int, factors: npt.NDArray[np.float64]
) -> LayerCosts:
    alone = len(reference.slot_distances[index]) == 1
    reference_cost, batch_cost = float(reference.cost[index]), float(batch.cost[index])
    return LayerCosts(
        name=name,
        reference_distance=float(reference.distance[index]),
        batch_distance=None if alone else float(batch.distance[index]),
        reference_cost=reference_cost,
        batch_cost=batch_cost,
        weighted_reference_cost=float(factors[0]) * reference_cost,
        weighted_batch_cost=float(factors[1]) * batch_cost,
        slot_reference_distances=frozen(reference.slot_distances[index]),
        slot_batch_distances=frozen(batch.slot_distances[index]),
    )


def _label_costs(
    label: int, layers: tuple[LayerCosts, ...], misclassification_cost: float, misclassification_coefficient: float
) -> LabelCosts:
    weighted = misclassification_coefficient * misclassification_cost
    penalties = sum(layer.weighted_reference_cost + layer.weighted_batch_cost for layer in layers)
    return LabelCosts(
        label=label,
        layers=layers,
        misclassification_cost=misclassification_cost,
        weighted_misclassification_cost=weighted,
        total=weighted + penalties,
    )
