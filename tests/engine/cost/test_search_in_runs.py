"""Over whole runs the search finds what brute force finds, and costs and gradients are those of brute force."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from descents import at_steps, run_to_end
from tiny import ARTICLE_IN_SMALL, evaluated, make_batch, make_classifier, make_control, make_dataset

from fooler_gui.core.save import Save
from fooler_gui.core.settings import METHODS, CostCoefficients, MethodSettings, article_coefficients
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot, SetSlotImage, SlotAction
from fooler_gui.data.dataset import Dataset, to_float
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.evaluation import Batch
from fooler_gui.engine.cost.references import ReferenceSearch
from fooler_gui.engine.nets.classifier import Classifier
from fooler_gui.resources import bundled_classifier, resource

PRESETS = pytest.mark.parametrize("preset", ["article", "2016"])
CostOf = Callable[[MethodSettings], CostFunction]
SLOTS, SHAPE = 5, (12, 12, 1)


@pytest.fixture(scope="module")
def many() -> Dataset:
    """400 training images of each class, so that a search looks at a small part of them."""
    return make_dataset(shape=SHAPE, a_class=400)


def brute_force(patterns: np.ndarray, references: np.ndarray, *, by_unit: bool) -> np.ndarray:
    """The reference distance of each slot (B,) by comparing everything with everything, in float64."""
    if by_unit:
        return np.mean([np.abs(references - pattern).min(axis=0) ** 2 for pattern in patterns.astype(np.float64)], 1)
    return np.array([((references - pattern) ** 2).mean(axis=1).min() for pattern in patterns.astype(np.float64)])


class Checks:
    """Holds the reference distances of every save of a batch of label 1 or 3 against brute force.

    Args:
        classifier: Of the run.
        references: (N, H, W, C) uint8, the label's training images.
        method: Of the run.
    """

    def __init__(self, classifier: Classifier, references: np.ndarray, method: MethodSettings) -> None:
        self._classifier = classifier
        self._recorded = classifier.record(to_float(references))
        self._by_unit = [method.per_unit_minimum and flat for flat in classifier.flat_layers]
        self.saves = 0

    def __call__(self, save: Save) -> None:
        patterns = self._classifier.record(save.images[0])
        for layer, pattern, recorded, by_unit in zip(
            save.costs[0].layers, patterns, self._recorded, self._by_unit, strict=True
        ):
            expected = brute_force(pattern, recorded, by_unit=by_unit)
            distances = save.costs[0].of("reference", layer).slot_values
            np.testing.assert_allclose(distances, expected, rtol=2e-5, atol=1e-12)
        self.saves += 1


def restless(classifier: Classifier) -> CostCoefficients:
    """Factors under which images keep moving and slots keep falling."""
    return CostCoefficients(
        layer_cost_coeffs=dict.fromkeys(classifier.recorded_layers, 0.05), term_coeffs={"misclassification": 0.2}
    )


@PRESETS
def test_over_a_whole_run_with_actions_on_slots_the_nearest_are_those_of_brute_force(
    preset: str, article_in_small: Classifier, article_cost_of: CostOf, many: Dataset
) -> None:
    method = METHODS[preset]
    cost = article_cost_of(method)
    batch = make_batch(cost, many, slots=SLOTS, method=method)
    check = Checks(article_in_small, many.training_images_of(1), method)
    control = make_control(article_in_small, restless(article_in_small), max_steps=80, min_probability=1.0)

    def acting(action: SlotAction) -> Callable[[], None]:
        return lambda: control.act_on_slot(action)

    reference = to_float(many.training_images_of(1)[0])
    act = at_steps(
        {
            20: acting(ReinitialiseSlot(label=1, slot=0)),
            21: acting(ReinitialiseSlot(label=1, slot=3)),
            30: acting(PinSlot(label=1, slot=1, pinned=True)),
            40: acting(SetSlotImage(label=1, slot=2, image=reference)),
            50: acting(PinSlot(label=1, slot=1, pinned=False)),
            60: acting(ReinitialiseSlot(label=1, slot=3)),
        }
    )

    def check_and_act(save: Save) -> None:
        check(save)
        act(save)

    saves, _ = run_to_end([batch], control, check_and_act)
    assert check.saves > 80
    assert saves[-1].reinitialisations[0, 0] >= 1
    assert saves[-1].reinitialisations[0, 3] >= 2
    assert saves[-1].replacements[0, 2] > saves[-1].reinitialisations[0, 2]
    assert any(save.pinned[0, 1] for save in saves)


@PRESETS
def test_the_gradient_of_a_followed_batch_is_that_of_a_search_from_the_start(
    preset: str, article_in_small: Classifier, article_cost_of: CostOf, many: Dataset
) -> None:
    method, coefficients = METHODS[preset], restless(article_in_small)
    cost = article_cost_of(method)
    references = cost.record(many.training_images_of(1))
    batch = make_batch(cost, many, slots=SLOTS, method=method)
    gradients: list[np.ndarray] = []

    def compare(save: Save) -> None:
        anew = cost.evaluate(save.images[0], 1, references, coefficients)
        np.testing.assert_array_equal(evaluated(batch, coefficients).gradient, anew.gradient)
        assert save.costs[0] == anew.costs
        gradients.append(anew.gradient)

    control = make_control(article_in_small, coefficients, max_steps=40, save_frequency=4, min_probability=1.0)
    run_to_end([batch], control, compare)
    assert len(gradients) == 11


def test_searches_beside_each_other_find_what_each_finds_alone_even_among_the_same_references(
    article_in_small: Classifier, article_cost_of: CostOf, many: Dataset
) -> None:
    cost, coefficients = article_cost_of(MethodSettings()), restless(article_in_small)
    references = cost.record(many.training_images_of(1))
    rng = np.random.default_rng(0)
    walks = rng.random((6, SLOTS, *SHAPE), np.float32)
    searches = [ReferenceSearch(references) for _ in walks]
    for _ in range(12):
        batches = [Batch(images, 1, search, images) for images, search in zip(walks, searches, strict=True)]
        together = cost.evaluate_together(batches, coefficients)
        alone = [cost.evaluate(images, 1, references, coefficients) for images in walks]
        assert [evaluation.costs for evaluation in together] == [evaluation.costs for evaluation in alone]
        walks += np.float32(0.05) * rng.normal(size=walks.shape).astype(np.float32)


def test_slots_between_two_references_are_decided_as_brute_force_decides(
    article_in_small: Classifier, article_cost_of: CostOf, many: Dataset
) -> None:
    cost = article_cost_of(MethodSettings())
    own = to_float(many.training_images_of(1))
    images = (own[:SLOTS] + own[SLOTS : 2 * SLOTS]) / 2  # in the middle of two in inputs, near them elsewhere
    batch = make_batch(cost, many, images=images)
    check = Checks(article_in_small, many.training_images_of(1), MethodSettings())
    coefficients = article_coefficients(article_in_small.recorded_layers)
    control = make_control(article_in_small, coefficients, max_steps=20, learning_rate=1e-5, min_probability=1.0)
    run_to_end([batch], control, check)
    assert check.saves > 20


@PRESETS
def test_on_digits_and_the_article_s_net_the_nearest_are_those_of_brute_force(preset: str) -> None:
    from fooler_gui.data.loading import load_dataset
    from fooler_gui.engine.nets.classifier_file import load_classifier

    classifier, _ = load_classifier(bundled_classifier())
    method = METHODS[preset]
    digits = load_dataset(resource("mnist.npz"))
    few = digits.training_images_of(3)[:700]
    dataset = dataclasses.replace(digits, train_images=few, train_labels=np.full(len(few), 3, np.uint8))
    batch = make_batch(CostFunction(classifier, method), dataset, label=3, slots=8, method=method)
    check = Checks(classifier, few, method)
    control = make_control(classifier, max_steps=25, min_probability=1.0)
    saves, _ = run_to_end([batch], control, check)
    assert check.saves > 25
    assert np.median(saves[-1].probabilities) > 0.99


def test_a_classifier_of_one_class_of_images_may_have_one_reference_only() -> None:
    classifier = make_classifier(ARTICLE_IN_SMALL, SHAPE)
    dataset = make_dataset(shape=SHAPE, a_class=1)
    batch = make_batch(CostFunction(classifier, MethodSettings()), dataset, slots=1)
    check = Checks(classifier, dataset.training_images_of(1), MethodSettings())
    saves, _ = run_to_end([batch], make_control(classifier, max_steps=5, min_probability=1.0), check)
    assert check.saves > 5
    assert np.isfinite(saves[-1].costs[0].total)
