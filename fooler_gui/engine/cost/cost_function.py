"""The cost of a batch of images and its gradient (method.md, Cost of a batch)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from fooler_gui.core.array_store import ArrayStore
from fooler_gui.core.arrays import BoolArray, FloatArray, IntArray, frozen
from fooler_gui.core.objectives import OBJECTIVES, PROBABILITY, UNIT
from fooler_gui.core.save import LabelCosts, TermCost, TermPlace
from fooler_gui.core.settings import CostCoefficients, MethodSettings
from fooler_gui.core.terms import LAYER, OUTPUT, PIXELS, TINY, LayerView, OutputView, PixelView, Term, View, known_terms
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.cost.graph_search import HeldStacks, nearest_whole, signature
from fooler_gui.engine.cost.nets import Nets, Said, WeightedNet, said_by
from fooler_gui.engine.cost.reference_key import fingerprint, key_of
from fooler_gui.engine.cost.reference_sample import Sample
from fooler_gui.engine.cost.references import References, ReferenceSearch, never
from fooler_gui.engine.cost.sorted_units import nearest_by_unit
from fooler_gui.engine.cost.stored_references import StoredReferences
from fooler_gui.engine.cost.transformations import transformed
from fooler_gui.engine.cost.units import UnitPlace, unit_activations, unit_place
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.recorded_layers import INPUTS
from fooler_gui.engine.nets.reference_bytes import bytes_a_reference
from fooler_gui.engine.search_choice import SearchWay, search_way

_THREADS = 2
Factors = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evaluation:
    """The cost of a batch of images.

    Attributes:
        gradient: (B, H, W, C) float32, of the total cost with respect to the pixels.
        probabilities: (B,) float32, the correct classification probabilities.
        tops: (B,) int32, the most probable classes.
        top_probabilities: (B,) float32, their probabilities.
        costs: The costs of all terms.
        activations: (B,) float32, of the unit that is the objective; None with another objective.
        net_probabilities: (N, B) float32, the correct classification probabilities by each of the N nets of an
            ensemble, of which the least are `probabilities`; None for a single net.
    """

    gradient: FloatArray
    probabilities: FloatArray
    tops: IntArray
    top_probabilities: FloatArray
    costs: LabelCosts
    activations: FloatArray | None = None
    net_probabilities: FloatArray | None = None

    @property
    def leads(self) -> BoolArray:
        """(B,), whether the label is the most probable class."""
        return frozen(self.tops == self.costs.label)

    @property
    def is_finite(self) -> bool:
        """Whether the total and every part of the gradient are finite numbers."""
        return bool(np.isfinite(self.costs.total) and np.isfinite(self.gradient).all())


class Batch(NamedTuple):
    """A batch of images to evaluate.

    Attributes:
        images: (B, H, W, C) float32.
        label: The class they are driven towards.
        search: The search of the label's references; the same for the same batch as it moves.
        starts: (B, H, W, C) float32, the images' starts.
        maps: (K, B, 2, 3) float32, transformations of each image (`transformations.map_of`), over which the terms of
            the output are averaged; None for the images themselves.
    """

    images: FloatArray
    label: int
    search: ReferenceSearch
    starts: FloatArray
    maps: FloatArray | None = None


class CostFunction:
    """The cost under one classifier, or an ensemble, and method.

    One compiled function passes batches of images through the classifier, weights every term and returns the gradient
    of the total with respect to the pixels. The references are searched within it, or between its calls: then, if a
    slot's nearest reference turns out to differ from the expected one, its batch is evaluated again. Coefficients are
    plain tensors.

    Args:
        classifier: The classifier.
        method: The article's way or the 2016 program's.
        layers: The recorded layers whose terms are computed; None for all. If empty, no references are needed.
        has_references: Whether there are any; without them no term that measures the distance to the nearest is
            computed.
        search: How the nearest references are found; None for the way that suits the device.
        further: The further nets of an ensemble, which take part in the terms of the output alone.

    Attributes:
        layers: Their names, in order.
        places: The identities of the costs.
    """

    def __init__(
        self,
        classifier: Classifier,
        method: MethodSettings,
        layers: Sequence[str] | None = None,
        *,
        has_references: bool = True,
        search: SearchWay | None = None,
        further: Sequence[WeightedNet] = (),
    ) -> None:
        self._classifier = classifier
        self._nets = Nets(classifier, further)
        self._self_pairs = method.self_pairs
        self.layers = classifier.recorded_layers if layers is None else tuple(layers)
        self._places = [classifier.recorded_layers.index(name) for name in self.layers]
        self._per_unit = [method.per_unit_minimum and classifier.flat_layers[place] for place in self._places]
        self._terms = {
            name: term for name, term in known_terms().items() if has_references or not term.measures_nearest
        }
        of_layers = [name for name, term in self._terms.items() if term.is_of_layers]
        self.places = (
            *(TermPlace(term, layer) for layer in self.layers for term in of_layers),
            *(TermPlace(name, "") for name in self._terms if name not in of_layers),
        )
        self._in_graph = (search or search_way()) is SearchWay.GRAPH
        self._held, self._stacks = _HeldRows(), HeldStacks()
        inputs = [
            tf.TensorSpec((None, None, *classifier.input_shape)),
            tf.TensorSpec((None, None, *classifier.input_shape)),
            tf.TensorSpec((None,), tf.int32),
            [
                self._signature(classifier.units[place], by_unit)
                for place, by_unit in zip(self._places, self._per_unit, strict=True)
            ],
            tf.TensorSpec((len(self.places),), tf.float64),
            tf.TensorSpec((), tf.int32),
            tf.TensorSpec((2,), tf.int32),
        ]
        maps = tf.TensorSpec((None, None, None, 2, 3))
        self._compiled = tf.function(partial(self._differentiate, None), input_signature=inputs, autograph=False)
        self._compiled_with_maps = tf.function(self._differentiate, input_signature=[maps, *inputs], autograph=False)

    def _signature(self, units: int, by_unit: bool) -> Any:
        """Returns that of a layer's references; see `_differentiate`."""
        if by_unit:
            return tf.TensorSpec((units, None))
        return signature(units) if self._in_graph else tf.TensorSpec((None, None, units))

    @cached_property
    def _evaluated(self) -> Callable[..., tuple[Any, ...]]:
        """The compiled function itself, without matching arguments to its signature at each call."""
        concrete: Callable[..., tuple[Any, ...]] = self._compiled.get_concrete_function()
        return concrete

    @cached_property
    def _evaluated_with_maps(self) -> Callable[..., tuple[Any, ...]]:
        """The same for transformed images; traced once they are asked for."""
        concrete: Callable[..., tuple[Any, ...]] = self._compiled_with_maps.get_concrete_function()
        return concrete

    @cached_property
    def _fingerprint(self) -> str:
        return fingerprint(self._classifier)

    @property
    def class_names(self) -> tuple[str, ...]:
        """One for each output of the classifier."""
        return self._classifier.class_names

    def probabilities(self, images: FloatArray) -> FloatArray:
        """Returns the (N, classes) float32 probabilities of `images` (N, H, W, C), of an ensemble the least."""
        return self._nets.probabilities(images)

    @property
    def traces(self) -> int:
        """How often the cost has been traced: once whatever the coefficients, and once more with transformed images."""
        compiled = self._compiled, self._compiled_with_maps
        return sum(int(function.experimental_get_tracing_count()) for function in compiled)

    @property
    def bytes_a_reference(self) -> int:
        """The bytes that a training image, kept as it is, takes as a reference."""
        of_layers = sum(
            bytes_a_reference(name, self._classifier.units[place], as_values=by_unit or self._in_graph)
            for name, place, by_unit in zip(self.layers, self._places, self._per_unit, strict=True)
        )
        is_own_code = INPUTS in self.layers and not self._in_graph
        return of_layers if is_own_code else of_layers + self._classifier.units[0]

    @property
    def keeps_references(self) -> bool:
        """Whether `record_sample` keeps references in a store; those taken unit by unit are not kept."""
        return not any(self._per_unit)

    def record(
        self,
        images: FloatArray | npt.NDArray[np.uint8],
        stopped: Callable[[], bool] = never,
        numbers: IntArray | None = None,
        *,
        mapped: bool = False,
        stored: StoredReferences | None = None,
    ) -> References:
        """Returns `images` (N, H, W, C) as references for the layers of this cost.

        Args:
            images: float32 in [0, 1], or a dataset's uint8.
            stopped: Returns whether a stop was requested.
            numbers: (N,), what identifies each image elsewhere; None for their places here.
            mapped: Whether what is recorded is read through a memory map.
            stored: Where it is kept on disk; None for nowhere.

        Raises:
            RecordingStopped: A stop was requested before all images were recorded.
            LabError: The file that is mapped cannot be written.
        """
        return References(
            self._classifier,
            images,
            self._places,
            self._per_unit,
            stopped,
            numbers,
            mapped=mapped,
            stored=stored,
            in_graph=self._in_graph,
        )

    def record_sample(
        self,
        dataset: Dataset,
        sample: Sample,
        stopped: Callable[[], bool] = never,
        store: ArrayStore | None = None,
    ) -> References:
        """Returns the training images of a `sample` as references, numbered among the label's.

        Args:
            dataset: The dataset.
            sample: Which of its training images.
            stopped: Returns whether a stop was requested.
            store: Where they are kept, and read if they were recorded before; None for nowhere. Those that are mapped
                to a temporary file are not kept.

        Raises:
            RecordingStopped: A stop was requested before all images were recorded.
            LabError: The file that is mapped cannot be written.
        """
        indices = np.flatnonzero(dataset.train_labels == sample.label)
        places = sample.places(len(indices))
        images = dataset.train_images[indices[places]]
        stored = None
        if store is not None and not sample.mapped:
            stored = StoredReferences(store, key_of(self._fingerprint, self.layers, images))
        return self.record(images, stopped, places, mapped=sample.mapped, stored=stored)

    def evaluate(
        self,
        images: FloatArray,
        label: int,
        references: References,
        coefficients: CostCoefficients,
        starts: FloatArray | None = None,
    ) -> Evaluation:
        """Returns the cost of `images` (B, H, W, C) float32 as a batch for `label`.

        Args:
            images: B ≥ 1; a single image has no batch cost.
            label: The class they are driven towards.
            references: The label's, made by `record`.
            coefficients: The factors; changing them between calls costs nothing.
            starts: (B, H, W, C) float32, the images' starts; None for the images themselves.
        """
        batch = Batch(images, label, ReferenceSearch(references), images if starts is None else starts)
        return self.evaluate_together([batch], coefficients)[0]

    def evaluate_together(
        self, batches: Sequence[Batch], coefficients: CostCoefficients, objective: str = PROBABILITY, unit: str = ""
    ) -> list[Evaluation]:
        """Returns the cost of each of several batches of B images: the same bits as one by one, faster.

        Where a classifier's layers would round otherwise, the batches are evaluated one by one.

        Args:
            batches: At least one, all with the same B ≥ 1, and as many maps.
            coefficients: The factors, the same for all.
            objective: What misclassification cost means, one of `OBJECTIVES`.
            unit: The unit whose activation is the objective, such as ``conv1:5``; needed if that is "unit".

        Raises:
            SettingError: There is no such unit.
        """
        place = unit_place(self._classifier, unit) if objective == UNIT else UnitPlace()
        cost = self._factors(coefficients), OBJECTIVES.index(objective), place
        slots = len(batches[0].images)
        one_by_one = any(self._per_unit) or not self._nets.is_same_beside_others(slots)
        images = slots if batches[0].maps is None else slots * (1 + len(batches[0].maps))
        a_call = 1 if one_by_one else max(1, self._nets.chunk // images)
        calls = [batches[start : start + a_call] for start in range(0, len(batches), a_call)]
        evaluate = self._evaluate_in_graph if self._in_graph else self._evaluate
        self._stacks.keep(len(calls))
        return [evaluation for number, call in enumerate(calls) for evaluation in evaluate(number, call, *cost)]

    def _factors(self, coefficients: CostCoefficients) -> Factors:
        """Returns the factor of each cost, in the order of `places`."""
        return np.array(
            [
                coefficients.term_coeffs[term] * (coefficients.layer_cost_coeffs[layer] if layer else 1.0)
                for term, layer in self.places
            ]
        )

    def _evaluate_in_graph(
        self, number: int, batches: Sequence[Batch], factors: Factors, objective: int, unit: UnitPlace
    ) -> list[Evaluation]:
        """Returns the evaluations of the batches of call `number`, within which the references are searched."""
        results = self._call(number, batches, factors, objective, unit)
        for batch, result in zip(batches, results, strict=True):
            batch.search.take(result.found)
        return [result.evaluation for result in results]

    def _evaluate(
        self, number: int, batches: Sequence[Batch], factors: Factors, objective: int, unit: UnitPlace
    ) -> list[Evaluation]:
        """Returns the evaluations of the batches of call `number`, each made with its nearest references."""
        evaluations: dict[int, Evaluation] = {}
        followed: dict[int, list[FloatArray]] = {}
        wanted = list(range(len(batches)))
        for batch in batches:
            batch.search.expect()
        while wanted:
            called = self._call(number, [batches[index] for index in wanted], factors, objective, unit)
            results = dict(zip(wanted, called, strict=True))
            evaluations |= {index: result.evaluation for index, result in results.items()}
            patterns = {index: result.found for index, result in results.items()}
            moved = [index for index in wanted if not _same_bits(patterns[index], followed.get(index))]
            changed = _follow([(batches[index].search, patterns[index]) for index in moved])
            wanted = [index for index, is_changed in zip(moved, changed, strict=True) if is_changed]
            followed = patterns
        return [evaluations[index] for index in range(len(batches))]

    def _call(
        self, number: int, batches: Sequence[Batch], factors: Factors, objective: int, unit: UnitPlace
    ) -> list[_Result]:
        """Returns the results of several batches with the references that their searches know now, if any do."""
        count, slots = len(batches), len(batches[0].images)
        if count * slots == 1:  # products of one image are rounded differently from those of several
            batches = [batches[0], batches[0]]
        maps = [batch.maps for batch in batches if batch.maps is not None]
        evaluated = partial(self._evaluated_with_maps, tf.constant(np.stack(maps, 1))) if maps else self._evaluated
        *outputs, found = evaluated(
            tf.constant(np.stack([batch.images for batch in batches])),
            tf.constant(np.stack([batch.starts for batch in batches])),
            tf.constant([batch.label for batch in batches], tf.int32),
            self._references(number, [batch.search for batch in batches], slots),
            tf.constant(factors),
            tf.constant(objective),
            tf.constant(unit),
        )
        gradients, *said, activations, costs, means, slot_values = (tensor.numpy() for tensor in outputs)
        by_net = Said(*said)
        told = by_net.least_sure
        found = [layer.numpy() for layer in found]
        return [
            _Result(
                evaluation=Evaluation(
                    gradient=frozen(gradients[index]),
                    probabilities=frozen(told.probabilities[index]),
                    tops=frozen(told.tops[index]),
                    top_probabilities=frozen(told.top_probabilities[index]),
                    costs=self._label_costs(
                        batch.label, factors, costs[:, index], means[:, index], slot_values[:, index]
                    ),
                    activations=frozen(activations[index]) if unit.layer else None,
                    net_probabilities=frozen(by_net.probabilities[:, index]) if len(self._nets) > 1 else None,
                ),
                found=[layer[index] for layer in found],
            )
            for index, batch in enumerate(batches[:count])
        ]

    def _references(self, number: int, searches: Sequence[ReferenceSearch], slots: int) -> list[Any]:
        """Returns the references of each layer for call `number`; see `_differentiate`."""
        whole: Iterator[Any]
        if self._in_graph:
            whole = iter(self._stacks.of_call(number, [search.references for search in searches]))
        else:
            places = [layer for layer, by_unit in enumerate(self._per_unit) if not by_unit]
            whole = (self._held.rows(layer, searches, slots) for layer in places)
        return [searches[0].values(layer) if by_unit else next(whole) for layer, by_unit in enumerate(self._per_unit)]

    def _label_costs(
        self, label: int, factors: Factors, costs: Factors, means: Factors, slot_values: FloatArray
    ) -> LabelCosts:
        terms = tuple(
            self._term_cost(*numbers)
            for numbers in zip(self.places, costs.tolist(), means.tolist(), slot_values, factors.tolist(), strict=True)
        )
        sums = [sum(term.weighted_cost for term in terms if term.place.layer == layer) for layer in (*self.layers, "")]
        return LabelCosts(label=label, terms=terms, total=sum(sums))

    def _term_cost(
        self, place: TermPlace, cost: float, mean: float, slot_values: FloatArray, factor: float
    ) -> TermCost:
        term = self._terms[place.term]
        computed = factor > 0 or not term.is_optional
        return TermCost(
            place=place,
            cost=cost if computed else None,
            weighted_cost=factor * cost,
            mean_value=mean if computed and len(slot_values) >= term.least_slots else None,
            slot_values=frozen(slot_values),
        )

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
            patterns = [
                tf.reshape(activations[place], (*batches, self._classifier.units[place])) for place in self._places
            ]
            nearest, indices = self._nearest(patterns, references)
            judged = outputs
            if maps is not None:
                _, judged = self._outputs(
                    _transformed(images, maps), tf.tile(labels, tf.shape(maps)[:1]), objective, unit
                )
            views = self._views(judged, PixelView(images=images, starts=starts), patterns, nearest)
            for index, place in enumerate(self.places):
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
        for pattern, reference, by_unit in zip(patterns, references, self._per_unit, strict=True):
            if by_unit:
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
        for name, pattern, rows in zip(self.layers, patterns, nearest, strict=True):
            views[LAYER, name] = [(1.0, LayerView(patterns=pattern, nearest=rows, self_pairs=self._self_pairs))]
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


def _follow(moved: Sequence[tuple[ReferenceSearch, list[FloatArray]]]) -> list[bool]:
    """Returns for each search whether its nearest references for these patterns differ from the expected."""
    if len(moved) < 2:  # a thread would only take time
        return [search.follow(patterns) for search, patterns in moved]
    with ThreadPoolExecutor(_THREADS) as threads:
        return list(threads.map(ReferenceSearch.follow, *zip(*moved, strict=True)))


class _Result(NamedTuple):
    """A batch's evaluation, and what `_differentiate` gives for the search of references."""

    evaluation: Evaluation
    found: list[Any]


class _HeldRows:
    """The nearest references of the last call's batches as tensors, which most steps leave unchanged."""

    def __init__(self) -> None:
        self._rows: dict[int, tuple[tuple[int, ...], tf.Tensor]] = {}

    def rows(self, layer: int, searches: Sequence[ReferenceSearch], slots: int) -> tf.Tensor:
        """Returns the nearest references (L, B, U) that the `searches`, of B slots each, know in a layer."""
        versions = tuple(search.version(layer, slots) for search in searches)
        if layer not in self._rows or self._rows[layer][0] != versions:
            self._rows[layer] = versions, tf.constant(np.stack([search.rows(layer, slots) for search in searches]))
        return self._rows[layer][1]


def _same_bits(patterns: Sequence[FloatArray], others: Sequence[FloatArray] | None) -> bool:
    return others is not None and all(
        np.array_equal(one.view(np.int32), other.view(np.int32)) for one, other in zip(patterns, others, strict=True)
    )
