from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable

import numpy as np
import pytest
from saves import make_save

from fooler_gui.core.inspection import Inspected
from fooler_gui.core.run_control import Next, RunControl
from fooler_gui.core.settings import CostCoefficients, DescentSettings
from fooler_gui.core.slot_actions import PinSlot, ReinitialiseSlot, SetSlotImage

LIMIT = 20.0
"""Seconds after which a thread that should have ended is taken for stuck."""


def run_control(**how: object) -> RunControl:
    return RunControl.for_descent(CostCoefficients(layer_cost_coeffs={"fc": 1.0}), DescentSettings(), **how)  # type: ignore[arg-type]


def stronger(factor: float) -> CostCoefficients:
    return CostCoefficients(layer_cost_coeffs={"fc": factor})


class Waiter:
    """Calls something that waits on a thread of its own, and tells what came of it."""

    def __init__(self, wait: Callable[[], object]) -> None:
        self.result: object = None
        self._begun = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(wait,), daemon=True)
        self._thread.start()
        assert self._begun.wait(LIMIT)

    def _run(self, wait: Callable[[], object]) -> None:
        self._begun.set()
        self.result = wait()

    @property
    def waits(self) -> bool:
        return self._thread.is_alive()

    def joined(self) -> object:
        self._thread.join(LIMIT)
        assert not self._thread.is_alive()
        return self.result


def test_a_job_that_runs_makes_step_after_step() -> None:
    control = run_control()
    assert [control.next() for _ in range(3)] == [Next.STEP] * 3


def test_a_stop_comes_before_everything_else() -> None:
    control = run_control(paused=True)
    control.single_step()
    control.act_on_slot(ReinitialiseSlot(label=0, slot=0))
    control.stop()
    assert control.next() is Next.STOP
    assert control.next() is Next.STOP
    assert control.stop_requested


def test_slot_actions_come_before_steps_and_are_taken_once_in_order() -> None:
    control = run_control()
    actions = [
        ReinitialiseSlot(label=0, slot=0),
        PinSlot(label=0, slot=1, pinned=True),
        SetSlotImage(label=0, slot=2, image=np.zeros((2, 2, 1), np.float32)),
    ]
    for action in actions:
        control.act_on_slot(action)
    assert control.next() is Next.SLOT_ACTIONS
    assert control.take_slot_actions() == actions
    assert control.take_slot_actions() == []
    assert control.next() is Next.STEP


def test_a_paused_job_waits_until_it_is_resumed() -> None:
    control = run_control(paused=True)
    waiter = Waiter(control.next)
    assert waiter.waits
    control.resume()
    assert waiter.joined() is Next.STEP
    assert not control.paused


def test_only_a_paused_job_has_waited() -> None:
    control = run_control()
    control.next()
    assert control.waited == 0
    control.pause()
    waiter = Waiter(control.next)
    assert waiter.waits
    control.resume()
    waiter.joined()
    assert control.waited > 0


def test_a_paused_job_makes_exactly_as_many_single_steps_as_were_asked_for() -> None:
    control = run_control(paused=True)
    for _ in range(3):
        control.single_step()
    assert [control.next() for _ in range(3)] == [Next.STEP] * 3
    waiter = Waiter(control.next)
    assert waiter.waits
    control.stop()
    assert waiter.joined() is Next.STOP


def test_a_single_step_pauses_a_job_that_runs() -> None:
    control = run_control()
    control.single_step()
    assert control.paused
    assert control.next() is Next.STEP
    waiter = Waiter(control.next)
    control.act_on_slot(PinSlot(label=0, slot=0, pinned=True))
    assert waiter.joined() is Next.SLOT_ACTIONS


@pytest.mark.parametrize("forget", [RunControl.pause, RunControl.resume])
def test_single_steps_not_yet_made_are_forgotten_when_the_job_is_paused_or_resumed(
    forget: Callable[[RunControl], None],
) -> None:
    control = run_control(paused=True)
    for _ in range(3):
        control.single_step()
    forget(control)
    control.pause()
    waiter = Waiter(control.next)
    assert waiter.waits
    control.stop()
    assert waiter.joined() is Next.STOP


def test_changes_count_revisions_and_the_latest_wins() -> None:
    control = run_control()
    assert control.live().revision == 0
    assert control.change(coefficients=stronger(2)) == 1
    assert control.change(descent=DescentSettings(max_steps=9)) == 2
    assert control.change(coefficients=stronger(3)) == 3
    live = control.live()
    assert (live.revision, live.coefficients, live.descent.max_steps) == (3, stronger(3), 9)


def test_a_change_to_what_is_in_force_already_is_none() -> None:
    control = run_control()
    live = control.live()
    assert control.change(coefficients=stronger(1), descent=dataclasses.replace(live.descent)) == 0
    assert control.change() == 0
    assert control.change(coefficients=stronger(2)) == 1
    assert control.change(coefficients=stronger(2)) == 1
    assert control.live().revision == 1


def test_a_job_without_a_descent_has_nothing_to_change() -> None:
    control = RunControl()
    assert control.next() is Next.STEP
    with pytest.raises(ValueError, match="no coefficients"):
        control.change(coefficients=stronger(2))
    with pytest.raises(ValueError, match="no coefficients"):
        control.live()


def test_changes_from_many_threads_each_count_once() -> None:
    control = run_control()
    threads = [
        threading.Thread(
            target=lambda first=first: [control.change(coefficients=stronger(first + step)) for step in range(50)]
        )
        for first in range(1000, 9000, 1000)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
        assert not thread.is_alive()
    assert control.live().revision == 8 * 50


def test_actions_from_many_threads_are_all_taken_each_once() -> None:
    control, taken = run_control(), []
    threads = [
        threading.Thread(
            target=lambda label=label: [
                control.act_on_slot(ReinitialiseSlot(label=label, slot=slot)) for slot in range(50)
            ]
        )
        for label in range(6)
    ]
    for thread in threads:
        thread.start()
    while len(taken) < 300:
        # Only actions are waited for: a paused job does nothing else.
        control.pause()
        assert control.next() is Next.SLOT_ACTIONS
        taken += control.take_slot_actions()
    for thread in threads:
        thread.join(LIMIT)
    assert len(set(taken)) == 300
    for label in range(6):
        assert [action.slot for action in taken if action.label == label] == list(range(50))


def test_pace_waits_no_longer_when_it_is_unlimited_or_the_time_is_over() -> None:
    save = make_save()
    run_control().wait_for_pace(0.0, None, save)
    run_control(pace=0.001).wait_for_pace(1000.0, None, save)


@pytest.mark.parametrize(
    "release",
    [
        RunControl.stop,
        RunControl.single_step,
        lambda control: control.set_pace(None),
        lambda control: control.set_pace(0.5),
    ],
    ids=["stop", "single step", "no pace", "other pace"],
)
def test_waiting_for_the_pace_ends_when_something_is_asked_for(release: Callable[[RunControl], None]) -> None:
    control = run_control(pace=1e-6)
    waiter = Waiter(lambda: control.wait_for_pace(0.0, None, make_save()))
    assert waiter.waits
    release(control)
    waiter.joined()


def test_a_closer_look_is_due_once_even_in_pause_and_after_what_is_more_urgent() -> None:
    control = RunControl(paused=True)
    assert control.inspected is None
    control.inspect(3, 1)
    control.inspect(3, 2, "conv0")
    control.act_on_slot(PinSlot(label=3, slot=0, pinned=True))
    assert control.next() is Next.SLOT_ACTIONS
    control.take_slot_actions()
    assert control.next() is Next.LOOK
    assert control.inspected == Inspected(label=3, slot=2, layer="conv0")
    control.single_step()
    assert control.next() is Next.STEP
    control.inspect(3, 2)
    control.end_inspection()
    control.stop()
    assert control.inspected is None
    assert control.next() is Next.STOP
