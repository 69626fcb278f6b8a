from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from fooler_gui.engine.evolution.polynomial import mutated

HALF_DOWN, HALF_UP, NOT_AT_ALL = 2.0**-17, 1 - 2.0**-17, 0.5
"""Of u: (2u)^(1/16) is ½ for the first, (2 (1 − u))^(1/16) for the second, and 1 for the third."""


def drawing(*uniform: float) -> Any:
    """A source of just these numbers."""
    return SimpleNamespace(random=lambda count: np.array(uniform[:count]))


def test_values_change_as_worked_by_hand_and_stay_in_the_range() -> None:
    values = np.array([0.75, 0.25, 0.6, 0.25, 0.75], np.float32)
    result = mutated(values, np.ones(5, np.bool_), drawing(HALF_DOWN, HALF_UP, NOT_AT_ALL, HALF_DOWN, HALF_UP))
    np.testing.assert_array_equal(result, np.array([0.25, 0.75, 0.6, 0.0, 1.0], np.float32))
    assert result.dtype == np.float32


def test_values_that_are_not_chosen_keep_every_bit() -> None:
    values = np.array([[0.75, -0.0], [0.1, 0.25]], np.float32)
    result = mutated(values, np.array([[True, False], [False, False]]), drawing(HALF_DOWN))
    assert result[0, 0] == 0.25
    assert result.ravel()[1:].tobytes() == values.ravel()[1:].tobytes()
    assert values[0, 0] == 0.75


def test_most_changes_are_small_and_as_often_up_as_down() -> None:
    values = np.full(20_000, 0.5, np.float32)
    change = mutated(values, np.ones(20_000, np.bool_), np.random.default_rng(0)) - values
    assert abs(np.mean(change > 0) - 0.5) < 0.01
    # Half of all u are below 1/4 or above 3/4, where the change is more than 1 − 2^(−1/16) = 0.0424.
    assert abs(np.mean(np.abs(change) > 1 - 2 ** (-1 / 16)) - 0.5) < 0.01
