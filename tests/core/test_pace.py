from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from saves import make_save

from fooler_gui.core.pace import ADAPTIVE, WATCHED_SECONDS, seconds_of_save
from fooler_gui.core.save import Save


def save_of(step: int, *probabilities: float) -> Save:
    return make_save((3,), len(probabilities), (2, 2, 1), step, probabilities=probabilities)


def test_a_fixed_pace_is_so_many_saves_a_second_and_no_pace_is_no_wait() -> None:
    save = save_of(0, 0.5)
    assert seconds_of_save(4.0, None, save) == 0.25
    assert seconds_of_save(None, None, save) == 0.0


def test_the_whole_rise_of_all_images_takes_eight_seconds() -> None:
    rising = 1 / (1 + np.exp(-np.linspace(-2.197, 6.907, 40)))
    saves = [save_of(step, float(p), float(p)) for step, p in enumerate(rising)]
    seconds = [seconds_of_save(ADAPTIVE, before, save) for before, save in itertools.pairwise(saves)]
    assert sum(seconds) == pytest.approx(WATCHED_SECONDS, rel=0.01)
    assert max(seconds) == pytest.approx(min(seconds), rel=0.05)  # equal steps of the log-odds


def test_one_of_two_images_takes_half_of_it() -> None:
    lower, upper = save_of(0, 0.5, 0.5), save_of(1, 0.6, 0.5)
    both = seconds_of_save(ADAPTIVE, lower, save_of(1, 0.6, 0.6))
    assert both == pytest.approx(8 * math.log(1.5) / (math.log(999) + math.log(9)))
    assert seconds_of_save(ADAPTIVE, lower, upper) == pytest.approx(both / 2)


@pytest.mark.parametrize(
    ("before", "now"), [((0.001,), (0.09,)), ((0.9995,), (0.9999,)), ((0.9,), (0.2,)), ((0.5,), (math.nan,))]
)
def test_where_nothing_rises_that_can_be_seen_it_goes_fast(before: tuple[float], now: tuple[float]) -> None:
    assert seconds_of_save(ADAPTIVE, save_of(0, *before), save_of(1, *now)) == 0.05
    assert seconds_of_save(ADAPTIVE, None, save_of(0, *now)) == 0.05


def test_no_save_takes_more_than_a_second() -> None:
    assert seconds_of_save(ADAPTIVE, save_of(0, 0.01), save_of(1, 0.9999)) == 1.0
