from __future__ import annotations

import dataclasses

import pytest

from fooler_gui.core.settings import DescentSettings
from fooler_gui.engine.descent.reinitialisation import keeps_falling


@pytest.mark.parametrize(
    ("history", "falls"),
    [
        ([], False),
        ([0.5, 0.4], False),
        ([0.5, 0.4, 0.3], True),
        ([0.5, 0.5, 0.5], True),
        ([0.5, 0.5, 0.4], True),
        ([0.5, 0.4, 0.4], True),
        ([0.5, 0.4, 0.41], False),
        ([0.4, 0.5, 0.4], False),
        ([0.1, 0.9, 0.5, 0.3], True),
        ([0.9, 0.8, 0.7, 0.8], False),
        ([0.0, 0.0, 0.0], True),
    ],
)
def test_a_slot_falls_when_its_last_three_saves_never_rose(history: list[float], falls: bool) -> None:
    assert keeps_falling(history, DescentSettings()) is falls


@pytest.mark.parametrize(
    ("history", "falls"),
    [([1.0, 0.995, 0.9901], False), ([1.0, 0.995, 0.99], False), ([1.0, 0.995, 0.9899], True)],
)
def test_a_slot_at_or_above_the_limit_is_left_alone(history: list[float], falls: bool) -> None:
    assert keeps_falling(history, DescentSettings()) is falls


@pytest.mark.parametrize("saves", [2, 3, 5])
def test_the_window_has_as_many_saves_as_the_setting_says(saves: int) -> None:
    settings = DescentSettings(num_mono_dec_saves=saves)
    falling = [0.9 - 0.1 * index for index in range(saves)]
    assert keeps_falling(falling, settings)
    assert not keeps_falling(falling[1:], settings)
    assert keeps_falling([0.1, *falling], settings)


@pytest.mark.parametrize(("history", "falls"), [([4.0, 3.5, 3.0], False), ([4.0, 3.5, 2.9], True)])
def test_with_the_objective_unit_the_limit_is_the_activation_goal(history: list[float], falls: bool) -> None:
    settings = DescentSettings(objective="unit", unit="fc:0", unit_done=3.0)
    assert keeps_falling(history, settings) is falls
    assert not keeps_falling(history, dataclasses.replace(settings, reinitialise_below=0.0))
    assert keeps_falling(history, dataclasses.replace(settings, unit_done=0.0))


def test_a_limit_of_zero_turns_the_rule_off() -> None:
    assert not keeps_falling([0.2, 0.1, 0.0], DescentSettings(reinitialise_below=0))
