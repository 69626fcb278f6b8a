from __future__ import annotations

import numpy as np
import pytest
from descents import at_steps, run_to_end
from pixel_cost import FALLS, RISES, STAYS, PixelCost, pixel_batch, pixel_control

from fooler_gui.core.save import Save
from fooler_gui.core.settings import MethodSettings
from fooler_gui.core.slot_actions import PinSlot, SetSlotImage
from fooler_gui.data.starts import slot_rng
from fooler_gui.engine.descent.label_batch import LabelBatch

SLOW = {"learning_rate": 1e-3}


def reinitialised_at(saves: list[Save], slot: int = 0, label: int = 0) -> list[int]:
    return [save.step for save in saves if save.reinitialised[label, slot]]


def cost_of(batch: LabelBatch) -> PixelCost:
    cost = batch.cost
    assert isinstance(cost, PixelCost)
    return cost


def test_a_slot_that_falls_over_three_saves_is_reinitialised_and_its_history_starts_anew() -> None:
    saves, _ = run_to_end([pixel_batch([0.8, 0.1], [FALLS, RISES])], pixel_control(max_steps=13, **SLOW))
    assert reinitialised_at(saves, 0) == [2, 5, 8, 11]
    assert reinitialised_at(saves, 1) == []
    assert saves[-1].reinitialisations.tolist() == [[4, 0]]


def test_a_probability_that_stays_counts_as_falling() -> None:
    saves, _ = run_to_end([pixel_batch([0.5, 0.5], [STAYS, STAYS])], pixel_control(max_steps=7))
    assert reinitialised_at(saves, 0) == reinitialised_at(saves, 1) == [2, 5]


def test_the_window_is_counted_in_saves_and_not_in_steps() -> None:
    control = pixel_control(max_steps=21, save_frequency=4, **SLOW)
    saves, _ = run_to_end([pixel_batch([0.8], [FALLS])], control)
    assert [save.step for save in saves] == [0, 4, 8, 12, 16, 20, 21]
    assert reinitialised_at(saves) == [8, 20]


@pytest.mark.parametrize("window", [2, 5])
def test_the_window_is_as_long_as_the_setting_says(window: int) -> None:
    control = pixel_control(max_steps=12, num_mono_dec_saves=window, **SLOW)
    saves, _ = run_to_end([pixel_batch([0.8], [FALLS])], control)
    assert reinitialised_at(saves) == list(range(window - 1, 12, window))


def test_one_rise_within_the_window_spares_the_slot() -> None:
    batch = pixel_batch([0.8], [FALLS])
    cost = cost_of(batch)

    def turn(save: Save) -> None:
        # Falls, falls, rises, falls ...: three saves in a row always hold a rise. Adam's momentum is no matter here,
        # as the image is set, not stepped.
        level = 0.5 + 0.1 * (save.step % 2)
        batch.images = np.full_like(batch.images, level)

    cost.directions[:] = STAYS
    saves, _ = run_to_end([batch], pixel_control(max_steps=12), turn)
    assert reinitialised_at(saves) == []


def test_the_save_shows_the_image_that_goes_and_the_next_one_the_noise_that_came() -> None:
    saves, _ = run_to_end([pixel_batch([0.8, 0.1], [FALLS, RISES])], pixel_control(max_steps=4, **SLOW))
    before, after = saves[2], saves[3]
    assert before.probabilities[0, 0] == pytest.approx(0.798)
    assert before.images[0, 0] == pytest.approx(0.798)
    assert before.reinitialisations[0].tolist() == [1, 0]
    assert abs(float(after.images[0, 0, 0, 0, 0]) - 0.797) > 0.01
    assert after.probabilities[0, 1] == pytest.approx(0.103)
    assert not after.reinitialised.any()
    assert after.reinitialisations[0].tolist() == [1, 0]


def test_a_slot_above_the_limit_is_not_reinitialised_until_it_falls_below() -> None:
    saves, _ = run_to_end([pixel_batch([0.995, 0.1], [FALLS, RISES])], pixel_control(max_steps=8, **SLOW))
    assert reinitialised_at(saves) == [6]
    assert saves[6].probabilities[0, 0] < 0.99 < saves[4].probabilities[0, 0]


def test_no_slot_is_reinitialised_at_the_save_that_ends_the_run() -> None:
    saves, _ = run_to_end([pixel_batch([0.8], [FALLS])], pixel_control(max_steps=2, **SLOW))
    assert reinitialised_at(saves) == []
    assert saves[-1].step == 2


def test_a_limit_of_zero_turns_reinitialisation_off() -> None:
    saves, _ = run_to_end([pixel_batch([0.8], [FALLS])], pixel_control(max_steps=20, reinitialise_below=0.0))
    assert saves[-1].reinitialisations.sum() == 0


def test_slots_are_reinitialised_while_a_run_keeps_refining() -> None:
    control = pixel_control(keep_refining=True, **SLOW)
    saves, _ = run_to_end([pixel_batch([0.8], [FALLS])], control, at_steps({9: control.stop}))
    assert reinitialised_at(saves) == [2, 5, 8]


def test_a_pinned_slot_is_not_reinitialised() -> None:
    control = pixel_control(max_steps=9)
    control.act_on_slot(PinSlot(label=0, slot=0, pinned=True))
    saves, _ = run_to_end([pixel_batch([0.5, 0.5], [FALLS, FALLS])], control)
    assert reinitialised_at(saves, 0) == []
    assert reinitialised_at(saves, 1) == [2, 5, 8]
    assert {float(save.images[0, 0, 0, 0, 0]) for save in saves} == {0.5}


def test_an_image_put_into_a_slot_starts_its_history_anew() -> None:
    control = pixel_control(max_steps=6, **SLOW)
    image = np.full((1, 1, 1), 0.6, np.float32)
    saves, _ = run_to_end(
        [pixel_batch([0.8], [FALLS])],
        control,
        at_steps({1: lambda: control.act_on_slot(SetSlotImage(label=0, slot=0, image=image))}),
    )
    assert reinitialised_at(saves) == [4]


@pytest.mark.parametrize("fresh", [True, False])
def test_a_reinitialised_slot_has_fresh_moments_or_keeps_its_own_as_the_method_says(fresh: bool) -> None:
    batch = pixel_batch([0.8], [FALLS], method=MethodSettings(fresh_moments=fresh, keep_in_range=False))
    cost = cost_of(batch)
    noise: list[float] = []

    def turn_after_reinitialisation(save: Save) -> None:
        if save.reinitialised.any():
            cost.directions[:] = RISES

    def note(save: Save) -> None:
        turn_after_reinitialisation(save)
        noise.append(float(save.images[0, 0, 0, 0, 0]))

    saves, _ = run_to_end([batch], pixel_control(max_steps=4), note)
    assert reinitialised_at(saves) == [2]
    start = float(slot_rng(0, 0).random((1, 1, 1, 1), np.float32)[0, 0, 0, 0])
    moved = noise[3] - start
    if fresh:
        assert moved == pytest.approx(0.01, rel=1e-4)
    else:
        # Two steps of +1 and one of -1: m = 0.9 * 0.19 - 0.1 = 0.071, corrected by 1 - 0.9 ** 3 = 0.271.
        assert moved == pytest.approx(-0.01 * 0.071 / 0.271, rel=1e-3)


def test_fresh_noise_is_the_same_for_the_same_seed_and_differs_each_time() -> None:
    runs = []
    for _ in range(2):
        saves, _ = run_to_end([pixel_batch([0.8], [FALLS])], pixel_control(max_steps=12, **SLOW))
        runs.append([float(save.images[0, 0, 0, 0, 0]) for save in saves])
    assert runs[0] == runs[1]
    fresh = [runs[0][step + 1] for step in (2, 5, 8)]
    assert len({round(value, 2) for value in fresh}) == 3
