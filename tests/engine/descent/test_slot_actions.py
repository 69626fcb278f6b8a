from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from descents import at_steps, run_to_end
from pixel_cost import RISES, STAYS, pixel_batch, pixel_control
from tiny import make_batch, make_control, noise

from fooler_gui.core.save import STOPPED_BY_PROBABILITY
from fooler_gui.core.settings import METHODS, MethodSettings, SettingError
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot, SetSlotImage
from fooler_gui.data.dataset import Dataset
from fooler_gui.engine.cost.cost_function import CostFunction
from fooler_gui.engine.descent.descent import descend
from fooler_gui.engine.nets.classifier import Classifier

CostOf = Callable[[MethodSettings], CostFunction]
OFF = {"min_probability": 1.0, "reinitialise_below": 0.0}


def pixel(value: float) -> np.ndarray:
    return np.full((1, 1, 1), value, np.float32)


@pytest.mark.parametrize("preset", ["article", "2016"])
def test_a_pinned_slot_is_unchanged_to_the_bit_while_the_others_move(
    preset: str, cost_of: CostOf, dataset: Dataset, classifier: Classifier
) -> None:
    method = METHODS[preset]
    images = noise((3, 8, 8, 1))
    images[1, :4] = -0.0  # a bit that adding nothing would lose
    batch = make_batch(cost_of(method), dataset, method=method, images=images)
    control = make_control(classifier, max_steps=6, **OFF)
    control.act_on_slot(PinSlot(label=1, slot=1, pinned=True))
    saves, _ = run_to_end([batch], control)
    assert {save.images[0, 1].tobytes() for save in saves} == {images[1].tobytes()}
    assert len({save.images[0, 0].tobytes() for save in saves}) == 7
    assert saves[-1].pinned.tolist() == [[False, True, False]]


def test_an_unpinned_slot_moves_again() -> None:
    control = pixel_control(max_steps=6, reinitialise_below=0.0)
    control.act_on_slot(PinSlot(label=0, slot=0, pinned=True))
    unpin = PinSlot(label=0, slot=0, pinned=False)
    saves, _ = run_to_end(
        [pixel_batch([0.2, 0.2], [RISES] * 2)], control, at_steps({3: lambda: control.act_on_slot(unpin)})
    )
    levels = {save.step: float(save.probabilities[0, 0]) for save in saves}
    assert levels[3] == np.float32(0.2)
    assert levels[6] == pytest.approx(0.23)


def test_a_reinitialised_slot_gets_fresh_noise_and_is_counted() -> None:
    control = pixel_control(max_steps=4, reinitialise_below=0.0)
    again = ReinitialiseSlot(label=0, slot=1)
    saves, _ = run_to_end(
        [pixel_batch([0.2, 0.2], [STAYS] * 2)], control, at_steps({2: lambda: control.act_on_slot(again)})
    )
    assert [save.step for save in saves] == [0, 1, 2, 2, 3, 4]
    assert saves[2].reinitialisations.tolist() == [[0, 0]]
    assert saves[3].reinitialisations.tolist() == [[0, 1]]
    assert saves[3].images[0, 1] != saves[2].images[0, 1]
    assert saves[3].images[0, 0] == saves[2].images[0, 0]
    assert saves[3].probabilities[0, 1] == saves[3].images[0, 1, 0, 0, 0]


def test_a_reinitialised_slot_is_undone_and_done_again_with_the_same_noise_and_count() -> None:
    control = pixel_control(paused=True)
    descent = descend([pixel_batch([0.2, 0.3], [RISES] * 2)], control)
    before = next(descent)
    again = ReinitialiseSlot(label=0, slot=1, rng_seed=7)
    undo = SetSlotImage(
        label=0, slot=1, image=before.images[0, 1], reinitialisations=int(before.reinitialisations[0, 1])
    )
    saves = []
    for action in (again, undo, again):
        control.act_on_slot(action)
        saves.append(next(descent))
    done, undone, redone = saves
    assert [save.reinitialisations.tolist() for save in saves] == [[[0, 1]], [[0, 0]], [[0, 1]]]
    assert [save.reinitialised.tolist() for save in saves] == [[[False, True]], [[False, False]], [[False, True]]]
    assert undone.images.tobytes() == before.images.tobytes()
    assert redone.images.tobytes() == done.images.tobytes() != before.images.tobytes()
    control.stop()
    list(descent)


def test_noise_of_a_number_leaves_the_runs_own_stream_alone() -> None:
    own = []
    for numbered in ([], [ReinitialiseSlot(label=0, slot=0, rng_seed=3)]):
        control = pixel_control(paused=True)
        descent = descend([pixel_batch([0.2, 0.3], [RISES] * 2)], control)
        next(descent)
        for action in (*numbered, ReinitialiseSlot(label=0, slot=1)):
            control.act_on_slot(action)
        own.append(next(descent).images[0, 1].tobytes())
        control.stop()
        list(descent)
    assert own[0] == own[1]


def test_noise_of_a_number_is_another_one_in_another_slot() -> None:
    control = pixel_control(paused=True)
    descent = descend([pixel_batch([0.2, 0.3], [RISES] * 2)], control)
    next(descent)
    for slot in (0, 1):
        control.act_on_slot(ReinitialiseSlot(label=0, slot=slot, rng_seed=3))
    first, second = next(descent).images[0].ravel()
    assert first != second
    control.stop()
    list(descent)


def test_a_slot_looked_at_in_pause_between_saves_is_not_saved_again() -> None:
    control = pixel_control(save_frequency=4)
    descent = descend([pixel_batch([0.2], [RISES])], control)
    assert next(descent).step == 0
    control.single_step()
    assert next(descent).step == 1
    control.inspect(0, 0)
    control.single_step()
    assert next(descent).step == 2
    control.stop()
    list(descent)


def test_an_image_set_in_pause_is_saved_at_once_and_without_a_step() -> None:
    control = pixel_control(paused=True)
    descent = descend([pixel_batch([0.2, 0.3], [RISES] * 2)], control)
    assert next(descent).step == 0
    control.act_on_slot(SetSlotImage(label=0, slot=1, image=pixel(0.75)))
    save = next(descent)
    assert save.step == 0
    np.testing.assert_allclose(save.probabilities, [[0.2, 0.75]])
    control.act_on_slot(PinSlot(label=0, slot=0, pinned=True))
    assert next(descent).pinned.tolist() == [[True, False]]
    control.single_step()
    save = next(descent)
    assert save.step == 1
    np.testing.assert_allclose(save.probabilities, [[0.2, 0.76]], rtol=1e-5)
    control.stop()
    list(descent)


def test_several_actions_asked_for_at_once_happen_in_order_with_one_save() -> None:
    control = pixel_control(paused=True)
    descent = descend([pixel_batch([0.2, 0.3], [RISES] * 2)], control)
    next(descent)
    for action in (
        SetSlotImage(label=0, slot=0, image=pixel(0.5)),
        SetSlotImage(label=0, slot=0, image=pixel(0.6)),
        ReinitialiseSlot(label=0, slot=1),
        SetSlotImage(label=0, slot=1, image=pixel(0.7)),
    ):
        control.act_on_slot(action)
    save = next(descent)
    np.testing.assert_allclose(save.probabilities, [[0.6, 0.7]])
    assert save.reinitialisations.tolist() == [[0, 1]]
    control.stop()
    assert len(list(descent)) == 1


def test_an_image_set_into_a_label_that_had_stopped_lets_it_go_on() -> None:
    sure, going = pixel_batch([0.9995, 0.9995], [RISES] * 2), pixel_batch([0.2, 0.2], [RISES] * 2, label=1)
    control = pixel_control(max_steps=12)
    saves, finished = run_to_end(
        [sure, going],
        control,
        at_steps({3: lambda: control.act_on_slot(SetSlotImage(label=0, slot=0, image=pixel(0.95)))}),
    )
    assert [save.stopped_by[0] for save in saves[:4]] == [STOPPED_BY_PROBABILITY] * 4
    assert saves[4].step == 3
    assert saves[4].stopped_by[0] == ""
    assert saves[5].probabilities[0, 0] > saves[4].probabilities[0, 0]
    assert finished.stopped_by[0] == STOPPED_BY_PROBABILITY


def test_the_persons_own_array_is_neither_written_into_nor_kept() -> None:
    control = pixel_control(paused=True)
    descent = descend([pixel_batch([0.2], [RISES])], control)
    next(descent)
    image = pixel(0.4)
    control.act_on_slot(SetSlotImage(label=0, slot=0, image=image))
    save = next(descent)
    image[...] = 0.9
    assert save.images[0, 0, 0, 0, 0] == np.float32(0.4)
    control.single_step()
    assert next(descent).probabilities[0, 0] == pytest.approx(0.41)
    assert image[0, 0, 0] == np.float32(0.9)
    control.stop()
    list(descent)


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        (PinSlot(label=0, slot=2, pinned=True), r"A slot must be from 0 to 1; received 2\."),
        (ReinitialiseSlot(label=0, slot=-1), r"A slot must be from 0 to 1; received -1\."),
        (PinSlot(label=4, slot=0, pinned=True), r"The run has the labels \[0\]; received 4\."),
        (
            SetSlotImage(label=0, slot=0, image=np.zeros((2, 1, 1), np.float32)),
            r"must have the shape \(1, 1, 1\); received \(2, 1, 1\)\.",
        ),
        (
            SetSlotImage(label=0, slot=0, image=pixel(np.nan)),
            r"must be in \[0, 1\]; received values that are not numbers \(NaN\)\.",
        ),
        (SetSlotImage(label=0, slot=0, image=pixel(255.0)), r"must be in \[0, 1\]; received values from 255 to 255\."),
    ],
)
def test_actions_that_cannot_be_done_are_refused_with_a_sentence(action: object, sentence: str) -> None:
    control = pixel_control()
    control.act_on_slot(action)  # type: ignore[arg-type]
    with pytest.raises(SettingError, match=sentence):
        run_to_end([pixel_batch([0.2, 0.2], [RISES] * 2)], control)


def test_an_image_that_is_put_back_is_the_one_that_it_was_even_outside_the_range() -> None:
    control = pixel_control(paused=True)
    descent = descend([pixel_batch([0.2, 0.3], [RISES] * 2)], control)
    next(descent)
    control.act_on_slot(SetSlotImage(label=0, slot=1, image=pixel(1.5), reinitialisations=0))
    assert next(descent).images[0, 1] == np.float32(1.5)
    control.act_on_slot(SetSlotImage(label=0, slot=1, image=pixel(np.nan), reinitialisations=0))
    with pytest.raises(SettingError, match="not numbers"):
        next(descent)
