"""The cost of a batch of images and its gradient (method.md, Cost of a batch)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property, partial
from threading import Event
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from fooler_gui.core.array_store import ArrayStore
from fooler_gui.core.arrays import FloatArray, IntArray, frozen
from fooler_gui.core.objectives import OBJECTIVES, PROBABILITY, UNIT
from fooler_gui.core.save import LabelCosts, TermCost, TermPlace
from fooler_gui.core.settings import CostCoefficients, MethodSettings, article_coefficients
from fooler_gui.core.terms import known_terms
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.cost.cost_graph import CostedLayer, CostGraph
from fooler_gui.engine.cost.evaluation import Batch, Evaluation
from fooler_gui.engine.cost.graph_search import HeldStacks
from fooler_gui.engine.cost.nets import Nets, Said, WeightedNet
from fooler_gui.engine.cost.reference_key import fingerprint, key_of
from fooler_gui.engine.cost.reference_sample import Sample
from fooler_gui.engine.cost.references import References, ReferenceSearch, never
from fooler_gui.engine.cost.stored_references import StoredReferences
from fooler_gui.engine.cost.units import UnitPlace, unit_place
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.nets.recorded_layers import INPUTS
from fooler_gui.engine.nets.reference_bytes import bytes_a_reference
from fooler_gui.engine.search_choice import SearchWay, search_way

_THREADS = 2
_LABELS_AT_A_TIME = 2
Factors = npt.NDArray[np.float64]


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
        self.layers = classifier.recorded_layers if layers is None else tuple(layers)
        self._layers = [_costed(classifier, name, method) for name in self.layers]
        self._is_by_unit = any(layer.by_unit for layer in self._layers)
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
        self._graph = CostGraph(
            classifier,
            self._nets,
            self._layers,
            self._terms,
            self.places,
            self_pairs=method.self_pairs,
            in_graph=self._in_graph,
        )

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
        return self._graph.traces

    @property
    def bytes_a_reference(self) -> int:
        """The bytes that a training image, kept as it is, takes as a reference."""
        of_layers = sum(
            bytes_a_reference(layer.name, layer.units, as_values=layer.by_unit or self._in_graph)
            for layer in self._layers
        )
        is_own_code = INPUTS in self.layers and not self._in_graph
        return of_layers if is_own_code else of_layers + self._classifier.units[0]

    @property
    def keeps_references(self) -> bool:
        """Whether `record_sample` keeps references in a store; those taken unit by unit are not kept."""
        return not self._is_by_unit

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
            [layer.place for layer in self._layers],
            [layer.by_unit for layer in self._layers],
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

    @contextmanager
    def record_samples(
        self,
        dataset: Dataset,
        samples: Sequence[Sample],
        stopped: Callable[[], bool] = never,
        store: ArrayStore | None = None,
    ) -> Iterator[Iterator[References]]:
        """Begins to record several `samples`, and gives the references of each in turn, as `record_sample` does.

        While those of one label are measured and put on disk, the net works for the next. Leaving the context ends what
        is not yet recorded.
        """
        left = Event()

        def recorded(sample: Sample) -> References:
            return self.record_sample(dataset, sample, lambda: left.is_set() or stopped(), store)

        with ThreadPoolExecutor(_LABELS_AT_A_TIME) as threads:
            try:
                yield threads.map(recorded, samples)
            finally:
                left.set()
                threads.shutdown(cancel_futures=True)

    def warm_up(self) -> None:
        """Compiles the cost unless it is compiled; this takes a second or two, which may pass beside a recording."""
        if not self.traces:
            blank = np.zeros((1, *self._classifier.input_shape), np.float32)
            coefficients = article_coefficients(self._classifier.recorded_layers)
            self.evaluate(blank, 0, self.record(blank[:0]), coefficients)

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
        one_by_one = self._is_by_unit or not self._nets.is_same_beside_others(slots)
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
        evaluated = partial(self._graph.with_maps, tf.constant(np.stack(maps, 1))) if maps else self._graph.plain
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
        """Returns the references of each layer for call `number`; see `CostGraph`."""
        whole: Iterator[Any]
        if self._in_graph:
            whole = iter(self._stacks.of_call(number, [search.references for search in searches]))
        else:
            whole = (
                self._held.rows(place, searches, slots) for place, layer in enumerate(self._layers) if not layer.by_unit
            )
        return [searches[0].values(place) if layer.by_unit else next(whole) for place, layer in enumerate(self._layers)]

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


def _costed(classifier: Classifier, name: str, method: MethodSettings) -> CostedLayer:
    place = classifier.recorded_layers.index(name)
    by_unit = method.per_unit_minimum and classifier.flat_layers[place]
    return CostedLayer(name, place, classifier.units[place], by_unit)


def _follow(moved: Sequence[tuple[ReferenceSearch, list[FloatArray]]]) -> list[bool]:
    """Returns for each search whether its nearest references for these patterns differ from the expected."""
    if len(moved) < 2:  # a thread would only take time
        return [search.follow(patterns) for search, patterns in moved]
    with ThreadPoolExecutor(_THREADS) as threads:
        return list(threads.map(ReferenceSearch.follow, *zip(*moved, strict=True)))


class _Result(NamedTuple):
    """A batch's evaluation, and what `CostGraph` gives for the search of references."""

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
