"""The cost of batches of images as one compiled graph, with its gradient (method.md, Cost of a batch)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, NamedTuple

import tensorflow as tf

from fooler_gui.core.save import TermPlace
from fooler_gui.core.terms import LAYER, OUTPUT, PIXELS, TINY, LayerView, OutputView, PixelView, Term, View
from fooler_gui.engine.cost.graph_search import nearest_whole, signature
from fooler_gui.engine.cost.nets import Nets, said_by
from fooler_gui.engine.cost.sorted_units import nearest_by_unit
from fooler_gui.engine.cost.transformations import transformed
from fooler_gui.engine.cost.units import unit_activations
from fooler_gui.engine.nets.classifier import Classifier


class CostedLayer(NamedTuple):
    """A recorded layer whose terms are computed.

    Attributes:
        name: Its name.
        place: Its place among the classifier's recorded layers.
        units: How many it has.
        by_unit: Whether its references are taken unit by unit.
    """

    name: str
    place: int
    units: int
    by_unit: bool


class CostGraph:
    """Passes batches of images through the nets, weights every term and takes the gradient of the total.

    It is traced once whatever the coefficients, objective and number of images, and once more for transformed images.

    Args:
        classifier: The classifier whose layers are recorded.
        nets: What is fooled: the classifier, or an ensemble that begins with it.
        layers: Those whose terms are computed.
        terms: The terms by name.
        places: The identities of the costs, in the order of the factors.
        self_pairs: Whether the batch cost counts an image's distance to itself.
        in_graph: Whether the nearest references are searched here.
    """

    def __init__(
        self,
        classifier: Classifier,
        nets: Nets,
        layers: Sequence[CostedLayer],
        terms: Mapping[str, Term],
        places: Sequence[TermPlace],
        *,
        self_pairs: bool,
        in_graph: bool,
    ) -> None:
        self._classifier = classifier
        self._nets = nets
        self._layers = layers
        self._terms = terms
        self._places = places
        self._self_pairs = self_pairs
        self._in_graph = in_graph
        images = tf.TensorSpec((None, None, *classifier.input_shape))
        inputs = [
            images,
            images,
            tf.TensorSpec((None,), tf.int32),
            [self._signature(layer) for layer in layers],
            tf.TensorSpec((len(places),), tf.float64),
            tf.TensorSpec((), tf.int32),
            tf.TensorSpec((2,), tf.int32),
        ]
        maps = tf.TensorSpec((None, None, None, 2, 3))
        self._compiled = tf.function(partial(self._differentiate, None), input_signature=inputs, autograph=False)
        self._compiled_with_maps = tf.function(self._differentiate, input_signature=[maps, *inputs], autograph=False)

    @property
    def traces(self) -> int:
        """How often it has been traced."""
        compiled = self._compiled, self._compiled_with_maps
        return sum(int(function.experimental_get_tracing_count()) for function in compiled)

    @cached_property
    def plain(self) -> Callable[..., tuple[Any, ...]]:
        """The compiled function itself, without matching arguments to its signature at each call."""
        concrete: Callable[..., tuple[Any, ...]] = self._compiled.get_concrete_function()
        return concrete

    @cached_property
    def with_maps(self) -> Callable[..., tuple[Any, ...]]:
        """The same for transformed images; traced once they are asked for."""
        concrete: Callable[..., tuple[Any, ...]] = self._compiled_with_maps.get_concrete_function()
        return concrete

    def _signature(self, layer: CostedLayer) -> Any:
        """Returns that of a layer's references; see `_differentiate`."""
        if layer.by_unit:
            return tf.TensorSpec((layer.units, None))
        return signature(layer.units) if self._in_graph else tf.TensorSpec((None, None, layer.units))

    def _differentiate(
        self,
        maps: tf.Tensor | None,
        images: tf.Tensor,
        starts: tf.Tensor,
        labels: tf.Tensor,
        references: list[Any],
        factors: tf.Tensor,
        objective: tf.Tensor,
        unit: tf.Tensor,
    ) -> tuple[Any, ...]:
        """Returns the gradient of each batch's total with respect to its images, and the parts of the total.

        Args:
            maps: (K, L, B, 2, 3), transformations of the images for the terms of the output; None for none.
            images: (L, B, H, W, C), L batches.
            starts: (L, B, H, W, C), their starts.
            labels: (L,).
            references: For each layer the nearest (L, B, U), or a `Stack` if they are searched here, or the values
                (U, N) if taken unit by unit.
            factors: (places,), the factor of each cost.
            objective: (), its place in `OBJECTIVES`.
            unit: (2,), a `UnitPlace`.

        Returns:
            The gradient, like `images`; by each of N nets the probabilities (N, L, B) of the labels, the most probable
            classes (N, L, B) and their probabilities; the activations (L, B) of the unit; the costs (places, L), the
            means of the slots' values (places, L) and these (places, L, B); the patterns (L, B, U) of each layer or, if
            references are searched here, the indices (L, B) of the nearest in each layer where they are taken whole.
        """
        batches = tf.unstack(tf.shape(images)[:2])
        costs, means, slot_values = [], [], []
        with tf.GradientTape() as tape:
            tape.watch(images)
            activations, outputs = self._outputs(images, labels, objective, unit)
            patterns = [tf.reshape(activations[layer.place], (*batches, layer.units)) for layer in self._layers]
            nearest, indices = self._nearest(patterns, references)
            judged = outputs
            if maps is not None:
                _, judged = self._outputs(
                    _transformed(images, maps), tf.tile(labels, tf.shape(maps)[:1]), objective, unit
                )
            views = self._views(judged, PixelView(images=images, starts=starts), patterns, nearest)
            for index, place in enumerate(self._places):
                term = self._terms[place.term]
                is_transformed = maps is not None and term.scope == OUTPUT
                cost, mean, values = _cost(
                    term, views[term.scope, place.layer], factors[index], batches, is_transformed=is_transformed
                )
                costs.append(cost)
                means.append(mean)
                slot_values.append(tf.cast(values, tf.float32))
            total = tf.add_n([factors[index] * tf.reduce_sum(cost) for index, cost in enumerate(costs)])
        numbers = map(tf.stack, (costs, means, slot_values))
        found = indices if self._in_graph else patterns
        return tape.gradient(total, images), *said_by(outputs), outputs[0].activations, *numbers, found

    def _outputs(
        self, images: tf.Tensor, labels: tf.Tensor, objective: tf.Tensor, unit: tf.Tensor
    ) -> tuple[list[tf.Tensor], list[OutputView]]:
        """Returns the first net's activations on `images` (L, B, H, W, C), and each net's output, as `Nets.outputs`."""
        activations, outputs = self._nets.outputs(images, labels, objective)
        driven = unit_activations(self._classifier, activations, tf.unstack(tf.shape(images)[:2]), unit)
        return activations, [replace(output, activations=driven) for output in outputs]

    def _nearest(self, patterns: list[tf.Tensor], references: list[Any]) -> tuple[list[tf.Tensor], list[tf.Tensor]]:
        """Returns the nearest references (L, B, U) of each layer, and the indices (L, B) of those found here."""
        nearest, indices = [], []
        for layer, pattern, reference in zip(self._layers, patterns, references, strict=True):
            if layer.by_unit:
                nearest.append(nearest_by_unit(pattern, reference))
            elif self._in_graph:
                rows, places = nearest_whole(pattern, reference)
                nearest.append(rows)
                indices.append(places)
            else:
                nearest.append(reference)
        return nearest, indices

    def _views(
        self, outputs: list[OutputView], pixels: PixelView, patterns: list[tf.Tensor], nearest: list[tf.Tensor]
    ) -> dict[tuple[str, str], list[tuple[float, View]]]:
        """Returns the views that terms are computed from, by scope and layer, each with its share in the term."""
        views: dict[tuple[str, str], list[tuple[float, View]]] = {
            (OUTPUT, ""): list(zip(self._nets.shares, outputs, strict=True)),
            (PIXELS, ""): [(1.0, pixels)],
        }
        for layer, pattern, rows in zip(self._layers, patterns, nearest, strict=True):
            views[LAYER, layer.name] = [(1.0, LayerView(patterns=pattern, nearest=rows, self_pairs=self._self_pairs))]
        return views


def _cost(
    term: Term,
    views: Sequence[tuple[float, View]],
    factor: tf.Tensor,
    batches: list[tf.Tensor],
    *,
    is_transformed: bool,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Returns a term's costs (L,) of L batches, the means (L,) of its slots' values, and these (L, B), all float64.

    The values are the sum of those of the `views`, each times its share. They are zeros if an optional term's `factor`
    is 0, as it is then not computed. Those of transformed images, several times as many batches, are averaged.
    """

    def computed() -> tf.Tensor:
        values = tf.add_n([share * tf.cast(term.slot_values(view), tf.float64) for share, view in views])
        if is_transformed:
            return tf.reduce_mean(tf.reshape(values, (-1, *batches)), axis=0)
        return tf.reshape(values, batches)

    values = tf.cond(factor > 0, computed, lambda: tf.zeros(batches, tf.float64)) if term.is_optional else computed()
    mean = tf.reduce_mean(values, axis=1)
    cost = 1 / (mean + TINY) if term.repels else mean
    return tf.where(batches[1] >= term.least_slots, cost, tf.zeros_like(cost)), mean, values


def _transformed(images: tf.Tensor, maps: tf.Tensor) -> tf.Tensor:
    """Returns (K · L, B, H, W, C), K transformations of L batches, all batches by the first transformation first."""
    (batches, slots), shape = tf.unstack(tf.shape(images)[:2]), images.shape[2:]
    count = tf.shape(maps)[0]
    moved = transformed(tf.reshape(images, (-1, *shape)), tf.reshape(maps, (count, -1, 2, 3)))
    return tf.reshape(moved, (count * batches, slots, *shape))
