from __future__ import annotations

import keras
import numpy as np
import pytest
from generators import outcome
from tiny import make_batch, make_classifier, make_control, noise

from fooler_gui.core.attack_settings import AttackSettings
from fooler_gui.core.objectives import MARGIN, PROBABILITY
from fooler_gui.core.optimiser_names import ADAM, SIGN
from fooler_gui.core.run_control import RunControl
from fooler_gui.core.settings import MethodSettings, no_penalties
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.descent import fresh_attack
from fooler_gui.engine.descent.attack import Attack, Driven, drive, drive_together
from fooler_gui.engine.descent.descent import descend
from fooler_gui.engine.descent.fresh_attack import drive_fresh, judge_of
from fooler_gui.engine.mending import honesty
from fooler_gui.engine.mending.honesty import honesty_checks
from fooler_gui.engine.nets.classifier import Classifier

WEIGHTS = np.array([[1, -1, 0.5], [2, 0, -1], [0, 3, 1], [-2, 1, 0]], np.float32)


def linear_classifier() -> Classifier:
    """Softmax of ``x @ WEIGHTS`` for images of 2 × 2 pixels."""
    images = keras.Input((2, 2, 1))
    logits = keras.layers.Dense(3, use_bias=False)(keras.layers.Flatten()(images))
    network = keras.Model(images, keras.layers.Softmax()(logits))
    network.set_weights([WEIGHTS])
    return Classifier(network, ("a", "b", "c"))


def softmax(images: np.ndarray) -> np.ndarray:
    powers = np.exp(images.reshape(len(images), -1).astype(np.float64) @ WEIGHTS)
    return powers / powers.sum(axis=1, keepdims=True)


def last(driven: list[Driven]) -> Driven:
    return driven[-1]


def test_the_gradient_of_the_probability_worked_by_hand() -> None:
    images, labels = noise((5, 2, 2, 1)), np.array([0, 1, 2, 1, 0])
    probabilities, gradient = linear_classifier().label_gradient(images, labels)
    p = softmax(images)
    own = p[np.arange(5), labels]
    np.testing.assert_allclose(probabilities, own, rtol=1e-5)
    expected = own[:, np.newaxis] * (WEIGHTS[:, labels].T - p @ WEIGHTS.T)
    np.testing.assert_allclose(gradient.reshape(5, 4), expected, rtol=1e-4, atol=1e-6)


def test_the_gradient_of_the_margin_is_that_of_the_lead_over_the_greatest_other() -> None:
    image = np.array([1, 0, 0, 0], np.float32).reshape(1, 2, 2, 1)  # logits 1, -1, 0.5
    for label, other in ((0, 2), (1, 0), (2, 0)):
        _, gradient = linear_classifier().label_gradient(image, np.array([label]), MARGIN)
        np.testing.assert_allclose(gradient.ravel(), WEIGHTS[:, label] - WEIGHTS[:, other], atol=1e-6)


def test_leads_come_with_probabilities_and_their_gradient() -> None:
    image = np.repeat(np.array([1, 0, 0, 0], np.float32).reshape(1, 2, 2, 1), 3, axis=0)  # logits 1, -1, 0.5
    labels = np.array([0, 1, 2])
    net = linear_classifier()
    leads, probabilities, gradient = net.lead_gradient(image, labels)
    np.testing.assert_allclose(leads, [0.5, -2, -0.5], atol=1e-6)
    np.testing.assert_allclose(probabilities, softmax(image[:1])[0], rtol=1e-5)
    np.testing.assert_array_equal(gradient, net.label_gradient(image, labels, MARGIN)[1])


def test_the_margin_has_a_gradient_where_the_probability_has_none() -> None:
    saturated = linear_classifier()
    saturated.network.set_weights([1e4 * WEIGHTS])
    image, label = np.full((1, 2, 2, 1), 0.5, np.float32), np.array([2])
    assert not saturated.label_gradient(image, label)[1].any()
    assert saturated.label_gradient(image, label, MARGIN)[1].any()
    start = last(list(drive(saturated, image, label, AttackSettings(steps=3))))
    assert start.zero_gradients.tolist() == [True]
    assert start.gradient_norms.tolist() == [0]


def test_steps_by_the_sign_are_equal_steps_within_the_range() -> None:
    images, labels = np.full((1, 2, 2, 1), 0.5, np.float32), np.array([0])
    settings = AttackSettings(steps=3, learning_rate=0.2, optimiser=SIGN, threshold=1.0)
    driven = list(drive(linear_classifier(), images, labels, settings))
    assert [state.step for state in driven] == [0, 1, 2, 3]
    gradient_signs = np.array([1, 1, -1, -1])
    for state in driven:
        expected = np.clip(0.5 + 0.2 * state.step * gradient_signs, 0, 1)
        np.testing.assert_allclose(state.images.ravel(), expected, atol=1e-6)
        np.testing.assert_allclose(state.probabilities, softmax(state.images)[:, 0], rtol=1e-5)


def test_an_image_stays_as_it_was_when_it_was_first_sure() -> None:
    images, labels = noise((6, 2, 2, 1), 3), np.array([0, 1, 2, 0, 1, 2])
    settings = AttackSettings(steps=120, learning_rate=0.02, threshold=0.6)
    driven = list(drive(linear_classifier(), images, labels, settings))
    end = last(driven)
    by_hand = np.stack([state.probabilities for state in driven]) > settings.threshold
    assert by_hand.any(axis=0).any()
    for slot in range(6):
        first = int(by_hand[:, slot].argmax()) if by_hand[:, slot].any() else -1
        assert end.over_at[slot] == first
        if first >= 0:
            np.testing.assert_array_equal(end.images[slot], driven[first].images[slot])


def test_images_that_go_on_change_after_they_are_sure() -> None:
    images, labels = noise((3, 2, 2, 1), 3), np.array([0, 1, 2])
    settings = AttackSettings(steps=60, learning_rate=0.02, threshold=0.5)
    net = linear_classifier()
    stopping, going_on = (last(list(drive(net, images, labels, settings, go_on=on))) for on in (False, True))
    np.testing.assert_array_equal(stopping.over_at, going_on.over_at)
    assert going_on.step == 60
    assert (going_on.probabilities >= stopping.probabilities).all()
    assert (going_on.probabilities > stopping.probabilities).any()


def test_all_sure_at_the_start_takes_no_step() -> None:
    driven = list(drive(linear_classifier(), noise((2, 2, 2, 1)), np.zeros(2, int), AttackSettings(threshold=0)))
    assert [state.step for state in driven] == [0]
    assert driven[0].over_at.tolist() == [0, 0]


def test_it_is_the_descent_without_penalties(classifier: Classifier, dataset: Dataset) -> None:
    cost = CostFunction(classifier, MethodSettings(), layers=())
    batch = make_batch(cost, dataset, label=1, slots=3)
    starts = batch.images
    # Three times the mean over three slots has the gradient of each alone.
    alone = no_penalties(classifier.recorded_layers).with_terms(misclassification=3.0)
    control = make_control(classifier, alone, max_steps=40, reinitialise_below=0.0, min_probability=1.0)
    saves = list(descend([batch], control))
    settings = AttackSettings(steps=40, optimiser=ADAM, threshold=1.0)
    driven = list(drive(classifier, starts, np.ones(3, int), settings))
    assert len(driven) == len(saves)
    for mine, save in zip(driven, saves, strict=True):
        np.testing.assert_allclose(mine.images, save.images[0], atol=1e-5)
        np.testing.assert_allclose(mine.probabilities, save.probabilities[0], atol=1e-4)


def test_an_image_is_driven_the_same_alone_and_beside_others() -> None:
    net, settings = make_classifier(), AttackSettings(steps=20)
    images, labels = noise((5, 8, 8, 1), 6), np.array([0, 1, 2, 1, 0])
    together = last(list(drive(net, images, labels, settings)))
    pair = last(list(drive(net, images[1:3], labels[1:3], settings)))
    np.testing.assert_allclose(pair.images, together.images[1:3], atol=1e-5)
    np.testing.assert_array_equal(pair.over_at, together.over_at[1:3])


def several_attacks(classifier: Classifier) -> list[Attack]:
    """Attacks of 3, 2, 4 and 2 images that differ in everything."""
    rate = 0.05
    settings = [
        AttackSettings(steps=12, learning_rate=rate),
        AttackSettings(steps=5, learning_rate=rate, objective=MARGIN),
        AttackSettings(steps=9, learning_rate=rate, threshold=0.5),
        AttackSettings(steps=7, learning_rate=rate, optimiser=SIGN),
    ]
    counts, shape = (3, 2, 4, 2), classifier.input_shape
    return [
        Attack(noise((count, *shape), seed), np.arange(count) % 3, each, go_on=seed == 0)
        for seed, (count, each) in enumerate(zip(counts, settings, strict=True))
    ]


@pytest.mark.parametrize("room", [1, 5, 6, 7, 250])
def test_attacks_made_together_end_as_each_alone(room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    net = make_classifier()
    attacks = several_attacks(net)
    alone = [last(list(drive(net, each.images, each.labels, each.settings, go_on=each.go_on))) for each in attacks]
    monkeypatch.setattr(Classifier, "chunk", room)
    together, ends = outcome(drive_together(net, attacks))
    assert ends == together[-1]
    for end, single in zip(ends, alone, strict=True):
        assert end.step == single.step
        np.testing.assert_array_equal(end.over_at, single.over_at)
        np.testing.assert_allclose(end.images, single.images, atol=1e-5)
        np.testing.assert_allclose(end.probabilities, single.probabilities, atol=1e-5)
        np.testing.assert_allclose(end.gradient, single.gradient, atol=1e-5)
    assert ends[2].over.any()


@pytest.mark.parametrize(
    ("room", "begun_at", "steps"),
    [
        (250, [0, 0, 0, 0], 10),
        (7, [0, 0, 6, 11], 17),
        (6, [0, 0, 11, 11], 20),
        (1, [0, 11, 17, 27], 33),
    ],
)
def test_attacks_begin_in_order_as_soon_as_there_is_room(
    room: int, begun_at: list[int], steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = linear_classifier()
    monkeypatch.setattr(Classifier, "chunk", room)
    counts = [(3, 10), (2, 5), (4, 9), (2, 6)]
    attacks = [
        Attack(noise((count, 2, 2, 1)), np.zeros(count, int), AttackSettings(steps=most, threshold=1.0))
        for count, most in counts
    ]
    states = list(drive_together(net, attacks))
    begun = [next(at for at, state in enumerate(states) if state[place].step == 0) for place in range(4)]
    assert begun == begun_at
    assert len(states) == steps + 1
    assert [end.step for end in states[-1]] == [10, 5, 9, 6]
    for state in states:
        moving = sum(count for driven, (count, most) in zip(state, counts, strict=True) if 0 <= driven.step < most)
        assert moving <= max(room, 4)


def test_an_attack_that_is_over_at_its_start_makes_room_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Classifier, "chunk", 2)
    sure, unsure = AttackSettings(steps=3, threshold=0.0), AttackSettings(steps=1, threshold=1.0)
    images, labels = noise((2, 2, 2, 1)), np.zeros(2, int)
    attacks = [Attack(images, labels, sure), Attack(images, labels, unsure)]
    states = list(drive_together(linear_classifier(), attacks))
    assert [[driven.step for driven in state] for state in states] == [[0, -1], [0, 0], [0, 1]]
    np.testing.assert_array_equal(states[-1][0].images, images)


def test_attacks_share_the_calls_of_an_objective(monkeypatch: pytest.MonkeyPatch) -> None:
    net, calls = make_classifier(), []
    evaluated = net.label_gradient

    def counted(images: np.ndarray, labels: np.ndarray, objective: str) -> tuple[np.ndarray, np.ndarray]:
        calls.append((objective, len(images)))
        return evaluated(images, labels, objective)

    monkeypatch.setattr(net, "label_gradient", counted)
    attacks = several_attacks(net)
    states = list(drive_together(net, attacks))
    assert calls[:2] == [(PROBABILITY, 9), (MARGIN, 2)]
    assert len(calls) == 13 + 6
    assert len(states) == 13


@pytest.mark.parametrize(("noted_at", "step"), [(0, 0), (3, 3), (100, 6)])
def test_the_state_of_fresh_noise_is_noted_on_its_way(
    noted_at: int, step: int, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fresh_attack, "WITHIN", (2, 4, 6))
    net = make_classifier()
    _, fresh = outcome(drive_fresh(net, judge_of(net), dataset, 0, 0, RunControl(), noted_at))
    labels = np.repeat(np.arange(3), 8)
    states = list(drive(net, fresh.noise, labels, AttackSettings(steps=6)))
    assert fresh.noted.step == states[step].step == step
    np.testing.assert_allclose(fresh.noted.images, states[step].images, atol=1e-5)
    np.testing.assert_allclose(fresh.noted.gradient, states[step].gradient, atol=1e-5)
    part = fresh.noted.of(np.array([9, 2]))
    assert part.step == step
    for name in ("images", "probabilities", "over_at", "gradient"):
        np.testing.assert_array_equal(getattr(part, name), getattr(fresh.noted, name)[[9, 2]])


def test_several_attacks_on_a_classifier_trace_its_gradient_once(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fresh_attack, "WITHIN", (2, 4, 6))
    net, labels = make_classifier(), np.array([0, 1, 2])
    for seed in range(3):
        list(drive(net, noise((3, 8, 8, 1), seed), labels, AttackSettings(steps=4, threshold=0.3 + 0.2 * seed)))
    list(drive_fresh(net, judge_of(make_classifier()), dataset, 0, 0, RunControl()))
    assert net.gradient_traces == 1
    list(drive(net, noise((3, 8, 8, 1)), labels, AttackSettings(steps=4, objective=MARGIN)))
    assert net.gradient_traces == 2


def test_honesty_checks_trace_each_objective_of_a_classifier_once(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(honesty, "STEPS", 2)
    net, former = make_classifier(), make_classifier(rng_seed=5)
    list(honesty_checks(net, former, dataset, 0, 0, RunControl()))
    assert (net.gradient_traces, former.gradient_traces) == (2, 1)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_any_number_of_images_has_a_gradient_each(classifier: Classifier, count: int) -> None:
    probabilities, gradient = classifier.label_gradient(noise((count, 8, 8, 1)), np.zeros(count, int))
    assert probabilities.shape == (count,)
    assert gradient.shape == (count, 8, 8, 1)
