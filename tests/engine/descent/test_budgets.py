from __future__ import annotations

import numpy as np
import pytest
from descents import at_steps, run_to_end
from pixel_cost import RISES, pixel_batch, pixel_control
from tiny import make_batch, make_control

from fooler_gui.core.settings import DescentSettings, MethodSettings
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.descent.budgets import Budgets
from fooler_gui.engine.nets.classifier import Classifier

STARTS = np.array([[0.5, 0.5], [0.0, 1.0]], np.float32).reshape(2, 1, 2, 1)
OFF = {"min_probability": 1.0, "reinitialise_below": 0.0}


def of(*rows: list[float]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(len(rows), 1, 2, 1)


def test_without_budgets_images_keep_every_bit() -> None:
    images = of([0.75, 0.1], [1.0, 0.0])
    assert Budgets(STARTS).project(images) is images


def test_no_pixel_is_further_from_its_start_than_the_budget() -> None:
    projected = Budgets(STARTS, greatest=0.25).project(of([0.875, 0.375], [1.0, 0.0]))
    np.testing.assert_array_equal(projected, of([0.75, 0.375], [0.25, 0.75]))


def test_an_image_beyond_its_distance_comes_back_along_the_line_to_its_start() -> None:
    # The first image is 0.5 away, its change (0.3, 0.4); the second stays within.
    projected = Budgets(STARTS, length=0.25).project(of([0.8, 0.9], [0.125, 0.875]))
    np.testing.assert_allclose(projected, of([0.65, 0.7], [0.125, 0.875]), atol=1e-6)


def test_with_both_budgets_images_are_within_both() -> None:
    projected = Budgets(STARTS, greatest=0.4, length=0.5).project(of([1.0, 0.0], [0.4, 0.6]))
    np.testing.assert_allclose(
        projected - STARTS, of([0.125**0.5, -(0.125**0.5)], [0.125**0.5, -(0.125**0.5)]), atol=1e-6
    )


def test_each_image_may_have_a_budget_of_its_own() -> None:
    own = np.array([0.25, np.inf], np.float32).reshape(2, 1, 1, 1)
    greatest = Budgets(STARTS, greatest=own).project(of([0.875, 0.375], [1.0, 0.0]))
    np.testing.assert_array_equal(greatest, of([0.75, 0.375], [1.0, 0.0]))
    length = Budgets(STARTS, length=own).project(of([0.8, 0.9], [1.0, 0.0]))
    np.testing.assert_allclose(length, of([0.65, 0.7], [1.0, 0.0]), atol=1e-6)


def test_an_image_at_its_start_stays_there() -> None:
    np.testing.assert_array_equal(Budgets(STARTS, length=0.1).project(STARTS), STARTS)


@pytest.mark.parametrize("budget", [{"budget_linf": 0.03}, {"budget_l2": 0.2}, {"budget_linf": 0.05, "budget_l2": 0.3}])
def test_in_a_run_a_budget_is_never_exceeded(
    cost_of: object, dataset: Dataset, classifier: Classifier, budget: dict[str, float]
) -> None:
    cost: CostFunction = cost_of(MethodSettings())  # type: ignore[operator]
    batch = make_batch(cost, dataset)
    starts = batch.images.astype(np.float64)
    saves, _ = run_to_end([batch], make_control(classifier, max_steps=25, **OFF, **budget))
    changes = np.abs(np.stack([save.images[0] for save in saves]).astype(np.float64) - starts)
    greatest, length = changes.max(), np.sqrt((changes**2).sum(axis=(2, 3, 4))).max()
    assert greatest <= budget.get("budget_linf", 1.0) + 1e-6
    assert length <= budget.get("budget_l2", 1e3) + 1e-6
    limits = [budget.get("budget_linf", 1.0) - greatest, budget.get("budget_l2", 1e3) - length]
    assert min(limits) < 1e-3, "one of the budgets holds the images back"
    assert min(image.min() for image in (save.images for save in saves)) >= 0


def test_a_budget_set_during_a_run_brings_images_back_at_the_next_step() -> None:
    batch, control = pixel_batch([0.5], [RISES]), pixel_control(max_steps=8, reinitialise_below=0.0)
    descent = DescentSettings(max_steps=8, reinitialise_below=0.0, budget_linf=0.02)
    saves, _ = run_to_end([batch], control, at_steps({5: lambda: control.change(descent=descent)}))
    np.testing.assert_allclose(
        [save.probabilities[0, 0] for save in saves],
        [0.5, 0.51, 0.52, 0.53, 0.54, 0.55, 0.52, 0.52, 0.52],
        atol=1e-6,
    )
