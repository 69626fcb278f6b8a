"""Random transformations of images, and the objective that is averaged over them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf
from tiny import noise

from fooler_gui.core.objectives import OBJECTIVES
from fooler_gui.core.random_transformations import RandomTransformations
from fooler_gui.core.settings import CostCoefficients, MethodSettings
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.cost.evaluation import Batch
from fooler_gui.engine.cost.references import ReferenceSearch
from fooler_gui.engine.cost.transformations import map_of, random_maps, transformed
from fooler_gui.engine.nets.classifier import Classifier

CostOf = Callable[[MethodSettings], CostFunction]
NINE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
SHAPE = (12, 12, 1)
FOUR_LAYERS = ("inputs", "conv0", "conv1", "fc")
ALL_KINDS = RandomTransformations(3, shift=2.0, turn=20.0, scale=0.2)
ALONE = CostCoefficients(
    layer_cost_coeffs=dict.fromkeys(FOUR_LAYERS, 0.0), term_coeffs={"misclassification": 2.0, "total_variation": 0.5}
)


def moved(image: list[list[float]], down: float = 0, right: float = 0, turn: float = 0, scale: float = 1) -> np.ndarray:
    """Returns one transformed image (H, W) of one channel."""
    images = np.array(image, np.float32)[np.newaxis, ..., np.newaxis]
    numbers = (np.full((1, 1), number, np.float64) for number in (down, right, turn, scale))
    return transformed(tf.constant(images), tf.constant(map_of(*numbers))).numpy()[0, 0, ..., 0]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, NINE),
        ({"right": 1}, [[1, 1, 2], [4, 4, 5], [7, 7, 8]]),
        ({"down": 1}, [[1, 2, 3], [1, 2, 3], [4, 5, 6]]),
        ({"down": -1, "right": -1}, [[5, 6, 6], [8, 9, 9], [8, 9, 9]]),
        ({"right": 0.5}, [[1, 1.5, 2.5], [4, 4.5, 5.5], [7, 7.5, 8.5]]),
        ({"right": 50}, [[1, 1, 1], [4, 4, 4], [7, 7, 7]]),
        ({"turn": 90}, [[3, 6, 9], [2, 5, 8], [1, 4, 7]]),
        ({"turn": -90}, [[7, 4, 1], [8, 5, 2], [9, 6, 3]]),
        ({"turn": 180}, [[9, 8, 7], [6, 5, 4], [3, 2, 1]]),
        ({"turn": 90, "down": 1}, [[3, 6, 9], [3, 6, 9], [2, 5, 8]]),
        ({"scale": 2}, [[3, 3.5, 4], [4.5, 5, 5.5], [6, 6.5, 7]]),
        ({"scale": 0.5}, [[1, 2, 3], [4, 5, 6], [7, 8, 9]]),
    ],
)
def test_nine_pixels_by_hand(change: dict[str, float], expected: list[list[float]]) -> None:
    np.testing.assert_allclose(moved(NINE, **change), expected, atol=1e-5)


def test_a_smaller_image_stands_in_the_middle_and_its_edges_are_repeated() -> None:
    row = [[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]
    np.testing.assert_allclose(moved(row, scale=0.5), [[0, 0, 1, 3, 5, 6, 6]], atol=1e-5)


def test_an_image_that_is_not_square_turns_about_its_middle_and_channels_stay_apart() -> None:
    images = np.stack([np.arange(15.0).reshape(3, 5), -np.arange(15.0).reshape(3, 5)], axis=-1)[np.newaxis]
    maps = map_of(*(np.full((1, 1), number, np.float64) for number in (0, 0, 180, 1)))
    turned = transformed(tf.constant(images, tf.float32), tf.constant(maps)).numpy()[0]
    np.testing.assert_allclose(turned, images[:, ::-1, ::-1], atol=1e-4)


def test_every_image_has_its_own_transformations_in_their_order() -> None:
    images = np.stack([np.array(NINE, np.float32), 10 * np.array(NINE, np.float32)])[..., np.newaxis]
    down, right = np.array([[0.0, 1.0], [0.0, 0.0]]), np.array([[0.0, 0.0], [1.0, -1.0]])
    made = transformed(tf.constant(images), tf.constant(map_of(down, right, 0 * down, 1 + 0 * down))).numpy()[..., 0]
    assert made.shape == (2, 2, 3, 3)
    np.testing.assert_allclose(made[0, 0], NINE)
    np.testing.assert_allclose(made[0, 1], 10 * moved(NINE, down=1))
    np.testing.assert_allclose(made[1, 0], moved(NINE, right=1))
    np.testing.assert_allclose(made[1, 1], 10 * moved(NINE, right=-1))


def test_the_gradient_of_transformed_images_is_their_slope() -> None:
    images = noise((2, 5, 4, 3)).astype(np.float32)
    maps = tf.constant(random_maps(np.random.default_rng(1), ALL_KINDS, slots=2))
    weights = noise((3, 2, 5, 4, 3), rng_seed=2)

    def total(of: np.ndarray) -> float:
        return float((transformed(tf.constant(of), maps).numpy().astype(np.float64) * weights).sum())

    watched = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(watched)
        value = tf.reduce_sum(transformed(watched, maps) * weights)
    gradient = tape.gradient(value, watched).numpy()
    for place in np.ndindex(images.shape):
        above, below = images.copy(), images.copy()
        above[place] += 0.5
        below[place] -= 0.5
        assert gradient[place] == pytest.approx(total(above) - total(below), abs=1e-4)


def test_random_maps_stay_in_their_ranges_and_fill_them() -> None:
    maps = random_maps(np.random.default_rng(0), RandomTransformations(400, 3.0, 30.0, 0.25), slots=2).astype(float)
    assert maps.shape == (400, 2, 2, 3)
    scale = 1 / np.sqrt(np.linalg.det(maps[..., :2]))
    turn = np.degrees(np.arctan2(maps[..., 0, 1], maps[..., 0, 0]))
    shift = -np.linalg.solve(maps[..., :2], maps[..., 2:])
    for values, middle, most in ((scale, 1, 0.25), (turn, 0, 30), (shift[..., 0, 0], 0, 3), (shift[..., 1, 0], 0, 3)):
        assert np.abs(values - middle).max() <= most * (1 + 1e-5)
        assert np.abs(values - middle).max() > 0.98 * most
        assert (values > middle).mean() == pytest.approx(0.5, abs=0.07)


def test_with_more_transformations_the_first_stay_and_ranges_of_0_change_nothing() -> None:
    few = random_maps(np.random.default_rng(3), ALL_KINDS, slots=2)
    more = random_maps(np.random.default_rng(3), ALL_KINDS._replace(number=9), slots=2)
    np.testing.assert_array_equal(more[:3], few)
    none = random_maps(np.random.default_rng(3), RandomTransformations(2), slots=2)
    np.testing.assert_array_equal(none, np.broadcast_to(np.eye(2, 3), none.shape))


def batch_of(cost: CostFunction, slots: int = 3, rng_seed: int = 0, maps: RandomTransformations = ALL_KINDS) -> Batch:
    """Returns a batch for label 2 with the random transformations of a seed."""
    images, references = noise((slots, *SHAPE), rng_seed=rng_seed), noise((7, *SHAPE), rng_seed=100)
    made = random_maps(np.random.default_rng(rng_seed), maps, slots)
    return Batch(images, 2, ReferenceSearch(cost.record(references)), images, made)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_objective_is_its_mean_over_the_transformed_images_and_penalties_are_the_image_s_own(
    objective: str, article_in_small: Classifier, article_cost_of: CostOf
) -> None:
    cost = article_cost_of(MethodSettings())
    batch = batch_of(cost)
    asked = (ALONE, objective, "conv1:1")
    (evaluation,) = cost.evaluate_together([batch], *asked)
    (plain,) = cost.evaluate_together([batch._replace(maps=None)], *asked)
    each = []
    for images in transformed(tf.constant(batch.images), tf.constant(batch.maps)).numpy():
        (one,) = cost.evaluate_together([batch._replace(images=images, maps=None)], *asked)
        each.append(one.costs.of("misclassification").slot_values)
    made = evaluation.costs.of("misclassification")
    np.testing.assert_allclose(made.slot_values, np.mean(each, axis=0), rtol=1e-5, atol=1e-6)
    assert made.cost == pytest.approx(np.mean(each), rel=1e-5)
    assert made.cost != pytest.approx(plain.costs.of("misclassification").cost, abs=1e-5)
    assert evaluation.costs.of("total_variation") == plain.costs.of("total_variation")
    np.testing.assert_array_equal(evaluation.probabilities, plain.probabilities)
    np.testing.assert_allclose(evaluation.probabilities, article_in_small.probabilities(batch.images)[:, 2], rtol=1e-5)


def test_the_gradient_is_the_mean_of_those_of_the_transformed_images_led_back_to_the_image(
    article_cost_of: CostOf,
) -> None:
    cost, misclassification = article_cost_of(MethodSettings()), ALONE.with_terms(total_variation=0.0)
    batch = batch_of(cost)
    (evaluation,) = cost.evaluate_together([batch], misclassification, "logit")
    images = tf.constant(batch.images)
    with tf.GradientTape() as tape:
        tape.watch(images)
        moved_images = transformed(images, tf.constant(batch.maps))
    each = []
    for one in moved_images.numpy():
        (of_one,) = cost.evaluate_together([batch._replace(images=one, maps=None)], misclassification, "logit")
        each.append(of_one.gradient / 3)
    led_back = tape.gradient(moved_images, images, output_gradients=tf.constant(np.stack(each))).numpy()
    np.testing.assert_allclose(evaluation.gradient, led_back, rtol=1e-3, atol=1e-5 * np.abs(led_back).max())


def test_transformations_that_change_nothing_leave_the_cost_as_it_is(article_cost_of: CostOf) -> None:
    cost = article_cost_of(MethodSettings())
    batch = batch_of(cost, maps=RandomTransformations(2))
    (evaluation,) = cost.evaluate_together([batch], ALONE)
    (plain,) = cost.evaluate_together([batch._replace(maps=None)], ALONE)
    assert evaluation.costs.total == pytest.approx(plain.costs.total, rel=1e-6)
    np.testing.assert_allclose(evaluation.gradient, plain.gradient, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("slots", [1, 3])
def test_batches_side_by_side_have_the_bits_that_each_has_alone(slots: int, article_cost_of: CostOf) -> None:
    cost = article_cost_of(MethodSettings())
    batches = [batch_of(cost, slots), batch_of(cost, slots, rng_seed=1)._replace(label=0)]
    for batch, together in zip(batches, cost.evaluate_together(batches, ALONE), strict=True):
        (alone,) = cost.evaluate_together([batch], ALONE)
        assert together.gradient.tobytes() == alone.gradient.tobytes()
        assert together.costs == alone.costs


def test_whatever_the_transformations_they_are_traced_once_and_not_at_all_without_any(
    article_in_small: Classifier,
) -> None:
    cost = CostFunction(article_in_small, MethodSettings())
    cost.evaluate_together([batch_of(cost)._replace(maps=None)], ALONE)
    assert cost.traces == 1
    for count in (1, 4, 2):
        for slots in (1, 3):
            wanted = RandomTransformations(count, shift=float(count))
            cost.evaluate_together([batch_of(cost, slots, maps=wanted)], ALONE)
    assert cost.traces == 2
