from __future__ import annotations

import numpy as np
import pytest
from tiny import TINY_NET, make_classifier, noise

from fooler_gui.core.arrays import FloatArray
from fooler_gui.core.objectives import OBJECTIVES, UNIT
from fooler_gui.core.settings import CostCoefficients, MethodSettings, article_coefficients
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.evaluation import Batch, Evaluation
from fooler_gui.engine.cost.nets import Said, WeightedNet
from fooler_gui.engine.cost.references import ReferenceSearch
from fooler_gui.engine.nets.classifier import Classifier

SHAPE = (12, 12, 1)
LABEL = 2
WEIGHTS = (1.0, 2.0, 0.5)
OF_LABELS = [name for name in OBJECTIVES if name != UNIT]
REFERENCES = noise((9, *SHAPE), rng_seed=100)
ALONE = CostCoefficients(
    layer_cost_coeffs=dict.fromkeys(("inputs", "conv0", "conv1", "fc"), 0.0), term_coeffs={"misclassification": 1.0}
)


@pytest.fixture(scope="module")
def nets(article_in_small: Classifier) -> tuple[Classifier, ...]:
    """Three nets of the same shape and classes; only the first has the article's layers."""
    others = (make_classifier(topology, SHAPE, rng_seed=seed) for topology, seed in ((TINY_NET, 8), (TINY_NET, 9)))
    return (article_in_small, *others)


@pytest.fixture(scope="module")
def ensemble(nets: tuple[Classifier, ...]) -> CostFunction:
    first, *others = nets
    further = [WeightedNet(net, weight) for net, weight in zip(others, WEIGHTS[1:], strict=True)]
    return CostFunction(first, MethodSettings(), further=further)


def batch_of(cost: CostFunction, images: FloatArray) -> Batch:
    return Batch(images, LABEL, ReferenceSearch(cost.record(REFERENCES)), images)


def evaluated(
    cost: CostFunction, images: FloatArray, coefficients: CostCoefficients = ALONE, objective: str = OBJECTIVES[0]
) -> Evaluation:
    return cost.evaluate_together([batch_of(cost, images)], coefficients, objective)[0]


def objective_by_hand(net: Classifier, images: FloatArray, objective: str) -> np.ndarray:
    """Returns (B,) float64, the objective of each image by one net."""
    logits = net.logits(images).astype(np.float64)
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    others = np.delete(logits, LABEL, axis=1).max(axis=1)
    return {
        "probability": 1 - probabilities[:, LABEL],
        "cross-entropy": -np.log(probabilities[:, LABEL]),
        "logit": -logits[:, LABEL],
        "margin": others - logits[:, LABEL],
    }[objective]


@pytest.mark.parametrize("objective", OF_LABELS)
def test_the_cost_is_the_weighted_mean_of_the_objective_over_the_nets(
    ensemble: CostFunction, nets: tuple[Classifier, ...], objective: str
) -> None:
    images = noise((4, *SHAPE), rng_seed=3)
    by_net = [objective_by_hand(net, images, objective) for net in nets]
    expected = (by_net[0] + 2 * by_net[1] + 0.5 * by_net[2]) / 3.5
    cost = evaluated(ensemble, images, objective=objective).costs.of("misclassification")
    np.testing.assert_allclose(cost.slot_values, expected, rtol=1e-4, atol=1e-5)
    assert cost.cost == pytest.approx(expected.mean(), rel=1e-4)


@pytest.mark.parametrize("objective", OF_LABELS)
def test_the_gradient_is_that_of_the_mean(ensemble: CostFunction, nets: tuple[Classifier, ...], objective: str) -> None:
    images = noise((2, *SHAPE), rng_seed=4)
    gradient = evaluated(ensemble, images, objective=objective).gradient
    alone = [evaluated(CostFunction(net, MethodSettings(), layers=()), images, _bare(net), objective) for net in nets]
    shares = np.array(WEIGHTS) / sum(WEIGHTS)
    expected = sum(share * one.gradient.astype(np.float64) for share, one in zip(shares, alone, strict=True))
    np.testing.assert_allclose(gradient, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())


def _bare(net: Classifier) -> CostCoefficients:
    return CostCoefficients(
        layer_cost_coeffs=dict.fromkeys(net.recorded_layers, 0.0), term_coeffs={"misclassification": 1.0}
    )


def test_an_image_is_told_by_the_net_that_is_least_sure_of_its_label(
    ensemble: CostFunction, nets: tuple[Classifier, ...]
) -> None:
    images = noise((6, *SHAPE), rng_seed=5)
    evaluation = evaluated(ensemble, images)
    by_net = np.stack([net.probabilities(images) for net in nets])
    assert evaluation.net_probabilities is not None
    np.testing.assert_allclose(evaluation.net_probabilities, by_net[:, :, LABEL], rtol=1e-4, atol=1e-7)
    least = by_net[:, :, LABEL].argmin(axis=0)
    of_least = by_net[least, np.arange(6)]
    np.testing.assert_array_equal(evaluation.probabilities, evaluation.net_probabilities.min(axis=0))
    np.testing.assert_array_equal(evaluation.tops, of_least.argmax(axis=1))
    np.testing.assert_allclose(evaluation.top_probabilities, of_least.max(axis=1), rtol=1e-4)
    np.testing.assert_array_equal(evaluation.leads, of_least.argmax(axis=1) == LABEL)


def test_the_least_sure_net_is_chosen_for_each_image() -> None:
    said = Said(
        probabilities=np.float32([[[0.9, 0.2]], [[0.5, 0.6]]]),
        tops=np.int32([[[2, 1]], [[2, 2]]]),
        top_probabilities=np.float32([[[0.9, 0.7]], [[0.5, 0.6]]]),
    )
    told = said.least_sure
    np.testing.assert_array_equal(told.probabilities, np.float32([[0.5, 0.2]]))
    np.testing.assert_array_equal(told.tops, [[2, 1]])
    np.testing.assert_array_equal(told.top_probabilities, np.float32([[0.5, 0.7]]))


def test_the_penalties_are_those_of_the_first_net(ensemble: CostFunction, article_in_small: Classifier) -> None:
    images, coefficients = noise((3, *SHAPE), rng_seed=6), article_coefficients(ensemble.layers)
    alone = CostFunction(article_in_small, MethodSettings())
    ours, other = (evaluated(cost, images, coefficients).costs for cost in (ensemble, alone))
    assert ours.places == other.places
    for one, expected in zip(ours.terms, other.terms, strict=True):
        if one.place.layer:
            assert one.cost == pytest.approx(expected.cost, rel=1e-5)
            np.testing.assert_allclose(one.slot_values, expected.slot_values, rtol=1e-5)


def test_a_net_beside_itself_changes_nothing_whatever_its_weight(article_in_small: Classifier) -> None:
    images = noise((3, *SHAPE), rng_seed=7)
    twice = CostFunction(article_in_small, MethodSettings(), further=[WeightedNet(article_in_small, 7.0)])
    coefficients = article_coefficients(twice.layers)
    ours = evaluated(twice, images, coefficients)
    alone = evaluated(CostFunction(article_in_small, MethodSettings()), images, coefficients)
    assert ours.costs.total == pytest.approx(alone.costs.total, rel=1e-6)
    np.testing.assert_allclose(ours.gradient, alone.gradient, rtol=1e-4, atol=1e-6 * np.abs(alone.gradient).max())
    np.testing.assert_array_equal(ours.probabilities, alone.probabilities)
    assert alone.net_probabilities is None


def test_one_trace_serves_every_objective_and_number_of_slots(nets: tuple[Classifier, ...]) -> None:
    first, *others = nets
    cost = CostFunction(first, MethodSettings(), further=[WeightedNet(net, 1.0) for net in others])
    for slots, objective in ((1, "probability"), (3, "margin"), (5, "logit")):
        evaluated(cost, noise((slots, *SHAPE)), objective=objective)
    assert cost.traces == 1


def test_batches_beside_each_other_come_out_as_alone(ensemble: CostFunction) -> None:
    coefficients = article_coefficients(ensemble.layers)
    batches = [batch_of(ensemble, noise((4, *SHAPE), rng_seed=seed)) for seed in (1, 2)]
    for one, batch in zip(ensemble.evaluate_together(batches, coefficients), batches, strict=True):
        (alone,) = ensemble.evaluate_together([batch], coefficients)
        assert one.gradient.tobytes() == alone.gradient.tobytes()
        assert one.net_probabilities is not None
        assert alone.net_probabilities is not None
        assert one.net_probabilities.tobytes() == alone.net_probabilities.tobytes()
