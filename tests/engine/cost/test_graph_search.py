from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from descents import run_to_end
from tiny import TINY_NET, make_batch, make_classifier, make_control, make_dataset, noise

from fooler_gui.core.save import Save
from fooler_gui.core.settings import METHODS, CostCoefficients, MethodSettings, article_coefficients
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.evaluation import Batch, Evaluation
from fooler_gui.engine.cost.graph_search import HeldStacks, Stack, WholePatterns, nearest_whole
from fooler_gui.engine.cost.references import References, ReferenceSearch
from fooler_gui.engine.evaluation.inspector import Inspector
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.search_choice import SearchWay

PRESETS = pytest.mark.parametrize("preset", ["article", "2016"])
LABELS, SLOTS = (0, 1, 2), 4


def stack_of(*references: list[list[float]]) -> Stack:
    """The stack of several batches' references, as many in each."""
    layers = [WholePatterns(np.array(patterns, np.float32)) for patterns in references]
    return Stack(
        tf.constant(np.stack([layer.patterns for layer in layers])),
        tf.constant(np.stack([layer.squared_norms for layer in layers])),
    )


def found(patterns: list[list[list[float]]], stack: Stack) -> tuple[list[object], list[object]]:
    rows, indices = nearest_whole(tf.constant(np.array(patterns, np.float32)), stack)
    return rows.numpy().tolist(), indices.numpy().tolist()


def test_each_pattern_gets_the_nearest_of_its_own_batch_s_references() -> None:
    # Squared distances of (1, 0): 1, 20, 1.25 in the first batch, 9, 4, 0 in the second.
    rows, indices = found(
        [[[1, 0], [2, 3]], [[1, 0], [3, 0]]],
        stack_of([[0, 0], [3, 4], [0, 0.5]], [[4, 0], [1, 2], [1, 0]]),
    )
    assert indices == [[0, 1], [2, 0]]
    assert rows == [[[0, 0], [3, 4]], [[1, 0], [4, 0]]]


def test_of_equally_near_references_the_first_is_taken() -> None:
    assert found([[[1, 0]]], stack_of([[5, 5], [2, 0], [0, 0], [2, 0]]))[1] == [[1]]


def test_differences_decide_where_the_product_has_too_few_digits() -> None:
    # Norms are about 10⁸, where float32 steps by 8; squared distances are 1.5625, 0.0625, 0.5625.
    assert found([[[10_000.25]]], stack_of([[9_999.0], [10_000.0], [10_001.0]]))[1] == [[1]]


@pytest.mark.parametrize("far", [np.inf, np.nan, 3e38])
def test_a_reference_without_a_finite_norm_is_never_the_nearest(far: float) -> None:
    rows, indices = found([[[1.0, 1.0]]], stack_of([[far, 1.0], [9.0, 9.0]]))
    assert (rows, indices) == ([[[9.0, 9.0]]], [[1]])


def references_of(classifier: Classifier, count: int) -> References:
    images = noise((count, 8, 8, 1), rng_seed=count)
    return References(classifier, images, (0, 2), (False, False), in_graph=True)


def test_batches_with_fewer_references_are_filled_up_with_some_infinitely_far_away(classifier: Classifier) -> None:
    few, many = references_of(classifier, 2), references_of(classifier, 5)
    inputs, fc = HeldStacks().of_call(0, [few, many])
    assert (inputs.patterns.shape, fc.patterns.shape) == ((2, 5, 64), (2, 5, 5))
    np.testing.assert_array_equal(inputs.squared_norms.numpy()[0] == np.inf, [False, False, True, True, True])
    np.testing.assert_array_equal(fc.patterns.numpy()[1], many.whole[1].patterns)
    _, indices = nearest_whole(tf.zeros((2, 1, 64)), inputs)
    norms = [layer.squared_norms for layer in (few.whole[0], many.whole[0])]
    assert indices.numpy().ravel().tolist() == [int(part.argmin()) for part in norms]


def test_stacks_are_made_anew_only_where_references_changed(classifier: Classifier) -> None:
    first, second, third = (references_of(classifier, count) for count in (2, 3, 4))
    held = HeldStacks()
    one, two = held.of_call(0, [first, second]), held.of_call(1, [third])
    held.keep(2)
    assert (held.of_call(0, [first, second]) is one, held.of_call(1, [third]) is two) == (True, True)
    assert held.of_call(0, [first]) is not one
    assert held.of_call(1, [third]) is not two  # it was dropped with the one before it
    held.keep(1)
    assert len(held._held) == 1


def evaluations(
    classifier: Classifier, dataset: Dataset, preset: str, search: SearchWay
) -> tuple[list[Evaluation], list[list[int | None]]]:
    """What becomes of batches of noise of three labels, one with fewer references, and the nearest of each."""
    cost = CostFunction(classifier, METHODS[preset], search=search)
    batches = []
    for label, count in zip(LABELS, (None, 7, None), strict=True):
        references = cost.record(dataset.training_images_of(label)[:count])
        images = noise((SLOTS, *dataset.input_shape), rng_seed=label)
        batches.append(Batch(images, label, ReferenceSearch(references), images))
    made = cost.evaluate_together(batches, article_coefficients(classifier.recorded_layers))
    places = range(len(cost.layers))
    nearest = [
        [batch.search.nearest_index(place, slot) for place in places for slot in range(SLOTS)] for batch in batches
    ]
    assert cost.traces == 1
    return made, nearest


@PRESETS
def test_both_ways_find_the_same_references_and_costs_up_to_rounding(
    preset: str, classifier: Classifier, dataset: Dataset
) -> None:
    in_graph, nearest = evaluations(classifier, dataset, preset, SearchWay.GRAPH)
    by_bounds, expected = evaluations(classifier, dataset, preset, SearchWay.BOUNDS)
    assert nearest == expected
    for one, other in zip(in_graph, by_bounds, strict=True):
        np.testing.assert_array_equal(one.probabilities, other.probabilities)
        np.testing.assert_allclose(one.gradient, other.gradient, rtol=1e-5, atol=1e-8)
        np.testing.assert_allclose(one.costs.total, other.costs.total, rtol=1e-6)
        for term, same in zip(one.costs.terms, other.costs.terms, strict=True):
            np.testing.assert_allclose(term.slot_values, same.slot_values, rtol=1e-5)


def run(dataset: Dataset, preset: str) -> list[Save]:
    """A run with everything made anew, with reinitialisations in it, searched in the graph."""
    classifier, method = make_classifier(TINY_NET), METHODS[preset]
    cost = CostFunction(classifier, method, search=SearchWay.GRAPH)
    batches = [make_batch(cost, dataset, label, method=method) for label in LABELS]
    coefficients = CostCoefficients(
        layer_cost_coeffs=dict.fromkeys(classifier.recorded_layers, 0.01), term_coeffs={"misclassification": 0.1}
    )
    control = make_control(classifier, coefficients, max_steps=25, num_mono_dec_saves=2, min_probability=1.0)
    return run_to_end(batches, control)[0]


@PRESETS
def test_a_run_that_searches_in_the_graph_repeats_to_the_bit(preset: str, dataset: Dataset) -> None:
    first, again = run(dataset, preset), run(dataset, preset)
    assert any(save.reinitialised.any() for save in first)
    assert [save.images.tobytes() for save in first] == [save.images.tobytes() for save in again]
    assert [save.costs for save in first] == [save.costs for save in again]


def test_over_a_whole_run_the_nearest_are_those_of_brute_force(article_in_small: Classifier) -> None:
    many = make_dataset(shape=(12, 12, 1), a_class=300)
    cost = CostFunction(article_in_small, MethodSettings(), search=SearchWay.GRAPH)
    recorded = article_in_small.record(to_float(many.training_images_of(1)))
    batch = make_batch(cost, many, slots=SLOTS)
    coefficients = article_coefficients(article_in_small.recorded_layers)

    def check(save: Save) -> None:
        for place, pattern in enumerate(article_in_small.record(save.images[0])):
            squares = ((recorded[place].astype(np.float64) - pattern[:, np.newaxis]) ** 2).sum(axis=2)
            nearest = [batch.to_evaluate.search.nearest_index(place, slot) for slot in range(SLOTS)]
            assert nearest == squares.argmin(axis=1).tolist()

    control = make_control(article_in_small, coefficients, max_steps=30, min_probability=1.0)
    saves, _ = run_to_end([batch], control, check)
    assert len(saves) > 30


def test_the_nearest_references_of_a_slot_are_shown(classifier: Classifier, dataset: Dataset) -> None:
    cost = CostFunction(classifier, MethodSettings(), search=SearchWay.GRAPH)
    images = noise((1, 8, 8, 1), rng_seed=3)
    batch = Batch(images, 1, ReferenceSearch(cost.record(dataset.training_images_of(1))), images)
    costs = cost.evaluate_together([batch], article_coefficients(classifier.recorded_layers))[0].costs
    inspection = Inspector(classifier, None, None).look(batch, costs, 0, 0, "conv0")
    recorded = classifier.record(to_float(dataset.training_images_of(1)))
    for layer, own, others in zip(inspection.layers, classifier.record(images), recorded, strict=True):
        distances = ((others - own) ** 2).mean(axis=1)
        assert layer.nearest_index == distances.argmin()
        assert layer.distance == pytest.approx(distances.min(), rel=1e-5)
    assert inspection.maps is not None
    assert inspection.maps.nearest is not None


@PRESETS
def test_without_references_the_other_terms_are_computed(preset: str, classifier: Classifier) -> None:
    images = noise((SLOTS, 8, 8, 1))
    evaluated_by = {}
    for search in SearchWay:
        cost = CostFunction(classifier, METHODS[preset], has_references=False, search=search)
        batch = Batch(images, 1, ReferenceSearch(cost.record(np.empty((0, 8, 8, 1), np.float32))), images)
        evaluated_by[search] = cost.evaluate_together([batch], article_coefficients(classifier.recorded_layers))[0]
        assert batch.search.nearest_index(0, 0) is None
    np.testing.assert_array_equal(*(evaluation.gradient for evaluation in evaluated_by.values()))


def test_references_as_they_are_take_four_bytes_a_value_beside_the_image(classifier: Classifier) -> None:
    cost = CostFunction(classifier, MethodSettings(), search=SearchWay.GRAPH)
    assert cost.bytes_a_reference == 4 * sum(classifier.units) + 64
