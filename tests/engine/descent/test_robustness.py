"""Runs with random transformations, and with a blur between steps."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from descents import AfterSave, at_steps, run_to_end
from tiny import evaluated, make_batch, make_control, noise

from fooler_gui.core.run_control import RunControl
from fooler_gui.core.save import Save
from fooler_gui.core.settings import DescentSettings, MethodSettings, no_penalties
from fooler_gui.core.slot_actions import PinSlot
from fooler_gui.data.blur import blurred
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.starts import slot_rng
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.descent.budgets import Budgets
from fooler_gui.engine.descent.label_batch import LabelBatch
from fooler_gui.engine.descent.optimisers import SignSteps, stepped
from fooler_gui.engine.nets.classifier import Classifier

CostOf = Callable[[MethodSettings], CostFunction]
OFF = {"min_probability": 1.0, "reinitialise_below": 0.0}
ROBUST = {"transformations": 3, "transform_shift": 1.0, "transform_turn": 15.0, "transform_scale": 0.2}
ALL = np.ones(2, np.bool_)
SPOTS = np.zeros((2, 1, 5, 1), np.float32)
SPOTS[0, 0, 2], SPOTS[1, 0, 0] = 1, 1


def run_of(
    cost: CostFunction,
    classifier: Classifier,
    dataset: Dataset,
    labels: tuple[int, ...] = (1,),
    *,
    rng_seed: int = 0,
    act: Callable[[RunControl], AfterSave] | None = None,
    **settings: object,
) -> list[Save]:
    """Returns the saves of eight steps from the same starts, whatever the seed of the transformations."""
    references = {label: cost.record(dataset.training_images_of(label)) for label in labels}
    batches = [
        LabelBatch(
            label,
            noise((4, *dataset.input_shape), rng_seed=label),
            references[label],
            cost,
            MethodSettings(),
            slot_rng(0, label),
            rng_seed,
        )
        for label in labels
    ]
    control = make_control(classifier, max_steps=8, **OFF, **settings)
    return run_to_end(batches, control, act(control) if act else None)[0]


def test_the_same_seed_gives_the_same_images_and_another_seed_others(
    cost_of: CostOf, classifier: Classifier, dataset: Dataset
) -> None:
    cost = cost_of(MethodSettings())
    one, same, other = (run_of(cost, classifier, dataset, rng_seed=seed, **ROBUST) for seed in (5, 5, 6))
    plain, again = (run_of(cost, classifier, dataset, rng_seed=seed) for seed in (5, 6))
    assert one[-1].images.tobytes() == same[-1].images.tobytes()
    assert [save.costs for save in one] == [save.costs for save in same]
    assert one[-1].images.tobytes() != other[-1].images.tobytes()
    assert plain[-1].images.tobytes() == again[-1].images.tobytes() != one[-1].images.tobytes()


def test_a_label_alone_comes_out_as_it_does_beside_others(
    cost_of: CostOf, classifier: Classifier, dataset: Dataset
) -> None:
    cost = cost_of(MethodSettings())
    beside = run_of(cost, classifier, dataset, (0, 1, 2), **ROBUST)
    for label in (0, 1, 2):
        alone = run_of(cost, classifier, dataset, (label,), **ROBUST)
        assert alone[-1].images[0].tobytes() == beside[-1].images[label].tobytes()


def test_pausing_and_an_action_that_changes_nothing_change_no_image(
    cost_of: CostOf, classifier: Classifier, dataset: Dataset
) -> None:
    def halting(control: RunControl) -> AfterSave:
        def halt(save: Save) -> None:
            if not save.events:
                control.act_on_slot(PinSlot(label=1, slot=0, pinned=False))
            control.single_step()

        return halt

    cost = cost_of(MethodSettings())
    straight, stepwise = (run_of(cost, classifier, dataset, act=act, **ROBUST) for act in (None, halting))
    assert len(stepwise) > len(straight)
    assert stepwise[-1].images.tobytes() == straight[-1].images.tobytes()


def test_transformations_may_change_during_a_run_and_are_traced_once(classifier: Classifier, dataset: Dataset) -> None:
    cost = CostFunction(classifier, MethodSettings())

    def turned(control: RunControl) -> AfterSave:
        def turn(**settings: object) -> Callable[[], object]:
            return lambda: control.change(descent=dataclasses.replace(control.live().descent, **settings))

        return at_steps(
            {
                2: turn(transformations=2),
                3: turn(transformations=5, transform_shift=3.0),
                5: turn(transform_turn=90.0, transform_scale=0.5),
                6: turn(transformations=0),
            }
        )

    saves = run_of(cost, classifier, dataset, act=turned)
    assert cost.traces == 2
    assert [event.descent.transformations for save in saves for event in save.events] == [2, 5, 5, 0]
    doubts = [save.costs[0].of("misclassification").cost for save in saves]
    own = [float(1 - save.probabilities.mean()) for save in saves]
    same = [doubt == pytest.approx(mean, abs=1e-6) for doubt, mean in zip(doubts, own, strict=True)]
    assert same == [True, True, True, False, False, False, False, True, True]


def test_a_blur_spreads_a_spot_and_repeats_the_edges() -> None:
    sigma = float(np.sqrt(1 / (2 * np.log(2))))  # pixels d apart count 2^(−d²), up to 3 σ
    whole = 1 + 2 * (1 / 2 + 1 / 16 + 1 / 512)
    images = stepped(SPOTS, np.zeros_like(SPOTS), SignSteps(), 0.1, ALL, blur=sigma)
    np.testing.assert_allclose(images[0, 0, :, 0] * whole, [1 / 16, 1 / 2, 1, 1 / 2, 1 / 16], atol=1e-6)
    beyond = [1 + 289 / 512, 289 / 512, 33 / 512, 1 / 512, 0]
    np.testing.assert_allclose(images[1, 0, :, 0] * whole, beyond, atol=1e-6)


def test_after_a_blur_images_are_within_their_budgets_and_in_range() -> None:
    gradient = -np.ones_like(SPOTS)
    images = stepped(SPOTS, gradient, SignSteps(), 0.5, ALL, blur=2.0, within=Budgets(SPOTS, greatest=0.25, length=0.4))
    change = images.astype(np.float64) - SPOTS
    assert np.abs(change).max() <= 0.25 + 1e-6
    assert np.sqrt(np.square(change).sum(axis=(1, 2, 3))).max() <= 0.4 + 1e-6
    assert 0 <= images.min() <= images.max() <= 1


def test_images_are_blurred_after_every_so_many_steps_and_pinned_ones_keep_every_bit(
    cost_of: CostOf, dataset: Dataset
) -> None:
    batch = make_batch(cost_of(MethodSettings()), dataset)
    batch.act(PinSlot(label=1, slot=1, pinned=True))
    start = batch.images
    at_rest = evaluated(batch, no_penalties(batch.cost.layers))
    at_rest = dataclasses.replace(at_rest, gradient=np.zeros_like(start))
    once = blurred(start, np.full(4, 1.0), 3)
    twice = blurred(once, np.full(4, 1.0), 3)
    for expected in (start, start, once, once, once, twice):
        batch.step(at_rest, DescentSettings(blur_every=3, blur_sigma=1.0))
        np.testing.assert_array_equal(batch.images[[0, 2, 3]], expected[[0, 2, 3]])
        np.testing.assert_array_equal(batch.images[1], start[1])


def test_a_run_with_blur_and_budgets_never_leaves_them(
    cost_of: CostOf, classifier: Classifier, dataset: Dataset
) -> None:
    budget = {"budget_linf": 0.05, "budget_l2": 0.2}
    saves = run_of(cost_of(MethodSettings()), classifier, dataset, blur_every=2, blur_sigma=1.0, **budget)
    change = np.stack([save.images[0].astype(np.float64) - saves[0].images[0] for save in saves])
    assert np.abs(change).max() <= 0.05 + 1e-6
    assert np.sqrt(np.square(change).sum(axis=(2, 3, 4))).max() <= 0.2 + 1e-6
    assert all(0 <= save.images.min() <= save.images.max() <= 1 for save in saves)


def test_a_blur_is_asked_for_by_its_steps_and_its_width() -> None:
    settings = DescentSettings(blur_every=3, blur_sigma=0.75)
    assert [settings.blur_after(steps) for steps in (1, 2, 3, 4, 6)] == [0.0, 0.0, 0.75, 0.0, 0.75]
    assert DescentSettings(blur_sigma=2.0).blur_after(4) == 0.0
