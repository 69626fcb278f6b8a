"""The cost of a batch of images and its gradient (method.md, Cost of a batch)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from weakref import WeakMethod

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from fooler_gui.core.messages import BoolArray, FloatArray, LabelCosts, LayerCosts, frozen
from fooler_gui.core.settings import CostCoefficients, MethodSettings
from fooler_gui.engine.classifier import Classifier
from fooler_gui.engine.penalties import Coefficients, layer_penalties
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

    One compiled function takes images through the classifier, hands what its layers do to the search and the
    penalties, and takes their gradient back to the pixels. Coefficients are plain numbers to it.

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
        # What the compiled function's call is about, and what its penalties came to.
        self._searches: Sequence[ReferenceSearch] = ()
        self._coefficients: list[Coefficients] = []
        self._layer_costs: dict[tuple[int, int], LayerCosts] = {}
        self._compiled = tf.function(
            self._differentiate,
            input_signature=[
                tf.TensorSpec((None, *classifier.input_shape)),
                tf.TensorSpec((None,), tf.int32),
                tf.TensorSpec(()),
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
        self._coefficients = [
            Coefficients(
                reference=coefficients.layer_cost_coeffs[name] * coefficients.reference_cost_coeff,
                batch=coefficients.layer_cost_coeffs[name] * coefficients.batch_cost_coeff,
            )
            for name in self.layers
        ]
        factor = coefficients.misclassification_coeff
        a_call = max(1, self._classifier.chunk // len(batches[0].images))
        return [
            evaluation
            for start in range(0, len(batches), a_call)
            for evaluation in self._evaluate(batches[start : start + a_call], factor)
        ]

    def _evaluate(self, batches: Sequence[Batch], misclassification_coefficient: float) -> list[Evaluation]:
        count, slots = len(batches), len(batches[0].images)
        if count * slots == 1:  # products of one image are rounded otherwise than those of several
            batches = [batches[0], batches[0]]
        self._searches = [batch.search for batch in batches]
        try:
            gradients, probabilities, leads = self._compiled(
                tf.constant(np.concatenate([batch.images for batch in batches])),
                tf.constant(np.repeat([batch.label for batch in batches], slots), tf.int32),
                tf.constant(-misclassification_coefficient / slots, tf.float32),
            )
        finally:
            # The compiled function holds on to this object, which must not hold on to gigabytes of references.
            self._searches = ()
        by_batch = frozen(gradients.numpy().reshape(len(batches), slots, *self._classifier.input_shape))
        sureness = frozen(probabilities.numpy().reshape(len(batches), slots))
        leading = frozen(leads.numpy().reshape(len(batches), slots))
        return [
            Evaluation(
                gradient=by_batch[index],
                probabilities=sureness[index],
                leads=leading[index],
                costs=_label_costs(
                    batch.label,
                    tuple(self._layer_costs[index, layer] for layer in range(len(self.layers))),
                    sureness[index],
                    misclassification_coefficient,
                ),
            )
            for index, batch in enumerate(batches[:count])
        ]

    def _differentiate(
        self, images: tf.Tensor, labels: tf.Tensor, to_probability: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        """Returns the gradient of each image's own batch's total, as `images`, the probabilities (S,), and the leads.

        Args:
            images: (S, H, W, C), one batch after the other.
            labels: (S,).
            to_probability: The gradient of a batch's total to the probability of each of its images, ().
        """
        with tf.GradientTape() as tape:
            tape.watch(images)
            patterns, _, all_probabilities = self._classifier.activations(images)
            patterns = [patterns[place] for place in self._places]
            probabilities = tf.gather(all_probabilities, labels, batch_dims=1)
        outputs = [*patterns, probabilities]
        upstream = [self._to_pattern(layer, pattern) for layer, pattern in enumerate(patterns)]
        upstream.append(tf.fill(tf.shape(labels), to_probability))
        leads = tf.argmax(all_probabilities, axis=1, output_type=tf.int32) == labels
        return tape.gradient(outputs, images, upstream), probabilities, leads

    def _to_pattern(self, layer: int, pattern: tf.Tensor) -> tf.Tensor:
        """Returns the gradient of the penalties to `pattern` (S, U), found outside the compiled function.

        Each layer's is found while the classifier goes on with the next ones, forwards and then backwards.
        """
        # TensorFlow keeps for ever what it is given to call, which must not keep this object and its classifier.
        penalise = WeakMethod(self._penalise)

        def gradient_of(patterns: FloatArray) -> FloatArray:
            penalise_if_alive = penalise()
            assert penalise_if_alive is not None, "the compiled function is called by its owner"
            return penalise_if_alive(layer, patterns)

        return tf.ensure_shape(tf.numpy_function(gradient_of, [pattern], tf.float32), pattern.shape)

    def _penalise(self, layer: int, patterns: FloatArray) -> FloatArray:
        """Notes the costs of `patterns` (S, U) in each batch and returns their gradient."""
        slots = len(patterns) // len(self._searches)
        gradient = np.empty_like(patterns)
        with np.errstate(over="ignore", invalid="ignore"):  # a cost that is not finite is told by the run
            for index, search in enumerate(self._searches):
                own = slice(index * slots, (index + 1) * slots)
                self._layer_costs[index, layer] = layer_penalties(
                    self.layers[layer],
                    patterns[own],
                    search.nearest(layer, patterns[own]),
                    self._coefficients[layer],
                    gradient[own],
                    self_pairs=self._self_pairs,
                )
        return gradient


def _label_costs(
    label: int, layers: tuple[LayerCosts, ...], probabilities: FloatArray, misclassification_coefficient: float
) -> LabelCosts:
    misclassification_cost = float(1 - probabilities.mean(dtype=np.float64))
    weighted = misclassification_coefficient * misclassification_cost
    penalties = sum(layer.weighted_reference_cost + layer.weighted_batch_cost for layer in layers)
    return LabelCosts(
        label=label,
        layers=layers,
        misclassification_cost=misclassification_cost,
        weighted_misclassification_cost=weighted,
        total=weighted + penalties,
    )
