from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from saves import LAYERS

from fooler_gui.core.run_control import LiveSettings, Next
from fooler_gui.core.run_events import RunEvent, SettingsApplied, SlotActed
from fooler_gui.core.settings import DescentSettings, article_coefficients
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot, SetSlotImage, SlotAction
from fooler_gui.records.replay import Replay

LIVE = LiveSettings(revision=0, coefficients=article_coefficients(LAYERS), descent=DescentSettings())
OTHER = LIVE.coefficients.with_terms(misclassification=2.0)
PIN = PinSlot(label=3, slot=1, pinned=True)
FRESH = ReinitialiseSlot(label=3, slot=0)
IMAGE = SetSlotImage(label=3, slot=2, image=np.zeros((2, 2, 1), np.float32))


def changed(step: int, **changes: object) -> SettingsApplied:
    values = {"coefficients": LIVE.coefficients, "descent": LIVE.descent} | changes
    return SettingsApplied(step=step, revision=1, **values)  # type: ignore[arg-type]


def replay(*events: RunEvent, stop_after: int | None = None) -> Replay:
    return Replay(LIVE, events, stop_after)


def course(control: Replay, steps: int) -> list[tuple[int, Sequence[SlotAction] | LiveSettings | Next]]:
    """Does what `control` asks for, up to so many steps; tells what was done when, and the settings of each step."""
    done, asked = 0, []
    while done < steps:
        match control.next():
            case Next.SLOT_ACTIONS:
                asked.append((done, control.take_slot_actions()))
            case Next.STEP:
                done += 1
                asked.append((done, control.live()))
            case following:
                asked.append((done, following))
                break
    return asked


def test_without_events_every_step_is_made_with_the_same() -> None:
    assert course(replay(), 3) == [(1, LIVE), (2, LIVE), (3, LIVE)]


def test_actions_come_after_the_same_steps_and_in_their_order() -> None:
    events = [SlotActed(step=0, action=PIN), SlotActed(step=2, action=FRESH), SlotActed(step=2, action=IMAGE)]
    assert course(replay(*events), 3) == [(0, [PIN]), (1, LIVE), (2, LIVE), (2, [FRESH]), (2, [IMAGE]), (3, LIVE)]


def test_actions_that_were_done_together_are_done_together() -> None:
    events = [
        SlotActed(step=1, action=PIN),
        SlotActed(step=1, action=FRESH),
        SlotActed(step=1, action=IMAGE, together=True),
    ]
    assert course(replay(*events), 2) == [(1, LIVE), (1, [PIN]), (1, [FRESH, IMAGE]), (2, LIVE)]


def test_settings_come_into_force_with_the_same_steps() -> None:
    descent = DescentSettings(learning_rate=0.5)
    events = [changed(2, coefficients=OTHER), changed(4, coefficients=OTHER, descent=descent)]
    live = [entry for _, entry in course(replay(*events), 5)]
    assert [(entry.revision, entry.coefficients, entry.descent) for entry in live] == [
        (0, LIVE.coefficients, LIVE.descent),
        (1, OTHER, LIVE.descent),
        (1, OTHER, LIVE.descent),
        (2, OTHER, descent),
        (2, OTHER, descent),
    ]


def test_settings_that_the_run_began_with_are_there_from_the_start() -> None:
    control = replay(changed(0, coefficients=OTHER))
    assert control.live().coefficients == OTHER
    assert [entry.coefficients for _, entry in course(control, 2)] == [OTHER, OTHER]


def test_an_action_and_a_change_at_one_step_are_both_done() -> None:
    events = [SlotActed(step=1, action=PIN), changed(2, coefficients=OTHER)]
    asked = course(replay(*events), 2)
    assert [step for step, _ in asked] == [1, 1, 2]
    assert asked[1] == (1, [PIN])
    assert asked[2][1].coefficients == OTHER


@pytest.mark.parametrize("stop_after", [0, 3])
def test_a_run_that_a_person_stopped_is_stopped_after_as_many_steps(stop_after: int) -> None:
    control = replay(stop_after=stop_after)
    asked = course(control, 10)
    assert [step for step, _ in asked] == [*range(1, stop_after + 1), stop_after]
    assert asked[-1] == (stop_after, Next.STOP)
    assert control.is_over


def test_what_was_done_right_before_the_stop_is_done() -> None:
    asked = course(replay(SlotActed(step=1, action=FRESH), stop_after=1), 10)
    assert asked == [(1, LIVE), (1, [FRESH]), (1, Next.STOP)]


def test_a_person_may_stop_a_repetition_and_it_then_is_not_over() -> None:
    control = replay(stop_after=3)
    assert course(control, 1) == [(1, LIVE)]
    control.stop()
    assert control.next() is Next.STOP
    assert not control.is_over


def test_in_pause_a_repetition_waits_and_single_steps_count() -> None:
    control = replay(SlotActed(step=1, action=PIN))
    control.single_step()
    assert control.next() is Next.STEP
    assert control.next() is Next.SLOT_ACTIONS
    assert control.take_slot_actions() == [PIN]
    control.resume()
    assert control.next() is Next.STEP
