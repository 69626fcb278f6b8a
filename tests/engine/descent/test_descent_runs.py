from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from descents import at_steps, run_to_end
from tiny import evaluated, make_batch, make_classifier, make_control, noise

from fooler_gui.core.save import STOPPED_BY_STEPS, STOPPED_BY_USER
from fooler_gui.core.settings import METHODS, CostCoefficients, MethodSettings, article_coefficients, no_penalties
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot
from fooler_gui.core.terms import known_terms
from fooler_gui.data.dataset import Dataset
from fooler_gui.data.starts import slot_rng
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.descent.descent import descend
from fooler_gui.engine.descent.label_batch import LabelBatch, NonFiniteCost, check_finite
from fooler_gui.engine.nets.classifier import Classifier

CostOf = Callable[[MethodSettings], CostFunction]
ARTICLE = MethodSettings()
LAYERS = ("inputs", "conv0", "fc")
OFF = {"min_probability": 1.0, "reinitialise_below": 0.0}
"""No rule but the number of steps ends the run, and no slot is reinitialised."""


@pytest.fixture
def batch(cost_of: CostOf, dataset: Dataset) -> LabelBatch:
    return make_batch(cost_of(ARTICLE), dataset)


def test_the_first_save_holds_the_start_images(batch: LabelBatch, classifier: Classifier) -> None:
    start = batch.images
    saves, finished = run_to_end([batch], make_control(classifier, max_steps=2, **OFF))
    assert saves[0].step == 0
    np.testing.assert_array_equal(saves[0].images[0], start)
    assert (saves[0].revision, saves[0].applied) == (0, ())
    assert [save.step for save in saves] == [0, 1, 2]
    assert finished.stopped_by == (STOPPED_BY_STEPS,)
    assert finished.steps == 2


def test_the_first_step_moves_each_pixel_by_the_learning_rate_and_keeps_it_in_range(
    batch: LabelBatch, classifier: Classifier
) -> None:
    gradient = evaluated(batch, article_coefficients(LAYERS)).gradient
    saves, _ = run_to_end([batch], make_control(classifier, max_steps=1, learning_rate=0.02, **OFF))
    before, after = saves[0].images[0], saves[1].images[0]
    moving = np.abs(gradient) > 1e-3
    assert moving.mean() > 0.5
    expected = np.clip(before - 0.02 * np.sign(gradient), 0, 1)
    np.testing.assert_allclose(after[moving], expected[moving], atol=1e-4)


def test_the_descent_makes_the_classifier_surer_and_the_cost_lower(batch: LabelBatch, classifier: Classifier) -> None:
    saves, _ = run_to_end([batch], make_control(classifier, max_steps=40, **OFF))
    assert saves[-1].probabilities.min() > saves[0].probabilities.max()
    assert saves[-1].costs[0].total < saves[0].costs[0].total


@pytest.mark.parametrize("preset", ["article", "2016"])
@pytest.mark.parametrize("frequency", [1, 4])
def test_saved_probabilities_are_those_of_the_saved_images(
    preset: str, frequency: int, cost_of: CostOf, dataset: Dataset, classifier: Classifier
) -> None:
    method = METHODS[preset]
    batches = [make_batch(cost_of(method), dataset, label, method=method) for label in (0, 2)]
    control = make_control(
        classifier,
        article_coefficients(LAYERS).with_terms(misclassification=0.0),  # probabilities wander
        max_steps=18,
        save_frequency=frequency,
        num_mono_dec_saves=2,
        min_probability=1.0,
    )
    saves, _ = run_to_end(batches, control)
    assert any(save.reinitialised.any() for save in saves)
    for save in saves:
        for index, label in enumerate(save.labels):
            recomputed = classifier.probabilities(save.images[index])[:, label]
            np.testing.assert_allclose(save.probabilities[index], recomputed, rtol=1e-5, atol=1e-7)


def test_saves_come_every_so_many_steps_and_after_the_last(batch: LabelBatch, classifier: Classifier) -> None:
    saves, finished = run_to_end([batch], make_control(classifier, max_steps=10, save_frequency=4, **OFF))
    assert [save.step for save in saves] == [0, 4, 8, 10]
    assert finished.steps == 10


def test_a_save_frequency_beyond_the_last_step_still_saves_start_and_end(
    batch: LabelBatch, classifier: Classifier
) -> None:
    saves, _ = run_to_end([batch], make_control(classifier, max_steps=3, save_frequency=100, **OFF))
    assert [save.step for save in saves] == [0, 3]


def test_images_between_saves_are_the_same_however_rarely_they_are_saved(
    cost_of: CostOf, dataset: Dataset, classifier: Classifier
) -> None:
    last = []
    for frequency in (1, 5):
        batch = make_batch(cost_of(ARTICLE), dataset)
        saves, _ = run_to_end([batch], make_control(classifier, max_steps=12, save_frequency=frequency, **OFF))
        last.append(saves[-1].images)
    np.testing.assert_array_equal(*last)


def test_pixels_stay_in_range_by_the_articles_method_and_leave_it_by_the_2016_programs(
    cost_of: CostOf, dataset: Dataset, classifier: Classifier
) -> None:
    for preset, stays in (("article", True), ("2016", False)):
        method = METHODS[preset]
        batch = make_batch(cost_of(method), dataset, method=method)
        saves, _ = run_to_end([batch], make_control(classifier, max_steps=15, learning_rate=0.1, **OFF))
        images = np.stack([save.images for save in saves])
        assert bool(images.min() >= 0 and images.max() <= 1) is stays


def test_saves_cannot_be_written_into_and_do_not_change_afterwards(batch: LabelBatch, classifier: Classifier) -> None:
    kept = []

    saves, _ = run_to_end(
        [batch], make_control(classifier, max_steps=5, **OFF), lambda save: kept.append(save.images.copy())
    )
    for save, images in zip(saves, kept, strict=True):
        np.testing.assert_array_equal(save.images, images)
        for name in ("images", "probabilities", "done", "reinitialised", "reinitialisations", "pinned"):
            assert not getattr(save, name).flags.writeable, name


def test_done_slots_are_those_over_the_threshold(batch: LabelBatch, classifier: Classifier) -> None:
    saves, _ = run_to_end([batch], make_control(classifier, max_steps=40, min_probability=0.6, reinitialise_below=0.0))
    assert not saves[0].done.all()
    assert saves[-1].done.all()
    for save in saves:
        np.testing.assert_array_equal(save.done, save.probabilities > np.float32(0.6))
        assert len(save.images_of(save.done)) == save.done.sum()


def test_changed_coefficients_apply_from_the_next_step_without_a_new_trace(
    dataset: Dataset, classifier: Classifier
) -> None:
    cost = CostFunction(classifier, ARTICLE)
    batch = make_batch(cost, dataset)
    control = make_control(classifier, max_steps=9, **OFF)
    strong = CostCoefficients(layer_cost_coeffs=dict.fromkeys(LAYERS, 0.5), term_coeffs={"batch": 3.0})
    gentle = no_penalties(LAYERS)
    act = at_steps({3: lambda: control.change(coefficients=strong), 6: lambda: control.change(coefficients=gentle)})
    saves, _ = run_to_end([batch], control, act)
    assert [save.revision for save in saves] == [0] * 4 + [1] * 3 + [2] * 3
    assert {save.step: save.applied for save in saves if save.applied} == {4: ((1, 4),), 7: ((2, 7),)}
    assert cost.traces == 1
    for save in saves:
        used = {0: article_coefficients(LAYERS), 1: strong, 2: gentle}[save.revision]
        for layer in save.costs[0].layers:
            factor, term = used.layer_cost_coeffs[layer], save.costs[0].of("batch", layer)
            expected = factor * used.term_coeffs["batch"] * term.cost
            assert term.weighted_cost == pytest.approx(expected, rel=1e-5)


def test_coefficients_changed_mid_run_lead_where_a_run_with_them_from_there_leads(
    cost_of: CostOf, dataset: Dataset, classifier: Classifier
) -> None:
    strong = CostCoefficients(layer_cost_coeffs=dict.fromkeys(LAYERS, 5.0))
    ends = []
    for change in (True, False):
        batch = make_batch(cost_of(ARTICLE), dataset)
        control = make_control(classifier, max_steps=6, **OFF)
        if change:
            saves, _ = run_to_end(
                [batch], control, at_steps({0: lambda control=control: control.change(coefficients=strong)})
            )
        else:
            saves, _ = run_to_end([batch], make_control(classifier, strong, max_steps=6, **OFF))
        ends.append(saves[-1].images)
    np.testing.assert_array_equal(*ends)


def test_a_changed_learning_rate_applies_from_the_next_step(batch: LabelBatch, classifier: Classifier) -> None:
    control = make_control(classifier, max_steps=4, learning_rate=0.001, **OFF)
    faster = dataclasses.replace(control.live().descent, learning_rate=0.1)
    saves, _ = run_to_end([batch], control, at_steps({2: lambda: control.change(descent=faster)}))
    moved = [np.abs(later.images - earlier.images).max() for earlier, later in itertools.pairwise(saves)]
    assert max(moved[:2]) < 0.002
    assert min(moved[2:]) > 0.02
    assert [save.revision for save in saves] == [0, 0, 0, 1, 1]


def test_a_stop_ends_the_run_with_a_last_save_and_keeps_what_it_has(batch: LabelBatch, classifier: Classifier) -> None:
    control = make_control(classifier, max_steps=50, **OFF)
    saves, finished = run_to_end([batch], control, at_steps({5: control.stop}))
    assert finished.stopped_by == (STOPPED_BY_USER,)
    assert finished.steps == 5
    assert saves[-1].step == 5
    assert saves[-1].stopped_by == (STOPPED_BY_USER,)
    np.testing.assert_array_equal(saves[-1].images, saves[-2].images)


def test_a_stop_before_the_first_step_keeps_the_start_images(batch: LabelBatch, classifier: Classifier) -> None:
    control = make_control(classifier, **OFF)
    control.stop()
    start = batch.images
    saves, finished = run_to_end([batch], control)
    assert finished.steps == 0
    np.testing.assert_array_equal(saves[-1].images[0], start)


def test_a_stop_between_saves_saves_the_images_of_that_step(batch: LabelBatch, classifier: Classifier) -> None:
    control = make_control(classifier, max_steps=50, save_frequency=10, paused=True, **OFF)
    for _ in range(3):
        control.single_step()
    saves, finished = run_to_end([batch], control, at_steps({3: control.stop}))
    assert finished.steps == 3
    assert saves[-1].step == 3


def test_single_steps_in_pause_make_one_step_and_one_save_each(batch: LabelBatch, classifier: Classifier) -> None:
    control = make_control(classifier, paused=True, save_frequency=10, **OFF)
    descent = descend([batch], control)
    assert next(descent).step == 0
    for step in (1, 2, 3):
        control.single_step()
        assert next(descent).step == step
        assert control.paused
    control.stop()
    assert next(descent).stopped_by == (STOPPED_BY_USER,)


def test_a_paused_run_goes_on_where_it_was(cost_of: CostOf, dataset: Dataset, classifier: Classifier) -> None:
    straight, _ = run_to_end(
        [make_batch(cost_of(ARTICLE), dataset)], make_control(classifier, max_steps=6, save_frequency=4, **OFF)
    )
    control = make_control(classifier, max_steps=6, save_frequency=4, **OFF)
    descent = descend([make_batch(cost_of(ARTICLE), dataset)], control)
    assert next(descent).step == 0
    control.single_step()
    assert next(descent).step == 1
    control.resume()
    rest = list(descent)
    assert [save.step for save in rest] == [4, 6]
    np.testing.assert_array_equal(rest[-1].images, straight[-1].images)


def test_a_change_made_in_pause_applies_to_the_next_single_step(batch: LabelBatch, classifier: Classifier) -> None:
    control = make_control(classifier, paused=True, **OFF)
    descent = descend([batch], control)
    next(descent)
    control.change(coefficients=no_penalties(LAYERS))
    control.single_step()
    save = next(descent)
    assert (save.step, save.revision, save.applied) == (1, 1, ((1, 1),))
    control.stop()
    list(descent)


def test_classifiers_whose_weights_are_no_numbers_are_refused_with_a_sentence(dataset: Dataset) -> None:
    broken = make_classifier()
    broken.network.set_weights([np.full_like(weights, np.nan) for weights in broken.network.get_weights()])
    batch = make_batch(CostFunction(broken, ARTICLE), dataset)
    with pytest.raises(NonFiniteCost, match=r"The cost for label one is no longer a finite number .* avoid this\."):
        run_to_end([batch], make_control(broken))
    broken.class_names = ("zero", "red\nfox " * 9, "two")
    assert batch.label_name == "red fox red fox red fox red fox…"


def test_a_gradient_that_is_not_finite_is_not_called_a_cost(dataset: Dataset) -> None:
    batch = make_batch(CostFunction(make_classifier(), ARTICLE), dataset)
    evaluation = evaluated(batch, article_coefficients(LAYERS))
    gradient = np.full_like(evaluation.gradient, np.nan)
    with pytest.raises(NonFiniteCost) as caught:
        check_finite(batch.label_name, dataclasses.replace(evaluation, gradient=gradient))
    sentence = f"The gradient of the cost for label one is no longer a finite number (total {evaluation.costs.total:g})"
    assert str(caught.value).startswith(sentence)


def test_a_cost_that_stops_being_finite_ends_the_run_and_earlier_saves_are_kept(dataset: Dataset) -> None:
    failing = make_classifier()
    batch = make_batch(CostFunction(failing, ARTICLE), dataset)
    saves = []

    def break_weights() -> None:
        failing.network.set_weights([np.full_like(weights, np.inf) for weights in failing.network.get_weights()])

    act = at_steps({4: break_weights})

    def note(save: object) -> None:
        saves.append(save)
        act(save)  # type: ignore[arg-type]

    with pytest.raises(NonFiniteCost):
        run_to_end([batch], make_control(failing, max_steps=20, **OFF), note)
    assert [save.step for save in saves] == [0, 1, 2, 3, 4]
    assert all(np.isfinite(save.images).all() for save in saves)


@pytest.mark.parametrize("preset", ["article", "2016"])
def test_greatest_coefficients_from_a_distance_of_zero_stay_finite(
    preset: str, cost_of: CostOf, dataset: Dataset, classifier: Classifier
) -> None:
    method = METHODS[preset]
    extreme = CostCoefficients(
        layer_cost_coeffs=dict.fromkeys(LAYERS, 1e6),
        term_coeffs=dict.fromkeys(known_terms(), 1e6),
    )
    own = dataset.training_images_of(1)[3].astype(np.float32) / 255
    for images in (np.stack([own] * 3), np.stack([own, own + np.float32(1e-6), noise(own.shape)])):
        batch = make_batch(cost_of(method), dataset, method=method, images=images)
        saves, _ = run_to_end([batch], make_control(classifier, extreme, max_steps=8, **OFF))
        assert all(np.isfinite(save.images).all() and np.isfinite(save.costs[0].total) for save in saves)


def test_closeness_keeps_images_nearer_to_their_starts_and_total_variation_makes_them_smoother(
    cost_of: CostOf, dataset: Dataset, classifier: Classifier
) -> None:
    ends = {}
    for terms in ({}, {"closeness": 300.0}, {"total_variation": 30.0}):
        batch = make_batch(cost_of(ARTICLE), dataset)
        coefficients = article_coefficients(LAYERS).with_terms(**terms)
        saves, _ = run_to_end([batch], make_control(classifier, coefficients, max_steps=30, **OFF))
        ends[tuple(terms)] = saves[-1]
    plain, near, smooth = ends.values()
    assert (near.distances < plain.distances).all()
    steps = [np.abs(np.diff(save.images[0], axis=1)).mean() for save in (plain, smooth)]
    assert steps[1] < steps[0] / 2


def test_closeness_is_told_of_each_slots_own_start_also_after_it_was_given_another(
    cost_of: CostOf, dataset: Dataset, classifier: Classifier
) -> None:
    batch = make_batch(cost_of(ARTICLE), dataset)
    coefficients = article_coefficients(LAYERS).with_terms(closeness=1.0)
    control = make_control(classifier, coefficients, max_steps=12, **OFF)
    act = at_steps({5: lambda: control.act_on_slot(ReinitialiseSlot(label=1, slot=2))})
    saves, _ = run_to_end([batch], control, act)
    for save in saves:
        changes = save.costs[0].of("closeness").slot_values
        np.testing.assert_allclose(changes, save.distances[0] ** 2 / 64, rtol=1e-5, atol=1e-12)
    assert saves[-1].replacements[0].tolist() == [0, 0, 1, 0]
    assert any(save.step >= 5 and save.distances[0, 2] == 0 for save in saves)


def test_one_slot_alone_descends(cost_of: CostOf, dataset: Dataset, classifier: Classifier) -> None:
    batch = make_batch(cost_of(ARTICLE), dataset, slots=1)
    saves, _ = run_to_end([batch], make_control(classifier, max_steps=20, **OFF))
    assert saves[-1].probabilities.shape == (1, 1)
    assert saves[-1].probabilities[0, 0] > saves[0].probabilities[0, 0]


def test_colour_images_that_are_not_square_descend(colour_classifier: Classifier) -> None:
    references = noise((6, 9, 7, 3))
    cost = CostFunction(colour_classifier, ARTICLE)
    images = noise((2, 9, 7, 3), rng_seed=1)
    batch = LabelBatch(2, images, cost.record(references), cost, ARTICLE, slot_rng(0, 2))
    saves, _ = run_to_end([batch], make_control(colour_classifier, max_steps=15, **OFF))
    assert saves[-1].images.shape == (1, 2, 9, 7, 3)
    assert saves[-1].probabilities.min() > saves[0].probabilities.min()


def test_seconds_never_go_back(batch: LabelBatch, classifier: Classifier) -> None:
    saves, finished = run_to_end([batch], make_control(classifier, max_steps=4, **OFF))
    seconds = [save.seconds for save in saves]
    assert seconds == sorted(seconds)
    assert seconds[0] > 0
    assert finished.seconds >= seconds[-1]


def test_changes_between_two_saves_each_tell_their_own_first_step(batch: LabelBatch, classifier: Classifier) -> None:
    control = make_control(classifier, max_steps=20, save_frequency=10, **OFF)
    gentle, strong = no_penalties(LAYERS), CostCoefficients(layer_cost_coeffs=dict.fromkeys(LAYERS, 0.5))
    wait, changes = control.next, {4: gentle, 7: strong}
    steps = iter(range(1, 100))

    def next_with_changes() -> object:
        step = next(steps)
        if step in changes:
            control.change(coefficients=changes[step])
        return wait()

    control.next = next_with_changes  # type: ignore[method-assign,assignment]
    saves, _ = run_to_end([batch], control)
    assert {save.step: save.applied for save in saves} == {0: (), 10: ((1, 4), (2, 7)), 20: ()}


def test_unpinning_a_slot_revives_its_stopped_batch(batch: LabelBatch) -> None:
    batch.stopped_by = STOPPED_BY_STEPS
    batch.act(PinSlot(label=batch.label, slot=0, pinned=True))
    assert batch.stopped_by == STOPPED_BY_STEPS
    batch.act(PinSlot(label=batch.label, slot=0, pinned=False))
    assert batch.stopped_by == ""


def test_the_unit_may_change_during_a_run_without_a_new_trace(batch: LabelBatch, classifier: Classifier) -> None:
    control = make_control(classifier, max_steps=9, objective="unit", unit="conv0:1", unit_done=1e6, **OFF)

    def turn(**settings: Any) -> Callable[[], object]:
        return lambda: control.change(descent=dataclasses.replace(control.live().descent, **settings))

    saves, _ = run_to_end([batch], control, at_steps({3: turn(unit="fc:2"), 6: turn(objective="probability")}))
    assert batch.cost.traces == 1
    layers = classifier.record(saves[2].images[0]), classifier.record(saves[5].images[0])
    channel = layers[0][1].reshape(4, -1, 2)[..., 1].mean(axis=1)
    for save, expected in ((saves[2], channel), (saves[5], layers[1][2][:, 2])):
        assert save.activations is not None
        np.testing.assert_allclose(save.activations[0], expected, rtol=1e-5)
        np.testing.assert_allclose(save.costs[0].of("misclassification").slot_values, -expected, rtol=1e-5)
    assert [save.activations is None for save in saves] == [False] * 7 + [True] * 3
    assert [event.descent.unit for save in saves for event in save.events] == ["fc:2", "fc:2"]


def test_descent_raises_the_activation_of_a_unit(batch: LabelBatch, classifier: Classifier) -> None:
    penalties = no_penalties(LAYERS)
    control = make_control(classifier, penalties, max_steps=30, objective="unit", unit="fc:1", unit_done=1e6, **OFF)
    saves, _ = run_to_end([batch], control)
    first, last = saves[0].activations, saves[-1].activations
    assert first is not None
    assert last is not None
    assert (last > first + 1).all()


def test_objective_and_optimiser_may_change_during_a_run_without_a_new_trace(
    batch: LabelBatch, classifier: Classifier
) -> None:
    control = make_control(classifier, max_steps=9, learning_rate=0.02, **OFF)

    def turn(**settings: str) -> Callable[[], object]:
        return lambda: control.change(descent=dataclasses.replace(control.live().descent, **settings))

    acts = at_steps(
        {
            3: turn(objective="logit", optimiser="sign"),
            6: turn(objective="margin", optimiser="normalised"),
        }
    )
    saves, _ = run_to_end([batch], control, acts)
    assert batch.cost.traces == 1
    values = [save.costs[0].of("misclassification", "").slot_values for save in saves]
    np.testing.assert_allclose(values[3], 1 - saves[3].probabilities[0], atol=1e-6)
    logits = classifier.logits(saves[4].images[0])
    np.testing.assert_allclose(values[4], -logits[:, 1], rtol=1e-5)
    logits = classifier.logits(saves[7].images[0])
    np.testing.assert_allclose(values[7], np.delete(logits, 1, axis=1).max(axis=1) - logits[:, 1], atol=1e-5)
    changes = np.stack([later.images[0] - earlier.images[0] for earlier, later in itertools.pairwise(saves)])
    inside = np.abs(saves[4].images[0] - 0.5) < 0.48
    assert set(np.abs(changes[4][inside]).round(5)) <= {np.float32(0), np.float32(0.02)}
    assert changes[4][inside].any()
    lengths = np.sqrt((changes[7] ** 2).sum(axis=(1, 2, 3)))
    np.testing.assert_array_less(lengths, 0.02 + 1e-6)
    assert [event.descent.objective for save in saves for event in save.events] == ["logit", "margin"]
