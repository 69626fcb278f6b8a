import pytest

from fooler_gui.widgets.number_steps import step_over_decades, step_towards_one


@pytest.mark.parametrize(
    ("value", "steps", "expected"),
    [
        (0.01, 1, 0.02),
        (0.02, 1, 0.05),
        (0.05, 1, 0.1),
        (0.01, -1, 0.005),
        (1e-4, 3, 1e-3),
        (1000.0, 1, 2000.0),
        (0.03, 1, 0.05),
        (0.03, -1, 0.02),
        (9.0, -1, 5.0),
        (0.3, -3, 0.05),
    ],
)
def test_steps_over_decades_walk_one_two_five(value, steps, expected):
    assert step_over_decades(value, steps, 1e-8) == expected


def test_zero_lies_one_step_below_the_smallest_number():
    assert step_over_decades(1e-8, -1, 1e-8) == 0.0
    assert step_over_decades(0.0, 1, 1e-8) == 1e-8
    assert step_over_decades(0.0, -1, 1e-8) == 0.0


@pytest.mark.parametrize("steps", [1, -1])
def test_steps_over_decades_never_stand_still_between_the_ends(steps):
    value = 1e-6 if steps > 0 else 1e3
    for _ in range(27):
        following = step_over_decades(value, steps, 1e-8)
        assert (following > value) == (steps > 0)
        value = following


def test_shares_become_finer_towards_one_and_come_back_the_same_way():
    up = [0.0]
    while up[-1] < 1.0:
        up.append(step_towards_one(up[-1], 1))
    assert up[:12] == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98]
    assert {0.99, 0.999, 0.9999, 0.99999} <= set(up)
    down = [1.0]
    while down[-1] > 0.0:
        down.append(step_towards_one(down[-1], -1))
    assert down == up[::-1]


def test_a_share_between_two_stops_goes_to_the_next_one():
    assert step_towards_one(0.42, 1) == 0.5
    assert step_towards_one(0.42, -1) == 0.4
    assert step_towards_one(0.997, 1) == 0.998
    assert step_towards_one(0.997, -1) == 0.995
