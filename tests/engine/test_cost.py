from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from float64_method import DirectCosts, direct_costs
from tiny import ARTICLE_IN_SMALL, TINY_NET, make_classifier, noise

from fooler_gui.core.settings import METHODS, CostCoefficients, MethodSettings, article_coefficients
from fooler_gui.core.topology import Convolution, Topology
from fooler_gui.engine.classifier import Classifier
from fooler_gui.engine.cost import CostFunction, Evaluation

CostOf = Callable[[MethodSettings], CostFunction]
PRESETS = pytest.mark.parametrize("preset", ["article", "2016"])
SHAPE = (12, 12, 1)
FOUR_LAYERS = ("inputs", "conv0", "conv1", "fc")


@pytest.fixture(scope="module")
def references() -> np.ndarray:
    return noise((23, *SHAPE), rng_seed=100)


def article() -> CostCoefficients:
    return article_coefficients(FOUR_LAYERS)


def even() -> CostCoefficients:
    """Unequal factors of one order of magnitude, so that no term hides behind another."""
    return CostCoefficients(
        layer_cost_coeffs={"inputs": 0.02, "conv0": 0.3, "conv1": 0.7, "fc": 1.1},
        term_coeffs={"reference": 0.8, "batch": 1.3, "misclassification": 2.0},
    )


def assert_agrees(evaluation: Evaluation, direct: DirectCosts) -> None:
    costs = evaluation.costs
    pairs = {
        "reference distances": ([layer.reference_distance for layer in costs.layers], direct.reference_distances),
        "batch distances": ([layer.batch_distance or 0.0 for layer in costs.layers], direct.batch_distances),
        "reference costs": ([layer.reference_cost for layer in costs.layers], direct.reference_costs),
        "batch costs": ([layer.batch_cost for layer in costs.layers], direct.batch_costs),
        "weighted reference costs": (
            [layer.weighted_reference_cost for layer in costs.layers],
            direct.weighted_reference_costs,
        ),
        "weighted batch costs": ([layer.weighted_batch_cost for layer in costs.layers], direct.weighted_batch_costs),
        "misclassification": (costs.misclassification_cost, direct.misclassification_cost),
        "weighted misclassification": (
            costs.weighted_misclassification_cost,
            direct.weighted_misclassification_cost,
        ),
        "total": (costs.total, direct.total),
        "probabilities": (evaluation.probabilities, direct.probabilities),
    }
    for name, (received, expected) in pairs.items():
        np.testing.assert_allclose(received, expected, rtol=1e-4, err_msg=name)


@PRESETS
@pytest.mark.parametrize("coefficients", [article(), even()], ids=["article's factors", "even factors"])
@pytest.mark.parametrize("slots", [1, 2, 8])
def test_nine_weighted_terms_agree_with_a_direct_float64_evaluation(
    preset: str,
    coefficients: CostCoefficients,
    slots: int,
    article_in_small: Classifier,
    article_cost_of: CostOf,
    references: np.ndarray,
) -> None:
    method, images = METHODS[preset], noise((slots, *SHAPE), rng_seed=slots)
    cost = article_cost_of(method)
    evaluation = cost.evaluate(images, 2, cost.record(references), coefficients)
    direct = direct_costs(article_in_small, ARTICLE_IN_SMALL, images, references, 2, method, coefficients)
    assert [layer.name for layer in evaluation.costs.layers] == list(FOUR_LAYERS)
    assert_agrees(evaluation, direct)


@PRESETS
def test_one_reference_alone_is_the_nearest(
    preset: str, article_in_small: Classifier, article_cost_of: CostOf, references: np.ndarray
) -> None:
    method, images = METHODS[preset], noise((3, *SHAPE), rng_seed=9)
    cost = article_cost_of(method)
    evaluation = cost.evaluate(images, 0, cost.record(references[:1]), even())
    assert_agrees(
        evaluation, direct_costs(article_in_small, ARTICLE_IN_SMALL, images, references[:1], 0, method, even())
    )


@PRESETS
@pytest.mark.parametrize(
    ("topology", "shape"),
    [
        (TINY_NET, (9, 7, 3)),
        (Topology(convolutions=(Convolution(kernel=(2, 4), filters=3, padding="valid", pool=3),), dense=()), (9, 7, 3)),
        (Topology(convolutions=(Convolution(kernel=(3, 3), filters=2, pool=1),), dense=(4, 3)), (8, 8, 1)),
        (Topology(convolutions=(), dense=(4,)), (5, 6, 2)),
    ],
    ids=["colour", "valid padding, no dense layer", "no pool, two dense layers", "no convolution"],
)
def test_other_topologies_and_image_shapes_agree_with_the_direct_evaluation(
    preset: str, topology: Topology, shape: tuple[int, int, int]
) -> None:
    method = METHODS[preset]
    classifier = make_classifier(topology, shape)
    images, references = noise((3, *shape), rng_seed=1), noise((7, *shape), rng_seed=2)
    coefficients = CostCoefficients(
        layer_cost_coeffs={name: 0.1 + index for index, name in enumerate(topology.recorded_layers)}
    )
    cost = CostFunction(classifier, method)
    evaluation = cost.evaluate(images, 1, cost.record(references), coefficients)
    assert cost.layers == topology.recorded_layers
    assert_agrees(evaluation, direct_costs(classifier, topology, images, references, 1, method, coefficients))


@PRESETS
def test_gradient_agrees_with_central_differences_of_the_direct_evaluation(
    preset: str, article_in_small: Classifier, article_cost_of: CostOf, references: np.ndarray
) -> None:
    method, images = METHODS[preset], noise((3, *SHAPE), rng_seed=31)
    cost = article_cost_of(method)
    gradient = cost.evaluate(images, 1, cost.record(references), even()).gradient
    rng = np.random.default_rng(7)
    step, scale = 1e-6, float(np.abs(gradient).max())

    def total(changed: np.ndarray) -> float:
        return direct_costs(article_in_small, ARTICLE_IN_SMALL, changed, references, 1, method, even()).total

    for _ in range(40):
        place = (rng.integers(3), rng.integers(12), rng.integers(12), 0)
        above, below = images.astype(np.float64), images.astype(np.float64)
        above[place] += step
        below[place] -= step
        difference = (total(above) - total(below)) / (2 * step)
        assert gradient[place] == pytest.approx(difference, rel=1e-3, abs=1e-4 * scale)


def test_total_is_the_sum_of_the_weighted_terms(article_cost_of: CostOf, references: np.ndarray) -> None:
    cost = article_cost_of(MethodSettings())
    costs = cost.evaluate(noise((4, *SHAPE)), 0, cost.record(references), even()).costs
    terms = [layer.weighted_reference_cost + layer.weighted_batch_cost for layer in costs.layers]
    assert costs.total == pytest.approx(sum(terms) + costs.weighted_misclassification_cost, rel=1e-5)


def test_batch_distance_of_the_2016_program_is_smaller_by_the_self_pairs(
    article_cost_of: CostOf, references: np.ndarray
) -> None:
    for slots in (2, 5, 8):
        images = noise((slots, *SHAPE), rng_seed=slots)
        distances = {}
        for preset in ("article", "2016"):
            cost = article_cost_of(METHODS[preset])
            costs = cost.evaluate(images, 0, cost.record(references), article()).costs
            distances[preset] = np.array([layer.batch_distance for layer in costs.layers])
        np.testing.assert_allclose(distances["2016"], distances["article"] * (slots - 1) / slots, rtol=1e-5)


@PRESETS
def test_one_slot_has_no_batch_distance_and_no_batch_cost(
    preset: str, article_cost_of: CostOf, references: np.ndarray
) -> None:
    cost = article_cost_of(METHODS[preset])
    evaluation = cost.evaluate(noise((1, *SHAPE)), 0, cost.record(references), even())
    assert [layer.batch_distance for layer in evaluation.costs.layers] == [None] * 4
    assert [layer.weighted_batch_cost for layer in evaluation.costs.layers] == [0.0] * 4
    assert evaluation.is_finite


EXTREME = CostCoefficients(
    layer_cost_coeffs=dict.fromkeys(FOUR_LAYERS, 1e6),
    term_coeffs=dict.fromkeys(known_terms(), 1e6),
)


@PRESETS
@pytest.mark.parametrize("coefficients", [article(), EXTREME], ids=["article's factors", "greatest factors"])
@pytest.mark.parametrize("slots", [1, 3, 8])
def test_identical_slots_that_equal_a_reference_cost_a_finite_amount(
    preset: str, coefficients: CostCoefficients, slots: int, article_cost_of: CostOf, references: np.ndarray
) -> None:
    cost = article_cost_of(METHODS[preset])
    images = np.repeat(references[4:5], slots, axis=0)
    evaluation = cost.evaluate(images, 0, cost.record(references), coefficients)
    assert evaluation.is_finite
    assert np.isfinite(evaluation.gradient).all()
    assert evaluation.costs.layers[0].reference_distance == 0
    assert evaluation.costs.layers[0].reference_cost > 1e9
    assert max(layer.reference_distance for layer in evaluation.costs.layers) < 1e-9


@PRESETS
def test_images_beside_a_reference_cost_a_finite_amount(
    preset: str, article_cost_of: CostOf, references: np.ndarray
) -> None:
    cost = article_cost_of(METHODS[preset])
    for distance in (1e-7, 1e-6, 1e-5, 1e-4):
        images = references[:2] + np.float32(distance) * (noise((2, *SHAPE)) - np.float32(0.5))
        assert cost.evaluate(images, 0, cost.record(references), EXTREME).is_finite


def test_a_black_image_among_black_references_costs_a_finite_amount(article_cost_of: CostOf) -> None:
    cost = article_cost_of(MethodSettings())
    black = np.zeros((2, *SHAPE), np.float32)
    assert cost.evaluate(black, 0, cost.record(black), article()).is_finite


def test_zero_coefficients_leave_the_misclassification_cost_alone(
    article_cost_of: CostOf, references: np.ndarray
) -> None:
    cost = article_cost_of(MethodSettings())
    coefficients = CostCoefficients(
        layer_cost_coeffs=dict.fromkeys(FOUR_LAYERS, 0.0), term_coeffs={"misclassification": 3.0}
    )
    costs = cost.evaluate(noise((3, *SHAPE)), 0, cost.record(references), coefficients).costs
    assert costs.total == costs.weighted_misclassification_cost
    assert costs.total == pytest.approx(3 * costs.misclassification_cost)


def test_a_cost_without_layers_is_the_misclassification_cost_with_its_own_gradient(
    article_in_small: Classifier, article_cost_of: CostOf, references: np.ndarray
) -> None:
    bare = CostFunction(article_in_small, MethodSettings(), layers=())
    full = article_cost_of(MethodSettings())
    coefficients = dataclasses.replace(article(), layer_cost_coeffs=dict.fromkeys(FOUR_LAYERS, 0.0))
    images = noise((3, *SHAPE))
    alone = bare.evaluate(images, 1, bare.record(references), coefficients)
    beside = full.evaluate(images, 1, full.record(references), coefficients)
    assert alone.costs.layers == ()
    assert alone.costs.total == pytest.approx(beside.costs.total)
    np.testing.assert_allclose(alone.gradient, beside.gradient, rtol=1e-5, atol=1e-9)


def test_a_cost_of_some_layers_has_the_terms_that_the_full_cost_has(
    article_in_small: Classifier, article_cost_of: CostOf, references: np.ndarray
) -> None:
    full, some = article_cost_of(METHODS["2016"]), CostFunction(article_in_small, METHODS["2016"], ("conv1", "fc"))
    images = noise((3, *SHAPE))
    all_terms = full.evaluate(images, 1, full.record(references), even()).costs.layers
    terms = some.evaluate(images, 1, some.record(references), even()).costs.layers
    assert [term.name for term in terms] == ["conv1", "fc"]
    for term, expected in zip(terms, all_terms[2:], strict=True):
        assert term.weighted_reference_cost == pytest.approx(expected.weighted_reference_cost, rel=1e-6)
        assert term.weighted_batch_cost == pytest.approx(expected.weighted_batch_cost, rel=1e-6)


def test_stepping_against_the_gradient_lowers_the_total(article_cost_of: CostOf, references: np.ndarray) -> None:
    cost = article_cost_of(MethodSettings())
    recorded, images = cost.record(references), noise((4, *SHAPE))
    totals = []
    for _ in range(5):
        evaluation = cost.evaluate(images, 0, recorded, even())
        totals.append(evaluation.costs.total)
        images = images - np.float32(1e-3) * evaluation.gradient / np.abs(evaluation.gradient).max()
    assert totals == sorted(totals, reverse=True)
    assert totals[-1] < totals[0]


def test_no_number_of_slots_references_or_factors_is_traced_anew(
    article_in_small: Classifier, references: np.ndarray
) -> None:
    cost = CostFunction(article_in_small, MethodSettings())
    for slots in (1, 2, 5):
        for coefficients in (article(), even(), EXTREME):
            cost.evaluate(noise((slots, *SHAPE)), slots % 3, cost.record(references[:slots]), coefficients)
    assert cost.traces == 1


def test_an_evaluation_cannot_be_written_into(article_cost_of: CostOf, references: np.ndarray) -> None:
    cost = article_cost_of(MethodSettings())
    evaluation = cost.evaluate(noise((2, *SHAPE)), 0, cost.record(references), article())
    assert not evaluation.gradient.flags.writeable
    assert not evaluation.probabilities.flags.writeable
