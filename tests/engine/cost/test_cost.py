from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from float64_method import DirectCosts, direct_costs, recorded_activations
from tiny import ARTICLE_IN_SMALL, TINY_NET, make_classifier, noise

from fooler_gui.core.cost_facts import label_facts, layer_facts
from fooler_gui.core.plug_ins import Found
from fooler_gui.core.settings import METHODS, CostCoefficients, MethodSettings, article_coefficients
from fooler_gui.core.terms import LAYER, OUTPUT, PIXELS, TERMS, Term, known_terms
from fooler_gui.core.topology import Convolution, Topology
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.evaluation import Batch, Evaluation
from fooler_gui.engine.cost.references import ReferenceSearch
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.engine.search_choice import SearchWay

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


def every_term() -> CostCoefficients:
    """The same with the terms that are off by default."""
    return even().with_terms(closeness=0.7, total_variation=0.4)


def layers_of(evaluation: Evaluation, name: str) -> list[float | None]:
    """Returns the number called `name` in `layer_facts`, of each layer."""
    return [layer_facts(evaluation.costs, layer)[name] for layer in evaluation.costs.layers]


def assert_agrees(evaluation: Evaluation, direct: DirectCosts) -> None:
    of_label = label_facts(evaluation.costs)
    pairs = {
        "reference distances": (layers_of(evaluation, "reference_distance"), direct.reference_distances),
        "batch distances": (
            [distance or 0.0 for distance in layers_of(evaluation, "batch_distance")],
            direct.batch_distances,
        ),
        "reference costs": (layers_of(evaluation, "reference_cost"), direct.reference_costs),
        "batch costs": (layers_of(evaluation, "batch_cost"), direct.batch_costs),
        "weighted reference costs": (layers_of(evaluation, "weighted_reference_cost"), direct.weighted_reference_costs),
        "weighted batch costs": (layers_of(evaluation, "weighted_batch_cost"), direct.weighted_batch_costs),
        "misclassification": (of_label["misclassification_cost"], direct.misclassification_cost),
        "weighted misclassification": (
            of_label["weighted_misclassification_cost"],
            direct.weighted_misclassification_cost,
        ),
        "weighted closeness": (of_label["weighted_closeness_cost"], direct.weighted_closeness_cost),
        "weighted total variation": (of_label["weighted_total_variation_cost"], direct.weighted_total_variation_cost),
        "total": (evaluation.costs.total, direct.total),
        "probabilities": (evaluation.probabilities, direct.probabilities),
    }
    for name, (received, expected) in pairs.items():
        np.testing.assert_allclose(received, expected, rtol=1e-4, err_msg=name)


def assert_slopes(gradient: np.ndarray, images: np.ndarray, total: Callable[[np.ndarray], float]) -> None:
    """Holds 40 parts of `gradient` against central differences of `total`."""
    rng = np.random.default_rng(7)
    step, scale = 1e-6, float(np.abs(gradient).max())
    for _ in range(40):
        place = (rng.integers(3), rng.integers(12), rng.integers(12), 0)
        above, below = images.astype(np.float64), images.astype(np.float64)
        above[place] += step
        below[place] -= step
        difference = (total(above) - total(below)) / (2 * step)
        assert gradient[place] == pytest.approx(difference, rel=1e-3, abs=1e-4 * scale)


def moved_batch(cost: CostFunction, references: np.ndarray, slots: int) -> Batch:
    """Returns a batch for label 2 whose images have moved away from their starts."""
    images, starts = noise((slots, *SHAPE), rng_seed=slots), noise((slots, *SHAPE), rng_seed=50 + slots)
    return Batch(images, 2, ReferenceSearch(cost.record(references)), starts)


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
    assert evaluation.costs.layers == FOUR_LAYERS
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

    def total(changed: np.ndarray) -> float:
        return direct_costs(article_in_small, ARTICLE_IN_SMALL, changed, references, 1, method, even()).total

    assert_slopes(gradient, images, total)


def test_total_is_the_sum_of_the_weighted_terms(article_cost_of: CostOf, references: np.ndarray) -> None:
    cost = article_cost_of(MethodSettings())
    costs = cost.evaluate(noise((4, *SHAPE)), 0, cost.record(references), every_term()).costs
    assert [term.place for term in costs.terms] == list(cost.places)
    assert costs.total == pytest.approx(sum(term.weighted_cost for term in costs.terms), rel=1e-12)


def test_batch_distance_of_the_2016_program_is_smaller_by_the_self_pairs(
    article_cost_of: CostOf, references: np.ndarray
) -> None:
    for slots in (2, 5, 8):
        images = noise((slots, *SHAPE), rng_seed=slots)
        distances = {}
        for preset in ("article", "2016"):
            cost = article_cost_of(METHODS[preset])
            evaluation = cost.evaluate(images, 0, cost.record(references), article())
            distances[preset] = np.array(layers_of(evaluation, "batch_distance"))
        np.testing.assert_allclose(distances["2016"], distances["article"] * (slots - 1) / slots, rtol=1e-5)


@PRESETS
def test_one_slot_has_no_batch_distance_and_no_batch_cost(
    preset: str, article_cost_of: CostOf, references: np.ndarray
) -> None:
    cost = article_cost_of(METHODS[preset])
    evaluation = cost.evaluate(noise((1, *SHAPE)), 0, cost.record(references), even())
    assert layers_of(evaluation, "batch_distance") == [None] * 4
    assert layers_of(evaluation, "weighted_batch_cost") == [0.0] * 4
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
    assert evaluation.costs.of("reference", "inputs").mean_value == 0
    assert evaluation.costs.of("reference", "inputs").cost > 1e9
    assert max(layers_of(evaluation, "reference_distance")) < 1e-9


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
    misclassification = costs.of("misclassification")
    assert costs.total == misclassification.weighted_cost
    assert costs.total == pytest.approx(3 * misclassification.cost)


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
    all_costs = full.evaluate(images, 1, full.record(references), even()).costs
    costs = some.evaluate(images, 1, some.record(references), even()).costs
    assert costs.layers == ("conv1", "fc")
    for layer in costs.layers:
        for term in ("reference", "batch"):
            expected = all_costs.of(term, layer).weighted_cost
            assert costs.of(term, layer).weighted_cost == pytest.approx(expected, rel=1e-6)


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


@pytest.mark.parametrize("way", SearchWay)
@PRESETS
def test_what_is_compiled_in_advance_is_not_traced_again(
    article_in_small: Classifier, references: np.ndarray, preset: str, way: SearchWay
) -> None:
    cost = CostFunction(article_in_small, METHODS[preset], search=way)
    for _ in range(2):
        cost.warm_up()
        assert cost.traces == 1
    cost.evaluate(noise((2, *SHAPE)), 1, cost.record(references), even())
    assert cost.traces == 1


@PRESETS
@pytest.mark.parametrize("slots", [1, 2, 8])
def test_optional_terms_agree_with_a_direct_float64_evaluation(
    preset: str, slots: int, article_in_small: Classifier, article_cost_of: CostOf, references: np.ndarray
) -> None:
    method, cost = METHODS[preset], article_cost_of(METHODS[preset])
    batch = moved_batch(cost, references, slots)
    (evaluation,) = cost.evaluate_together([batch], every_term())
    direct = direct_costs(
        article_in_small, ARTICLE_IN_SMALL, batch.images, references, 2, method, every_term(), batch.starts
    )
    assert_agrees(evaluation, direct)
    assert direct.weighted_closeness_cost > 0
    assert direct.weighted_total_variation_cost > 0


def test_optional_terms_of_colour_images_agree_with_the_direct_evaluation(colour_classifier: Classifier) -> None:
    cost = CostFunction(colour_classifier, MethodSettings())
    images, starts, references = (noise((3, 9, 7, 3), rng_seed=seed) for seed in (1, 2, 3))
    coefficients = article_coefficients(cost.layers).with_terms(closeness=3.0, total_variation=2.0)
    batch = Batch(images, 1, ReferenceSearch(cost.record(references)), starts)
    (evaluation,) = cost.evaluate_together([batch], coefficients)
    assert_agrees(
        evaluation,
        direct_costs(colour_classifier, TINY_NET, images, references, 1, MethodSettings(), coefficients, starts),
    )


@PRESETS
def test_gradient_with_optional_terms_agrees_with_central_differences_of_the_direct_evaluation(
    preset: str, article_in_small: Classifier, article_cost_of: CostOf, references: np.ndarray
) -> None:
    method, cost = METHODS[preset], article_cost_of(METHODS[preset])
    batch = moved_batch(cost, references, 3)
    (evaluation,) = cost.evaluate_together([batch], every_term())

    def total(changed: np.ndarray) -> float:
        return direct_costs(
            article_in_small, ARTICLE_IN_SMALL, changed, references, 2, method, every_term(), batch.starts
        ).total

    assert_slopes(evaluation.gradient, batch.images, total)


def test_an_optional_term_whose_coefficient_is_0_is_not_computed(
    article_cost_of: CostOf, references: np.ndarray
) -> None:
    cost = article_cost_of(MethodSettings())
    batch = moved_batch(cost, references, 3)
    (evaluation,) = cost.evaluate_together([batch], even().with_terms(closeness=0.5))
    term = evaluation.costs.of("total_variation")
    assert (term.cost, term.mean_value, term.weighted_cost) == (None, None, 0.0)
    assert term.slot_values.tolist() == [0.0] * 3
    assert evaluation.costs.of("closeness").cost > 0


def test_a_term_that_is_not_computed_leaves_the_bits_of_the_gradient_alone(
    article_in_small: Classifier, article_cost_of: CostOf, references: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    cost = article_cost_of(MethodSettings())
    (beside,) = cost.evaluate_together([moved_batch(cost, references, 3)], even())
    always = {name: term for name, term in known_terms().items() if not term.is_optional}
    monkeypatch.setattr("fooler_gui.engine.cost.cost_function.known_terms", lambda: always)
    bare = CostFunction(article_in_small, MethodSettings())
    (without,) = bare.evaluate_together([moved_batch(bare, references, 3)], even())
    assert {term for term, _ in bare.places} == {"misclassification", "reference", "batch"}
    assert beside.gradient.tobytes() == without.gradient.tobytes()
    assert beside.costs.total == without.costs.total


@pytest.mark.parametrize("name", ["closeness", "total_variation"])
def test_stepping_against_the_gradient_of_an_optional_term_lowers_it(
    name: str, article_in_small: Classifier, article_cost_of: CostOf, references: np.ndarray
) -> None:
    cost = article_cost_of(MethodSettings())
    batch = moved_batch(cost, references, 3)
    alone = CostCoefficients(
        layer_cost_coeffs=dict.fromkeys(FOUR_LAYERS, 0.0),
        term_coeffs={"misclassification": 0.0, name: 5.0},
    )
    values = []
    for _ in range(4):
        (evaluation,) = cost.evaluate_together([batch], alone)
        values.append(evaluation.costs.of(name).cost)
        step = np.float32(1e-2) * evaluation.gradient / np.abs(evaluation.gradient).max()
        batch = batch._replace(images=batch.images - step)
    assert values == sorted(values, reverse=True)
    assert values[-1] < values[0]


def test_batches_side_by_side_have_the_bits_that_each_has_alone_with_every_term(
    article_cost_of: CostOf, references: np.ndarray
) -> None:
    cost = article_cost_of(MethodSettings())
    batches = [moved_batch(cost, references, 3), moved_batch(cost, references[5:], 3)]
    batches[1] = batches[1]._replace(images=noise((3, *SHAPE), rng_seed=77), label=0)
    for batch, together in zip(batches, cost.evaluate_together(batches, every_term()), strict=True):
        (alone,) = cost.evaluate_together([batch], every_term())
        assert together.gradient.tobytes() == alone.gradient.tobytes()
        assert together.costs == alone.costs
        for one, other in zip(together.costs.terms, alone.costs.terms, strict=True):
            assert one.slot_values.tobytes() == other.slot_values.tobytes()


def test_terms_of_other_packages_are_computed_whatever_they_look_at(
    article_in_small: Classifier, references: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tensorflow as tf

    def made(name: str, scope: str, values: Callable[[Any], Any], **facts: Any) -> Term:
        texts = dict.fromkeys(("title", "formula", "meaning", "effect", "source"), name)
        return Term(name=name, scope=scope, slot_values=values, **texts, **facts)

    terms = (
        made("energy", LAYER, lambda view: tf.reduce_mean(tf.square(view.patterns), axis=2), repels=True),
        made("logit", OUTPUT, lambda view: -tf.gather(view.logits, view.labels, axis=2, batch_dims=1), default=0.5),
        made("darkness", PIXELS, lambda view: tf.reduce_mean(1 - view.images, axis=(2, 3, 4)), least_slots=3),
    )
    known = known_terms() | {term.name: term for term in terms}
    monkeypatch.setattr(TERMS, "_found", Found(entries=known))
    cost = CostFunction(article_in_small, MethodSettings())
    batch = moved_batch(cost, references, 2)
    coefficients = even().with_terms(energy=2.0, darkness=1.0)
    (evaluation,) = cost.evaluate_together([batch], coefficients)
    patterns, _ = recorded_activations(article_in_small, ARTICLE_IN_SMALL, batch.images)
    for layer, pattern in zip(FOUR_LAYERS, patterns, strict=True):
        energy, weight = 1 / (pattern**2).mean(), 2.0 * coefficients.layer_cost_coeffs[layer]
        assert evaluation.costs.of("energy", layer).cost == pytest.approx(energy, rel=1e-4)
        assert evaluation.costs.of("energy", layer).weighted_cost == pytest.approx(weight * energy, rel=1e-4)
    _, logits, _ = article_in_small.activations(tf.constant(batch.images))
    assert evaluation.costs.of("logit").cost == pytest.approx(-logits.numpy()[:, 2].mean(), rel=1e-5)
    assert evaluation.costs.of("logit").weighted_cost == 0.5 * evaluation.costs.of("logit").cost
    darkness = evaluation.costs.of("darkness")
    assert (darkness.cost, darkness.mean_value) == (0.0, None)  # two slots are too few
    (off,) = cost.evaluate_together([batch], even())
    assert [off.costs.of("energy", layer).cost for layer in FOUR_LAYERS] == [None] * 4
    assert off.is_finite


def test_the_coefficient_of_an_optional_term_is_traced_once_whatever_it_is(
    article_in_small: Classifier, references: np.ndarray
) -> None:
    cost = CostFunction(article_in_small, MethodSettings())
    for coefficients in (even(), every_term(), even().with_terms(closeness=1e6)):
        cost.evaluate_together([moved_batch(cost, references, 2)], coefficients)
    assert cost.traces == 1


def test_an_evaluation_cannot_be_written_into(article_cost_of: CostOf, references: np.ndarray) -> None:
    cost = article_cost_of(MethodSettings())
    evaluation = cost.evaluate(noise((2, *SHAPE)), 0, cost.record(references), article())
    assert not evaluation.gradient.flags.writeable
    assert not evaluation.probabilities.flags.writeable
