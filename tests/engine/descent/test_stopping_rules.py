from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from descents import at_steps, run_to_end
from pixel_cost import FALLS, NO_LAYERS, RISES, STAYS, pixel_batch, pixel_control

from fooler_gui.core.save import (
    STOPPED_BY_ACTIVATION,
    STOPPED_BY_PROBABILITY,
    STOPPED_BY_STEPS,
    STOPPED_BY_TOLERANCE,
    STOPPED_BY_USER,
)
from fooler_gui.core.slot_actions import PinSlot, SetSlotImage


def test_a_run_stops_once_every_slot_is_above_the_minimum_probability() -> None:
    saves, finished = run_to_end([pixel_batch([0.90, 0.95], [RISES] * 2)], pixel_control(min_probability=0.925))
    assert finished.stopped_by == (STOPPED_BY_PROBABILITY,)
    assert finished.steps == 3
    assert saves[-1].done.all()
    assert [save.stopped_by[0] for save in saves] == ["", "", "", STOPPED_BY_PROBABILITY]


def test_a_run_stops_once_the_mean_is_above_the_mean_probability() -> None:
    control = pixel_control(mean_probability=0.7225, reinitialise_below=0.0)
    _, finished = run_to_end([pixel_batch([0.9, 0.5], [RISES, STAYS])], control)
    assert finished.stopped_by == (STOPPED_BY_PROBABILITY,)
    assert finished.steps == 5


UNIT = {"objective": "unit", "unit": "fc:0"}


def test_with_the_objective_unit_a_run_stops_once_every_activation_is_over_its_goal() -> None:
    # The activations are ten times the pixels, which move by 0.01 a step.
    control = pixel_control(**UNIT, unit_done=9.25, min_probability=0.5, mean_probability=0.5)
    saves, finished = run_to_end([pixel_batch([0.90, 0.95], [RISES] * 2)], control)
    assert (finished.stopped_by, finished.steps) == ((STOPPED_BY_ACTIVATION,), 3)
    assert [save.done[0].tolist() for save in saves] == [[False, True]] * 3 + [[True, True]]
    assert saves[-1].activations is not None
    np.testing.assert_allclose(saves[-1].activations, [[9.3, 9.8]], rtol=1e-5)


def test_without_an_activation_goal_a_run_makes_all_its_steps() -> None:
    control = pixel_control(**UNIT, max_steps=4)
    saves, finished = run_to_end([pixel_batch([0.90, 0.95], [RISES] * 2)], control)
    assert (finished.stopped_by, finished.steps) == ((STOPPED_BY_STEPS,), 4)
    assert not any(save.done.any() for save in saves)


def test_an_activation_goal_stops_no_run_before_its_least_steps_and_pinned_slots_do_not_count() -> None:
    batch = pixel_batch([0.9, 0.1], [RISES] * 2)
    batch.act(PinSlot(label=0, slot=1, pinned=True))
    control = pixel_control(**UNIT, unit_done=5.0, min_steps=2, reinitialise_below=0.0)
    _, finished = run_to_end([batch], control)
    assert (finished.stopped_by, finished.steps) == ((STOPPED_BY_ACTIVATION,), 2)


def test_a_history_is_of_one_unit_alone() -> None:
    # At the third save of a falling slot it is reinitialised; another unit, or none, starts its history anew.
    batch, control = pixel_batch([0.5], [FALLS]), pixel_control(max_steps=8, **UNIT, unit_done=9.0)

    def turn(**settings: str) -> None:
        control.change(descent=dataclasses.replace(control.live().descent, **settings))

    acts = at_steps({1: lambda: turn(unit="fc:1"), 3: lambda: turn(objective="probability")})
    saves, _ = run_to_end([batch], control, acts)
    first = next(save.step for save in saves if save.reinitialised.any())
    assert first == 6
    assert [save.activations is None for save in saves[:6]] == [False] * 4 + [True] * 2


def test_probabilities_that_equal_a_threshold_are_not_above_it() -> None:
    control = pixel_control(min_probability=0.5, mean_probability=0.5, reinitialise_below=0.0, max_steps=4)
    _, finished = run_to_end([pixel_batch([0.5, 0.5], [STAYS] * 2)], control)
    assert finished.stopped_by == (STOPPED_BY_STEPS,)


def test_a_run_whose_start_images_are_sure_stops_at_step_zero() -> None:
    saves, finished = run_to_end([pixel_batch([0.9995], [RISES])], pixel_control())
    assert finished.steps == 0
    assert finished.stopped_by == (STOPPED_BY_PROBABILITY,)
    assert len(saves) == 1


@pytest.mark.parametrize(("min_steps", "frequency", "end"), [(4, 1, 4), (4, 3, 6), (6, 3, 6), (0, 3, 0)])
def test_probabilities_do_not_stop_a_run_before_its_least_steps(min_steps: int, frequency: int, end: int) -> None:
    control = pixel_control(min_steps=min_steps, save_frequency=frequency)
    _, finished = run_to_end([pixel_batch([0.9995], [STAYS])], control)
    assert finished.steps == end
    assert finished.stopped_by == (STOPPED_BY_PROBABILITY,)


@pytest.mark.parametrize("frequency", [1, 3, 5, 60])
def test_a_run_stops_at_its_most_steps_whatever_the_save_frequency(frequency: int) -> None:
    control = pixel_control(max_steps=10, save_frequency=frequency, reinitialise_below=0.0)
    saves, finished = run_to_end([pixel_batch([0.2], [RISES])], control)
    assert finished.steps == saves[-1].step == 10
    assert finished.stopped_by == (STOPPED_BY_STEPS,)


def test_the_most_steps_stop_a_run_before_its_least_steps() -> None:
    control = pixel_control(min_steps=50, max_steps=5, reinitialise_below=0.0)
    _, finished = run_to_end([pixel_batch([1.0], [STAYS])], control)
    assert finished.steps == 5
    assert finished.stopped_by == (STOPPED_BY_STEPS,)


def test_a_run_stops_when_its_cost_changes_by_less_than_the_tolerance_in_a_step() -> None:
    control = pixel_control(tolerance=0.02, reinitialise_below=0.0)
    _, finished = run_to_end([pixel_batch([0.2], [RISES])], control)
    assert finished.stopped_by == (STOPPED_BY_TOLERANCE,)
    assert finished.steps == 1


def test_a_cost_that_changes_by_more_than_the_tolerance_goes_on() -> None:
    control = pixel_control(tolerance=0.005, max_steps=9, reinitialise_below=0.0)
    _, finished = run_to_end([pixel_batch([0.2], [RISES])], control)
    assert finished.stopped_by == (STOPPED_BY_STEPS,)


def test_the_tolerance_is_of_one_step_and_not_of_one_save() -> None:
    control = pixel_control(tolerance=0.015, save_frequency=5, max_steps=20, reinitialise_below=0.0)
    _, finished = run_to_end([pixel_batch([0.2], [RISES])], control)
    assert finished.stopped_by == (STOPPED_BY_TOLERANCE,)
    assert finished.steps == 5


def test_a_tolerance_of_zero_never_stops_a_run() -> None:
    control = pixel_control(max_steps=5, reinitialise_below=0.0)
    _, finished = run_to_end([pixel_batch([0.2], [STAYS])], control)
    assert finished.stopped_by == (STOPPED_BY_STEPS,)


def test_new_noise_does_not_count_as_a_cost_that_no_longer_changes() -> None:
    batch = pixel_batch([0.2, 0.3], [STAYS, STAYS])
    control = pixel_control(tolerance=1e-9, max_steps=5, save_frequency=5, reinitialise_below=0.0)
    image = np.full((1, 1, 1), 0.7, np.float32)
    _, finished = run_to_end(
        [batch], control, at_steps({0: lambda: control.act_on_slot(SetSlotImage(label=0, slot=0, image=image))})
    )
    assert finished.steps == 5


def test_changed_coefficients_do_not_count_as_a_cost_that_changed_little() -> None:
    # Under a hundredth of the coefficient every step's change is below the tolerance; the change itself is not.
    control = pixel_control(tolerance=0.005, max_steps=9, reinitialise_below=0.0)
    weak = NO_LAYERS.with_terms(misclassification=0.01)
    saves, finished = run_to_end(
        [pixel_batch([0.2], [RISES])], control, at_steps({3: lambda: control.change(coefficients=weak)})
    )
    assert finished.stopped_by == (STOPPED_BY_TOLERANCE,)
    assert saves[-1].step == 4


def test_keep_refining_goes_on_past_every_rule_until_it_is_stopped() -> None:
    batch = pixel_batch([0.9995], [STAYS])
    control = pixel_control(keep_refining=True, max_steps=3, tolerance=1.0)
    saves, finished = run_to_end([batch], control, at_steps({12: control.stop}))
    assert finished.stopped_by == (STOPPED_BY_USER,)
    assert finished.steps == 12
    assert saves[0].done.all()


def test_a_run_that_no_longer_keeps_refining_ends_at_the_next_save() -> None:
    control = pixel_control(keep_refining=True, max_steps=3, reinitialise_below=0.0)
    ending = dataclasses.replace(control.live().descent, keep_refining=False)
    _, finished = run_to_end(
        [pixel_batch([0.1], [RISES])], control, at_steps({8: lambda: control.change(descent=ending)})
    )
    assert finished.stopped_by == (STOPPED_BY_STEPS,)
    assert finished.steps == 9


def test_a_lowered_threshold_stops_a_run_at_the_next_save() -> None:
    control = pixel_control(reinitialise_below=0.0)
    easier = dataclasses.replace(control.live().descent, min_probability=0.4)
    saves, finished = run_to_end(
        [pixel_batch([0.5], [RISES])], control, at_steps({2: lambda: control.change(descent=easier)})
    )
    assert finished.steps == 3
    assert (saves[-1].revision, saves[-1].applied) == (1, ((1, 3),))


def test_raised_most_steps_let_a_run_go_on() -> None:
    control = pixel_control(max_steps=5, reinitialise_below=0.0)
    longer = dataclasses.replace(control.live().descent, max_steps=8)
    _, finished = run_to_end(
        [pixel_batch([0.1], [RISES])], control, at_steps({4: lambda: control.change(descent=longer)})
    )
    assert finished.steps == 8


def test_each_label_stops_by_its_own_rules_and_then_no_longer_changes() -> None:
    early = pixel_batch([0.97, 0.98], [RISES] * 2, label=3)
    late = pixel_batch([0.90, 0.98], [RISES] * 2, label=7)
    never = pixel_batch([0.1, 0.1], [RISES] * 2, label=5)
    saves, finished = run_to_end([early, late, never], pixel_control(min_probability=0.985, max_steps=20))
    assert saves[0].labels == (3, 7, 5)
    assert finished.stopped_by == (STOPPED_BY_PROBABILITY, STOPPED_BY_PROBABILITY, STOPPED_BY_STEPS)
    stops = [next(save.step for save in saves if save.stopped_by[index]) for index in range(3)]
    assert stops == [2, 9, 20]
    for save in saves[2:]:
        np.testing.assert_array_equal(save.images[0], saves[2].images[0])
        np.testing.assert_array_equal(save.probabilities[0], saves[2].probabilities[0])


def test_a_stopped_label_is_not_reinitialised() -> None:
    stopped = pixel_batch([0.95, 0.95], [FALLS] * 2, label=0)
    going = pixel_batch([0.1, 0.1], [RISES] * 2, label=1)
    saves, _ = run_to_end([stopped, going], pixel_control(min_probability=0.94, max_steps=10))
    assert saves[0].stopped_by == (STOPPED_BY_PROBABILITY, "")
    assert saves[-1].reinitialisations[0].tolist() == [0, 0]


def test_a_stop_names_the_person_only_where_no_rule_had_stopped_already() -> None:
    sure, unsure = pixel_batch([0.9995], [STAYS]), pixel_batch([0.1], [RISES], label=1)
    control = pixel_control()
    _, finished = run_to_end([sure, unsure], control, at_steps({4: control.stop}))
    assert finished.stopped_by == (STOPPED_BY_PROBABILITY, STOPPED_BY_USER)


def test_a_pinned_slot_does_not_count_for_the_probabilities() -> None:
    batch = pixel_batch([0.98, 0.2], [RISES, RISES])
    control = pixel_control(min_probability=0.985)
    control.act_on_slot(PinSlot(label=0, slot=1, pinned=True))
    saves, finished = run_to_end([batch], control)
    assert finished.stopped_by == (STOPPED_BY_PROBABILITY,)
    assert finished.steps == 1
    assert saves[-1].probabilities[0, 1] == np.float32(0.2)


def test_a_batch_of_pinned_slots_alone_is_judged_by_them() -> None:
    batch = pixel_batch([0.5, 0.5], [RISES] * 2)
    control = pixel_control(max_steps=6)
    for slot in range(2):
        control.act_on_slot(PinSlot(label=0, slot=slot, pinned=True))
    saves, finished = run_to_end([batch], control)
    assert finished.stopped_by == (STOPPED_BY_STEPS,)
    np.testing.assert_array_equal(saves[-1].images, saves[0].images)
